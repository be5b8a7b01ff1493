import assert from "node:assert/strict";
import fc from "fast-check";
import { readClock } from "../../src/health/skew.ts";

const THEIRS = Date.parse("2026-11-20T10:00:00Z");
const DATE = "Fri, 20 Nov 2026 10:00:00 GMT";
/** An answer of 200 ms that our clock, so much ahead of theirs, saw come. */
const seen = (aheadMs: number, tookMs = 200) =>
  readClock({ date: DATE, sentAt: THEIRS + aheadMs - tookMs, receivedAt: THEIRS + aheadMs });

describe("this machine's clock", () => {
  it("is off when it is more than a minute ahead or behind, by what is sure of it", () => {
    assert.deepEqual(seen(90_000), { kind: "off", aheadMs: 88_800 });
    assert.deepEqual(seen(-90_000), { kind: "off", aheadMs: -90_000 });
    assert.deepEqual(seen(400 * 86_400_000)?.kind, "off");
  });

  it("is right within a minute", () => {
    for (const ahead of [-58_000, -1_000, 0, 1_000, 59_000]) assert.deepEqual(seen(ahead), { kind: "right" });
  });

  it("is not judged by an answer that says both, nor by one without a date", () => {
    assert.equal(seen(60_500), undefined);
    assert.equal(seen(62_000, 10_000), undefined);
    assert.equal(readClock({ date: "soon", sentAt: THEIRS, receivedAt: THEIRS }), undefined);
  });

  it("is never off for the time that an answer took, whenever on its way it was made", () => {
    const ms = fc.integer({ min: 0, max: 600_000 });
    fc.assert(
      fc.property(ms, ms, fc.integer({ min: -60_000, max: 60_000 }), (there, back, ahead) => {
        const made = THEIRS + 999;
        const reading = readClock({ date: DATE, sentAt: made + ahead - there, receivedAt: made + ahead + back });

        assert.notEqual(reading?.kind, "off");
      }),
    );
  });
});
