/**
 * Selections: the named parts of a rule's detection, and how its condition joins them.
 * Pure. A selection is a list of alternatives (one must hold), an alternative a list of tests (all must hold).
 * Source: Sigma specification 2.1, "Detection" and "Condition".
 */
import type { Condition } from "./condition.ts";
import type { Facts } from "./facts.ts";
import { compileTest, type FieldTest, isScalar, keywordTest } from "./matcher.ts";
import type { Placeholders } from "./modifier.ts";

export interface Selection {
  readonly name: string;
  readonly alternatives: readonly (readonly FieldTest[])[];
}

/** Says what is wrong at a path below the selection, e.g. `["own", "userName|contians"]`. */
export type Complain = (path: readonly (string | number)[], what: string) => void;

/**
 * `compileSelection("own", { "ids.actor_is_target": true }, {}, complain)` → one alternative with one test.
 * Whatever cannot be compiled is complained about and left out, so that all problems of a rule are found at once.
 */
export function compileSelection(
  name: string,
  raw: unknown,
  placeholders: Placeholders,
  complain: Complain,
): Selection {
  if (!Array.isArray(raw)) return { name, alternatives: [compileMap(raw, [name], placeholders, complain)] };
  if (raw.length === 0) complain([name], "is an empty list");
  if (raw.every(isScalar)) return { name, alternatives: raw.map((word) => [keywordTest([word], false)]) };
  return { name, alternatives: raw.map((map, at) => compileMap(map, [name, at], placeholders, complain)) };
}

function compileMap(
  raw: unknown,
  path: readonly (string | number)[],
  placeholders: Placeholders,
  complain: Complain,
): readonly FieldTest[] {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw) || Object.keys(raw).length === 0) {
    complain(path, "is not a map of fields to values, a list of such maps, or a list of texts");
    return [];
  }
  return Object.entries(raw).flatMap(([key, value]) => {
    try {
      return [compileTest(key, value, placeholders)];
    } catch (error) {
      complain([...path, key], error instanceof Error ? error.message : String(error));
      return [];
    }
  });
}

export function holds(selection: Selection, facts: Facts): boolean {
  return selection.alternatives.some((tests) => tests.every((test) => test.holds(facts)));
}

/** The condition's tree as one closure. `selections` must have every name the condition uses. */
export function compileCondition(
  condition: Condition,
  selections: ReadonlyMap<string, Selection>,
): (facts: Facts) => boolean {
  switch (condition.kind) {
    case "selection": {
      const selection = selections.get(condition.name);
      return selection === undefined ? () => false : (facts) => holds(selection, facts);
    }
    case "not": {
      const inner = compileCondition(condition.of, selections);
      return (facts) => !inner(facts);
    }
    case "and": {
      const parts = condition.of.map((part) => compileCondition(part, selections));
      return (facts) => parts.every((part) => part(facts));
    }
    case "or": {
      const parts = condition.of.map((part) => compileCondition(part, selections));
      return (facts) => parts.some((part) => part(facts));
    }
  }
}
