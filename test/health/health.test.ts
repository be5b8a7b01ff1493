import assert from "node:assert/strict";
import { type Health, type Part, statusOf, troublesOf, type Vital } from "../../src/health/health.ts";

const AT = "2026-11-20T10:30:00.000Z";
const ago = (ms: number) => new Date(Date.parse(AT) - ms).toISOString();
const failing = (part: Part, msAgo = 0): Vital => ({
  part,
  state: "failing",
  since: ago(msAgo),
  at: ago(msAgo),
  why: "as told",
});

function healthWith(change: Partial<Health> = {}): Health {
  return {
    at: AT,
    startedAt: ago(3600_000),
    vitals: [{ part: "redis", state: "ok", since: ago(3600_000), at: AT }],
    queues: [{ name: "q", waiting: 0, inFlight: 0, dead: 0 }],
    seen: [],
    quarantined: 0,
    overdue: 0,
    ...change,
  };
}

describe("health", () => {
  it("is ok when nothing is wrong", () => {
    assert.deepEqual([statusOf(healthWith()), troublesOf(healthWith())], ["ok", []]);
  });

  for (const part of ["redis", "queue", "slack"] as const)
    it(`fails while ${part} does, however long ago it was asked`, () => {
      assert.equal(statusOf(healthWith({ vitals: [failing(part, 3600_000)] })), "failing");
    });

  for (const part of ["door", "iam", "cloudtrail", "s3"] as const)
    it(`is degraded while ${part} fails`, () => {
      const health = healthWith({ vitals: [failing(part)] });

      assert.equal(statusOf(health), "degraded");
      assert.deepEqual(troublesOf(health), [{ kind: "part", part, since: AT, why: "as told" }]);
    });

  it("forgets a failure of what nobody asked since: it says nothing about now", () => {
    assert.equal(statusOf(healthWith({ vitals: [failing("iam", 11 * 60_000)] })), "ok");
    assert.equal(statusOf(healthWith({ vitals: [failing("door", 11 * 60_000)] })), "degraded");
  });

  it("fails when the store does not answer, although nobody saw it fail", () => {
    const { seen: _, ...silent } = healthWith();

    assert.equal(statusOf(silent), "failing");
    assert.deepEqual(troublesOf(silent), [{ kind: "store-silent" }]);
  });

  it("tells one trouble once", () => {
    const { seen: _, queues: __, ...silent } = healthWith({ vitals: [failing("redis"), failing("queue")] });

    assert.deepEqual(
      troublesOf(silent).map(({ kind }) => kind),
      ["part", "part"],
    );
  });

  it("is degraded by lateness, dead letters and overdue work, not by quarantine or a missing dead-letter queue", () => {
    const queue = { name: "q", waiting: 0, inFlight: 0, dead: 0 } as const;

    assert.equal(statusOf(healthWith({ queues: [{ ...queue, waitedMs: 5 * 60_000 + 1 }] })), "degraded");
    assert.equal(statusOf(healthWith({ queues: [{ ...queue, dead: 1 }] })), "degraded");
    assert.equal(statusOf(healthWith({ overdue: 1 })), "degraded");
    const minor = healthWith({ quarantined: 3, queues: [{ ...queue, waitedMs: 5 * 60_000, dead: "none" }] });
    assert.equal(statusOf(minor), "ok");
    assert.deepEqual(
      troublesOf(minor).map(({ kind }) => kind),
      ["no-dead-letter-queue", "quarantined"],
    );
  });
});
