/**
 * Cases: what a rule must match and must miss, kept beside it in `NAME.cases.yml` (docs/rules.md).
 * Pure: texts and recorded records in, results out.
 */
import { z } from "zod";
import { isObject, type Json, type JsonObject } from "../cloudtrail/json.ts";
import { type CloudTrailRecord, parseRecord } from "../cloudtrail/record.ts";
import { makeDetector } from "./detector.ts";
import { openDocuments, shaped } from "./document.ts";
import type { Place } from "./fact.ts";
import { factsOf } from "./facts.ts";
import { LEVELS, type Level } from "./finding.ts";
import { RuleError } from "./rule-error.ts";
import { type CompiledRules, RULE_FAILED, type RuleSummary } from "./rules.ts";
import { failureText, shortfallOf } from "./shortfall.ts";
import type { DetectorState } from "./state.ts";

const path = z.string().regex(/^[^.]+(\.[^.]+)*$/, "is not a dotted path");
const recordShape = z.union([z.string(), z.record(z.string(), z.json())], { error: "is not a path or a record" });
const change = { patch: z.record(path, z.json()).optional(), remove: z.array(path).optional() };
const duration = z.string().regex(/^-?\d{1,6}[smhd]$/, "is not a number with s, m, h or d, such as 30s");
const step = z.strictObject({
  record: recordShape,
  ...change,
  after: duration.default("1s"),
  every: duration.default("1s"),
  repeat: z.number().int().min(1).max(2000).default(1),
  vary: z.record(path, z.array(z.json()).min(1)).optional(),
});
const placeShape = z.strictObject({
  country: z.string().exactOptional(),
  asn: z.number().int().min(1).exactOptional(),
  org: z.string().exactOptional(),
});
const caseShape = z
  .strictObject({
    name: z.string().min(1),
    rule: z.string().optional(),
    regions: z.array(z.string()).optional(),
    organizations: z.array(z.string()).min(1).optional(),
    places: z.record(z.string(), placeShape).optional(),
    record: recordShape.optional(),
    ...change,
    records: z.array(step).min(1).optional(),
    expect: z.enum(["match", "miss"]),
    level: z.enum(LEVELS).optional(),
  })
  .refine((one) => (one.record === undefined) !== (one.records === undefined), "wants either record or records")
  .refine(
    (one) => one.records === undefined || (one.patch ?? one.remove) === undefined,
    "patches belong to each of records",
  );
export const casesShape = z.array(caseShape).min(1);

type Step = z.infer<typeof step>;

export interface RuleCase {
  readonly file: string;
  readonly line: number;
  readonly name: string;
  /** The rules it is about: the one it names, else all of the rule file beside it that raise findings. */
  readonly rules: readonly string[];
  readonly records: readonly CloudTrailRecord[];
  /** Configured regions of the records' accounts. */
  readonly regions?: readonly string[];
  /** One's own organisations; absent: none is configured. */
  readonly organizations?: readonly string[];
  /** Where the records' addresses are, as a GeoIP database would say. */
  readonly places?: Readonly<Record<string, Place>>;
  readonly expect: "match" | "miss";
  readonly level?: Level;
}

/**
 * Opens one case file for the rule file beside it; problems go into `problems`.
 *
 * @param rules the rules of that rule file that raise findings.
 * @param recordAt reads a recorded record by its path beside the case file; throws what is wrong with it.
 */
export function openCases(
  file: string,
  text: string,
  rules: readonly RuleSummary[],
  problems: RuleError[],
  recordAt: (path: string) => unknown,
): readonly RuleCase[] {
  return openDocuments(file, text, problems).flatMap((document) => {
    const cases = shaped(document, casesShape) ?? [];
    return cases.flatMap((one, at): readonly RuleCase[] => {
      try {
        const about = rules.filter(({ name }) => one.rule === undefined || name === one.rule).map(({ name }) => name);
        if (about.length === 0) throw new Error("no such rule in the file beside it raises findings");
        const { patch, remove } = one;
        const steps = one.records ?? [step.parse({ record: one.record, patch, remove })];
        const records = recordsOf(steps, recordAt);
        const { name, regions, organizations, places, expect, level } = one;
        const known = {
          ...(regions && { regions }),
          ...(organizations && { organizations }),
          ...(places && { places }),
        };
        const line = document.lineOf([at]);
        return [{ file, line, name, rules: about, records, ...known, expect, ...(level && { level }) }];
      } catch (error) {
        document.complain([at, one.name], error instanceof Error ? error.message : String(error));
        return [];
      }
    });
  });
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3600_000, d: 86_400_000 };
function msOf(text: string): number {
  return Number(text.slice(0, -1)) * (UNIT_MS[text.slice(-1)] ?? 0);
}

/** One record stays as it is; of several, the first keeps its time, the others follow, and each gets its own eventID. */
function recordsOf(steps: readonly Step[], recordAt: (path: string) => unknown): readonly CloudTrailRecord[] {
  let at: number | undefined;
  const made = steps.flatMap((one) => {
    const base = typeof one.record === "string" ? recordAt(one.record) : one.record;
    const start = Date.parse(parseRecord(changed(base, one)).eventTime);
    return Array.from({ length: one.repeat }, (_, copy) => {
      at = at === undefined ? start : at + msOf(copy === 0 ? one.after : one.every);
      const varied = Object.entries(one.vary ?? {}).map(
        ([key, values]) => [key, values[copy % values.length] ?? null] as const,
      );
      return { json: changed(changed(base, one), { patch: Object.fromEntries(varied) }), at };
    });
  });
  if (made.length === 1) return made.map(({ json }) => parseRecord(json));
  return made.map(({ json, at: time }, index) => {
    const eventID = `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`;
    const eventTime = new Date(time).toISOString().replace(".000Z", "Z");
    return parseRecord(changed(json, { patch: { eventID, eventTime } }));
  });
}

interface Change {
  readonly patch?: Readonly<Record<string, Json>> | undefined;
  readonly remove?: readonly string[] | undefined;
}

function changed(base: unknown, { patch = {}, remove = [] }: Change): unknown {
  if (!isObject(base)) throw new Error("a record is a JSON object");
  let result: JsonObject = base;
  for (const [where, value] of Object.entries(patch)) result = withValue(result, where.split("."), value);
  for (const where of remove) result = withValue(result, where.split("."), undefined);
  return result;
}

/** A copy with one value set (made where it is missing) or, with undefined, taken out. Numbers step into arrays. */
function withValue<T extends Json>(json: T, steps: readonly string[], value: Json | undefined): T;
function withValue(json: Json, steps: readonly string[], value: Json | undefined): Json {
  const [key = "", ...rest] = steps;
  if (Array.isArray(json)) {
    const items: Json[] = [...json];
    const next = rest.length === 0 ? value : withValue(items[Number(key)] ?? {}, rest, value);
    if (next === undefined) items.splice(Number(key), 1);
    else items[Number(key)] = next;
    return items;
  }
  const from = isObject(json) ? json : {};
  const next = rest.length === 0 ? value : withValue(from[key] ?? {}, rest, value);
  const { [key]: _old, ...others } = from;
  return next === undefined ? others : { ...from, [key]: next };
}

/** Runs one case on a fresh detector. @returns what went wrong, with the field and value; undefined when all is well. */
export async function runCase(
  one: RuleCase,
  compiled: CompiledRules,
  state: DetectorState,
): Promise<string | undefined> {
  const ids = new Set(one.records.map(({ recipientAccountId }) => recipientAccountId));
  const accounts = [...ids].map((id) => ({ id, ...(one.regions && { regions: one.regions }) }));
  const { organizations, places } = one;
  const known = {
    ...(organizations && { organizations: new Set(organizations) }),
    ...(places && { geo: (address: string) => places[address] }),
  };
  const found = await makeDetector(compiled, state, { accounts, known }).feedAll(one.records);
  const failed = found.find(({ rule }) => rule === RULE_FAILED);
  if (failed !== undefined) return `${failed.title}: ${failed.evidence[0]?.value}`;
  const own = found.filter(({ rule }) => one.rules.includes(rule));
  const last = own.at(-1);
  if (one.expect === "miss") {
    return (
      last &&
      `matched: ${last.evidence.map(({ selection, field, value }) => `${selection}: ${field} is ${value}`).join("; ")}`
    );
  }
  const facts = one.records.map((record) => {
    const account = accounts.find(({ id }) => id === record.recipientAccountId);
    return factsOf(record, account, known);
  });
  if (last === undefined) return `did not match: ${shortfallOf(one.rules, compiled.rules, facts)}`;
  if (one.level === undefined || one.level === last.level) return undefined;
  const why = last.outcome === "failure" ? `; ${failureText(facts)}` : "";
  return `level is ${last.level}, wanted ${one.level}${why}`;
}

/** Rules that raise findings and lack a case that must match or one that must miss. */
export function uncovered(rules: readonly RuleSummary[], cases: readonly RuleCase[]): readonly RuleError[] {
  return rules.flatMap(({ name, file, raises }) => {
    if (!raises) return [];
    const missing = (["match", "miss"] as const).filter(
      (expect) => !cases.some((one) => one.rules.includes(name) && one.expect === expect),
    );
    return missing.map((expect) => new RuleError(file, 1, `rule ${name} has no case that expects a ${expect}`));
  });
}
