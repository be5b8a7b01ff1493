import assert from "node:assert/strict";
import { factsOf } from "../../src/detect/facts.ts";
import { outlineOf } from "../../src/detect/outline.ts";
import { compileSelection, sharedTests } from "../../src/detect/selection.ts";
import { problemsOf, recordOf, ruleText } from "./fixture.ts";

describe("lines of selections", () => {
  const testOf = sharedTests({});

  it("are one test where they are written alike, whichever rule they stand in", () => {
    const complain = () => assert.fail("complained");
    const [first, second] = ["one", "other"].map((name) => {
      const { selections } = outlineOf({ [name]: { eventName: ["A", "B"] }, condition: [name] }, complain);
      const [outline] = selections;
      assert.ok(outline);
      const { alternatives } = compileSelection(outline, testOf, complain);
      return alternatives[0]?.[0];
    });

    assert.ok(first);
    assert.equal(first, second);
  });

  it("are tests of their own where key, value or the kind of value differ", () => {
    const raws: readonly unknown[] = ["true", true, ["true"], ["a", "b"], '["a","b"]', "a,b", null, [null], 1, "1"];
    const tests = [...raws.map((raw) => testOf(["readOnly", raw])), testOf(["readOnly|cased", "true"])];

    assert.equal(new Set(tests).size, tests.length);
  });

  it("take a number that JSON does not know for itself, not for null", () => {
    const facts = factsOf(recordOf({ requestParameters: {} }), undefined);
    const held = [null, [null], Number.NaN, [Number.NaN]].map((raw) =>
      testOf(["requestParameters.a", raw]).holds(facts),
    );

    assert.deepEqual(held, [true, true, false, false]);
  });
});

describe("regular expressions", () => {
  const filter = (detection: string) =>
    `title: Ours\nlogsource: { product: aws, service: cloudtrail }\nfilter:\n  rules: any\n  ${detection}\n  condition: sel`;
  const rows: readonly (readonly [where: string, text: string, problem: RegExp])[] = [
    [
      "in one map of a list",
      ruleText("{ sel: [{ a: b }, { a|re: x, b|re|i: ['x', '(?!x)'] }], condition: sel }"),
      /^rules\/r0\.yml:4: detection\.sel\.1\.b\|re\|i: .*\(\?!/,
    ],
    ["in a filter", filter("sel: { a|re: 'x{2000}' }"), /^rules\/r0\.yml:5: filter\.sel\.a\|re: .*2000/],
    [
      "that no condition uses",
      ruleText("{ sel: { a: b }, off: { a|re: '(' }, condition: sel }"),
      /^rules\/r0\.yml:4: detection\.off/,
    ],
  ];
  for (const [where, text, problem] of rows)
    it(`are refused when the rule is opened, ${where}`, () => {
      assert.match(problemsOf(text)[0] ?? "", problem);
    });
});
