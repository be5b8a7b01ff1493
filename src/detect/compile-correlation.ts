/**
 * Correlations compiled: their rules found, their fields and conditions checked, the ones that count others put after them.
 * Pure. Whatever is wrong is complained about, with its place.
 */
import type { Check, Correlation, Distinct, GroupField } from "./correlation.ts";
import type { Field } from "./field.ts";
import { LEVELS } from "./finding.ts";
import { knownField } from "./matcher.ts";
import type { Scoring } from "./score.ts";
import type { CorrelationBody, RuleDocument } from "./sigma.ts";
import { MAX_MEMBERS } from "./state.ts";
import { needOf } from "./window.ts";

/** A correlation on its way, with the documents it counts. */
interface Draft {
  readonly document: RuleDocument;
  readonly correlation: Omit<Correlation, "raises" | "countedBy">;
  readonly bases: readonly RuleDocument[];
  readonly generates: boolean;
}

export interface Correlations {
  /** The correlations that count this rule or correlation, by its name. */
  readonly countedBy: (name: string) => readonly Correlation[];
  /** Whether a rule or correlation raises findings of its own. */
  readonly raises: (name: string) => boolean;
}

/** How many correlations may count each other in a row. */
const MOST_LEVELS = 4;
const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3600_000, d: 86_400_000 };

export function compileCorrelations(documents: readonly RuleDocument[]): Correlations {
  const called = documentsByName(documents);
  const drafts = documents.flatMap((document) =>
    document.kind === "correlation" ? [draftOf(document, document.body, called)] : [],
  );
  const made = new Map<RuleDocument, Correlation>();
  const above = new Map<RuleDocument, Draft[]>();
  for (const draft of drafts) {
    for (const base of new Set(draft.bases)) above.set(base, [...(above.get(base) ?? []), draft]);
  }
  const counting = (document: RuleDocument): readonly Draft[] => above.get(document) ?? [];
  const raises = (document: RuleDocument): boolean => {
    const own = counting(document);
    return own.length === 0 || own.some(({ generates }) => generates);
  };

  /** Those that count a correlation are made before it: it names them. */
  function make({ document, correlation }: Draft, trail: readonly RuleDocument[]): Correlation | undefined {
    const known = made.get(document);
    if (known !== undefined) return known;
    if (trail.includes(document) || trail.length >= MOST_LEVELS) {
      const what = trail.includes(document)
        ? "counts itself, over others"
        : `counts over more than ${MOST_LEVELS} levels`;
      document.complain(["correlation", "rules"], what);
      return undefined;
    }
    const countedBy = counting(document).flatMap((draft) => make(draft, [...trail, document]) ?? []);
    const whole = { ...correlation, raises: raises(document), countedBy };
    made.set(document, whole);
    return whole;
  }
  for (const draft of drafts) make(draft, []);

  const byName = new Map(documents.map((document) => [document.name, document]));
  return {
    countedBy(name) {
      const document = byName.get(name);
      const own = document === undefined ? [] : counting(document);
      return own.flatMap((draft) => made.get(draft.document) ?? []);
    },
    raises(name) {
      const document = byName.get(name);
      return document === undefined || raises(document);
    },
  };
}

/** The documents by their names and ids; of several that are called alike the first. */
export function documentsByName(documents: readonly RuleDocument[]): ReadonlyMap<string, RuleDocument> {
  const called = new Map<string, RuleDocument>();
  for (const document of documents) {
    for (const name of [document.name, document.body.id])
      if (name !== undefined && !called.has(name)) called.set(name, document);
  }
  return called;
}

function draftOf(document: RuleDocument, body: CorrelationBody, called: ReadonlyMap<string, RuleDocument>): Draft {
  const { rules, timespan, generate } = body.correlation;
  const bases = rules.flatMap((wanted) => baseOf(wanted, document, called.get(wanted)));
  const names = bases.map(({ name }) => name);
  const check = checkOf(document, body, names);
  return {
    document,
    bases,
    generates: generate === true,
    correlation: {
      kind: "correlation",
      name: document.name,
      title: body.title,
      level: body.level,
      onFailure: body["ids.on_failure"],
      windowMs: spanMs(timespan),
      groupBy: groupBy(document, body, rules, bases),
      check,
      need: needOf(check),
    },
  };
}

function checkOf(document: RuleDocument, body: CorrelationBody, bases: readonly string[]): Check {
  const { type, condition } = body.correlation;
  const complain = (what: string) => document.complain(["correlation", "condition"], what);
  const also = body["ids.also"] ?? [];
  if (also.length > 0 && type !== "event_count" && type !== "value_count")
    document.complain(["ids.also"], `does not go with ${type}`);
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
      const place = ["correlation", "condition", "field"];
      const fields = field.flatMap((path) => fieldAt(document, place, path) ?? []);
      return { kind: "new", fields, learningMs: spanMs(body["ids.learning"]) };
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
  const { type, condition } = body.correlation;
  const place = ["correlation", "condition"];
  const main = leastOf(condition ?? {}, (what) => complain(place, what));
  const paths = condition?.field ?? [];
  if (type === "value_count" && paths.length !== 1)
    complain(place, "value_count wants the field whose values it counts");
  if (type === "event_count" && paths.length > 0) complain(place, "event_count takes no field");
  const counted = paths.map((field) => ({ at: [...place, "field"], field, least: main }));
  const also = (body["ids.also"] ?? []).map((extra, at) => ({
    at: ["ids.also", at, "field"],
    field: extra.field,
    least: leastOf(extra, (what) => complain(["ids.also", at], what)),
  }));
  const distinct = [...counted, ...also].flatMap(({ at, field, least }): Distinct[] => {
    const known = fieldAt(document, at, field);
    return known === undefined ? [] : [{ field: known, least }];
  });
  return { kind: "count", leastEvents: type === "event_count" ? main : 1, distinct };
}

function baseOf(
  wanted: string,
  { complain, name }: RuleDocument,
  base: RuleDocument | undefined,
): readonly RuleDocument[] {
  if (base !== undefined && base.kind !== "filter" && base.name !== name) return [base];
  const why =
    base === undefined
      ? `no rule is called "${wanted}"`
      : `"${wanted}" is ${base.kind === "filter" ? "a filter" : "itself"}`;
  complain(["correlation", "rules"], why);
  return [];
}

/** By name or by id. */
export function isCalled({ name, body }: RuleDocument, wanted: string): boolean {
  return name === wanted || body.id === wanted;
}

/** An alias names another field for each rule, by the name or id that `rules` uses. */
function groupBy(
  document: RuleDocument,
  body: CorrelationBody,
  rules: readonly string[],
  bases: readonly RuleDocument[],
): readonly GroupField[] {
  const { "group-by": names = ["ids.principal"], aliases = {} } = body.correlation;
  for (const alias of Object.keys(aliases))
    if (!names.includes(alias)) document.complain(["correlation", "aliases", alias], "is not in group-by");
  return names.flatMap((name, at): GroupField[] => {
    const alias = Object.hasOwn(aliases, name) ? aliases[name] : undefined;
    if (alias === undefined) {
      const field = fieldAt(document, ["correlation", "group-by", at], name);
      return field === undefined ? [] : [{ name, of: () => field }];
    }
    const place = ["correlation", "aliases", name];
    const unknown = Object.keys(alias).filter((rule) => !rules.includes(rule));
    for (const rule of unknown) document.complain([...place, rule], `"${rule}" is not one of this correlation's rules`);
    const fields = new Map(
      bases.flatMap((base): [string, Field][] => {
        const path = Object.entries(alias).find(([rule]) => isCalled(base, rule))?.[1];
        if (path === undefined) document.complain(place, `names no field for "${base.name}"`);
        const field = path === undefined ? undefined : fieldAt(document, place, path);
        return field === undefined ? [] : [[base.name, field]];
      }),
    );
    const [any] = fields.values();
    return any === undefined ? [] : [{ name, of: (base) => fields.get(base) ?? any }];
  });
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
function spanMs(text: string): number {
  return Number(text.slice(0, -1)) * (UNIT_MS[text.slice(-1)] ?? 0);
}
