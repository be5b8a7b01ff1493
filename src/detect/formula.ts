/**
 * Formulas: a rule's condition as a tree of tests, and what is left of it when some of them are decided.
 * Pure.
 */
import { type Condition, selectionsOf } from "./condition.ts";
import type { Facts } from "./facts.ts";
import type { FieldTest } from "./matcher.ts";
import type { Selection } from "./selection.ts";

/** True and false are decided; `fields` has a bit for each hot field that something inside tests. */
export type Formula =
  | boolean
  | { readonly kind: "test"; readonly test: FieldTest; readonly fields: number }
  | { readonly kind: "not"; readonly of: Formula; readonly fields: number }
  | { readonly kind: "and" | "or"; readonly of: readonly Formula[]; readonly fields: number };

/** What a rule or a filter tests. */
export interface Detection {
  readonly condition: Condition;
  readonly selections: ReadonlyMap<string, Selection>;
}

/** All detections have to hold. @param bitOf the bit of the hot field that alone decides a test; 0 when there is none. */
export function formulaOf(detections: readonly Detection[], bitOf: (test: FieldTest) => number): Formula {
  return joined(
    "and",
    detections.map(({ condition, selections }) => conditionFormula(condition, selections, bitOf)),
  );
}

function conditionFormula(
  condition: Condition,
  selections: ReadonlyMap<string, Selection>,
  bitOf: (test: FieldTest) => number,
): Formula {
  switch (condition.kind) {
    case "selection": {
      const alternatives = selections.get(condition.name)?.alternatives ?? [];
      const formulas = alternatives.map((tests) =>
        joined(
          "and",
          tests.map((test): Formula => ({ kind: "test", test, fields: bitOf(test) })),
        ),
      );
      return joined("or", formulas);
    }
    case "not":
      return negated(conditionFormula(condition.of, selections, bitOf));
    case "and":
    case "or":
      return joined(
        condition.kind,
        condition.of.map((part) => conditionFormula(part, selections, bitOf)),
      );
  }
}

export function fieldsIn(formula: Formula): number {
  return typeof formula === "boolean" ? 0 : formula.fields;
}

export function testsOf({ condition, selections }: Detection): readonly FieldTest[] {
  const names = new Set(selectionsOf(condition));
  return [...names].flatMap((name) => selections.get(name)?.alternatives.flat() ?? []);
}

/**
 * What is left when the tests of one hot field are decided: those in `held` hold, its others do not.
 *
 * `eventName: CreateUser and status: Active`, eventName decided → `status: Active` or false
 */
export function reduced(formula: Formula, field: number, held: ReadonlySet<FieldTest>): Formula {
  if (typeof formula === "boolean" || (formula.fields & field) === 0) return formula;
  if (formula.kind === "test") return held.has(formula.test);
  if (formula.kind === "not") return negated(reduced(formula.of, field, held));
  const parts: Formula[] = [];
  for (const part of formula.of) {
    const left = reduced(part, field, held);
    // One false part decides an "and", one true part an "or".
    if (left === (formula.kind === "or")) return left;
    parts.push(left);
  }
  return joined(formula.kind, parts);
}

function negated(formula: Formula): Formula {
  return typeof formula === "boolean" ? !formula : { kind: "not", of: formula, fields: formula.fields };
}

/** Without parts an "and" holds, an "or" does not. */
function joined(kind: "and" | "or", parts: readonly Formula[]): Formula {
  const settles = kind === "or";
  if (parts.includes(settles)) return settles;
  const open = parts.filter((part) => typeof part !== "boolean");
  const [only] = open;
  if (only === undefined) return !settles;
  return open.length === 1 ? only : { kind, of: open, fields: open.reduce((bits, part) => bits | fieldsIn(part), 0) };
}

/** `formula` as a test of a record. */
export function matcherOf(formula: Formula): (facts: Facts) => boolean {
  if (typeof formula === "boolean") return () => formula;
  if (formula.kind === "test") return formula.test.holds;
  if (formula.kind === "not") {
    const inner = matcherOf(formula.of);
    return (facts) => !inner(facts);
  }
  const parts = formula.of.map(matcherOf);
  return formula.kind === "and"
    ? (facts) => parts.every((part) => part(facts))
    : (facts) => parts.some((part) => part(facts));
}
