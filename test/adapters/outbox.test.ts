import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { findRow, rowName } from "../../src/adapters/row.ts";
import type { Row } from "../../src/ports/outbox.ts";
import { contract } from "./contract.ts";
import { foldOf, NOON } from "./fold.ts";

const ROW: Row = { kind: "deliver", id: "al_key-1_a" };

contract("outbox", (stores) => {
  const outbox = () => stores().outbox;

  beforeEach(() =>
    stores().alerts.commit({
      folds: [foldOf({ id: "a" }), foldOf({ id: "b", key: "key-2" })],
      quarantined: [],
      now: NOON,
    }),
  );

  it("gives the rows that are due, the longest due first, up to a limit", async () => {
    await outbox().postpone(ROW, NOON + 5);

    assert.deepEqual(await outbox().due(NOON - 1, 10), []);
    assert.deepEqual(
      (await outbox().due(NOON + 5, 10)).map(({ id, at }) => [id, at]),
      [
        ["al_key-2_b", NOON],
        ["al_key-1_a", NOON + 5],
      ],
    );
    assert.equal((await outbox().due(NOON + 5, 1)).length, 1);
  });

  it("gives rows of each kind, however many of another one are due before them", async () => {
    const folds = Array.from({ length: 1_500 }, (_, i) => foldOf({ id: `d${i}`, key: `key-d${i}` }));
    await stores().alerts.commit({ folds, quarantined: [], now: NOON - 5 });
    const text = "{";
    const item = {
      id: "qu_1",
      reason: "broken-json" as const,
      head: text,
      sha256: "",
      bytes: 1,
      receiveCount: 1,
      text,
    };
    await stores().alerts.commit({ folds: [], quarantined: [item], now: NOON });
    await stores().quarantine.replay("qu_1", NOON);

    const rows = await outbox().due(NOON, 1_000);

    assert.equal(rows.filter(({ kind }) => kind === "deliver").length, 1_000);
    assert.equal(rows.filter(({ kind }) => kind === "replay").length, 1);
  });

  it("gives deliveries of the lowest rank first, however many others are due before them", async () => {
    const flood = Array.from({ length: 1_500 }, (_, i) => foldOf({ id: `d${i}`, key: `key-d${i}`, rank: 8 }));
    await stores().alerts.commit({ folds: flood, quarantined: [], now: NOON - 5 });
    const folds = [foldOf({ id: "h", key: "key-h", rank: 1 }), foldOf({ id: "i", key: "key-i", rank: 0 })];
    const hinted = await stores().alerts.commit({ folds, quarantined: [], now: NOON });

    const rows = await outbox().due(NOON, 1_000);

    assert.deepEqual(
      rows.slice(0, 5).map(({ id, rank }) => `${id} ${rank}`),
      ["al_key-i_i 0", "al_key-h_h 1", "al_key-1_a 2", "al_key-2_b 2", `${rows[4]?.id} 8`],
    );
    assert.equal(rows.length, 1_000);
    assert.deepEqual(
      hinted.map(({ rank }) => rank),
      [1, 0],
    );
  });

  it("puts a delivery that a person waits for before all others, until it is shown", async () => {
    const alerts = stores().alerts;
    const ranks = async () => (await outbox().due(NOON, 10)).map(({ id, rank }) => `${id} ${rank}`);
    const critical = [foldOf({ id: "i", key: "key-i", rank: 0 })];
    await alerts.commit({ folds: critical, quarantined: [], now: NOON });
    await alerts.confirm(ROW.id, { channel: "C1", ts: "1.1", rev: 1 }, NOON);
    await alerts.corroborate(ROW.id, { kind: "cloudtrail", at: "2026-11-20T12:00:00Z" }, undefined, NOON);
    assert.deepEqual(await ranks(), ["al_key-i_i 0", "al_key-1_a 2", "al_key-2_b 2"]);

    await alerts.acknowledge(ROW.id, "U1", NOON);
    // More of the same alert does not take that back.
    await alerts.commit({ folds: [foldOf({ id: "c" })], quarantined: [], now: NOON });
    assert.deepEqual(await ranks(), ["al_key-1_a -1", "al_key-i_i 0", "al_key-2_b 2"]);

    await alerts.confirm(ROW.id, { channel: "C1", ts: "1.1", rev: 3 }, NOON);
    assert.deepEqual(await ranks(), ["al_key-i_i 0", "al_key-1_a 2", "al_key-2_b 2"]);
  });

  it("does not bring a row back that is done", async () => {
    await outbox().done(ROW);
    await outbox().postpone(ROW, NOON);

    assert.deepEqual(
      (await outbox().due(NOON, 10)).map(({ id }) => id),
      ["al_key-2_b"],
    );
  });

  it("counts failed attempts until the row is done or its alert is shown", async () => {
    assert.deepEqual([await outbox().failed(ROW), await outbox().failed(ROW)], [1, 2]);
    await stores().alerts.confirm(ROW.id, { channel: "C1", ts: "1.1", rev: 1 }, NOON);
    assert.equal(await outbox().failed(ROW), 0);
    await stores().alerts.commit({ folds: [foldOf({ id: "c" })], quarantined: [], now: NOON });

    assert.equal(await outbox().failed(ROW), 1);
  });

  it("leases a row to one worker at a time", async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => outbox().lease(ROW, `w${i}`, 10_000)));

    assert.equal(answers.filter(Boolean).length, 1);
  });

  it("is unleased by its holder only", async () => {
    await outbox().lease(ROW, "w1", 10_000);
    await outbox().unlease(ROW, "w2");
    assert.equal(await outbox().lease(ROW, "w2", 10_000), false);
    await outbox().unlease(ROW, "w1");

    assert.equal(await outbox().lease(ROW, "w2", 10_000), true);
  });

  it("ends a lease after its time", async () => {
    await outbox().lease(ROW, "w1", 30);
    await sleep(60);

    assert.equal(await outbox().lease(ROW, "w2", 10_000), true);
  });
});

describe("row names", () => {
  it("are read back as the row they were made of", () => {
    const rows: readonly Row[] = [ROW, { kind: "act", id: "in_1" }, { kind: "verify", id: "in_1:10000" }];

    assert.deepEqual(rows.map(rowName).map(findRow), rows);
  });

  it("of a kind that is not ours are no row", () => {
    assert.deepEqual(["", "deliver", "enrich:al_1", ":al_1"].map(findRow), Array(4).fill(undefined));
  });
});
