import assert from "node:assert/strict";
import type { Unreadable } from "../../src/ports/quarantine.ts";
import { contract } from "./contract.ts";
import { iso, NOON } from "./fold.ts";

const item = (id: string, text = "{"): Unreadable => ({
  id,
  reason: "broken-json",
  head: "\ud800{",
  sha256: id,
  bytes: Buffer.byteLength(text),
  receiveCount: 1,
  text,
});
const kept = ({ text: _, ...note }: Unreadable, at: number, whole = true) => ({ ...note, since: iso(at), whole });

contract("quarantine", (stores) => {
  const take = (now: number, ...quarantined: Unreadable[]) => stores().alerts.commit({ folds: [], quarantined, now });
  const held = () => stores().quarantine;

  it("keeps a body once, the newest first, and remembers how often it was received", async () => {
    await take(NOON, item("qu_1"));
    await take(NOON + 1, item("qu_1"), item("qu_2"));
    await take(NOON + 2, { ...item("qu_1"), receiveCount: 4 });

    const [second, first] = [kept(item("qu_2"), NOON + 1), { ...kept(item("qu_1"), NOON), receiveCount: 4 }];
    assert.deepEqual(await held().list(10), [second, first]);
    assert.deepEqual(await held().list(1), [second]);
    assert.equal(await held().count(), 2);
    assert.deepEqual(await held().find("qu_1"), first);
    assert.equal(await held().find("qu_3"), undefined);
  });

  it("gives the whole text", async () => {
    await take(NOON, item("qu_1", '{"é\u0000'));

    assert.equal(await held().text("qu_1"), '{"é\u0000');
    assert.equal(await held().text("qu_2"), undefined);
  });

  it("owes another try until it is done", async () => {
    await take(NOON, item("qu_1"));

    assert.equal(await held().replay("qu_1", NOON), true);
    assert.equal(await held().replay("qu_2", NOON), false);
    assert.deepEqual(await stores().outbox.due(NOON, 10), [{ kind: "replay", id: "qu_1", at: NOON }]);
    assert.equal(await held().isOwed("qu_1"), true);
    await stores().outbox.done({ kind: "replay", id: "qu_1" });
    assert.equal(await held().isOwed("qu_1"), false);
  });

  it("forgets what is dropped, its row too", async () => {
    await take(NOON, item("qu_1"), item("qu_2"));
    await held().replay("qu_1", NOON);
    await held().drop("qu_1");

    assert.deepEqual(await held().list(10), [kept(item("qu_2"), NOON)]);
    assert.deepEqual(await stores().outbox.due(NOON, 10), []);
    assert.equal(await held().text("qu_1"), undefined);
  });

  it("keeps the head of what came without its text, and nothing makes room for it", async () => {
    const { text: _, ...headOnly } = item("qu_huge");
    await take(NOON, item("qu_1"));
    await take(NOON + 1, { ...headOnly, bytes: 64 * 2 ** 20 });

    const [huge, small] = await held().list(10);
    assert.deepEqual([huge?.whole, huge?.bytes, small?.whole], [false, 64 * 2 ** 20, true]);
    assert.equal(await held().text("qu_huge"), undefined);
    assert.equal(await held().replay("qu_huge", NOON), false);
  });

  it("lets the oldest texts go when they take too much room, and keeps their heads", async () => {
    const large = "x".repeat(2 ** 20);
    for (let n = 0; n < 40; n += 1) await take(NOON + n, item(`qu_${n}`, large));

    const list = await held().list(100);
    assert.equal(list.length, 40);
    assert.deepEqual(
      list.filter(({ whole }) => whole).map(({ id }) => id),
      Array.from({ length: 32 }, (_, n) => `qu_${39 - n}`),
    );
    assert.equal(await held().replay("qu_0", NOON), false);
  });
});
