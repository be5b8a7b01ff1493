/**
 * Shortfalls: why records gave no finding of a rule, told with field and value to whoever writes its cases.
 * Pure.
 */
import { actionOf, outcomeOf } from "../cloudtrail/record.ts";
import type { Correlation } from "./correlation.ts";
import { missOf } from "./evidence.ts";
import type { Facts } from "./facts.ts";
import { type Hit, hitsOf, openCounted } from "./hit.ts";
import type { CompiledRule } from "./rules.ts";
import { basesOf } from "./sequence.ts";

/**
 * Why none of these rules or correlations gave a finding: of a rule what kept a record from matching, of a correlation the
 * same of the rules it counts, or else what is missing in its window.
 *
 * `["aws_secrets_read_in_bulk"]` → `"9 records match: requestParameters.secretId has 9 values, wanted 10 within 10m"`
 */
export function shortfallOf(
  names: readonly string[],
  rules: readonly CompiledRule[],
  records: readonly Facts[],
): string {
  const asked = rules.filter(
    ({ name, countedBy }) => names.includes(name) || countedBy.some((one) => leadsTo(one, names)),
  );
  const missed = records.findIndex((facts) => !asked.some((rule) => rule.matches(facts)));
  const facts = records[missed];
  if (facts !== undefined) {
    const which = records.length === 1 ? "" : `record ${missed + 1} (${actionOf(facts.record)}): `;
    return which + missText(asked, facts);
  }
  const ignored = asked.find((rule) => rule.onFailure === "ignore" && records.some((one) => isIgnored(rule, one)));
  if (ignored !== undefined) return `${ignored.name} has ids.on_failure: ignore, and ${failureText(records)}`;
  const correlations = new Set(asked.flatMap(({ countedBy }) => countedBy).filter(({ name }) => names.includes(name)));
  const told = [...correlations].map((correlation) => windowText(correlation, asked, records));
  return told.join("; ") || "its records match, but the correlations in between did not fire";
}

/** Whether a correlation is one of these, or counted by one. */
function leadsTo(correlation: Correlation, names: readonly string[]): boolean {
  return names.includes(correlation.name) || correlation.countedBy.some((above) => leadsTo(above, names));
}

function missText(asked: readonly CompiledRule[], facts: Facts): string {
  const missed = asked.flatMap((rule) => missOf(rule, facts)).join("; ");
  return missed || "its selections hold as the condition wants, but a filter does not let it match";
}

function isIgnored(rule: CompiledRule, facts: Facts): boolean {
  return rule.matches(facts) && outcomeOf(facts.record) === "failure";
}

/** `"the call failed: errorCode is AccessDenied"` */
export function failureText(records: readonly Facts[]): string {
  const code = records.find(({ record }) => record.errorCode !== undefined)?.record.errorCode;
  return code === undefined ? "the call failed" : `the call failed: errorCode is ${code.slice(0, 100)}`;
}

/** What the fullest group of a correlation has, and what is wanted. */
function windowText(correlation: Correlation, asked: readonly CompiledRule[], records: readonly Facts[]): string {
  const hits = records.flatMap((facts) =>
    hitsOf(correlation, matchingOf(correlation, asked, facts), openCounted(facts)),
  );
  const names = new Set(hits.map(({ group }) => JSON.stringify(group)));
  const groups = [...names].map((name) => hits.filter(({ group }) => JSON.stringify(group) === name));
  const fullest = groups.sort((a, b) => b.length - a.length)[0] ?? [];
  const within = `within ${durationText(correlation.windowMs)}`;
  const where =
    groups.length > 1 ? ` in the fullest of ${groups.length} groups (${groupText(correlation, fullest)})` : "";
  const match = `${fullest.length} ${fullest.length === 1 ? "record matches" : "records match"}${where}`;
  const { check } = correlation;
  switch (check.kind) {
    case "count": {
      const short = check.distinct.flatMap(({ field, least }, at) => {
        const values = new Set(fullest.map((hit) => hit.values[at] ?? "").filter((text) => text !== ""));
        return values.size < least
          ? [`${field.path} has ${values.size} ${values.size === 1 ? "value" : "values"}, wanted ${least} ${within}`]
          : [];
      });
      if (fullest.length < check.leastEvents) short.unshift(`wanted ${check.leastEvents} ${within}`);
      const { steady } = check;
      const enough =
        steady === undefined ? `enough, but not ${within}` : `no ${steady} of them at one interval ${within}`;
      return `${match}: ${short.join("; ") || enough}`;
    }
    case "sequence": {
      const missing = check.bases.filter((base) => !fullest.some((hit) => basesOf(hit).includes(base)));
      const order = check.ordered ? `, but not in this order ${within}` : `, but not ${within}`;
      return `${match}: ${missing.length > 0 ? `none of them ${missing.join(", ")}` : `all of ${check.bases.join(", ")}${order}`}`;
    }
    case "score":
      return `${match}: they do not add up to a level ${within}`;
    case "new": {
      const last = records.findLast(({ record }) => record.eventID === fullest.at(-1)?.id);
      const values = check.fields.map((field) => `${field.path} is ${(last && field.text(last)) ?? "absent"}`);
      return `${match}: ${values.join(", ")}, which is not new ${within}`;
    }
  }
}

/** The rules, among those that a correlation counts itself, that match a record. */
function matchingOf(correlation: Correlation, asked: readonly CompiledRule[], facts: Facts): readonly string[] {
  return asked.filter((rule) => rule.countedBy.includes(correlation) && rule.matches(facts)).map(({ name }) => name);
}

function groupText({ groupBy }: Correlation, [hit]: readonly Hit[]): string {
  return groupBy.map(({ name }, at) => `${name} is ${hit?.group[at] || "absent"}`).join(", ");
}

const UNITS: readonly (readonly [string, number])[] = [
  ["d", 86_400_000],
  ["h", 3600_000],
  ["m", 60_000],
];

/** `600_000` → `"10m"` */
function durationText(ms: number): string {
  const [unit, size] = UNITS.find(([, length]) => ms % length === 0) ?? ["s", 1000];
  return `${ms / size}${unit}`;
}
