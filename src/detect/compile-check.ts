/**
 * Checks compiled: what each type of correlation asks of its records, its fields and conditions checked.
 * Pure. Whatever is wrong is complained about, with its place.
 */
import type { Check, Distinct } from "./correlation.ts";
import type { Field } from "./field.ts";
import { LEVELS } from "./finding.ts";
import { knownField } from "./matcher.ts";
import type { Scoring } from "./score.ts";
import type { CorrelationBody, RuleDocument } from "./sigma.ts";
import { MAX_MEMBERS } from "./state.ts";
import { SHORTEST_MS } from "./steady.ts";

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3600_000, d: 86_400_000 };

/** What a correlation asks of its records, by its type. `bases`: names of the rules it counts. */
export function checkOf(document: RuleDocument, body: CorrelationBody, bases: readonly string[]): Check {
  const { type, condition } = body.correlation;
  const complain = (what: string) => document.complain(["correlation", "condition"], what);
  const also = body["ids.also"] ?? [];
  if (also.length > 0 && type !== "event_count" && type !== "value_count")
    document.complain(["ids.also"], `does not go with ${type}`);
  if (body["ids.steady"] !== undefined && type !== "event_count")
    document.complain(["ids.steady"], `does not go with ${type}`);
  switch (type) {
    case "event_count":
    case "value_count":
      return countCheck(document, body);
    case "temporal":
    case "temporal_ordered":
      if (condition !== undefined) complain(`${type} takes no condition: each of its rules has to match`);
      if (bases.length < 2) document.complain(["correlation", "rules"], `${type} wants at least two rules`);
      return { kind: "sequence", bases, ordered: type === "temporal_ordered" };
    case "score":
      if (condition !== undefined) complain("score takes no condition: write ids.levels");
      return { kind: "score", scoring: scoringOf(document, body, bases) };
    case "new_value": {
      const { field = [], gte, gt } = condition ?? {};
      if (field.length === 0) complain("new_value wants the field, or the fields, that must not be new");
      if (gte !== undefined || gt !== undefined) complain("new_value counts nothing: take gte and gt out");
      // A value is told when a record brings it: whether failed ones do is for the rules that match them.
      if (body["ids.on_failure"] === "ignore")
        document.complain(["ids.on_failure"], "does nothing for new_value: write it in the rules that it names");
      const place = ["correlation", "condition", "field"];
      const fields = field.flatMap((path) => fieldAt(document, place, path) ?? []);
      const learning = body["ids.learning"];
      return { kind: "new", fields, learningMs: learning === "none" ? 0 : spanMs(learning) };
    }
  }
}

function scoringOf(document: RuleDocument, body: CorrelationBody, bases: readonly string[]): Scoring {
  const { "ids.points": points = {}, "ids.spread": spread = {}, "ids.levels": levels = {} } = body;
  for (const name of Object.keys(points))
    if (!bases.includes(name)) document.complain(["ids.points", name], "is not one of this correlation's rules");
  for (const name of bases)
    if (!Object.hasOwn(points, name)) document.complain(["ids.points"], `says nothing about "${name}"`);
  if (Object.keys(levels).length === 0)
    document.complain(["ids.levels"], "is missing: from which score on is it low, medium, high?");
  return {
    points: new Map(Object.entries(points)),
    spread: Object.entries(spread).flatMap(([path, each]) => {
      const field = fieldAt(document, ["ids.spread", path], path);
      return field === undefined ? [] : [{ field, points: each }];
    }),
    levels: LEVELS.flatMap((level) => {
      const least = levels[level];
      return least === undefined ? [] : [{ level, least }];
    }),
    halfLifeMs: spanMs(body.correlation.timespan) / 2,
  };
}

function countCheck(document: RuleDocument, body: CorrelationBody): Check {
  const { complain } = document;
  const { type, condition, timespan } = body.correlation;
  const place = ["correlation", "condition"];
  const { "ids.steady": steady } = body;
  if (steady !== undefined && (steady - 1) * SHORTEST_MS > spanMs(timespan))
    complain(["ids.steady"], `${steady} records a minute apart, and more, do not fit into ${timespan}`);
  // Records at a steady interval are counted already.
  const counted = condition ?? (steady === undefined ? {} : { gte: steady });
  const main = leastOf(counted, (what) => complain(place, what));
  const paths = condition?.field ?? [];
  if (type === "value_count" && paths.length !== 1)
    complain(place, "value_count wants the field whose values it counts");
  if (type === "event_count" && paths.length > 0) complain(place, "event_count takes no field");
  const values = paths.map((field) => ({ at: [...place, "field"], field, least: main }));
  const also = (body["ids.also"] ?? []).map((extra, at) => ({
    at: ["ids.also", at, "field"],
    field: extra.field,
    least: leastOf(extra, (what) => complain(["ids.also", at], what)),
  }));
  const distinct = [...values, ...also].flatMap(({ at, field, least }): Distinct[] => {
    const known = fieldAt(document, at, field);
    return known === undefined ? [] : [{ field: known, least }];
  });
  const isOfValues = type === "value_count";
  const leastEvents = isOfValues ? 1 : Math.max(main, steady ?? 0);
  return { kind: "count", leastEvents, distinct, needsFirst: isOfValues, steady };
}

/** `{ gte: 5 }` → 5, `{ gt: 4 }` → 5. */
function leastOf(
  wanted: { readonly gte?: number | undefined; readonly gt?: number | undefined },
  complain: (what: string) => void,
): number {
  const { gte, gt } = wanted;
  if ((gte === undefined) === (gt === undefined)) complain("wants either gte or gt");
  const least = gte ?? (gt ?? 0) + 1;
  if (least > MAX_MEMBERS) complain(`${least} is more than the ${MAX_MEMBERS} records that a window keeps`);
  return least;
}

export function fieldAt(
  { complain }: Pick<RuleDocument, "complain">,
  place: readonly (string | number)[],
  path: string,
): Field | undefined {
  try {
    return knownField(path);
  } catch (error) {
    complain(place, error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

/** `"10m"` → 600000 */
export function spanMs(text: string): number {
  return Number(text.slice(0, -1)) * (UNIT_MS[text.slice(-1)] ?? 0);
}
