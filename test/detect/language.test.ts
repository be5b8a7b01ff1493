/** The rest of Sigma: modifiers, conditions, placeholders, filters. */
import assert from "node:assert/strict";
import { memoryState } from "../../src/adapters/memory-state.ts";
import { makeDetector } from "../../src/detect/detector.ts";
import type { Placeholders } from "../../src/detect/modifier.ts";
import { compile, compileRules, detectorOf, matches, problemsOf, recordOf, ruleText } from "./fixture.ts";

const withParameters = (requestParameters: unknown) => recordOf({ requestParameters });
const one = (selection: string) => `{ sel: ${selection}, condition: sel }`;

describe("modifiers", () => {
  const rows: readonly (readonly [says: string, selection: string, match: unknown, miss: unknown])[] = [
    ["cased: letter case counts", "{ requestParameters.n|cased: Jack }", { n: "Jack" }, { n: "jack" }],
    ["cased with contains", "{ requestParameters.n|contains|cased: AC }", { n: "jACk" }, { n: "jack" }],
    ["cased with wildcards", "{ requestParameters.n|cased: 'J*K' }", { n: "JacK" }, { n: "Jack" }],
    ["re|i: letter case ignored", "{ requestParameters.n|re|i: '^A+B$' }", { n: "aab" }, { n: "aa" }],
    ["re|m: lines", "{ requestParameters.n|re|m: '^b$' }", { n: "a\nb\nc" }, { n: "a b c" }],
    ["re|s: the dot takes line breaks", "{ requestParameters.n|re|s: 'a.b' }", { n: "a\nb" }, { n: "ab" }],
    ["re|m|s|i together", "{ requestParameters.n|re|m|s|i: '^A.B$' }", { n: "x\na\nb" }, { n: "x\nab" }],
    ["neq: another value", "{ requestParameters.n|neq: a }", { n: "b" }, { n: "A" }],
    ["neq: an absent field is another value", "{ requestParameters.n|neq: a }", { m: "a" }, { n: "a" }],
    ["neq: none of a list", "{ requestParameters.n|neq: [a, b] }", { n: "c" }, { n: "b" }],
    ["neq with contains", "{ requestParameters.n|contains|neq: ac }", { n: "jk" }, { n: "jack" }],
    ["neq with cidr", "{ requestParameters.n|cidr|neq: 10.0.0.0/8 }", { n: "192.0.2.1" }, { n: "10.1.2.3" }],
    ["neq with fieldref", "{ requestParameters.a|fieldref|neq: requestParameters.b }", { a: 1, b: 2 }, { a: 1, b: 1 }],
    ["all in any order", "{ requestParameters.n|all|contains: [ab, yz] }", { n: "yz-ab" }, { n: "ab" }],
    [
      "fieldref with contains",
      "{ requestParameters.a|fieldref|contains: requestParameters.b }",
      { a: "xby", b: "b" },
      { a: "x", b: "b" },
    ],
    [
      "cased fieldref",
      "{ requestParameters.a|fieldref|cased: requestParameters.b }",
      { a: "B", b: "B" },
      { a: "B", b: "b" },
    ],
    ["lt of texts that spell numbers", "{ requestParameters.n|lt: 5 }", { n: "4.5" }, { n: "five" }],
    ["all keywords", "{ '|all': [support, alice] }", { userName: "support-alice" }, { userName: "support" }],
    ["any keyword of a list", "[alice, bob]", { userName: "bob2" }, { userName: "jo" }],
  ];
  for (const [says, selection, match, miss] of rows)
    it(says, async () => {
      assert.equal(await matches(one(selection), withParameters(match)), true, "match");
      assert.equal(await matches(one(selection), withParameters(miss)), false, "miss");
    });

  const refused: readonly (readonly [selection: string, why: RegExp])[] = [
    ["{ a|windash: b }", /modifier "windash" is for Windows command lines/],
    ["{ a|base64: b }", /modifier "base64" looks for encoded text/],
    ["{ a|base64offset|contains: b }", /modifier "base64offset" looks for encoded text/],
    ["{ a|wide: b }", /modifier "wide" looks for encoded text/],
    ["{ a|contains|endswith: b }", /contains, endswith do not go together/],
    ["{ a|contains|contains: b }", /contains, contains do not go together/],
    ["{ a|re|contains: b }", /do not go together/],
    ["{ a|contains|i: b }", /do not go together/],
    ["{ a|exists|neq: true }", /do not go together/],
    ["{ a|cidr|cased: 10.0.0.0/8 }", /do not go together/],
    ["{ a|re: '(?=x)' }", /./],
    ["{ a|re: '(a)\\1' }", /./],
    ["{ a|expand: '%admins%' }", /placeholder %admins% has no values: write placeholders\.admins in the config/],
    ["{ a|lt: many }", /./],
  ];
  for (const [selection, why] of refused)
    it(`refuses ${selection} with its place and the reason`, () => {
      const [problem = "", ...rest] = problemsOf(ruleText(one(selection)));

      assert.match(problem, /^rules\/r0\.yml:4: detection\.sel\./);
      assert.match(problem, why);
      assert.deepEqual(rest, []);
    });
});

describe("placeholders", () => {
  const compiled = (selection: string, placeholders: Placeholders) =>
    compileRules([{ file: "r.yml", text: ruleText(one(selection)) }], placeholders);
  const found = async (selection: string, placeholders: Placeholders, name: string) => {
    const detector = makeDetector(compiled(selection, placeholders), memoryState(), { accounts: [] });
    return (await detector.feed(withParameters({ name }))).length > 0;
  };

  it("stand for every value of their list, also inside a text and twice", async () => {
    const selection = "{ requestParameters.name|expand: 'x-%teams%-%stages%' }";
    const lists = { teams: ["web", "data"], stages: ["dev", "prod"] };

    assert.equal(await found(selection, lists, "x-data-prod"), true);
    assert.equal(await found(selection, lists, "x-data-test"), false);
  });

  it("go with contains, and keep wildcards of the list", async () => {
    const contains = "{ requestParameters.name|contains|expand: '%bad%' }";
    assert.equal(await found(contains, { bad: ["evil*x"] }, "an evil box"), true);
    assert.equal(await found(contains, { bad: ["evil*x"] }, "a kind box"), false);
  });

  it("are refused when their list is empty", () => {
    assert.throws(() => compiled("{ a|expand: '%none%' }", { none: [] }), /has an empty list of values/);
  });

  it("are plain text without the modifier", async () => {
    assert.equal(await found("{ requestParameters.name: '%teams%' }", { teams: ["web"] }, "%teams%"), true);
  });
});

describe("conditions", () => {
  const parts =
    "a: { eventName: CreateAccessKey }, b: { requestParameters.x: y }, filter_c: { requestParameters.c: d }";
  const rows: readonly (readonly [condition: string, match: unknown, miss: unknown])[] = [
    ["'a and (b or filter_c)'", { c: "d" }, { x: "z" }],
    ["'a and (b or filter_c) and not (b and filter_c)'", { x: "y" }, { x: "y", c: "d" }],
    ["'all of them'", { x: "y", c: "d" }, { x: "y" }],
    ["'a and b and not 1 of filter_*'", { x: "y" }, { x: "y", c: "d" }],
    ["'not b and a and not filter_c'", { x: "z" }, { x: "y" }],
    ["['b and a', 'filter_c']", { c: "d" }, { x: "z" }],
    ["'a AND b OR NOT a and filter_c'", { x: "y" }, { c: "d" }],
  ];
  for (const [condition, match, miss] of rows)
    it(`takes ${condition}`, async () => {
      const detection = `{ ${parts}, condition: ${condition} }`;

      assert.equal(await matches(detection, withParameters(match)), true, "match");
      assert.equal(await matches(detection, withParameters(miss)), false, "miss");
    });

  it("are refused where they pipe into an aggregation, with what to write instead", () => {
    const problem = problemsOf(ruleText("{ a: { eventName: x }, condition: 'a | count() > 5' }")).join();

    assert.match(problem, /detection\.condition: .*"\|".* correlation/);
  });
});

describe("filters", () => {
  const logsource = "logsource: { product: aws, service: cloudtrail }";
  const rule = ruleText(one("{ eventName: CreateAccessKey }"), "name: keys\nid: 5b0f1f0e-6a0e-4c7b-9a43-2f5f6f1f7f11");
  const filter = (rules: string) =>
    `title: Our own automation\nname: own\n${logsource}\nfilter:\n  rules: ${rules}\n  selection: { requestParameters.userName: rotator }\n  condition: not selection`;

  for (const rules of ["[keys]", "keys", "any", "5b0f1f0e-6a0e-4c7b-9a43-2f5f6f1f7f11"])
    it(`narrow the rules that ${rules} names`, async () => {
      const detector = detectorOf(`${rule}\n---\n${filter(rules)}`);

      assert.equal((await detector.feed(withParameters({ userName: "rotator" }))).length, 0);
      assert.equal((await detector.feed(withParameters({ userName: "eve" }))).length, 1);
    });

  it("leave other rules alone", async () => {
    const other = ruleText(one("{ eventName: CreateAccessKey }"), "name: others");
    const detector = detectorOf(`${rule}\n---\n${other}\n---\n${filter("keys")}`);

    const findings = await detector.feed(withParameters({ userName: "rotator" }));
    assert.deepEqual(
      findings.map(({ rule: name }) => name),
      ["others"],
    );
  });

  it("keep records out of correlations, too", async () => {
    const count = `title: Many\nname: many\nlevel: high\ncorrelation: { type: event_count, rules: [keys], timespan: 10m, condition: { gte: 1 } }`;
    const detector = detectorOf(`${rule}\n---\n${count}\n---\n${filter("keys")}`);

    assert.equal((await detector.feed(withParameters({ userName: "rotator" }))).length, 0);
    assert.equal((await detector.feed(withParameters({ userName: "eve" }))).length, 1);
  });

  it("are no rules in a list", () => {
    assert.deepEqual(
      compile(`${rule}\n---\n${filter("keys")}`).summaries.map(({ name }) => name),
      ["keys"],
    );
  });

  it("are refused when they name no rule, or something that is none", () => {
    const count = `title: Many\nname: many\nlevel: high\ncorrelation: { type: event_count, rules: [keys], timespan: 10m, condition: { gte: 1 } }`;

    assert.match(problemsOf(`${rule}\n---\n${filter("[kyes]")}`).join(), /filter\.rules: no rule is called "kyes"/);
    assert.match(
      problemsOf(`${rule}\n---\n${count}\n---\n${filter("[many]")}`).join(),
      /"many" is a correlation, not a rule/,
    );
    assert.match(problemsOf(`${rule}\n---\n${filter("[]")}`).join(), /names no rule/);
  });
});
