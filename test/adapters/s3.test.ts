import assert from "node:assert/strict";
import { createServer } from "node:http";
import { gzipSync } from "node:zlib";
import { type DemoQueue, startQueue } from "../../demo/queue.ts";
import { type Limits, openLogFiles } from "../../src/adapters/s3.ts";
import type { LogFileAnswer } from "../../src/ports/logfiles.ts";
import { recordNamed } from "../handlers/line.ts";
import { BUCKET, fileKey, openBucket } from "./bucket.ts";

const records = (count: number) =>
  Array.from({ length: count }, (_, n) => recordNamed("iam_create_user", { eventID: `r${n}` }));
const file = (count: number) => gzipSync(JSON.stringify({ Records: records(count) }));

describe("log files in S3", () => {
  let server: DemoQueue;
  let bucket: Awaited<ReturnType<typeof openBucket>>;
  const environment = { ...process.env };
  before(async () => {
    server = await startQueue();
    bucket = await openBucket(server.endpoint);
  });
  beforeEach(() => {
    process.env["AWS_ENDPOINT_URL_S3"] = server.endpoint;
    process.env["AWS_ACCESS_KEY_ID"] = "AKIAIOSFODNN7EXAMPLE";
    process.env["AWS_SECRET_ACCESS_KEY"] = "none";
  });
  after(async () => {
    for (const name of ["AWS_ENDPOINT_URL_S3", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
      if (environment[name] === undefined) delete process.env[name];
      else process.env[name] = environment[name];
    bucket.close();
    await server.stop();
  });

  const open = (key: string, limits: Partial<Limits> = {}, name = BUCKET) =>
    openLogFiles({ buckets: [{ name: BUCKET, region: "us-east-1" }], requestTimeoutMs: 3_000, limits }).open({
      bucket: name,
      key,
    });
  async function read(answer: LogFileAnswer) {
    assert.equal(answer.kind, "opened");
    const slices = [];
    if (answer.kind === "opened") for await (const slice of answer.slices) slices.push(slice);
    return {
      sizes: slices.map((slice) => slice.records.length),
      ids: slices.flatMap((slice) => slice.records.map(({ eventID }) => eventID)),
      rejected: slices.flatMap((slice) => slice.rejected.map(({ reason }) => reason)),
      why: slices.flatMap((slice) => slice.rejected.map(({ text }) => text)).join(),
    };
  }

  it("are read in slices of 500 records, in their order", async () => {
    await bucket.put(fileKey(1), file(1_200));

    const { sizes, ids, rejected } = await read(await open(fileKey(1)));

    assert.deepEqual(sizes, [500, 500, 200]);
    assert.deepEqual(
      ids,
      records(1_200).map(({ eventID }) => eventID),
    );
    assert.deepEqual(rejected, []);
  });

  it("have the same version when they and their slices are the same, another one when they were written anew", async () => {
    const version = async (limits: Partial<Limits> = {}) => {
      const answer = await open(fileKey(2), limits);
      assert.ok(answer.kind === "opened");
      answer.close();
      return answer.version;
    };
    await bucket.put(fileKey(2), file(1));
    const first = await version();

    assert.equal(await version(), first);
    assert.notEqual(await version({ slice: 100 }), first, "its slices are not the same");
    await bucket.put(fileKey(2), file(2));
    assert.notEqual(await version(), first);
  });

  it("may be several gzip members, and one record that is none stands alone", async () => {
    const text = JSON.stringify({ Records: [records(1)[0], { odd: 1 }, 7, records(2)[1]] });
    await bucket.put(fileKey(3), Buffer.concat([gzipSync(text.slice(0, 50)), gzipSync(text.slice(50))]));

    const { ids, rejected } = await read(await open(fileKey(3)));

    assert.deepEqual(ids, ["r0", "r1"]);
    assert.deepEqual(rejected, ["not-a-record", "not-json"]);
  });

  it("are refused from a bucket that is not configured, and when they are gone", async () => {
    const foreign = await open(fileKey(1), {}, "somebody-elses");
    const missing = await open(fileKey(404));

    assert.deepEqual(foreign.kind === "refused" && foreign.reason, "foreign-bucket");
    assert.deepEqual(missing.kind === "refused" && missing.reason, "log-file-missing");
  });

  it("are told from digests and whatever else lives in the bucket", async () => {
    for (const key of [
      "AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/11/20/x.json.gz",
      "AWSLogs/111122223333/Config/us-east-1/2026/11/20/x.json.gz",
      "AWSLogs/111122223333/CloudTrail/us-east-1/../x.json.gz",
      "backup.tar.gz",
    ])
      assert.equal((await open(key)).kind, "ignored", key);
    for (const key of [
      fileKey(1),
      `team/${fileKey(1)}`,
      fileKey(1).replace("AWSLogs/", "AWSLogs/o-abc123/"),
      fileKey(1).replace("/CloudTrail/", "/CloudTrail-NetworkActivity/"),
    ])
      assert.notEqual((await open(key)).kind, "ignored", key);
  });

  for (const [what, body, why] of [
    ["cut off", file(900).subarray(0, 4_000), /unexpected end|cut off/],
    ["no gzip", Buffer.from('{"Records":[]}'), /header/],
    ["more than gzip", Buffer.concat([file(1), Buffer.from("and more")]), /header|trailing/],
    ["gzip of a cut JSON", gzipSync('{"Records":[{"a":1}'), /cut off/],
  ] as const)
    it(`that are ${what} give what could be read of them, and say what is wrong`, async () => {
      await bucket.put(fileKey(5), body);
      const { rejected, why: told } = await read(await open(fileKey(5)));

      assert.equal(rejected.at(-1), "bad-log-file");
      assert.match(told, why);
    });

  it("are refused beyond each cap, whether S3 tells the size or the bytes do", async () => {
    const bomb = gzipSync(`{"Records":[${" ".repeat(40 * 2 ** 20)}]}`);
    await bucket.put(fileKey(6), bomb);
    await bucket.put(fileKey(7), file(50));
    const large = await open(fileKey(7), { compressed: 100 });

    assert.deepEqual(large.kind === "refused" && large.reason, "bad-log-file");
    assert.match((await read(await open(fileKey(6)))).why, /200 times its size/);
    assert.match((await read(await open(fileKey(7), { inflated: 1_000 }))).why, /inflates to more than 1000 bytes/);
    assert.match((await read(await open(fileKey(7), { records: 10 }))).why, /more than 10 records/);
  });

  for (const [what, status, body] of [
    ["denies", 403, "<Error><Code>AccessDenied</Code></Error>"],
    ["fails", 503, "<Error><Code>SlowDown</Code></Error>"],
  ] as const)
    it(`throw while S3 ${what}: the message goes back`, async () => {
      const sad = createServer((_, response) => response.writeHead(status).end(body)).listen(0, "127.0.0.1");
      await new Promise((resolve) => sad.once("listening", resolve));
      const address = sad.address();
      process.env["AWS_ENDPOINT_URL_S3"] = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;

      await assert.rejects(open(fileKey(1)), /could not be fetched/);
      sad.closeAllConnections();
      sad.close();
    });

  it("throw when the connection breaks in the middle, and do not count as damaged", async () => {
    const whole = file(2_000);
    const sad = createServer((_, response) => {
      response.writeHead(200, { "content-length": whole.length, etag: '"x"' });
      response.write(whole.subarray(0, whole.length / 2), () => setTimeout(() => response.destroy(), 50));
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => sad.once("listening", resolve));
    const address = sad.address();
    process.env["AWS_ENDPOINT_URL_S3"] = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;

    await assert.rejects(open(fileKey(1)).then(read));
    sad.close();
  });
});
