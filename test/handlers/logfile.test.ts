import assert from "node:assert/strict";
import { parseRecord } from "../../src/cloudtrail/record.ts";
import type { LogFileSlice } from "../../src/ports/logfiles.ts";
import { openLine, recordNamed } from "./line.ts";

const KEY = "AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/20/a.json.gz";
const notice = { s3Bucket: "trail", s3ObjectKey: [KEY] };
const slice = (...names: readonly string[]): LogFileSlice => ({
  records: names.map((name) => parseRecord(recordNamed("iam_create_user", { eventID: name }))),
  rejected: [],
});

async function openFile(...slices: readonly LogFileSlice[]) {
  const line = await openLine();
  const put = (version: string, ...parts: readonly LogFileSlice[]) =>
    line.logFiles.files.set(`trail/${KEY}`, { version, slices: parts });
  put("v1", ...slices);
  const events = async () => (await line.alerts.alertsOf("deploy-bot", 10))[0]?.events ?? 0;
  const commits = { count: 0, dieAt: Number.POSITIVE_INFINITY };
  const { commit } = line.alerts;
  line.alerts.commit = async (batch) => {
    commits.count += 1;
    if (commits.count === commits.dieAt) throw new Error("killed");
    return commit(batch);
  };
  return { ...line, put, events, commits };
}

describe("a log file that a notification names", () => {
  it("is detected slice by slice, and its records are not doubted", async () => {
    const line = await openFile(slice("a", "b"), slice("c"));

    await line.take(notice);
    await line.deliverDue();

    assert.equal(line.chat.posts.length, 1);
    assert.equal(await line.events(), 3);
    assert.deepEqual(
      (await line.outbox.due(Number.MAX_SAFE_INTEGER, 10)).filter(({ kind }) => kind === "confirm"),
      [],
    );
  });

  it("of months ago is recorded and told as unverified, for anybody may name it again", async () => {
    const old = parseRecord(recordNamed("iam_create_user", { eventID: "old", eventTime: "2026-08-20T10:00:00Z" }));
    const line = await openFile({ records: [old], rejected: [] }, slice("a"));

    await line.take(notice);
    await line.deliverDue();

    const alerts = await line.alerts.alertsOf("deploy-bot", 100);
    const told = alerts
      .filter(({ opening }) => opening.finding.rule === "aws_iam_user_created")
      .map(({ opening }) => [opening.snapshot.eventID, opening.doubt]);
    assert.deepEqual(told.sort(), [
      ["a", undefined],
      ["old", "odd-time"],
    ]);
    const posts = new Map(line.chat.posts.map(({ key, versions }) => [key, JSON.stringify(versions.at(-1))]));
    for (const { id, opening, shows } of alerts)
      if (shows) assert.equal(/Unverified.*weeks ago/s.test(posts.get(id) ?? ""), opening.snapshot.eventID === "old");
    assert.deepEqual(
      (await line.intake.seen()).map(({ eventAt }) => eventAt),
      ["2026-11-20T10:02:03Z"],
    );
  });

  it("is not read again once it is done, though the notification comes again", async () => {
    const line = await openFile(slice("a"));
    await line.take(notice);
    const before = line.commits.count;

    await line.take(notice, 2);

    assert.equal(line.commits.count, before);
  });

  it("is closed when the store does not say how far it was taken", async () => {
    const line = await openFile(slice("a"));
    line.alerts.slicesOf = async () => {
      throw new Error("redis is down");
    };

    await assert.rejects(line.take(notice), /redis is down/);

    assert.equal(line.logFiles.closed(), 1);
  });

  it("is taken though another one of the same notification cannot be fetched, which comes again", async () => {
    const line = await openFile(slice("a"));
    const { open } = line.logFiles;
    line.logFiles.open = async (ref) => {
      if (ref.key === "locked") throw new Error("KMS refuses");
      return open(ref);
    };

    await assert.rejects(line.take({ s3Bucket: "trail", s3ObjectKey: ["locked", KEY] }), /KMS refuses/);

    assert.equal(await line.events(), 1);
  });

  it("is read again when it was written anew", async () => {
    const line = await openFile(slice("a"));
    await line.take(notice);
    line.put("v2", slice("a", "b"));

    await line.take(notice);

    assert.equal(await line.events(), 2);
  });

  it("goes on after the last committed slice when a crash came between", async () => {
    const line = await openFile(slice("a"), slice("b"), slice("c"));
    line.commits.dieAt = 2;
    await assert.rejects(line.take(notice), /killed/);
    assert.equal(await line.events(), 1);
    const before = line.commits.count;

    await line.take(notice, 2);

    assert.equal(await line.events(), 3);
    assert.equal(line.commits.count - before, 3, "two slices and the end");
  });

  it("is given back between two slices when the bot stops", async () => {
    const line = await openFile(slice("a"), slice("b"));
    const stop = new AbortController();
    stop.abort();

    await assert.rejects(line.take(notice, 1, stop.signal));
    await line.take(notice, 2);

    assert.equal(await line.events(), 2);
  });

  it("is quarantined with its name and reason when it cannot be opened", async () => {
    const line = await openFile();
    line.logFiles.files.clear();

    await line.take(notice);

    const [kept] = await line.quarantine.list(10);
    assert.equal(kept?.reason, "log-file-missing");
    assert.deepEqual(JSON.parse(kept?.head ?? ""), { ...notice, why: "it is not there" });
  });

  it("gives its message back when S3 cannot be asked", async () => {
    const line = await openFile(slice("a"));
    line.logFiles.open = async () => {
      throw new Error("S3 is away");
    };

    await assert.rejects(line.take(notice), /S3 is away/);
  });
});
