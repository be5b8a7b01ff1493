/** Whoever writes a rule learns here that its action has no words yet: blocks/verbs.ts, src/cloudtrail/parameter.ts. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";
import { findReport, isReport } from "../../blocks/report.ts";
import { findVerb } from "../../blocks/verbs.ts";
import { bundledRules, loadCases, loadRules } from "../../src/adapters/rulefolder.ts";
import { isObject, type Json } from "../../src/cloudtrail/json.ts";
import { NOUNS } from "../../src/cloudtrail/parameter.ts";
import { actionOf, type CloudTrailRecord } from "../../src/cloudtrail/record.ts";
import { targetsOf } from "../../src/cloudtrail/target.ts";

const compiled = await loadRules([bundledRules()]);
const cases = await loadCases([bundledRules()], compiled);

/** The calls that a rule's selections name, as far as it names the service too: `[["iam:CreateUser"]]`, one of each suffices. */
function callsIn(file: string): readonly (readonly string[])[] {
  return parseAllDocuments(readFileSync(file, "utf8")).flatMap((document) => {
    const items = Object.values<unknown>(document.toJS()?.detection ?? {}).flat();
    const named = (field: string): readonly string[] =>
      items
        .flatMap((item) => (isObject(item) ? Object.entries(item) : []))
        .flatMap(([key, value]) => (key.split("|")[0] === field ? [value].flat().map(String) : []));
    const services = named("eventSource").map((source) => source.replace(".amazonaws.com", ""));
    return services.length === 0
      ? []
      : named("eventName").map((name) => services.map((service) => `${service}:${name}`));
  });
}

/** Calls that only look are told by their name: "called iam:ListUsers" says it all. */
const LOOKS = /:(List|Describe|Get)/;
/** Texts of a request that name nothing: the host that was asked, and why CloudTrail left the request out. */
const NAMELESS: ReadonlySet<string> = new Set(["Host", "reason"]);

/** Parameters with a text anywhere in them. */
function namesIn({ requestParameters = {}, recipientAccountId }: CloudTrailRecord): readonly string[] {
  const isNamed = (value: Json): boolean =>
    typeof value === "object" && value !== null
      ? Object.values<Json>(value).some(isNamed)
      : typeof value === "string" && value !== "" && value !== recipientAccountId;
  const named = Object.entries<Json>(requestParameters).filter(([key, value]) => !NAMELESS.has(key) && isNamed(value));
  return named.map(([key]) => key);
}

describe("every action of our rules", () => {
  const records = cases.filter(({ expect }) => expect === "match").flatMap((one) => one.records);
  const actions = [...new Set(records.map(actionOf))].filter((action) => !LOOKS.test(action)).sort();

  it("has a verb in blocks/verbs.ts or a report in blocks/report.ts", () => {
    assert.ok(actions.length > 100);

    assert.deepEqual(
      actions.filter((action) => findVerb(action) === undefined && !isReport({ action })),
      [],
    );
  });

  it("has a verb where a rule names it, in a case or not", () => {
    const files = [...new Set(compiled.summaries.map(({ file }) => file))];
    const calls = files.flatMap(callsIn);

    assert.ok(calls.length > 150);
    assert.deepEqual(
      calls.filter(
        (one) => !one.some((action) => findVerb(action) !== undefined || isReport({ action }) || LOOKS.test(action)),
      ),
      [],
    );
  });

  it("has a target in src/cloudtrail/parameter.ts for what its request names", () => {
    const silent = records.filter((record) => targetsOf(record).length === 0 && namesIn(record).length > 0);

    assert.deepEqual([...new Set(silent.map((record) => `${actionOf(record)} ${namesIn(record).join(" ")}`))], []);
  });

  it("has an object that targets can have", () => {
    const objects = actions.map((action) => (findVerb(action) ?? findReport(action))?.object);

    assert.deepEqual(
      [...new Set(objects)].filter((object) => object !== undefined && !NOUNS.includes(object)),
      [],
    );
  });
});
