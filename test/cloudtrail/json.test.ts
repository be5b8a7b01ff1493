import assert from "node:assert/strict";
import fc from "fast-check";
import { flagAt, isDeeper, MAX_DEPTH, objectAt, parseJson, textAt, valueAt } from "../../src/cloudtrail/json.ts";

const MIB = 2 ** 20;
const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;

describe("parseJson", () => {
  it("gives the value of a text", () => {
    assert.deepEqual(parseJson('{"a":[1,"x"]}', MIB), { kind: "value", value: { a: [1, "x"] } });
  });

  it("opens 64 levels and refuses 65", () => {
    assert.equal(parseJson(nested(MAX_DEPTH), MIB).kind, "value");
    assert.deepEqual(parseJson(nested(MAX_DEPTH + 1), MIB), { kind: "refused", why: "too-deep" });
  });

  it("refuses 10,000 and 500,000 levels without overflow", () => {
    for (const depth of [10_000, 500_000])
      assert.deepEqual(parseJson(nested(depth), 2 * MIB), { kind: "refused", why: "too-deep" });
  });

  it("refuses depth in objects, behind strings that look like closing brackets", () => {
    const text = `${'{"]}]}":'.repeat(65)}1${"}".repeat(65)}`;

    assert.deepEqual(parseJson(text, MIB), { kind: "refused", why: "too-deep" });
  });

  it("does not count brackets inside strings, escaped quotes included", () => {
    const text = JSON.stringify({ key: `"${"[{".repeat(100)}\\"`, other: "\\\\" });

    assert.equal(parseJson(text, MIB).kind, "value");
  });

  it("counts bytes, not characters", () => {
    assert.equal(parseJson('"éé"', 6).kind, "value");
    assert.deepEqual(parseJson('"éé"', 5), { kind: "refused", why: "too-large" });
  });

  for (const text of ['{"a":', '{"a":1}}', "", '"open', "{'a':1}", "[1,]", "\u0000", "[NaN]", '{"a":"\n"}'])
    it(`refuses ${JSON.stringify(text)} as broken`, () => {
      assert.deepEqual(parseJson(text, MIB), { kind: "refused", why: "broken-json" });
    });

  it("agrees with JSON.parse on every value that is not too deep, however it is written", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), fc.nat(3), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        assert.deepEqual(parseJson(text, MIB), { kind: "value", value: JSON.parse(text) });
      }),
    );
  });
});

describe("isDeeper", () => {
  it("tells 64 levels from 65, in arrays and objects", () => {
    assert.equal(isDeeper(JSON.parse(nested(64)), 64), false);
    assert.equal(isDeeper(JSON.parse(nested(65)), 64), true);
    assert.equal(isDeeper({ a: [{ b: 1 }] }, 3), false);
    assert.equal(isDeeper({ a: [{ b: 1 }] }, 2), true);
  });

  it("ends on a value that holds itself", () => {
    const round: unknown[] = [];
    round.push(round);

    assert.equal(isDeeper(round, 64), true);
  });
});

describe("valueAt", () => {
  const json = { a: { items: [{ b: 1 }, "x"] }, empty: "", no: null };

  it("follows keys and places in lists", () => {
    assert.equal(valueAt(json, "a.items.0.b"), 1);
    assert.equal(valueAt(json, "a.items.1"), "x");
  });

  it("gives undefined where a step is missing", () => {
    for (const path of ["b", "a.b.c", "a.items.7", "a.items.length", "no.x", "empty.0", "a.items.0.b.c", ""])
      assert.equal(valueAt(json, path), undefined, path);
  });

  it("sees own properties only", () => {
    for (const path of ["constructor", "__proto__", "toString.name", "a.items.map"])
      assert.equal(valueAt(json, path), undefined, path);
  });

  it("sees a __proto__ that the text wrote, as what it is", () => {
    assert.equal(textAt(JSON.parse('{"__proto__":{"name":"x"}}'), "__proto__.name"), "x");
  });

  it("is not fooled by a polluted prototype", () => {
    const polluted = Object.assign(Object.create({ eventName: "StopLogging" }), { a: 1 });

    assert.equal(valueAt(polluted, "eventName"), undefined);
  });
});

describe("textAt, flagAt, objectAt", () => {
  it("take an empty or missing text, a number and null as absent", () => {
    for (const value of ["", 7, null, true, [], {}]) assert.equal(textAt({ value }, "value"), undefined);
    assert.equal(textAt(undefined, "value"), undefined);
  });

  it("read yes and no as a boolean or as AWS's text", () => {
    assert.deepEqual(
      [true, "true", false, "false", "yes", 1].map((value) => flagAt({ value }, "value")),
      [true, true, false, false, undefined, undefined],
    );
  });

  it("take an array as no object", () => {
    assert.equal(objectAt({ value: [1] }, "value"), undefined);
    assert.deepEqual(objectAt({ value: { a: 1 } }, "value"), { a: 1 });
  });
});
