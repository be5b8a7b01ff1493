import assert from "node:assert/strict";
import fc from "fast-check";
import type { CloudTrailRecord } from "../../src/cloudtrail/record.ts";
import { parseRecord } from "../../src/cloudtrail/record.ts";
import { openText } from "../../src/cloudtrail/textrecord.ts";
import { FACT_NAMES, type Facts, factsOf, sourcesOf } from "../../src/detect/facts.ts";
import { routerOf } from "../../src/detect/router.ts";
import type { CompiledRules } from "../../src/detect/rules.ts";
import { ACCOUNT, compile, recordOf, ruleText } from "./fixture.ts";

const rules = compile(
  ruleText("{ sel: { eventName: [CreateUser, CreateRole], eventSource: iam.amazonaws.com }, condition: sel }"),
  ruleText("{ sel: { eventName|startswith: Create }, condition: sel }"),
  ruleText("{ a: { eventName: CreateUser }, b: { awsRegion: us-east-1 }, condition: a or b }"),
  ruleText("{ a: { eventName: CreateUser }, b: { awsRegion: us-east-1 }, condition: b and not a }"),
  ruleText("{ a: [{ eventName: CreateUser }, { requestParameters.x: 'y' }], condition: a }"),
  ruleText("{ a: { eventName: DeleteUser }, own: { ids.actor_is_target: true }, condition: a and not own }"),
  ruleText("{ words: [needle], condition: words }"),
);
const routed = (fields: object) => rules.router(recordOf(fields)).map(({ name }) => name);

/** Names of the rules that match, by trying every one, and by the router; the same of a record that is opened from its text. */
function bothWays(compiled: CompiledRules, fields: object): readonly [naive: string[], routed: string[]] {
  const record = recordOf(fields);
  const matching = (some: CompiledRules["rules"], of: CloudTrailRecord) => {
    const facts = factsOf(of, undefined);
    return some.filter((rule) => rule.matches(facts)).map(({ name }) => name);
  };
  const naive = matching(compiled.rules, record);
  const unparsed = openText(JSON.stringify(record.json));
  if (unparsed !== undefined) assert.deepEqual(matching(compiled.router(unparsed), unparsed), naive);
  return [naive, matching(compiled.router(record), record)];
}

const texts = fc.constantFrom(
  "CreateUser",
  "CREATEUSER",
  "DeleteUser",
  "us-east-1",
  "undefined",
  "null",
  "true",
  "5",
  "",
);
/** What a record holds in a field: mostly what AWS writes, at times what nobody does. */
const found = fc.oneof(
  { weight: 6, arbitrary: texts },
  { weight: 2, arbitrary: fc.constantFrom(undefined, null, 5, true, false, {}, []) },
  {
    weight: 1,
    arbitrary: fc.array(fc.oneof(texts, fc.constant(null), fc.array(texts, { maxLength: 2 })), { maxLength: 3 }),
  },
  { weight: 1, arbitrary: fc.record({ type: texts, length: texts }) },
);
const record = fc.record(
  {
    eventName: found,
    eventSource: found,
    awsRegion: found,
    errorCode: found,
    userAgent: found,
    readOnly: found,
    requestParameters: fc.oneof(found, fc.record({ x: found })),
    userIdentity: fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ type: found, sessionContext: fc.oneof(found, fc.record({ sessionIssuer: found })) }),
      },
      { weight: 1, arbitrary: fc.oneof(found, fc.array(fc.record({ type: found }), { maxLength: 2 })) },
    ),
  },
  { requiredKeys: [] },
);

const field = fc.constantFrom(
  "eventName",
  "eventSource",
  "awsRegion",
  "errorCode",
  "userAgent",
  "readOnly",
  "userIdentity.type",
  "userIdentity.sessionContext.sessionIssuer.type",
  "userIdentity",
  "requestParameters.x",
  "ids.outcome",
  "ids.principal_kind",
);
const wanted = fc.oneof(texts, fc.constantFrom("Create*", "*User", "?5"), fc.constant(null));
const plain = fc.tuple(field, fc.oneof(wanted, fc.array(wanted, { minLength: 1, maxLength: 3 })));
const modified = fc.oneof(
  fc.tuple(fc.tuple(field, fc.constantFrom("contains", "startswith", "neq", "cased", "re")), texts),
  fc.tuple(fc.tuple(field, fc.constant("exists")), fc.boolean()),
  fc.tuple(fc.tuple(field, fc.constant("all")), fc.array(texts, { minLength: 1, maxLength: 2 })),
  fc.tuple(fc.tuple(field, fc.constant("fieldref")), field),
  fc.tuple(fc.tuple(field, fc.constant("gte")), fc.constantFrom(4, 6)),
);
const line = fc.oneof(
  plain,
  modified.map(([[path, word], value]) => [`${path}|${word}`, value] as const),
);
const map = fc.array(line, { minLength: 1, maxLength: 3 }).map((lines) => Object.fromEntries(lines));
const selection = fc.oneof(
  { weight: 4, arbitrary: map },
  { weight: 1, arbitrary: fc.array(map, { minLength: 1, maxLength: 3 }) },
  { weight: 1, arbitrary: fc.array(fc.constantFrom("user", "true"), { minLength: 1, maxLength: 2 }) },
);
const condition = fc.constantFrom(
  "(a or b) and c",
  "a and not b and not c",
  "not (a and b) or c",
  "1 of them",
  "all of them",
  "not 1 of them",
  "a or not (b or not c)",
);
const detection = fc.record({ a: selection, b: selection, c: selection, condition });
const filter = fc.record({
  rules: fc.constantFrom("any", ["r0"], ["r1", "r2"]),
  a: selection,
  condition: fc.constantFrom("a", "not a"),
});

const filterText = (body: object) =>
  `title: A filter\nlogsource: { product: aws, service: cloudtrail }\nfilter: ${JSON.stringify(body)}`;

function setAt(json: Record<string, unknown>, [key = "", ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) json[key] = value;
  else {
    const inner: Record<string, unknown> = Object.fromEntries(Object.entries(json[key] ?? {}));
    json[key] = inner;
    setAt(inner, rest, value);
  }
}

describe("router", () => {
  it("gives only rules that the record's fields leave open", () => {
    assert.deepEqual(routed({ eventName: "CreateUser" }), ["r0", "r1", "r2", "r4", "r6"]);
    assert.deepEqual(routed({ eventName: "createuser", eventSource: "x" }), ["r1", "r2", "r4", "r6"]);
    assert.deepEqual(routed({ eventName: "GetUser" }), ["r2", "r3", "r4", "r6"]);
    assert.deepEqual(routed({ eventName: "GetUser", awsRegion: "eu-west-1" }), ["r4", "r6"]);
  });

  it("leaves to test only what the fields do not decide", () => {
    const asked: string[] = [];
    const record = recordOf({ eventName: "DeleteUser", awsRegion: "eu-west-1" });
    const facts = factsOf(record, undefined);
    const spied = { ...facts, valueAt: (place: number) => asked.push(FACT_NAMES[place] ?? "") > 0 };
    const own = rules.router(record).find(({ name }) => name === "r5");
    // Without any other field of the record: eventName is decided.
    const matches = own?.matches({ ...spied, record: { ...record, json: {} } });

    assert.deepEqual([matches, asked], [false, ["ids.actor_is_target"]]);
  });

  it("matches exactly what trying every rule matches, whatever the rules and the records are", () => {
    const set = fc.tuple(fc.array(detection, { minLength: 3, maxLength: 6 }), fc.array(filter, { maxLength: 2 }));
    fc.assert(
      fc.property(set, fc.array(record, { minLength: 8, maxLength: 20 }), ([detections, filters], records) => {
        const compiled = compile(
          ...detections.map((body) => ruleText(JSON.stringify(body))),
          ...filters.map(filterText),
        );
        // Twice: what a record taught the router is asked by the next one.
        for (const fields of [...records, ...records]) {
          const [naive, byRouter] = bothWays(compiled, fields);
          assert.deepEqual(byRouter, naive);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("judges an address by the look-up of places that is asked for", () => {
    const placed = compile(ruleText("{ sel: { ids.country: KP }, condition: sel }"));
    const record = recordOf({ sourceIPAddress: "192.0.2.1" });
    const [there, elsewhere] = [() => ({ country: "KP" }), () => ({ country: "DE" })];
    const found = [there, elsewhere, undefined, there].map((geo) => placed.router(record, geo).length);

    assert.deepEqual(found, [1, 0, 0, 1]);
  });

  it("stays right when there is room for hardly any combination", () => {
    const small = { ...rules, router: routerOf(rules.rules, 2) };
    for (let round = 0; round < 3; round++) {
      for (const eventName of ["CreateUser", "DeleteUser", "GetUser", `Made-up-${round}`]) {
        for (const awsRegion of ["us-east-1", "eu-west-1", null, ["us-east-1"]]) {
          const [naive, byRouter] = bothWays(small, { eventName, awsRegion });
          assert.deepEqual(byRouter, naive);
        }
      }
    }
  });

  it("finds in a record that has nothing else the facts that say which fields they are read from", () => {
    const facts = FACT_NAMES.filter((name) => sourcesOf(name) !== undefined);
    const told = fc.constantFrom(
      "AccessDenied",
      "Client.DryRunOperation",
      "AuthFailure",
      "Not authorized",
      "Boto3/1.34 kali exec-env/cloudshell",
      "10.0.0.7",
      "CreateUser",
      "AssumeRole",
      "sts.amazonaws.com",
      "AssumedRole",
      "AWSService",
      "ASIAIOSFODNN7EXAMPLE",
      ACCOUNT,
      "arn:aws:sts::111122223333:assumed-role/web/i-0abc1234def567890",
      "AROAEXAMPLE:i-0abc1234def567890",
      "AWS::EC2::Instance",
      true,
      "false",
      null,
      "",
    );
    const paths = [...new Set(facts.flatMap((name) => sourcesOf(name) ?? []))];
    const values = fc.array(told, { minLength: paths.length, maxLength: paths.length });
    const recordWith = (kept: readonly string[], found: readonly unknown[]) => {
      const json: Record<string, unknown> = { eventID: "x" };
      for (const [at, path] of paths.entries()) if (kept.includes(path)) setAt(json, path.split("."), found[at]);
      return parseRecord(json);
    };
    fc.assert(
      fc.property(values, fc.constantFrom(...facts), (found, name) => {
        const whole = factsOf(recordWith(paths, found), { id: ACCOUNT, regions: ["eu-west-1"] });
        const bare = factsOf(recordWith(sourcesOf(name) ?? [], found), undefined);

        assert.deepEqual(bare.value(name), whole.value(name));
      }),
      { numRuns: 2_000 },
    );
  });

  it("gives every rule when a test throws, so that the detector can tell which one", () => {
    const [rule] = compile(ruleText("{ sel: { eventName|contains: Create }, condition: sel }")).rules;
    assert.ok(rule);
    const broken = (): never => {
      throw new Error("broken");
    };
    const test = { field: "eventName", wanted: () => "", alone: true, holds: broken, witness: () => "" };
    const selections = new Map([["sel", { name: "sel", alternatives: [[test]] }]]);
    const set = [{ ...rule, selections, matches: broken }, rule];

    assert.deepEqual(routerOf(set)(recordOf()), set);
  });

  it("takes no other way after a test threw", () => {
    const [rule] = compile(ruleText("{ sel: { eventName: DeleteUser }, condition: sel }")).rules;
    const [own = []] = rule?.selections.get("sel")?.alternatives ?? [];
    assert.ok(rule);
    const holds = (facts: Facts): boolean => {
      if (facts.record.awsRegion === "broken") throw new Error("broken");
      return true;
    };
    const test = { field: "awsRegion", wanted: () => "", alone: true, holds, witness: () => "" };
    const set = [{ ...rule, selections: new Map([["sel", { name: "sel", alternatives: [[...own, test]] }]]) }];
    const router = routerOf(set);
    const broken = recordOf({ eventName: "DeleteUser", awsRegion: "broken" });

    assert.deepEqual(router(recordOf({ eventName: "GetUser" })), []);
    assert.deepEqual([router(broken), router(broken)], [set, set]);
  });
});
