import assert from "node:assert/strict";
import { envelopeOf } from "../../demo/trail.ts";
import { onReplay } from "../../handlers/replay.ts";
import { parseRecord } from "../../src/cloudtrail/record.ts";
import type { LogFileSlice } from "../../src/ports/logfiles.ts";
import type { Unreadable } from "../../src/ports/quarantine.ts";
import { openLine, recordNamed } from "./line.ts";

async function openReplay(text: string) {
  const line = await openLine();
  const id = "qu_0123456789abcdef01234567";
  // Kept by an older version, which could not read it.
  const item: Unreadable = { id, reason: "other-event", head: text, sha256: "", bytes: 1, receiveCount: 2, text };
  await line.alerts.commit({ folds: [], quarantined: [item], now: line.clock.now() });
  await line.quarantine.replay(id, line.clock.now());
  return { ...line, id, replay: () => onReplay(id, line.detectors, line) };
}

describe("another try of a quarantined body", () => {
  it("alerts on what can be read now, and leaves the quarantine", async () => {
    const line = await openReplay(JSON.stringify(envelopeOf(parseRecord(recordNamed("iam_create_user")).json)));

    await line.replay();
    await line.deliverDue();

    assert.equal(line.chat.posts.length, 1);
    assert.equal(await line.quarantine.count(), 0);
    assert.deepEqual(await line.outbox.due(Number.MAX_SAFE_INTEGER, 10), []);
  });

  it("keeps what still cannot be read under its own id, and owes nothing more", async () => {
    const line = await openLine();
    await line.take("{broken");
    const [kept] = await line.quarantine.list(1);
    assert.ok(kept);
    await line.quarantine.replay(kept.id, line.clock.now());

    await onReplay(kept.id, line.detectors, line);

    assert.equal((await line.quarantine.list(10)).length, 1);
    assert.equal(await line.quarantine.isOwed(kept.id), false);
  });

  it("does nothing for what is gone meanwhile", async () => {
    const line = await openReplay("{}");
    await line.quarantine.drop(line.id);

    await line.replay();

    assert.equal(line.chat.posts.length, 0);
  });

  describe("of a log file", () => {
    const KEY = "AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/20/a.json.gz";
    const notice = { s3Bucket: "trail", s3ObjectKey: [KEY] };
    const records = [parseRecord(recordNamed("iam_create_user"))];
    const cutOff = { records: [], rejected: [{ reason: "bad-log-file", text: "unexpected end of file" }] } as const;

    async function openBadFile(...slices: readonly LogFileSlice[]) {
      const line = await openLine();
      const put = (...parts: readonly LogFileSlice[]) =>
        line.logFiles.files.set(`trail/${KEY}`, { version: `v${line.logFiles.files.size}`, slices: parts });
      if (slices.length > 0) put(...slices);
      await line.take(notice);
      const [kept] = await line.quarantine.list(1);
      assert.ok(kept);
      await line.quarantine.replay(kept.id, line.clock.now());
      return { ...line, put, kept, replay: () => onReplay(kept.id, line.detectors, line) };
    }

    it("reads the file that is there now", async () => {
      const line = await openBadFile();
      line.put({ records, rejected: [] });

      await line.replay();
      await line.deliverDue();

      assert.equal(line.chat.posts.length, 1);
      assert.equal(await line.quarantine.count(), 0);
    });

    it("keeps one that is still missing, with the same reason", async () => {
      const line = await openBadFile();

      await line.replay();

      const left = await line.quarantine.list(10);
      assert.deepEqual(
        left.map(({ id, reason }) => [id, reason]),
        [[line.kept.id, "log-file-missing"]],
      );
      assert.equal(await line.quarantine.isOwed(line.kept.id), false);
    });

    it("keeps one that is still cut off, though all that can be read of it was", async () => {
      const line = await openBadFile({ records, rejected: [] }, cutOff);

      await line.replay();

      assert.equal((await line.quarantine.find(line.kept.id))?.reason, "bad-log-file");
      assert.equal(await line.quarantine.count(), 1);
    });
  });
});
