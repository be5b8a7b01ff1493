import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { parseAllDocuments } from "yaml";
import { casesSchema, ruleSchema } from "../../src/detect/schema.ts";

const FILES = { "rules/rule.schema.json": ruleSchema(), "rules/cases.schema.json": casesSchema() };

const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allErrors: true });
const isRule = ajv.compile(ruleSchema());
const isCases = ajv.compile(casesSchema());

const names = readdirSync("rules").filter((name) => name.endsWith(".yml"));
const documentsOf = (text: string): readonly unknown[] => parseAllDocuments(text).map((document) => document.toJS());

/** What the schema says against a text; empty when it fits. */
function problemsOf(validate: ValidateFunction, text: string): readonly string[] {
  return documentsOf(text).flatMap((document) =>
    validate(document)
      ? []
      : (validate.errors ?? []).map(
          ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
        ),
  );
}

const rule = `title: Odd
logsource: { product: aws, service: cloudtrail }
detection: { selection: { eventName: OddCall }, condition: selection }
level: high
`;
const correlation = `title: Odds
level: high
correlation: { type: event_count, rules: [odd], timespan: 10m, condition: { gte: 3 } }
`;
const filter = `title: Not odd
logsource: { product: aws, service: cloudtrail }
filter: { rules: [odd], selection: { ids.account: "111122223333" }, condition: not selection }
`;

describe("JSON Schemas for editors", () => {
  for (const [file, schema] of Object.entries(FILES)) {
    it(`${file} is what the shapes give; UPDATE_GOLDEN=1 writes it anew`, () => {
      if (process.env["UPDATE_GOLDEN"] === "1") {
        writeFileSync(file, JSON.stringify(schema));
        execFileSync("npx", ["biome", "format", "--write", file]);
      }

      assert.deepEqual(JSON.parse(readFileSync(file, "utf8")), schema);
    });
  }

  it("take every rule and every case of the pack", () => {
    const refused = names.flatMap((name) => {
      const validate = name.endsWith(".cases.yml") ? isCases : isRule;
      return problemsOf(validate, readFileSync(`rules/${name}`, "utf8")).map((problem) => `${name}: ${problem}`);
    });

    assert.deepEqual(refused, []);
    assert.ok(names.length > 100);
  });

  it("take a rule, a correlation and a filter with their least", () => {
    assert.deepEqual(problemsOf(isRule, [rule, correlation, filter].join("---\n")), []);
  });

  const broken: readonly (readonly [what: string, text: string, says: RegExp])[] = [
    ["an unknown key", `${rule}seveirty: low\n`, /seveirty/],
    ["an unknown level", rule.replace("level: high", "level: severe"), /\/level/],
    ["a missing title", rule.replace("title: Odd\n", ""), /title/],
    ["another product", rule.replace("product: aws", "product: windows"), /\/logsource\/product/],
    ["a missing condition", rule.replace(", condition: selection", ""), /condition/],
    ["a misspelt modifier", rule.replace("eventName:", "eventName|contians:"), /\/detection\/selection/],
    ["a selection that is a number", rule.replace("{ eventName: OddCall }", "5"), /\/detection\/selection/],
    ["an unknown correlation", correlation.replace("event_count", "event_sum"), /\/correlation\/type/],
    ["a time without a unit", correlation.replace("10m", '"10"'), /\/correlation\/timespan/],
    ["a filter of nothing", filter.replace("rules: [odd], ", ""), /rules/],
  ];
  for (const [what, text, says] of broken) {
    it(`refuse ${what}`, () => {
      assert.match(problemsOf(isRule, text).join("\n"), says);
    });
  }

  const brokenCases: readonly (readonly [what: string, text: string])[] = [
    ["no cases", "[]"],
    ["a case that expects nothing", "- { name: a, record: r.json }"],
    ["a case without records", "- { name: a, expect: miss }"],
    ["a case with a record and records", "- { name: a, expect: miss, record: r.json, records: [{ record: r.json }] }"],
    ["an unknown key", "- { name: a, expect: miss, record: r.json, pacth: {} }"],
    ["a duration without a unit", "- { name: a, expect: miss, records: [{ record: r.json, every: 30 }] }"],
  ];
  for (const [what, text] of brokenCases) {
    it(`refuse ${what} among cases`, () => {
      assert.notDeepEqual(problemsOf(isCases, text), []);
    });
  }
});
