import assert from "node:assert/strict";
import { envelopeOf } from "../../demo/trail.ts";
import { onReplay } from "../../handlers/replay.ts";
import { parseRecord } from "../../src/cloudtrail/record.ts";
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
});
