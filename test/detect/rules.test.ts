import assert from "node:assert/strict";
import { compile, problemsOf, ruleText } from "./fixture.ts";

const plain = "{ sel: { eventName: CreateUser }, condition: sel }";
const correlation = (body: string, more = "") =>
  ["title: Many", "name: many", "level: high", more, `correlation: ${body}`].filter((line) => line !== "").join("\n");

/** A rule file, and what is said about it. */
const broken: readonly (readonly [says: string, text: string, problems: readonly string[]])[] = [
  [
    "an unknown modifier, naming the known ones",
    ruleText("{ sel: { eventName|contians: x }, condition: sel }"),
    [
      'rules/r0.yml:4: detection.sel.eventName|contians: modifier "contians" is not one of contains, startswith, endswith, all, cased, neq, re, cidr, exists, fieldref, lt, lte, gt, gte, i, m, s, expand',
    ],
  ],
  [
    "an undefined selection",
    ruleText("{ sel: { eventName: x }, condition: sel and not own }"),
    ['rules/r0.yml:4: detection.condition: condition names "own", which is not one of the selections sel'],
  ],
  [
    "a selection that the condition does not use",
    ruleText("{ sel: { eventName: x }, own: { eventName: y }, condition: sel }"),
    ["rules/r0.yml:4: detection.own: is not used by the condition"],
  ],
  [
    "an unknown key",
    ruleText(plain, "ids.on_failre: same"),
    ["rules/r0.yml:4: ids.on_failre: is not a key that Trailhound knows (docs/rules.md)"],
  ],
  [
    "a value outside its list",
    ruleText(plain, "ids.on_failure: never"),
    ['rules/r0.yml:4: ids.on_failure: "never" is not one of lower, same, ignore'],
  ],
  [
    "a missing key",
    "title: x\nlogsource: { product: aws, service: cloudtrail }\nlevel: low",
    ["rules/r0.yml:1: detection: is missing"],
  ],
  [
    "a rule for other logs",
    "title: x\nlogsource:\n  product: windows\n  service: cloudtrail\nlevel: low\ndetection: { sel: { a: b }, condition: sel }",
    ['rules/r0.yml:3: logsource.product: "windows" is not aws'],
  ],
  [
    "broken YAML",
    "title: [x\nlevel: low",
    ["rules/r0.yml:2: Flow sequence in block collection must be sufficiently indented and end with a ]"],
  ],
  ["an empty file", "", ["rules/r0.yml:1: is empty"]],
  [
    "a look-around",
    ruleText("{ sel: { eventName|re: 'a(?=b)' }, condition: sel }"),
    ["rules/r0.yml:4: detection.sel.eventName|re: error parsing regexp: invalid or unsupported Perl syntax: `(?=`"],
  ],
  [
    "a network that is none",
    ruleText("{ sel: { ip|cidr: [192.0.2.0/24, 192.0.2.0/33] }, condition: sel }"),
    ['rules/r0.yml:4: detection.sel.ip|cidr: "192.0.2.0/33" is not a network such as 192.0.2.0/24'],
  ],
  [
    "modifiers that do not go together",
    ruleText("{ sel: { ip|cidr|contains: x }, condition: sel }"),
    ["rules/r0.yml:4: detection.sel.ip|cidr|contains: modifiers cidr, contains do not go together"],
  ],
  [
    "exists without true or false",
    ruleText("{ sel: { ip|exists: [true, false] }, condition: sel }"),
    ["rules/r0.yml:4: detection.sel.ip|exists: ip|exists wants true or false"],
  ],
  [
    "a condition that ends too early",
    ruleText("{ sel: { a: b }, condition: 'sel and' }"),
    ["rules/r0.yml:4: detection.condition: condition ends where a selection is expected"],
  ],
  [
    "a missing parenthesis",
    ruleText("{ sel: { a: b }, condition: '(sel' }"),
    ['rules/r0.yml:4: detection.condition: condition has a "(" without its ")"'],
  ],
  [
    "two selections without a word between",
    ruleText("{ sel: { a: b }, condition: sel sel }"),
    ['rules/r0.yml:4: detection.condition: condition has "sel" where "and" or "or" is expected'],
  ],
  [
    "a quantifier that fits no selection",
    ruleText("{ sel: { a: b }, condition: 'sel or 1 of x*' }"),
    ['rules/r0.yml:4: detection.condition: condition says "1 of x*", but no selection is called so'],
  ],
  [
    "the old aggregation syntax",
    ruleText("{ sel: { a: b }, condition: sel | count() > 5 }"),
    ['rules/r0.yml:4: detection.condition: condition has a "|": write a correlation to count matches (docs/rules.md)'],
  ],
  [
    "a selection that is neither map nor list",
    ruleText("{ sel: text, condition: sel }"),
    ["rules/r0.yml:4: detection.sel: is not a map of fields to values, a list of such maps, or a list of texts"],
  ],
  [
    "a value that is a map",
    ruleText("{ sel: { a: { b: c } }, condition: sel }"),
    ['rules/r0.yml:4: detection.sel.a: {"b":"c"} is not a text, number or boolean'],
  ],
  [
    "the name of Trailhound's own finding",
    ruleText(plain, "name: rule_failed"),
    ['rules/r0.yml:4: name: "rule_failed" is Trailhound\'s own'],
  ],
  [
    "a correlation of nothing",
    correlation("{ type: event_count, rules: [gone], timespan: 5m, condition: { gte: 3 } }"),
    ['rules/r0.yml:4: correlation.rules: no rule is called "gone"'],
  ],
  [
    "a correlation of itself",
    correlation("{ type: event_count, rules: many, timespan: 5m, condition: { gte: 3 } }"),
    ['rules/r0.yml:4: correlation.rules: "many" is itself'],
  ],
];

describe("compileRules refuses, with file and line,", () => {
  for (const [says, text, problems] of broken) {
    it(says, () => assert.deepEqual(problemsOf(text), problems));
  }

  it("an unknown fact, naming the known ones", () => {
    const [problem = "", ...rest] = problemsOf(ruleText("{ sel: { ids.actor_is_traget: true }, condition: sel }"));

    assert.match(
      problem,
      /^rules\/r0\.yml:4: detection\.sel\.ids\.actor_is_traget: fact "ids\.actor_is_traget" is not one of ids\.\w+, /,
    );
    assert.deepEqual(rest, []);
  });

  it("what is wrong in a correlation", () => {
    const base = ruleText(plain, "name: base");
    const problems = (body: string, more = "") =>
      problemsOf(base, correlation(body, more)).map((problem) => problem.replace(/^rules\/r1\.yml:/, ""));
    const type = "{ type: event_count, rules: [base], ";

    assert.deepEqual(problems(`${type}timespan: 10, condition: { gte: 3 } }`), [
      "4: correlation.timespan: 10 is not a string",
    ]);
    assert.deepEqual(problems(`${type}timespan: 10y, condition: { gte: 3 } }`), [
      "4: correlation.timespan: is not a number with s, m, h or d, such as 10m",
    ]);
    assert.deepEqual(problems(`${type}timespan: 10m, condition: { lte: 3 } }`), [
      "4: correlation.condition.lte: is not a key that Trailhound knows (docs/rules.md)",
    ]);
    assert.deepEqual(problems(`${type}timespan: 10m, condition: { gte: 3, gt: 4 } }`), [
      "4: correlation.condition: wants either gte or gt",
    ]);
    assert.deepEqual(problems(`${type}timespan: 10m, condition: { gte: 1001 } }`), [
      "4: correlation.condition: 1001 is more than the 1000 records that a window keeps",
    ]);
    assert.deepEqual(problems(`${type}timespan: 10m, condition: { gte: 3, field: a } }`), [
      "4: correlation.condition: event_count takes no field",
    ]);
    assert.deepEqual(problems("{ type: value_count, rules: [base], timespan: 10m, condition: { gte: 3 } }"), [
      "4: correlation.condition: value_count wants the field whose values it counts",
    ]);
    assert.match(
      problems(`${type}timespan: 10m, group-by: [ids.who], condition: { gte: 3 } }`)[0] ?? "",
      /^4: correlation\.group-by\.0: fact "ids\.who" is not/,
    );
    assert.match(
      problems(`${type}timespan: 10m, condition: { gte: 3 } }`, "ids.also: [{ field: ids.who, gte: 2 }]")[0] ?? "",
      /^4: ids\.also\.0\.field: fact "ids\.who" is not/,
    );
  });

  it("two rules of one name, wherever they are", () => {
    const text = ruleText(plain, "name: same");

    assert.deepEqual(problemsOf(text, `${text}\n---\n${text}`), [
      'rules/r1.yml:4: name: "same" is already the name of a rule in rules/r0.yml',
      'rules/r1.yml:10: name: "same" is already the name of a rule in rules/r0.yml',
    ]);
  });

  it("everything at once, each on its own line", () => {
    const first = "title: x\nlogsource: { product: aws, service: cloudtrail }\nlevel: hgh\nextra: 1\ndetection: {}";
    const second = [
      "title: y",
      "logsource: { product: aws, service: cloudtrail }",
      "level: low",
      "detection:",
      "    one:",
    ];
    const more = [
      "        - eventName|near: x",
      "          ids.nothing: y",
      "    two: []",
      "    condition: one and three",
    ];
    const places = problemsOf(first, [...second, ...more].join("\n")).map((problem) => problem.split(" ", 2).join(" "));

    assert.deepEqual(places, [
      "rules/r0.yml:3: level:",
      "rules/r0.yml:4: extra:",
      "rules/r0.yml:5: detection.condition:",
      "rules/r1.yml:6: detection.one.0.eventName|near:",
      "rules/r1.yml:7: detection.one.0.ids.nothing:",
      "rules/r1.yml:8: detection.two:",
      "rules/r1.yml:9: detection.condition:",
    ]);
  });

  it("what a detection has wrong beside a wrong level, and nothing of the correlation that counts the rule", () => {
    const broken = ruleText("{ sel: { eventName|contians: x, userAgent|re: '(a' }, condition: sel }");
    const counted = "correlation: { type: event_count, rules: [r0], timespan: 1h, condition: { gte: 2 } }";
    const places = problemsOf(broken.replace("level: medium", "level: hgh"), `title: c\nlevel: low\n${counted}`);

    assert.deepEqual(
      places.map((problem) => problem.split(" ", 2).join(" ")),
      [
        "rules/r0.yml:3: level:",
        "rules/r0.yml:4: detection.sel.userAgent|re:",
        "rules/r0.yml:4: detection.sel.eventName|contians:",
      ],
    );
  });
});

describe("compileRules", () => {
  it("names a rule after its file, and further documents by number", () => {
    const { summaries } = compile(`${ruleText(plain)}\n---\n${ruleText(plain)}`);

    assert.deepEqual(
      summaries.map(({ name }) => name),
      ["r0", "r0-2"],
    );
  });

  it("silences the base rules of correlations unless one says generate", () => {
    const base = (name: string) => ruleText(plain, `name: ${name}`);
    const count = (name: string, rules: string, more = "") =>
      `title: c\nname: ${name}\nlevel: low\ncorrelation: { type: event_count, rules: ${rules}, timespan: 5m, condition: { gt: 1 }${more} }`;
    const { summaries } = compile(
      base("a"),
      base("b"),
      base("c"),
      count("x", "[a, b]"),
      count("y", "b", ", generate: true"),
    );

    assert.deepEqual(
      summaries.filter(({ raises }) => raises).map(({ name }) => name),
      ["b", "c", "x", "y"],
    );
  });

  it("finds base rules by id, too", () => {
    const base = ruleText(plain, "id: 5b0f1f0e-6a0e-4c7b-9a43-2f5f6f1f7f11");
    const count = correlation(
      "{ type: event_count, rules: [5b0f1f0e-6a0e-4c7b-9a43-2f5f6f1f7f11], timespan: 5m, condition: { gte: 2 } }",
    );

    assert.deepEqual(
      compile(base, count).rules.map(({ countedBy }) => countedBy.map(({ name }) => name)),
      [["many"]],
    );
  });
});
