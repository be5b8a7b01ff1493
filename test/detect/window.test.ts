/** What windows need: findings are the same whether or not the state looks at it. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { memoryState } from "../../src/adapters/memory-state.ts";
import type { CloudTrailRecord } from "../../src/cloudtrail/record.ts";
import { makeDetector } from "../../src/detect/detector.ts";
import type { DetectorState } from "../../src/detect/state.ts";
import { compile, minute, recordOf, ruleText } from "./fixture.ts";

const NAMES = ["CreateUser", "AttachUserPolicy", "CreateAccessKey", "ListUsers"] as const;
const rule = (name: string) => ruleText(`{ sel: { eventName: ${name} }, condition: sel }`, `name: ${name}`);
const over = (name: string, correlation: string, more = "") =>
  `title: ${name}\nname: ${name}\nlevel: high\n${more}\ncorrelation: { ${correlation}, timespan: 10m }`;
const every = "rules: [CreateUser, AttachUserPolicy, CreateAccessKey, ListUsers]";
const COMPILED = compile(
  [
    ...NAMES.map(rule),
    over("many", `type: event_count, ${every}, condition: { gte: 4 }`),
    over(
      "spread",
      `type: value_count, ${every}, condition: { field: ids.action, gte: 3 }`,
      "ids.also: [{ field: awsRegion, gte: 2 }]",
    ),
    over("steady", `type: event_count, ${every}`, "ids.steady: 3"),
    over("both", "type: temporal, rules: [CreateUser, CreateAccessKey]"),
    over("twice", "type: temporal, rules: [ListUsers, ListUsers]"),
    over("ordered", "type: temporal_ordered, rules: [CreateUser, AttachUserPolicy, CreateAccessKey]"),
    over(
      "score",
      "type: score, rules: [CreateUser, ListUsers]",
      "ids.points: { CreateUser: 0.1, ListUsers: 0.2 }\nids.spread: { awsRegion: 0.3, sourceIPAddress: 1 }\nids.levels: { low: 1, high: 2 }",
    ),
  ].join("\n---\n"),
);

/** Every window is read, whatever is needed. */
function reading(state: DetectorState): DetectorState {
  const need = { members: 0, sums: [] };
  return { ask: ({ adds, marks }) => state.ask({ adds: adds.map((add) => ({ ...add, need })), marks }) };
}

const records: fc.Arbitrary<readonly CloudTrailRecord[]> = fc
  .array(
    fc.record({
      at: fc.nat(30),
      eventName: fc.constantFrom(...NAMES),
      awsRegion: fc.constantFrom("us-east-1", "eu-west-1", ""),
      sourceIPAddress: fc.constantFrom("192.0.2.1", "192.0.2.2", "192.0.2.3"),
    }),
    { maxLength: 14 },
  )
  .map((made) => made.map(({ at, ...fields }, i) => recordOf({ eventID: `e${i}`, eventTime: minute(at), ...fields })));

describe("what a window needs", () => {
  it("never keeps a finding back, whatever the order of arrival", async () => {
    const found = new Set<string>();
    await fc.assert(
      fc.asyncProperty(records, async (stream) => {
        const spared = await makeDetector(COMPILED, memoryState(), { accounts: [] }).feedAll(stream);
        const read = await makeDetector(COMPILED, reading(memoryState()), { accounts: [] }).feedAll(stream);

        assert.deepEqual(spared, read);
        for (const finding of read) found.add(finding.rule);
      }),
      { numRuns: 300 },
    );
    assert.deepEqual([...found].sort(), ["both", "many", "ordered", "score", "spread", "steady", "twice"]);
  });
});
