/**
 * Rules: opened rule files compiled to what the detector runs.
 * Pure: documents in, compiled rules out. All problems are collected; a set with any is not run at all.
 */
import { fieldAt } from "./compile-check.ts";
import { type Correlations, compileCorrelations, documentsByName, isCalled } from "./compile-correlation.ts";
import type { Condition } from "./condition.ts";
import type { Correlation } from "./correlation.ts";
import type { Facts } from "./facts.ts";
import type { Field } from "./field.ts";
import type { Level } from "./finding.ts";
import type { Detection } from "./formula.ts";
import type { Placeholders } from "./modifier.ts";
import type { Complain, Outline } from "./outline.ts";
import { type Router, routerOf } from "./router.ts";
import { type RuleError, RuleErrors } from "./rule-error.ts";
import { compileCondition, compileSelection, type Selection, sharedTests, type TestOf } from "./selection.ts";
import type { OneRule, RuleDocument } from "./sigma.ts";

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
  /** Those that name it: each has to hold, too. */
  readonly filters: readonly Detection[];
  /** Its own condition, and that of every filter that names it. */
  readonly matches: (facts: Facts) => boolean;
  /** False for a base rule of correlations, unless one of them says `generate: true`. */
  readonly raises: boolean;
  /** The correlations that count this rule's matches. */
  readonly countedBy: readonly Correlation[];
}

/** What people see of a rule in a list, and beside an alert. */
export interface RuleSummary {
  readonly name: string;
  readonly kind: "rule" | "correlation";
  readonly title: string;
  readonly level: Level;
  readonly raises: boolean;
  readonly tags: readonly string[];
  readonly topics: readonly number[];
  /** What to do first. */
  readonly steps: readonly string[];
  readonly falsepositives: readonly string[];
  readonly references: readonly string[];
  readonly status?: string;
  readonly description?: string;
  readonly why?: string;
  readonly gaps?: string;
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
/** Of a filter: it means every rule. */
const ANY = "any";

/**
 * Compiles opened rule files as one set: a correlation or filter may name rules of any file.
 *
 * @param problems those that opening the files gave; the documents file their own there.
 * @throws RuleErrors with every problem there is.
 */
export function compileDocuments(
  documents: readonly RuleDocument[],
  placeholders: Placeholders,
  problems: readonly RuleError[],
): CompiledRules {
  refuseDuplicates(documents);
  const correlations = compileCorrelations(documents);
  const called = documentsByName(documents);
  const testOf = sharedTests(placeholders);
  const filters = documents.flatMap((document) => compileFilter(document, called, testOf) ?? []);
  const rules = documents.flatMap((document) =>
    document.kind === "rule" ? [compileRule(document, correlations, filters, testOf)] : [],
  );
  if (problems.length > 0) throw new RuleErrors(problems);
  let summaries: readonly RuleSummary[] | undefined;
  return {
    rules,
    // A detector needs none.
    get summaries() {
      summaries ??= documents.flatMap((document) => summaryOf(document, correlations) ?? []);
      return summaries;
    },
    router: routerOf(rules),
  };
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

interface Filter extends Detection {
  readonly isFor: (document: RuleDocument) => boolean;
  readonly matches: (facts: Facts) => boolean;
}

function compileRule(
  document: OneRule,
  correlations: Correlations,
  filters: readonly Filter[],
  testOf: TestOf,
): CompiledRule {
  const { condition, selections, matches } = compileDetection(document, "detection", document.outline, testOf);
  const narrowing = filters.filter(({ isFor }) => isFor(document));
  const { name, body } = document;
  return {
    kind: "rule",
    name,
    title: body.title,
    level: body.level,
    onFailure: body["ids.on_failure"],
    groupBy: (body["ids.group-by"] ?? []).flatMap((path, at) => fieldAt(document, ["ids.group-by", at], path) ?? []),
    condition,
    selections,
    filters: narrowing,
    matches:
      narrowing.length === 0
        ? matches
        : (facts) => matches(facts) && narrowing.every((filter) => filter.matches(facts)),
    raises: correlations.raises(name),
    countedBy: correlations.countedBy(name),
  };
}

/** @returns undefined for what is no filter. */
function compileFilter(
  document: RuleDocument,
  called: ReadonlyMap<string, RuleDocument>,
  testOf: TestOf,
): Filter | undefined {
  if (document.kind !== "filter") return undefined;
  const { rules: wanted } = document.body.filter;
  for (const name of wanted) {
    const named = called.get(name);
    if (name === ANY || named?.kind === "rule") continue;
    const why = named === undefined ? `no rule is called "${name}"` : `"${name}" is a ${named.kind}, not a rule`;
    document.complain(["filter", "rules"], why);
  }
  const isFor = (rule: RuleDocument) => wanted.some((name) => name === ANY || isCalled(rule, name));
  return { isFor, ...compileDetection(document, "filter", document.outline, testOf) };
}

function compileDetection(document: RuleDocument, section: string, outline: Outline, testOf: TestOf) {
  const { condition } = outline;
  const complain: Complain = (path, what) => document.complain([section, ...path], what);
  const selections = new Map<string, Selection>();
  for (const selection of outline.selections)
    selections.set(selection.name, compileSelection(selection, testOf, complain));
  let compiled: ((facts: Facts) => boolean) | undefined;
  const matches = (facts: Facts): boolean => {
    // Seldom asked for: the router has its own for what it leaves to be decided.
    compiled ??= compileCondition(condition, selections);
    return compiled(facts);
  };
  return { condition, selections, matches };
}

/** @returns undefined for a filter, which nobody sees by itself. */
function summaryOf(document: RuleDocument, correlations: Correlations): RuleSummary | undefined {
  if (document.kind === "filter") return undefined;
  const { file, name, kind, body } = document;
  const { title, level } = body;
  const told = document.told();
  const { tags = [], status, description, author, falsepositives = [], references = [] } = told;
  const { "ids.why": why, "ids.gaps": gaps, "ids.steps": steps = [], "ids.topics": topics = [] } = told;
  return {
    name,
    kind,
    title,
    level,
    raises: correlations.raises(name),
    tags,
    topics,
    steps,
    falsepositives,
    references,
    ...(status !== undefined && { status }),
    ...(description !== undefined && { description }),
    ...(why !== undefined && { why }),
    ...(gaps !== undefined && { gaps }),
    ...(author !== undefined && { author }),
    file,
  };
}
