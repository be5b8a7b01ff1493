import assert from "node:assert/strict";
import fc from "fast-check";
import { ODD, openReading } from "../../src/detect/reading.ts";

describe("reading", () => {
  it("gives the same number to the same value of a path, absent and null being one", () => {
    const reading = openReading();
    const [name, type] = [reading.placeOf("eventName"), reading.placeOf("userIdentity.type")];
    const numbers = [{ eventName: "A" }, { eventName: "B" }, { eventName: "A" }, { eventName: null }, {}].map(
      (json) => {
        reading.begin(json);
        return reading.numberAt(name);
      },
    );
    reading.begin({ userIdentity: { type: "A" } });

    assert.deepEqual(numbers, [0, 1, 0, 2, 2]);
    assert.equal(reading.numberAt(type), 3);
    assert.equal(reading.placeOf("eventName"), name);
  });

  it("gives no number to lists, objects and long texts, wherever they stand", () => {
    const reading = openReading();
    const type = reading.placeOf("userIdentity.type");
    for (const userIdentity of [[{ type: "A" }], { type: ["A"] }, { type: {} }, { type: "A".repeat(2_000) }]) {
      reading.begin({ userIdentity });

      assert.equal(reading.numberAt(type), ODD, JSON.stringify(userIdentity).slice(0, 40));
      assert.equal(reading.numberOf([reading.placeOf("eventName"), type]), ODD);
    }
    reading.begin({ userIdentity: { type: "A".repeat(2_000) } });
    assert.equal(reading.valueAt(type), "A".repeat(2_000));
  });

  it("never takes values that it forgot, or that were split differently, for one another", () => {
    const value = fc.constantFrom("a", "ab", "b", "", "true", true, 1, "1", null, undefined);
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value, value), { minLength: 2, maxLength: 20 }), (records) => {
        const reading = openReading();
        const places = ["x", "y", "z"].map(reading.placeOf);
        const seen = new Map<number, string>();
        for (const [x, y, z] of [...records, ...records]) {
          reading.begin({ x: x ?? null, y: y ?? null, z: z ?? null });
          const number = reading.numberOf(places);
          const said = JSON.stringify([x ?? null, y ?? null, z ?? null]);

          assert.equal(seen.get(number) ?? said, said);
          seen.set(number, said);
        }
      }),
    );
    const reading = openReading();
    const place = reading.placeOf("x");
    const numbers = new Set<number>();
    for (let at = 0; at < 10_000; at++) {
      reading.begin({ x: `value ${at}` });
      numbers.add(reading.numberAt(place));
    }
    reading.begin({ x: "value 0" });
    assert.equal(numbers.has(reading.numberAt(place)), false);
  });
});
