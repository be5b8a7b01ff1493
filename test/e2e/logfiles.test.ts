import assert from "node:assert/strict";
import { once } from "node:events";
import { gzipSync } from "node:zlib";
import { memoryState } from "../../src/adapters/memory-state.ts";
import { bundledRules, loadRules } from "../../src/adapters/rulefolder.ts";
import { parseRecord } from "../../src/cloudtrail/record.ts";
import { makeDetector } from "../../src/detect/detector.ts";
import type { Finding } from "../../src/detect/finding.ts";
import { BUCKET, fileKey, openBucket } from "../adapters/bucket.ts";
import { recordNamed } from "../handlers/line.ts";
import { openStage, type Stage, until } from "./stage.ts";

const FILES = 200;
const RECORDS_A_FILE = 60;
/** Some files have several slices. */
const sizeOf = (file: number) => (file % 50 === 0 ? 1_300 : RECORDS_A_FILE);
const QUIET = "sts_assume_role_by_service";
const LOUD = ["iam_create_user", "iam_create_access_key", "cloudtrail_stop_logging", "s3_put_bucket_policy"];

/** Every 20th record matches a rule, by one of five users. */
function recordsOf(file: number): readonly Record<string, unknown>[] {
  const at = (n: number) => new Date(Date.now() - 3_600_000 + (file * RECORDS_A_FILE + n) * 100).toISOString();
  return Array.from({ length: sizeOf(file) }, (_, n) => {
    const isLoud = n % 20 === 7;
    const name = isLoud ? LOUD[(file + n) % LOUD.length] : QUIET;
    const userName = `user-${file % 5}`;
    return recordNamed(name ?? QUIET, {
      eventID: `f${file}-r${n}`,
      eventTime: at(n).replace(/\.\d+Z$/, "Z"),
      recipientAccountId: "111122223333",
      userIdentity: {
        type: "IAMUser",
        arn: `arn:aws:iam::111122223333:user/${userName}`,
        accountId: "111122223333",
        accessKeyId: "AKIAIOSFODNN7EXAMPLE",
        userName,
      },
    });
  });
}

/** What makes findings one alert. Who is not: what an account does for the first time is told of whoever is read first. */
const alertOf = ({ rule, outcome, group }: Pick<Finding, "rule" | "outcome" | "group">): string =>
  `${rule} ${outcome} ${group.join()}`;

/** Events by alert, as one detector in one process sees all files. */
async function expected(files: readonly (readonly Record<string, unknown>[])[]): Promise<Map<string, Set<string>>> {
  const detector = makeDetector(await loadRules([bundledRules()]), memoryState(), {
    accounts: [{ id: "111122223333", regions: ["eu-west-1"] }],
  });
  const events = new Map<string, Set<string>>();
  for (const records of files)
    for (const finding of await detector.feedAll(records.map(parseRecord))) {
      if (finding.level === "informational") continue;
      const key = alertOf(finding);
      const held = events.get(key) ?? new Set();
      for (const id of finding.eventIDs) held.add(id);
      events.set(key, held);
    }
  return events;
}

describe("200 log files in S3, the bot killed twice in the middle", function () {
  this.timeout(3 * 60_000);
  let stage: Stage;
  before(async () => {
    stage = await openStage({ buckets: [{ name: BUCKET, region: "us-east-1" }] });
  });
  after(async () => {
    await stage?.close();
  });

  it("gives every finding once", async () => {
    const files = Array.from({ length: FILES }, (_, n) => recordsOf(n));
    const bucket = await openBucket(stage.queue.endpoint);
    for (const [n, records] of files.entries())
      await bucket.put(fileKey(n), gzipSync(JSON.stringify({ Records: records })));
    bucket.close();

    const first = await stage.startBot("slice → next slice");
    const died = once(first.bot, "exit");
    for (let n = 0; n < FILES; n += 1)
      await stage.queue.send(JSON.stringify({ s3Bucket: BUCKET, s3ObjectKey: [fileKey(n)] }));
    assert.equal((await died)[1], "SIGKILL");
    const second = await stage.startBot();
    await until("some files are done", () => stage.queue.counts().waiting < FILES / 2, 60_000);
    second.bot.kill("SIGKILL");
    await once(second.bot, "exit");
    await stage.startBot();

    await until("SQS is empty", () => stage.queue.counts().waiting + stage.queue.counts().inFlight === 0, 100_000);
    const wanted = await expected(files);
    await until("every alert is posted", async () => (await stage.alerts()).length >= wanted.size, 60_000);
    assert.equal(stage.queue.counts().dead, 0);
    await stage.stopBots();
    const held = await stage.storedAlerts((await stage.alerts()).map(({ key }) => key));
    const counts = new Map(held.map(({ opening: { finding }, events }) => [alertOf(finding), events]));
    assert.deepEqual(
      new Map([...counts].sort()),
      new Map([...wanted].map(([key, ids]) => [key, ids.size] as const).sort()),
    );
    assert.equal(held.length, wanted.size, "each alert is posted once");
  });
});
