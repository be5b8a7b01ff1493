import assert from "node:assert/strict";
import type { Reservation } from "../../src/ports/alerts.ts";
import { contract } from "./contract.ts";
import { foldOf, HOUR, NOON } from "./fold.ts";

const ID = "al_key-1_a";
const ROW = { kind: "deliver", id: ID } as const;
const SECOND = 1_000;

contract("reserve and confirm", (stores) => {
  const commit = (id: string, now = NOON) => stores().alerts.commit({ folds: [foldOf({ id })], quarantined: [], now });
  const reserve = (by: string, now: number) => stores().alerts.reserve(ID, by, now);
  const dueAt = async () => (await stores().outbox.due(NOON + 100 * HOUR, 10)).map(({ at }) => at);
  const posted = (reservation: Reservation) => {
    assert.equal(reservation.kind, "post");
    return reservation.kind === "post" ? { searchSince: reservation.searchSince, missedAt: reservation.missedAt } : {};
  };

  beforeEach(() => commit("a"));

  it("gives the first worker the right to post and makes others wait", async () => {
    const first = await reserve("w1", NOON);
    const second = await reserve("w2", NOON + SECOND);

    assert.deepEqual(posted(first), { searchSince: undefined, missedAt: undefined });
    assert.deepEqual(first.kind === "post" && first.alert, await stores().alerts.alert(ID));
    assert.deepEqual(second, { kind: "busy", until: NOON + 15 * SECOND });
  });

  it("gives the right to one of many workers that ask at once", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => reserve(`w${i}`, NOON)));

    assert.equal(answers.filter(({ kind }) => kind === "post").length, 1);
    assert.equal(answers.filter(({ kind }) => kind === "busy").length, 19);
  });

  it("has nothing to do for an unknown, a hidden or a fully shown alert, and forgets its row", async () => {
    await stores().alerts.commit({
      folds: [foldOf({ id: "h", key: "key-2", shows: false })],
      quarantined: [],
      now: NOON,
    });
    await reserve("w1", NOON);
    await stores().alerts.confirm(ID, { channel: "C1", ts: "1.1", rev: 1 }, NOON);

    assert.deepEqual(await stores().alerts.reserve("al_none", "w1", NOON), { kind: "nothing" });
    assert.deepEqual(await stores().alerts.reserve("al_key-2_h", "w1", NOON), { kind: "nothing" });
    assert.deepEqual(await reserve("w1", NOON + SECOND), { kind: "nothing" });
    assert.deepEqual(await dueAt(), []);
  });

  it("drops the row when the confirmed revision is the newest", async () => {
    await reserve("w1", NOON);
    await stores().alerts.confirm(ID, { channel: "C1", ts: "1.1", rev: 1 }, NOON + SECOND);

    const alert = await stores().alerts.alert(ID);
    assert.deepEqual([alert?.post, alert?.shown, alert?.edits], [{ channel: "C1", ts: "1.1" }, 1, 0]);
    assert.deepEqual(await dueAt(), []);
  });

  it("keeps the row, due at the next edit, when findings came meanwhile", async () => {
    await reserve("w1", NOON);
    await commit("b", NOON + 1);
    await stores().alerts.confirm(ID, { channel: "C1", ts: "1.1", rev: 1 }, NOON + 5 * SECOND);

    assert.deepEqual(await dueAt(), [NOON + 5 * SECOND]);
    assert.deepEqual(await reserve("w1", NOON + SECOND), { kind: "busy", until: NOON + 5 * SECOND });
    const edit = await reserve("w1", NOON + 5 * SECOND);
    assert.deepEqual(edit, { kind: "edit", alert: await stores().alerts.alert(ID), channel: "C1", ts: "1.1" });
  });

  it("counts edits, not the first post", async () => {
    await stores().alerts.confirm(ID, { channel: "C1", ts: "1.1", rev: 1 }, NOON);
    await stores().alerts.confirm(ID, { channel: "C1", ts: "1.1", rev: 2 }, NOON);
    await stores().alerts.confirm(ID, { channel: "C1", ts: "1.1", rev: 1 }, NOON);

    const alert = await stores().alerts.alert(ID);
    assert.deepEqual([alert?.edits, alert?.shown], [2, 2]);
  });

  it("holds a later commit back until the next edit is due", async () => {
    await reserve("w1", NOON);
    await stores().alerts.confirm(ID, { channel: "C1", ts: "1.1", rev: 1 }, NOON + 5 * SECOND);
    const due = await commit("b", NOON + SECOND);

    assert.deepEqual(due, [{ ...ROW, at: NOON + 5 * SECOND, rank: 2 }]);
    assert.deepEqual(await dueAt(), [NOON + 5 * SECOND]);
  });

  it("shows what a person did at once, also when it came during a post", async () => {
    await reserve("w1", NOON);
    await stores().alerts.acknowledge(ID, "U1", NOON + SECOND);
    await stores().alerts.confirm(ID, { channel: "C1", ts: "1.1", rev: 1 }, NOON + HOUR);

    assert.deepEqual(await dueAt(), [NOON + SECOND]);
    assert.equal((await reserve("w1", NOON + 2 * SECOND)).kind, "edit");
  });

  it("posts again without searching after a clean release, not before its time", async () => {
    await reserve("w1", NOON);
    await stores().alerts.releaseClean(ID, "w1", NOON + 3 * SECOND);

    assert.deepEqual(await dueAt(), [NOON + 3 * SECOND]);
    assert.deepEqual(await reserve("w2", NOON + SECOND), { kind: "busy", until: NOON + 3 * SECOND });
    assert.deepEqual(posted(await reserve("w2", NOON + 3 * SECOND)), { searchSince: undefined, missedAt: undefined });
  });

  it("searches from two seconds before the first attempt after an unsure release", async () => {
    await reserve("w1", NOON);
    await stores().alerts.releaseUnsure(ID, "w1", NOON + SECOND);

    assert.deepEqual(posted(await reserve("w2", NOON + SECOND)), {
      searchSince: NOON - 2 * SECOND,
      missedAt: undefined,
    });
  });

  it("searches after a worker that vanished with its reservation", async () => {
    await reserve("w1", NOON);

    assert.deepEqual(posted(await reserve("w2", NOON + 15 * SECOND)), {
      searchSince: NOON - 2 * SECOND,
      missedAt: undefined,
    });
  });

  it("searches from the first of several unsure attempts, a clean one between them changing nothing", async () => {
    await reserve("w1", NOON);
    await stores().alerts.releaseUnsure(ID, "w1", NOON);
    await reserve("w1", NOON + 10 * SECOND);
    await stores().alerts.releaseClean(ID, "w1", NOON);
    await reserve("w1", NOON + 20 * SECOND);
    await stores().alerts.releaseUnsure(ID, "w1", NOON);

    assert.deepEqual(posted(await reserve("w1", NOON + 30 * SECOND)).searchSince, NOON - 2 * SECOND);
  });

  it("remembers when it was searched for in vain, until another attempt may have arrived", async () => {
    await reserve("w1", NOON);
    await stores().alerts.releaseUnsure(ID, "w1", NOON);
    await reserve("w1", NOON + SECOND);
    await stores().alerts.releaseUnsure(ID, "w1", NOON + 6 * SECOND, NOON + SECOND);
    const searched = await reserve("w1", NOON + 6 * SECOND);
    const afterCrash = await reserve("w2", NOON + 60 * SECOND);

    assert.deepEqual(posted(searched), { searchSince: NOON - 2 * SECOND, missedAt: NOON + SECOND });
    assert.deepEqual(posted(afterCrash), { searchSince: NOON - 2 * SECOND, missedAt: undefined });
  });

  it("ignores the release of a worker that lost its reservation", async () => {
    await reserve("w1", NOON);
    await reserve("w2", NOON + 20 * SECOND);
    await stores().alerts.releaseClean(ID, "w1", NOON);
    await stores().alerts.releaseUnsure(ID, "w1", NOON);

    assert.deepEqual(await reserve("w3", NOON + 21 * SECOND), { kind: "busy", until: NOON + 35 * SECOND });
  });

  it("searches before a message is posted anew whose edit was left unsure, not for what was shown before that", async () => {
    await reserve("w1", NOON);
    await stores().alerts.releaseUnsure(ID, "w1", NOON);
    await reserve("w1", NOON + SECOND);
    await stores().alerts.confirm(ID, { channel: "C1", ts: "1.1", rev: 0 }, NOON + SECOND);
    const edit = await reserve("w1", NOON + HOUR);
    assert.deepEqual([edit.kind, "searchSince" in edit, "missedAt" in edit], ["edit", false, false]);
    await stores().alerts.releaseUnsure(ID, "w1", NOON + HOUR);

    const again = await reserve("w1", NOON + HOUR);
    assert.equal(again.kind === "edit" && again.searchSince, NOON + HOUR - 2 * SECOND);
  });

  it("goes on with edits once the message was found", async () => {
    await reserve("w1", NOON);
    await stores().alerts.releaseUnsure(ID, "w1", NOON);
    await reserve("w1", NOON + SECOND);
    await stores().alerts.confirm(ID, { channel: "C1", ts: "1.1", rev: 0 }, NOON + SECOND);

    assert.deepEqual(await dueAt(), [NOON + SECOND]);
    assert.equal((await reserve("w1", NOON + SECOND)).kind, "edit");
  });

  it("does not bring back an alert that is gone", async () => {
    await stores().alerts.confirm("al_none", { channel: "C1", ts: "1.1", rev: 1 }, NOON);

    assert.equal(await stores().alerts.alert("al_none"), undefined);
  });
});
