import assert from "node:assert/strict";
import fc from "fast-check";
import { type Entry, openReading } from "../../src/detect/reading.ts";

describe("reading", () => {
  it("gives the same entry to the same value of a path, absent and null being one", () => {
    const reading = openReading<string>();
    const [name, type] = [reading.placeOf("eventName"), reading.placeOf("userIdentity.type")];
    const entries = [{ eventName: "A" }, { eventName: "B" }, { eventName: "A" }, { eventName: null }, {}].map(
      (json) => {
        reading.begin({ json });
        return reading.entryAt(name);
      },
    );
    reading.begin({ json: { userIdentity: { type: "A" } } });
    const distinct = [...new Set([...entries, reading.entryAt(type)])];

    assert.deepEqual(
      entries.map((entry) => distinct.indexOf(entry)),
      [0, 1, 0, 2, 2],
    );
    assert.equal(distinct.length, 4);
    assert.equal(reading.placeOf("eventName"), name);
  });

  it("gives no entry to lists, objects and long texts, wherever they stand", () => {
    const reading = openReading<string>();
    const type = reading.placeOf("userIdentity.type");
    for (const userIdentity of [[{ type: "A" }], { type: ["A"] }, { type: {} }, { type: "A".repeat(2_000) }]) {
      reading.begin({ json: { userIdentity } });

      assert.equal(reading.entryAt(type), undefined, JSON.stringify(userIdentity).slice(0, 40));
      assert.equal(reading.entryOf([reading.placeOf("eventName"), type]), undefined);
    }
    reading.begin({ json: { userIdentity: { type: "A".repeat(2_000) } } });
    assert.equal(reading.valueAt(type), "A".repeat(2_000));
  });

  it("never takes values that it forgot, or that were split differently, for one another", () => {
    const value = fc.constantFrom("a", "ab", "b", "", "true", true, 1, "1", null, undefined);
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value, value), { minLength: 2, maxLength: 20 }), (records) => {
        const reading = openReading<string>();
        const places = ["x", "y", "z"].map(reading.placeOf);
        const seen = new Map<Entry<string> | undefined, string>();
        for (const [x, y, z] of [...records, ...records]) {
          reading.begin({ json: { x: x ?? null, y: y ?? null, z: z ?? null } });
          const entry = reading.entryOf(places);
          const said = JSON.stringify([x ?? null, y ?? null, z ?? null]);

          assert.equal(seen.get(entry) ?? said, said);
          seen.set(entry, said);
        }
      }),
    );
    const reading = openReading<string>();
    const place = reading.placeOf("x");
    const entries = new Set<Entry<string> | undefined>();
    for (let at = 0; at < 10_000; at++) {
      reading.begin({ json: { x: `value ${at}` } });
      entries.add(reading.entryAt(place));
    }
    reading.begin({ json: { x: "value 0" } });
    assert.equal(entries.has(reading.entryAt(place)), false);
  });
});
