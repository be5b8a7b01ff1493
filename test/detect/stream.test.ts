import assert from "node:assert/strict";
import fc from "fast-check";
import { memoryState } from "../../src/adapters/memory-state.ts";
import type { CloudTrailRecord } from "../../src/cloudtrail/record.ts";
import { makeDetector } from "../../src/detect/detector.ts";
import type { Finding } from "../../src/detect/finding.ts";
import { compile, minute, recordOf, ruleText } from "./fixture.ts";

const NAMES = ["CreateUser", "AttachUserPolicy", "CreateAccessKey"];

function over(name: string, level: string, correlation: string, more = ""): string {
  return `title: ${name}\nname: ${name}\nlevel: ${level}\n${more}correlation: { ${correlation}, group-by: [ids.principal] }`;
}
const rules = NAMES.map((name) => ruleText(`{ sel: { eventName: ${name} }, condition: sel }`, `name: ${name}`));
const simple = [
  over(
    "ordered",
    "high",
    "type: temporal_ordered, rules: [CreateUser, AttachUserPolicy, CreateAccessKey], timespan: 10m",
  ),
  over(
    "spread",
    "low",
    "type: value_count, rules: [CreateUser, CreateAccessKey], timespan: 10m, condition: { field: eventName, gte: 2 }",
  ),
];
const nested = [
  over("burst", "low", "type: event_count, rules: [CreateUser], timespan: 5m, condition: { gte: 3 }"),
  over("keys", "low", "type: event_count, rules: [CreateAccessKey], timespan: 5m, condition: { gte: 2 }"),
  over("afterwards", "high", "type: temporal_ordered, rules: [burst, AttachUserPolicy], timespan: 10m"),
  over("both", "high", "type: temporal, rules: [burst, keys], timespan: 10m"),
  over("bursts", "low", "type: event_count, rules: [burst, keys], timespan: 10m, condition: { gte: 3 }"),
  over(
    "from_new",
    "low",
    "type: new_value, rules: [AttachUserPolicy], timespan: 30d, condition: { field: sourceIPAddress }",
    "ids.learning: none\n",
  ),
  over(
    "from_several",
    "medium",
    "type: value_count, rules: [from_new], timespan: 10m, condition: { field: sourceIPAddress, gte: 2 }",
  ),
];

const sortedTexts = (texts: Iterable<string>) => [...texts].sort().join(" ");

/** What Slack has in the end: each alert with the records it counts. */
async function alertsOf(
  text: string,
  stream: readonly CloudTrailRecord[],
  workers: number,
): Promise<readonly string[]> {
  const state = memoryState();
  const detectors = Array.from({ length: workers }, () => makeDetector(compile(text), state, { accounts: [] }));
  const findings: Finding[] = [];
  for (const [i, record] of stream.entries()) findings.push(...((await detectors[i % workers]?.feed(record)) ?? []));
  const alerts = new Map<string, Set<string>>();
  for (const { rule, group, outcome, eventIDs } of findings) {
    const key = JSON.stringify([rule, outcome, ...group]);
    alerts.set(key, new Set([...(alerts.get(key) ?? []), ...eventIDs]));
  }
  return [...alerts].map(([key, ids]) => `${key}: ${sortedTexts(ids)}`).sort();
}

/** All of them succeed: a window of failures is told as such, and nobody knows then that a success will come late. */
const records = fc
  .array(
    fc.record({
      seconds: fc.integer({ min: 0, max: 1_800 }),
      name: fc.constantFrom(...NAMES),
      ip: fc.constantFrom("192.0.2.1", "192.0.2.2"),
    }),
    { minLength: 4, maxLength: 24 },
  )
  .map((drafts) =>
    drafts
      .toSorted((a, b) => a.seconds - b.seconds)
      .map(({ seconds, name, ip }, i) =>
        recordOf({
          eventID: `e${i}`,
          eventName: name,
          eventTime: minute(seconds / 60),
          sourceIPAddress: ip,
        }),
      ),
  );

describe("what users see of any stream", () => {
  it("is the same alerts with the same records whatever the order, the repetitions and the workers", async () => {
    const text = [...rules, ...simple, ...nested].join("\n---\n");
    await fc.assert(
      fc.asyncProperty(
        records.chain((stream) =>
          fc.tuple(
            fc.constant(stream),
            fc.shuffledSubarray([...stream, ...stream], { minLength: 2 * stream.length }),
            fc.integer({ min: 1, max: 3 }),
          ),
        ),
        async ([stream, shuffled, workers]) => {
          const wanted = await alertsOf(text, stream, 1);
          assert.deepEqual(await alertsOf(text, shuffled, workers), wanted);
          assert.deepEqual(await alertsOf(text, [...stream, ...stream], workers), wanted);
        },
      ),
      { numRuns: 100 },
    );
  });

  it("is every kind of alert in some stream", async () => {
    const text = [...rules, ...simple, ...nested].join("\n---\n");
    const order = ["CreateUser", "CreateUser", "CreateUser", "CreateAccessKey", "CreateAccessKey", "AttachUserPolicy"];
    const stream = [...order, "AttachUserPolicy", "CreateAccessKey"].map((eventName, i) =>
      recordOf({ eventID: `e${i}`, eventName, eventTime: minute(i / 2), sourceIPAddress: `192.0.2.${i}` }),
    );
    const told = (await alertsOf(text, stream, 1)).map((line) => line.slice(2, line.indexOf('",')));

    assert.deepEqual(told, ["afterwards", "both", "bursts", "from_several", "ordered", "spread"]);
  });
});
