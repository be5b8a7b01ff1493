/**
 * Rules: rule files compiled to what the detector runs.
 * Pure: texts in, compiled rules out. All problems are collected; a set with any is not run at all.
 */
import { type Condition, parseCondition, selectionsOf } from "./condition.ts";
import type { Correlation, Distinct } from "./correlation.ts";
import type { Facts } from "./facts.ts";
import type { Field } from "./field.ts";
import type { Level } from "./finding.ts";
import { compileCondition, compileSelection, knownField, type Selection } from "./matcher.ts";
import { type Router, routerOf } from "./router.ts";
import { type RuleError, RuleErrors } from "./rule-error.ts";
import { type CorrelationBody, openRules, type RuleBody, type RuleDocument } from "./sigma.ts";
import { MAX_MEMBERS } from "./state.ts";

export interface RuleSource {
  /** Path as people should read it in an error. */
  readonly file: string;
  readonly text: string;
}

/** One Sigma rule, ready to run. */
export interface CompiledRule {
  readonly kind: "rule";
  readonly name: string;
  readonly title: string;
  readonly level: Level;
  readonly onFailure: "lower" | "same" | "ignore";
  readonly groupBy: readonly Field[];
  readonly condition: Condition;
  readonly selections: ReadonlyMap<string, Selection>;
  readonly matches: (facts: Facts) => boolean;
  /** False for a base rule of correlations, unless one of them says `generate: true`. */
  readonly raises: boolean;
  /** The correlations that count this rule's matches. */
  readonly countedBy: readonly Correlation[];
}

/** What people see of a rule in a list. */
export interface RuleSummary {
  readonly name: string;
  readonly kind: "rule" | "correlation";
  readonly title: string;
  readonly level: Level;
  readonly raises: boolean;
  readonly tags: readonly string[];
  readonly status?: string;
  readonly description?: string;
  readonly author?: string;
  readonly file: string;
}

export interface CompiledRules {
  readonly rules: readonly CompiledRule[];
  readonly summaries: readonly RuleSummary[];
  readonly router: Router<CompiledRule>;
}

/** The rule name of findings that tell of a rule which could not be evaluated. */
export const RULE_FAILED = "rule_failed";

/**
 * Compiles rule files as one set: a correlation may name rules of any file.
 *
 * @param earlier problems that reading the files gave already.
 * @throws RuleErrors with every problem of every file.
 */
export function compileRules(sources: readonly RuleSource[], earlier: readonly RuleError[] = []): CompiledRules {
  const problems: RuleError[] = [...earlier];
  const documents = sources.flatMap(({ file, text }) => openRules(file, text, problems));
  refuseDuplicates(documents);
  const counts = documents.flatMap((document) =>
    document.kind === "correlation" ? [compileCorrelation(document, document.body, documents)] : [],
  );
  const rules = documents.flatMap((document) => {
    if (document.kind === "correlation") return [];
    const counting = counts.filter(({ bases }) => bases.includes(document));
    const raises = counting.length === 0 || counting.some(({ generates }) => generates);
    return [
      { ...compileRule(document, document.body), raises, countedBy: counting.map(({ correlation }) => correlation) },
    ];
  });
  if (problems.length > 0) throw new RuleErrors(problems);
  const silent = new Set(rules.filter(({ raises }) => !raises).map(({ name }) => name));
  return { rules, summaries: documents.map((document) => summaryOf(document, silent)), router: routerOf(rules) };
}

function refuseDuplicates(documents: readonly RuleDocument[]): void {
  const first = new Map<string, RuleDocument>();
  for (const document of documents) {
    const before = first.get(document.name);
    if (document.name === RULE_FAILED) document.complain(["name"], `"${RULE_FAILED}" is Trailhound's own`);
    if (before === undefined) first.set(document.name, document);
    else document.complain(["name"], `"${document.name}" is already the name of a rule in ${before.file}`);
  }
}

function compileRule(document: RuleDocument, body: RuleBody): Omit<CompiledRule, "raises" | "countedBy"> {
  const complain = (path: readonly (string | number)[], what: string) =>
    document.complain(["detection", ...path], what);
  const { condition: text, ...raw } = body.detection;
  const selections = new Map(
    Object.entries(raw).map(([name, value]) => [name, compileSelection(name, value, complain)] as const),
  );
  const condition = attempt(
    () => parseCondition(text, [...selections.keys()]),
    (what) => complain(["condition"], what),
  );
  const used = condition === undefined ? [...selections.keys()] : selectionsOf(condition);
  for (const name of selections.keys()) if (!used.includes(name)) complain([name], "is not used by the condition");
  const known = condition ?? { kind: "or", of: [] };
  return {
    kind: "rule",
    name: document.name,
    title: body.title,
    level: body.level,
    onFailure: body["ids.on_failure"],
    groupBy: compileFields(document, "ids.group-by", body["ids.group-by"] ?? []),
    condition: known,
    selections,
    matches: compileCondition(known, selections),
  };
}

interface Counting {
  readonly correlation: Correlation;
  readonly bases: readonly RuleDocument[];
  readonly generates: boolean;
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3600_000, d: 86_400_000 };

function compileCorrelation(document: RuleDocument, body: CorrelationBody, all: readonly RuleDocument[]): Counting {
  const { complain, name } = document;
  const { type, rules, timespan, condition, generate } = body.correlation;
  const main = leastOf(condition, (what) => complain(["correlation", "condition"], what));
  if ((type === "value_count") !== (condition.field !== undefined)) {
    const what =
      type === "value_count" ? "value_count wants the field whose values it counts" : "event_count takes no field";
    complain(["correlation", "condition"], what);
  }
  const counted =
    condition.field === undefined
      ? []
      : [{ at: ["correlation", "condition", "field"], field: condition.field, least: main }];
  const also = (body["ids.also"] ?? []).map((extra, at) => ({
    at: ["ids.also", at, "field"],
    field: extra.field,
    least: leastOf(extra, (what) => complain(["ids.also", at], what)),
  }));
  const distinct = [...counted, ...also].flatMap(({ at, field, least }): Distinct[] => {
    const known = attempt(
      () => knownField(field),
      (what) => complain(at, what),
    );
    return known === undefined ? [] : [{ field: known, least }];
  });
  const correlation: Correlation = {
    kind: "correlation",
    name,
    title: body.title,
    level: body.level,
    onFailure: body["ids.on_failure"],
    windowMs: Number(timespan.slice(0, -1)) * (UNIT_MS[timespan.slice(-1)] ?? 0),
    groupBy: compileFields(document, "correlation", body.correlation["group-by"] ?? ["ids.principal"]),
    leastEvents: type === "event_count" ? main : 1,
    distinct,
  };
  const bases = rules.flatMap((wanted) => baseOf(wanted, document, all));
  return { correlation, bases, generates: generate === true };
}

function baseOf(wanted: string, { complain }: RuleDocument, all: readonly RuleDocument[]): readonly RuleDocument[] {
  const base = all.find(({ name, body }) => name === wanted || body.id === wanted);
  if (base?.kind === "rule") return [base];
  complain(
    ["correlation", "rules"],
    base === undefined ? `no rule is called "${wanted}"` : `"${wanted}" is a correlation, not a rule`,
  );
  return [];
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

function compileFields({ complain }: RuleDocument, key: string, paths: readonly string[]): readonly Field[] {
  return paths.flatMap((path, at) => {
    const place = key === "correlation" ? ["correlation", "group-by", at] : [key, at];
    return (
      attempt(
        () => knownField(path),
        (what) => complain(place, what),
      ) ?? []
    );
  });
}

function attempt<T>(make: () => T, complain: (what: string) => void): T | undefined {
  try {
    return make();
  } catch (error) {
    complain(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

function summaryOf({ file, name, kind, body }: RuleDocument, silent: ReadonlySet<string>): RuleSummary {
  const { title, level, tags = [], status, description, author } = body;
  return {
    name,
    kind,
    title,
    level,
    raises: !silent.has(name),
    tags,
    ...(status !== undefined && { status }),
    ...(description !== undefined && { description }),
    ...(author !== undefined && { author }),
    file,
  };
}
