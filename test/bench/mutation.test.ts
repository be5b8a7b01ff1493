import assert from "node:assert/strict";
import { mutate } from "../../bench/mutation.ts";
import { compileRules, ruleText } from "../detect/fixture.ts";

describe("mutated records", () => {
  it("make neither the detector throw nor a bundled rule fail; npm run mutate feeds 100,000", async () => {
    const { fed, refused, findings } = await mutate(4_000, 1);

    assert.equal(fed + refused, 4_000);
    assert.ok(fed > 3_000, `${fed} fed`);
    assert.ok(findings > 1_000, `${findings} findings: few changes met a rule`);
  }).timeout(60_000);

  it("are told with their fewest changes when a rule fails", async () => {
    const rules = compileRules([{ file: "r.yml", text: ruleText("{ sel: { eventName: '*' }, condition: sel }") }]);
    const [rule] = rules.rules;
    assert.ok(rule);
    const matches = () => assert.fail("out of luck");

    await assert.rejects(mutate(10, 1, { ...rules, router: () => [{ ...rule, matches }] }), /Counterexample: /);
  });
});
