import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { findLogFiles, readLogFile, STANDARD_INPUT } from "../../src/adapters/logfiles.ts";

/** A record that carries nothing but what tells it from others. */
const record = (n: number) => ({
  eventVersion: "1.11",
  eventID: `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`,
  eventTime: "2026-11-20T10:02:03Z",
  eventSource: "iam.amazonaws.com",
  eventName: "ListUsers",
  awsRegion: "us-east-1",
  recipientAccountId: "111122223333",
  userIdentity: { type: "IAMUser", userName: "jack", accountId: "111122223333" },
  userAgent: "naïve – 試験 🔑",
});
const ids = (...numbers: number[]) => numbers.map((n) => record(n).eventID);
const lines = (...numbers: number[]) => numbers.map((n) => `${JSON.stringify(record(n))}\n`).join("");

/** Everything a file gives, put together. */
async function readAll(file: string, stdin: NodeJS.ReadableStream = Readable.from([])) {
  const read = { ids: [] as string[], foreign: 0, whys: [] as string[] };
  for await (const part of readLogFile(file, stdin)) {
    if ("why" in part) read.whys.push(part.why);
    else {
      read.ids.push(...part.records.map(({ eventID }) => eventID));
      read.foreign += part.foreign;
    }
  }
  return read;
}

describe("logfiles", () => {
  let folder = "";
  const write = (name: string, content: string | Buffer) => {
    const path = join(folder, name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, content);
    return path;
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "ids-logfiles-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  describe("findLogFiles", () => {
    it("orders files of all accounts and regions by the time in their names, then by path", async () => {
      const west = write("a/us-west-2/111122223333_CloudTrail_us-west-2_20261120T1005Z_a.json.gz", "");
      const late = write("a/us-east-1/111122223333_CloudTrail_us-east-1_20261121T0000Z_b.json.gz", "");
      const east = write("b/us-east-1/444455556666_CloudTrail_us-east-1_20261120T1000Z_c.json.gz", "");
      const same = write("a/us-east-1/111122223333_CloudTrail_us-east-1_20261120T1005Z_z.json.gz", "");

      const { files } = await findLogFiles([folder]);

      assert.deepEqual(files, [east, same, west, late]);
    });

    it("passes over digests, counts files of other names, and takes a named file whatever its name", async () => {
      write("AWSLogs/111122223333/CloudTrail-Digest/us-east-1/d_20261120T1000Z.json.gz", "");
      write("notes.txt", "");
      write(".hidden.json", "");
      const odd = write("export-2026", lines(1));
      const log = write("AWSLogs/111122223333/CloudTrail/us-east-1/x.json.gz", "");

      assert.deepEqual(await findLogFiles([folder]), { files: [log], unreadable: [], skipped: 3 });
      assert.deepEqual((await findLogFiles([odd])).files, [odd]);
    });

    it("names a file once that two paths lead to, and does not follow links inside folders", async () => {
      const file = write("logs/a.json", "");
      symlinkSync(folder, join(folder, "logs/loop"));

      const { files } = await findLogFiles([folder, join(folder, "logs"), file]);

      assert.equal(files.length, 1);
    });

    it("says which path does not exist, and finds the others", async () => {
      const file = write("a.json", "");

      const found = await findLogFiles([join(folder, "gone"), file]);

      assert.deepEqual(found.files, [file]);
      assert.deepEqual(found.unreadable, [{ file: join(folder, "gone"), why: "does not exist" }]);
    });
  });

  describe("readLogFile", () => {
    it("reads the same records from every container", async () => {
      const [one, two] = [record(1), record(2)];
      const event = { version: "0", "detail-type": "AWS API Call via CloudTrail", source: "aws.iam", detail: two };
      const containers: Record<string, string | Buffer> = {
        "log file": JSON.stringify({ Records: [one, two] }),
        "pretty log file": JSON.stringify({ Records: [one, two] }, null, 2),
        "log file with a byte order mark": `\ufeff${JSON.stringify({ Records: [one, two] })}`,
        array: JSON.stringify([one, two]),
        "NDJSON without a last line end": lines(1, 2).trimEnd(),
        "NDJSON of Windows": lines(1, 2).replaceAll("\n", "\r\n"),
        "NDJSON with empty lines": `\n${lines(1)}\n\n${lines(2)}`,
        "NDJSON of a record and an EventBridge event": `${lines(1)}${JSON.stringify(event)}`,
        "gzip of a log file": gzipSync(JSON.stringify({ Records: [one, two] })),
        "gzip of two members": Buffer.concat([gzipSync(lines(1)), gzipSync(lines(2))]),
      };
      for (const [name, content] of Object.entries(containers)) {
        const path = write("file", content);
        const expected = { ids: ids(1, 2), foreign: 0, whys: [] };

        assert.deepEqual(await readAll(path), expected, name);
        assert.deepEqual(
          await readAll(STANDARD_INPUT, Readable.from([Buffer.from(content)])),
          expected,
          `${name} on a pipe`,
        );
      }
    });

    it("reads one record and one envelope by themselves", async () => {
      const path = write("one.json", JSON.stringify(record(7), null, 2));

      assert.deepEqual((await readAll(path)).ids, ids(7));
    });

    it("does not mind where a pipe cuts its bytes, inside a character or a gzip header", async () => {
      const numbers = Array.from({ length: 5 }, (_, n) => n);
      const contents = [Buffer.from(lines(...numbers)), gzipSync(lines(...numbers))];
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...contents), fc.array(fc.nat(), { maxLength: 20 }), async (content, cuts) => {
          const at = [0, 1, ...cuts.map((cut) => cut % content.length), content.length].sort((a, b) => a - b);
          const chunks = at.slice(1).map((end, n) => content.subarray(at[n], end));

          const read = await readAll(STANDARD_INPUT, Readable.from(chunks.filter(({ length }) => length > 0)));

          assert.deepEqual(read, { ids: ids(...numbers), foreign: 0, whys: [] });
        }),
        { numRuns: 60 },
      );
    });

    it("gives the records of NDJSON before its pipe ends", async () => {
      const pipe = new PassThrough();
      pipe.write(lines(1, 2));

      const first = await readLogFile(STANDARD_INPUT, pipe).next();

      assert.ok(!first.done && "records" in first.value);
      assert.deepEqual(
        first.value.records.map(({ eventID }) => eventID),
        ids(1, 2),
      );
      pipe.end();
    });

    it("reads on after a broken line and says which one it was", async () => {
      const path = write("a.ndjson", `${lines(1)}{"eventName": oops}\n${lines(2)}{"eventNa`);

      const read = await readAll(path);

      assert.deepEqual(read.ids, ids(1, 2));
      assert.deepEqual(read.whys, ["line 2 is not valid JSON: damaged or cut off (and 1 more)"]);
    });

    it("reads NDJSON whose very first line is broken", async () => {
      const path = write("a.ndjson", `{"eventNa\n${lines(1)}`);

      const read = await readAll(path);

      assert.deepEqual(read.ids, ids(1));
      assert.equal(read.whys.length, 1);
    });

    it("passes over JSON that is no record between records, and refuses a file of nothing else", async () => {
      const mixed = write("mixed.ndjson", `${lines(1)}{"hello":"world"}\n`);
      const foreign = write("package.json", '{"name":"example"}');

      assert.deepEqual(await readAll(mixed), { ids: ids(1), foreign: 1, whys: [] });
      assert.deepEqual((await readAll(foreign)).whys, ["holds JSON, but no CloudTrail record"]);
    });

    it("finds nothing wrong with an empty file, no records, or an archive of other events", async () => {
      const other = {
        version: "0",
        "detail-type": "Inspector2 Finding",
        source: "aws.inspector2",
        detail: { severity: 8 },
      };
      for (const content of ["", "\n", '{"Records":[]}', JSON.stringify(other)]) {
        assert.deepEqual(await readAll(write("file.json", content)), { ids: [], foreign: 0, whys: [] }, content);
      }
    });

    it("says what is wrong with garbage, gzip that was cut off and gzip that was damaged", async () => {
      const whole = gzipSync(JSON.stringify({ Records: [record(1), record(2)] }));
      const damaged = Buffer.from(whole);
      damaged.writeUInt8(damaged.readUInt8(40) ^ 0xff, 40);

      assert.deepEqual((await readAll(write("a", "\u0000\u0001 not a log"))).whys, ["is not JSON"]);
      assert.deepEqual((await readAll(write("b", whole.subarray(0, -20)))).whys, ["is gzip that was cut off"]);
      assert.deepEqual((await readAll(write("c", damaged))).whys, ["is damaged gzip"]);
      assert.deepEqual((await readAll(join(folder, "d"))).whys, ["does not exist"]);
      assert.deepEqual((await readAll(write("e", "[".repeat(100_000)))).whys, [
        "nests deeper than a CloudTrail record can",
      ]);
    });

    it("stops inflating a gzip bomb", async () => {
      const spaces = gzipSync(Buffer.alloc(16 * 2 ** 20, 0x20), { level: 9 });
      const bomb = write("bomb.json.gz", Buffer.concat(Array.from({ length: 40 }, () => spaces)));

      assert.deepEqual(await readAll(bomb), {
        ids: [],
        foreign: 0,
        whys: ["inflates to more than 200 times its size, as only a gzip bomb does"],
      });
    });
  });
});
