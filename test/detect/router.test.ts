import assert from "node:assert/strict";
import fc from "fast-check";
import { factsOf } from "../../src/detect/facts.ts";
import { compile, recordOf, ruleText } from "./fixture.ts";

const rules = compile(
  ruleText("{ sel: { eventName: [CreateUser, CreateRole], eventSource: iam.amazonaws.com }, condition: sel }"),
  ruleText("{ sel: { eventName|startswith: Create }, condition: sel }"),
  ruleText("{ a: { eventName: CreateUser }, b: { awsRegion: us-east-1 }, condition: a or b }"),
  ruleText("{ a: { eventName: CreateUser }, b: { awsRegion: us-east-1 }, condition: b and not a }"),
  ruleText("{ a: [{ eventName: CreateUser }, { eventName: 'Delete*' }], condition: a }"),
  ruleText("{ a: [{ eventName: CreateUser }, { eventName: DeleteUser, awsRegion: x }], condition: a }"),
  ruleText("{ a: { eventSource: s3.amazonaws.com }, b: { eventName: [a, null] }, condition: 1 of them }"),
  ruleText("{ a: { eventName|all: [CreateUser, DeleteUser] }, condition: a }"),
  ruleText("{ a: { eventName: 'undefined' }, b: { eventName: '' }, condition: a or b }"),
);
const routed = (fields: object) => rules.router(recordOf(fields)).map(({ name }) => name);

describe("router", () => {
  it("tries only rules that the record's name and source can meet", () => {
    assert.deepEqual(routed({ eventName: "CreateUser" }), ["r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7"]);
    assert.deepEqual(routed({ eventName: "createuser", eventSource: "x" }), ["r1", "r2", "r3", "r4", "r5", "r6", "r7"]);
    assert.deepEqual(routed({ eventName: "GetUser" }), ["r1", "r2", "r3", "r4", "r6", "r7"]);
  });

  it("never leaves out a rule that matches, whatever the name and source are", () => {
    const name = fc.constantFrom(
      "CreateUser",
      "CREATEUSER",
      "DeleteUser",
      "",
      "undefined",
      "null",
      null,
      5,
      true,
      {},
      ["CreateUser"],
      [["DeleteUser"], "CreateUser"],
    );
    const source = fc.constantFrom("iam.amazonaws.com", "IAM.amazonaws.com", "s3.amazonaws.com", null, [
      "s3.amazonaws.com",
    ]);
    fc.assert(
      fc.property(name, source, fc.constantFrom("us-east-1", "x"), (eventName, eventSource, awsRegion) => {
        const record = recordOf({ eventName, eventSource, awsRegion });
        const facts = factsOf(record, undefined);
        const matching = rules.rules.filter((rule) => rule.matches(facts));

        assert.deepEqual(
          matching.filter((rule) => !rules.router(record).includes(rule)),
          [],
        );
      }),
      { numRuns: 500 },
    );
  });
});
