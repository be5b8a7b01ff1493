import assert from "node:assert/strict";
import fc from "fast-check";
import { memoryStores } from "../../src/adapters/memory.ts";
import type { AlertFold, StoredAlert } from "../../src/alert/alert.ts";
import { contract, openTestRedis, type Stores, type TestRedis } from "./contract.ts";
import { type FoldParts, foldOf, HOUR, iso, NOON } from "./fold.ts";

contract("alert store", (stores) => {
  const commit = (...folds: FoldParts[]) =>
    stores().alerts.commit({ folds: folds.map(foldOf), quarantined: [], now: NOON });
  const alert = async (id: string): Promise<StoredAlert> => {
    const found = await stores().alerts.alert(id);
    assert.ok(found, `no alert ${id}`);
    return found;
  };

  it("opens an alert for the first finding and owes its delivery now", async () => {
    const due = await commit({ id: "a" });

    assert.deepEqual(due, [{ kind: "deliver", id: "al_key-1_a", at: NOON, rank: 2 }]);
    assert.deepEqual(await stores().outbox.due(NOON, 10), due);
    const { chapter } = foldOf({ id: "a" });
    assert.deepEqual(await alert("al_key-1_a"), {
      id: "al_key-1_a",
      opening: chapter,
      latest: chapter,
      seenAt: iso(NOON),
      shows: true,
      findings: 1,
      events: 1,
      actions: { "iam:CreateUser": 1 },
      regions: ["eu-central-1"],
      addresses: ["192.0.2.1"],
      first: iso(NOON),
      last: iso(NOON),
      rev: 1,
      shown: 0,
      edits: 0,
    });
  });

  it("counts a second finding of the same key instead of opening a new alert", async () => {
    await commit({ id: "a" });
    await commit({ id: "b", at: NOON + HOUR });

    const { findings, events, actions, first, last, rev } = await alert("al_key-1_a");
    assert.deepEqual([findings, events, actions, rev], [2, 2, { "iam:CreateUser": 2 }, 2]);
    assert.deepEqual([first, last], [iso(NOON), iso(NOON + HOUR)]);
    assert.equal(await stores().alerts.alert("al_key-1_b"), undefined);
  });

  it("keeps keys apart", async () => {
    await commit({ id: "a" }, { id: "b", key: "key-2" });

    assert.equal((await alert("al_key-1_a")).findings, 1);
    assert.equal((await alert("al_key-2_b")).findings, 1);
  });

  it("joins up to 24 h after the first finding and opens a new alert beyond", async () => {
    await commit({ id: "a" }, { id: "b", at: NOON + 24 * HOUR }, { id: "c", at: NOON + 24 * HOUR + 1 });

    assert.equal((await alert("al_key-1_a")).findings, 2);
    assert.equal((await alert("al_key-1_c")).findings, 1);
  });

  it("joins the nearer of two alerts, and the earlier one when both are as near", async () => {
    await commit({ id: "a" }, { id: "b", at: NOON + 40 * HOUR });
    await commit(
      { id: "c", at: NOON + 17 * HOUR },
      { id: "d", at: NOON + 23 * HOUR },
      { id: "e", at: NOON + 20 * HOUR },
    );

    assert.equal((await alert("al_key-1_a")).findings, 3);
    assert.equal((await alert("al_key-1_b")).findings, 2);
  });

  it("is unchanged by a finding it already holds", async () => {
    await commit({ id: "a" }, { id: "b" });
    const before = await alert("al_key-1_a");
    const due = await commit({ id: "b" }, { id: "a" });

    assert.deepEqual(due, []);
    assert.deepEqual(await alert("al_key-1_a"), before);
  });

  it("is unchanged by a redelivered finding although a nearer alert has opened since", async () => {
    await commit({ id: "a" }, { id: "late", at: NOON + 20 * HOUR }, { id: "b", at: NOON + 30 * HOUR });
    await commit({ id: "late", at: NOON + 20 * HOUR });

    assert.equal((await alert("al_key-1_a")).findings, 2);
    assert.equal((await alert("al_key-1_b")).findings, 1);
  });

  it("does not open an alert again when its opening finding comes with another time", async () => {
    await commit({ id: "a" });
    await commit({ id: "a", at: NOON + 100 * HOUR });

    assert.equal((await alert("al_key-1_a")).findings, 1);
  });

  it("counts a record once, whichever findings name it", async () => {
    const sighting = (eventID: string, ip: string) => ({
      eventID,
      time: iso(NOON),
      action: "s3:ListBuckets",
      region: "us-east-1",
      ip,
    });
    await commit({ id: "a", sightings: [sighting("e1", "192.0.2.1"), sighting("e2", "192.0.2.2")] });
    await commit({ id: "b", sightings: [sighting("e2", "192.0.2.2"), sighting("e3", "192.0.2.3")] });

    const { findings, events, actions, addresses } = await alert("al_key-1_a");
    assert.deepEqual([findings, events, actions], [2, 3, { "s3:ListBuckets": 3 }]);
    assert.deepEqual(addresses, ["192.0.2.1", "192.0.2.2", "192.0.2.3"]);
  });

  it("counts a record once that a finding names twice", async () => {
    const sighting = { eventID: "e1", time: iso(NOON), action: "s3:ListBuckets", region: "us-east-1", ip: "192.0.2.1" };
    await commit({ id: "a", sightings: [sighting, sighting] });

    assert.deepEqual(
      [(await alert("al_key-1_a")).events, (await alert("al_key-1_a")).actions],
      [1, { "s3:ListBuckets": 1 }],
    );
  });

  it("takes first and last from the records, not from their arrival", async () => {
    await commit({ id: "b", at: NOON }, { id: "c", at: NOON + HOUR }, { id: "a", at: NOON - HOUR });

    const { first, last, opening, latest } = await alert("al_key-1_b");
    assert.deepEqual([first, last], [iso(NOON - HOUR), iso(NOON + HOUR)]);
    assert.deepEqual([opening.finding.id, latest.finding.id], ["fi_b", "fi_c"]);
  });

  it("owes nothing for an alert that does not show, until a later finding shows", async () => {
    assert.deepEqual(await commit({ id: "a", shows: false }), []);
    assert.equal((await alert("al_key-1_a")).shows, false);
    const due = await commit({ id: "b" });

    assert.deepEqual(due, [{ kind: "deliver", id: "al_key-1_a", at: NOON, rank: 2 }]);
    assert.deepEqual([(await alert("al_key-1_a")).shows, (await alert("al_key-1_a")).rev], [true, 1]);
  });

  it("counts a hidden finding of a shown alert", async () => {
    await commit({ id: "a" });
    await commit({ id: "b", shows: false });

    assert.deepEqual([(await alert("al_key-1_a")).findings, (await alert("al_key-1_a")).rev], [2, 2]);
  });

  it("hints a row once, however many findings wait in it", async () => {
    const due = await commit({ id: "a" }, { id: "b" }, { id: "c" });

    assert.equal(due.length, 1);
    assert.deepEqual(await commit({ id: "d" }), []);
  });

  it("names no more than 200 actions, regions and addresses and counts every record", async () => {
    const sightings = Array.from({ length: 250 }, (_, i) => ({
      eventID: `e${i}`,
      time: iso(NOON),
      action: `s3:Action${i}`,
      region: `region-${i}`,
      ip: `192.0.2.${i}`,
    }));
    await commit({ id: "a", sightings });

    const { events, actions, regions, addresses } = await alert("al_key-1_a");
    assert.deepEqual([events, Object.keys(actions).length, regions.length, addresses.length], [250, 200, 200, 200]);
  });

  it("keeps whatever text a record holds", async () => {
    const texts = ["__proto__", "constructor", "a\u0000b", "\ud800", "\u202e", "🦊", 'quote " \\ \r\n', ""];
    const sightings = texts.map((text) => ({ eventID: `e ${text}`, time: text, action: text, region: text, ip: text }));
    await commit({ id: "a", sightings, action: "\ud800__proto__\u0000", subjects: texts });

    const { events, actions, opening } = await alert("al_key-1_a");
    assert.equal(events, texts.length);
    assert.deepEqual(Object.getOwnPropertyNames(actions).length, texts.length);
    assert.equal(Object.getOwnPropertyDescriptor(actions, "__proto__")?.value, 1);
    assert.equal(opening.snapshot.action, "\ud800__proto__\u0000");
    assert.equal((await stores().alerts.alertsOf("__proto__", 5)).length, 1);
  });

  it("lists the alerts of a subject, newest activity first", async () => {
    await commit(
      { id: "a", key: "key-1", subjects: ["AKIAIOSFODNN7EXAMPLE", "arn:x"] },
      { id: "b", key: "key-2", subjects: ["arn:x"], at: NOON + 2 * HOUR },
      { id: "c", key: "key-3", subjects: ["arn:x"], at: NOON + HOUR },
    );
    const ids = async (subject: string, limit: number) =>
      (await stores().alerts.alertsOf(subject, limit)).map(({ id }) => id);

    assert.deepEqual(await ids("arn:x", 10), ["al_key-2_b", "al_key-3_c", "al_key-1_a"]);
    assert.deepEqual(await ids("arn:x", 2), ["al_key-2_b", "al_key-3_c"]);
    assert.deepEqual(await ids("AKIAIOSFODNN7EXAMPLE", 10), ["al_key-1_a"]);
    assert.deepEqual(await ids("nobody", 10), []);
  });

  it("owes a look at an alert that a doubted finding opened, and keeps what was found", async () => {
    const due = await commit({ id: "a", doubt: "other-account" });
    await commit({ id: "b", doubt: "other-account", at: NOON + HOUR });
    const row = { kind: "confirm", id: "al_key-1_a" } as const;
    assert.deepEqual(due[0], { ...row, at: NOON });

    const found = { kind: "iam", at: iso(NOON), last: false } as const;
    await stores().alerts.corroborate("al_key-1_a", found, NOON + HOUR, NOON);

    assert.deepEqual((await alert("al_key-1_a")).corroboration, found);
    assert.equal((await alert("al_key-1_a")).opening.doubt, "other-account");
    assert.equal((await alert("al_key-1_a")).rev, 3);
    assert.deepEqual(
      (await stores().outbox.due(NOON + HOUR, 10)).filter(({ kind }) => kind === "confirm"),
      [{ ...row, at: NOON + HOUR }],
    );
    await stores().alerts.corroborate("al_key-1_a", { kind: "cloudtrail", at: iso(NOON) }, undefined, NOON);
    assert.deepEqual(
      (await stores().outbox.due(NOON + 2 * HOUR, 10)).filter(({ kind }) => kind === "confirm"),
      [],
    );
  });

  it("owes no look at a doubted alert before somebody sees it, and then one", async () => {
    const hidden = await commit({ id: "a", doubt: "no-envelope", shows: false });
    assert.deepEqual(hidden, []);

    const due = await commit({ id: "b", doubt: "no-envelope", at: NOON + HOUR });
    const again = await commit({ id: "c", doubt: "no-envelope", at: NOON + HOUR });
    assert.deepEqual(due.map(({ kind }) => kind).sort(), ["confirm", "deliver"]);
    assert.equal(
      again.some(({ kind }) => kind === "confirm"),
      false,
    );
  });

  it("does not owe a look at an alert that a doubted finding joins", async () => {
    await commit({ id: "a" });
    const due = await commit({ id: "b", doubt: "no-envelope", at: NOON + HOUR });

    assert.ok(due.every(({ kind }) => kind === "deliver"));
  });

  it("is acknowledged by the first who does so, and shows it at once", async () => {
    await commit({ id: "a" });
    await stores().alerts.reserve("al_key-1_a", "w", NOON);
    await stores().alerts.confirm("al_key-1_a", { channel: "C1", ts: "1.1", rev: 1 }, NOON + HOUR);
    const first = await stores().alerts.acknowledge("al_key-1_a", "U1", NOON + 1);
    const second = await stores().alerts.acknowledge("al_key-1_a", "U2", NOON + 2);

    assert.deepEqual(first, { kind: "acknowledged", by: "U1", at: iso(NOON + 1) });
    assert.deepEqual(second, { kind: "already", by: "U1", at: iso(NOON + 1) });
    assert.deepEqual((await alert("al_key-1_a")).acknowledged, { by: "U1", at: iso(NOON + 1) });
    assert.deepEqual(await stores().outbox.due(NOON + 1, 10), [
      { kind: "deliver", id: "al_key-1_a", at: NOON + 1, rank: -1 },
    ]);
    assert.equal(await stores().alerts.acknowledge("al_none", "U1", NOON), undefined);
  });

  it("gives the same counts for any order, any repetition and any split into batches", async () => {
    const folds = Array.from({ length: 12 }, (_, i) =>
      foldOf({ id: `f${i}`, at: NOON + i * 600_000, key: `key-${i % 2}`, shows: i % 3 > 0, action: `iam:A${i % 4}` }),
    );
    const order = fc.shuffledSubarray([...folds, ...folds], { minLength: 24, maxLength: 24 });
    let round = 0;
    await fc.assert(
      fc.asyncProperty(order, fc.integer({ min: 1, max: 8 }), async (shuffled, size) => {
        round += 1;
        const mine = shuffled.map((fold) => ({
          ...fold,
          key: `${fold.key}-${round}`,
          alert: `${fold.alert}-${round}`,
        }));
        for (const batch of batchesOf(mine, size))
          await stores().alerts.commit({ folds: batch, quarantined: [], now: NOON });

        const found = await Promise.all(mine.map(({ alert: id }) => stores().alerts.alert(id)));
        const byId = new Map(found.flatMap((one) => (one === undefined ? [] : [[one.id, one] as const])));
        const counts = [...byId.values()]
          .map(({ findings, events, actions, first, last, shows }) => ({
            findings,
            events,
            actions,
            first,
            last,
            shows,
          }))
          .sort((a, b) => (a.first < b.first ? -1 : 1));
        assert.deepEqual(counts, [
          {
            findings: 6,
            events: 6,
            actions: { "iam:A0": 3, "iam:A2": 3 },
            first: iso(NOON),
            last: iso(NOON + 6_000_000),
            shows: true,
          },
          {
            findings: 6,
            events: 6,
            actions: { "iam:A1": 3, "iam:A3": 3 },
            first: iso(NOON + 600_000),
            last: iso(NOON + 6_600_000),
            shows: true,
          },
        ]);
      }),
      { numRuns: 40 },
    );
  });
});

describe("alert stores", () => {
  let redis: TestRedis;
  before(async () => {
    redis = await openTestRedis();
  });
  after(async () => {
    await redis?.stop();
  });

  it("hold the same in memory and in Redis after the same commits", async () => {
    const parts = fc.record({
      id: fc.integer({ min: 0, max: 20 }).map(String),
      at: fc.integer({ min: -60, max: 60 }).map((hours) => NOON + hours * HOUR),
      key: fc.constantFrom("key-1", "key-2"),
      shows: fc.boolean(),
      action: fc.string({ unit: "binary", maxLength: 4 }),
      subjects: fc.subarray(["AKIAIOSFODNN7EXAMPLE", "arn:x"]),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(parts, { maxLength: 5 }), { maxLength: 8 }), async (batches) => {
        await redis.client.flushall();
        const both: Pick<Stores, "alerts" | "outbox">[] = [memoryStores(), redis.stores];
        for (const [i, batch] of batches.entries()) {
          const folds = batch.map(foldOf);
          const due = await Promise.all(
            both.map(({ alerts }) => alerts.commit({ folds, quarantined: [], now: NOON + i })),
          );
          assert.deepEqual(due[1], due[0]);
        }

        const [memory, real] = await Promise.all(both.map((one) => everything(one, batches.flat().map(foldOf))));
        assert.deepEqual(real, memory);
      }),
      { numRuns: 60 },
    );
  });
});

async function everything({ alerts, outbox }: Pick<Stores, "alerts" | "outbox">, folds: readonly AlertFold[]) {
  return {
    alerts: await Promise.all(folds.map(({ alert }) => alerts.alert(alert))),
    listed: await Promise.all(["AKIAIOSFODNN7EXAMPLE", "arn:x"].map((subject) => alerts.alertsOf(subject, 50))),
    due: await outbox.due(NOON + HOUR, 100),
  };
}

function batchesOf(folds: readonly AlertFold[], size: number): readonly (readonly AlertFold[])[] {
  return Array.from({ length: Math.ceil(folds.length / size) }, (_, i) => folds.slice(i * size, (i + 1) * size));
}
