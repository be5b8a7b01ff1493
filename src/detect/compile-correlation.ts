/**
 * Correlations compiled: their rules found, their groups made, the ones that count others put after them.
 * Pure. Whatever is wrong is complained about, with its place.
 */
import { checkOf, fieldAt, spanMs } from "./compile-check.ts";
import type { Correlation, GroupField } from "./correlation.ts";
import type { Field } from "./field.ts";
import type { CorrelationBody, RuleDocument } from "./sigma.ts";
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

export function compileCorrelations(documents: readonly RuleDocument[]): Correlations {
  const called = documentsByName(documents);
  const groups = new Map<string, readonly GroupField[]>();
  const drafts = documents.flatMap((document) =>
    document.kind === "correlation" ? [draftOf(document, document.body, called, groups)] : [],
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

/** @param groups lists of fields without aliases, by their names. */
function draftOf(
  document: RuleDocument,
  body: CorrelationBody,
  called: ReadonlyMap<string, RuleDocument>,
  groups: Map<string, readonly GroupField[]>,
): Draft {
  const { rules, timespan, generate, aliases } = body.correlation;
  const bases = rules.flatMap((wanted) => baseOf(wanted, document, called.get(wanted)));
  const names = bases.map(({ name }) => name);
  const check = checkOf(document, body, names);
  const own = groupBy(document, body, rules, bases);
  const isAliased = Object.keys(aliases ?? {}).length > 0;
  const fields = own.map(({ name }) => name).join("\n");
  const shared = isAliased ? own : (groups.get(fields) ?? own);
  if (!isAliased) groups.set(fields, shared);
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
      groupBy: shared,
      isAliased,
      check,
      need: needOf(check),
    },
  };
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
