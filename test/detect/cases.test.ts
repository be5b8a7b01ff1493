import assert from "node:assert/strict";
import { memoryState } from "../../src/adapters/memory-state.ts";
import { openCases, type RuleCase, runCase, uncovered } from "../../src/detect/cases.ts";
import type { RuleError } from "../../src/detect/rule-error.ts";
import { compile, minute, recordOf, ruleText } from "./fixture.ts";

const detection =
  "{ sel: { eventName: CreateAccessKey, requestParameters.userName: support2 }, own: { sourceIPAddress: 192.0.2.1 }, condition: sel and not own }";
const compiled = compile(ruleText(detection));
const record = recordOf().json;

/** Opens cases against rule r0; `record.json` is the fixture's record. */
function open(text: string, rules = compiled.summaries): { cases: readonly RuleCase[]; problems: readonly string[] } {
  const problems: RuleError[] = [];
  const cases = openCases("rules/r0.cases.yml", text, rules, problems, (path) => {
    if (path !== "record.json") throw new Error(`record ${path}: no such file`);
    return record;
  });
  return { cases, problems: problems.map(({ message }) => message) };
}

/** What goes wrong with each case. */
async function outcomes(text: string, rules = compiled): Promise<readonly (string | undefined)[]> {
  const { cases, problems } = open(text, rules.summaries);
  assert.deepEqual(problems, []);
  return Promise.all(cases.map((one) => runCase(one, rules, memoryState())));
}

describe("a case", () => {
  it("is fine when its rule matches or misses as expected", async () => {
    const text = `
- { name: match, record: record.json, expect: match, level: medium }
- { name: miss, record: record.json, patch: { requestParameters.userName: support }, expect: miss }
- { name: inline, record: { eventName: GetUser, eventID: x }, expect: miss }`;

    assert.deepEqual(await outcomes(text), [undefined, undefined, undefined]);
  });

  it("says which field had which value when the rule misses", async () => {
    const text = `
- { name: a, record: record.json, patch: { requestParameters.userName: eve }, expect: match }
- { name: b, record: record.json, patch: { sourceIPAddress: 192.0.2.1 }, expect: match }
- { name: c, record: record.json, remove: [requestParameters.userName], expect: match }`;

    assert.deepEqual(await outcomes(text), [
      "did not match: sel: requestParameters.userName is eve, wanted support2",
      "did not match: own holds: sourceIPAddress is 192.0.2.1",
      "did not match: sel: requestParameters.userName is absent, wanted support2",
    ]);
  });

  it("says what matched when the rule should have missed", async () => {
    assert.deepEqual(await outcomes("- { name: a, record: record.json, expect: miss }"), [
      "matched: sel: eventName is CreateAccessKey; sel: requestParameters.userName is support2",
    ]);
  });

  it("says which level it got", async () => {
    const text = "- { name: a, record: record.json, patch: { errorCode: AccessDenied }, expect: match, level: medium }";

    assert.deepEqual(await outcomes(text), ["level is low, wanted medium; the call failed: errorCode is AccessDenied"]);
  });

  it("patches and removes without touching the recorded record", async () => {
    const before = JSON.stringify(record);
    const text = `
- name: a
  record: record.json
  patch: { requestParameters: { list: [{ a: 1 }, { a: 2 }, { a: 9 }] }, requestParameters.list.1.a: 3, made.up.path: x }
  remove: [requestParameters.list.2, userAgent, not.there]
  expect: miss`;
    const [json] = open(text).cases.flatMap(({ records }) => records.map((one) => one.json));

    assert.deepEqual(
      [json?.["requestParameters"], json?.["made"]],
      [{ list: [{ a: 1 }, { a: 3 }] }, { up: { path: "x" } }],
    );
    assert.equal(JSON.stringify(record), before);
  });

  it("knows the configured regions it names", async () => {
    const rules = compile(ruleText("{ sel: { ids.region_unused: true }, condition: sel }"));
    const launch = "record: record.json, patch: { eventSource: ec2.amazonaws.com }";
    const text = `
- { name: a, ${launch}, regions: [eu-central-1], expect: match }
- { name: b, ${launch}, regions: [us-east-1], expect: miss }
- { name: c, ${launch}, expect: miss }`;

    assert.deepEqual(await outcomes(text, rules), [undefined, undefined, undefined]);
  });

  it("knows the places of addresses it names", async () => {
    const rules = compile(
      ruleText("{ sel: { ids.country: DE, ids.asn: 64496, ids.as_org: EXAMPLE }, condition: sel }"),
    );
    const text = `
- { name: a, record: record.json, patch: { sourceIPAddress: 198.51.100.7 }, places: { 198.51.100.7: { country: DE, asn: 64496, org: EXAMPLE } }, expect: match }
- { name: b, record: record.json, patch: { sourceIPAddress: 198.51.100.7 }, places: { 198.51.100.8: { country: DE, asn: 64496, org: EXAMPLE } }, expect: miss }
- { name: c, record: record.json, patch: { sourceIPAddress: 198.51.100.7 }, places: { 198.51.100.7: { country: DE } }, expect: miss }`;

    assert.deepEqual(await outcomes(text, rules), [undefined, undefined, undefined]);
  });
});

describe("a case of several records", () => {
  const text = `
- name: a
  records:
    - { record: record.json, repeat: 3, every: 30s, vary: { eventName: [A, B] } }
    - { record: record.json, after: 2m }
    - { record: record.json, after: -5m }
  expect: miss`;

  it("sets times, eventIDs and varied values", () => {
    const [one] = open(text).cases;

    assert.deepEqual(
      one?.records.map(({ eventTime, eventName }) => [eventTime, eventName]),
      [
        [minute(0), "A"],
        [minute(0.5), "B"],
        [minute(1), "A"],
        [minute(3), "CreateAccessKey"],
        [minute(-2), "CreateAccessKey"],
      ],
    );
    assert.equal(new Set(one?.records.map(({ eventID }) => eventID)).size, 5);
  });

  describe("says of a correlation", () => {
    const correlated = (body: string) =>
      compile(`${ruleText(detection)}\n---\ntitle: c\nname: many\nlevel: low\n${body}`);
    const events = "correlation: { type: event_count, rules: [r0], timespan: 1m, condition: { gte: 3 } }";
    const told = async (body: string, records: string) =>
      outcomes(`- { name: a, records: [${records}], expect: match }`, correlated(body));

    it("which record no base rule matched, and why", async () => {
      const records = "{ record: record.json, repeat: 2 }, { record: record.json, patch: { eventName: X } }";

      assert.deepEqual(await told(events, records), [
        "did not match: record 3 (iam:X): sel: eventName is X, wanted CreateAccessKey",
      ]);
    });

    it("how many records it counted, and how many it wanted", async () => {
      assert.deepEqual(await told(events, "{ record: record.json, repeat: 2 }"), [
        "did not match: 2 records match: wanted 3 within 1m",
      ]);
    });

    it("that there were enough, but not in time", async () => {
      assert.deepEqual(await told(events, "{ record: record.json, repeat: 3, every: 50s }"), [
        "did not match: 3 records match: enough, but not within 1m",
      ]);
    });

    it("that there were enough, but not at an interval", async () => {
      const body = `ids.steady: 3\n${events.replace("timespan: 1m", "timespan: 1h")}`;

      assert.deepEqual(await told(body, "{ record: record.json, repeat: 2, every: 5m }, { record: record.json }"), [
        "did not match: 3 records match: no 3 of them at one interval within 1h",
      ]);
    });

    it("what its fullest group is", async () => {
      const body = events.replace("timespan", "group-by: [sourceIPAddress], timespan");
      const records = "{ record: record.json, repeat: 3, vary: { sourceIPAddress: [198.51.100.1, 198.51.100.2] } }";

      assert.deepEqual(await told(body, records), [
        "did not match: 2 records match in the fullest of 2 groups (sourceIPAddress is 198.51.100.1): wanted 3 within 1m",
      ]);
    });

    it("how many values a field had", async () => {
      const body = events.replace("event_count", "value_count").replace("gte: 3", "field: awsRegion, gte: 2");

      assert.deepEqual(await told(body, "{ record: record.json, repeat: 5 }"), [
        "did not match: 5 records match: awsRegion has 1 value, wanted 2 within 1m",
      ]);
    });

    it("that its base rule ignores failures", async () => {
      const rules = compile(`${ruleText(`${detection}\nids.on_failure: ignore`)}`);
      const failed = "- { name: a, record: record.json, patch: { errorCode: AccessDenied }, expect: match }";

      assert.deepEqual(await outcomes(failed, rules), [
        "did not match: r0 has ids.on_failure: ignore, and the call failed: errorCode is AccessDenied",
      ]);
    });
  });
});

describe("a case file", () => {
  const head = "- name: a\n  expect: match\n";
  const broken: readonly (readonly [says: string, text: string, problem: string])[] = [
    ["no record", `${head}`, "rules/r0.cases.yml:1: 0: wants either record or records"],
    ["a missing record", `${head}  record: gone.json`, "rules/r0.cases.yml:1: 0.a: record gone.json: no such file"],
    [
      "an unknown key",
      `${head}  record: record.json\n  patches: {}`,
      "rules/r0.cases.yml:4: 0.patches: is not a key that Trailhound knows (docs/rules.md)",
    ],
    [
      "a wrong expectation",
      "- name: a\n  expect: hit\n  record: record.json",
      'rules/r0.cases.yml:2: 0.expect: "hit" is not one of match, miss',
    ],
    [
      "patches beside records",
      `${head}  records: [{ record: record.json }]\n  patch: {}`,
      "rules/r0.cases.yml:1: 0: patches belong to each of records",
    ],
    [
      "a rule that is not there",
      `${head}  record: record.json\n  rule: other`,
      "rules/r0.cases.yml:1: 0.a: no such rule in the file beside it raises findings",
    ],
    [
      "a record that is none",
      `${head}  record: { userAgent: x }`,
      "rules/r0.cases.yml:1: 0.a: record has neither eventName nor eventID",
    ],
    [
      "a wrong duration",
      `${head}  records: [{ record: record.json, after: 5 minutes }]`,
      "rules/r0.cases.yml:3: 0.records.0.after: is not a number with s, m, h or d, such as 30s",
    ],
  ];
  for (const [says, text, problem] of broken) {
    it(`is refused for ${says}`, () => assert.deepEqual(open(text).problems, [problem]));
  }

  it("leaves a rule uncovered that has no match or no miss", () => {
    const { cases } = open("- { name: a, record: record.json, expect: match }");

    assert.deepEqual(
      uncovered(compiled.summaries, cases).map(({ message }) => message),
      ["rules/r0.yml:1: rule r0 has no case that expects a miss"],
    );
  });

  it("means every rule of the rule file unless a case names one", () => {
    const two = compile(`${ruleText(detection)}\n---\n${ruleText(detection, "name: second")}`);
    const { cases } = open(
      "- { name: a, record: record.json, expect: match }\n- { name: b, rule: second, record: record.json, expect: match }",
      two.summaries,
    );

    assert.deepEqual(
      cases.map(({ rules }) => rules),
      [["r0", "second"], ["second"]],
    );
  });
});
