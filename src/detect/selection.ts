/**
 * Selections: the named parts of a rule's detection, and how its condition joins them.
 * Pure. A selection is a list of alternatives (one must hold), an alternative a list of tests (all must hold).
 * Source: Sigma specification 2.1, "Detection" and "Condition".
 */
import type { Condition } from "./condition.ts";
import type { Facts } from "./facts.ts";
import { compileTest, type FieldTest, isScalar, keywordTest } from "./matcher.ts";
import { FLAGS, type Placeholders } from "./modifier.ts";
import { compileRegex } from "./pattern.ts";

export interface Selection {
  readonly name: string;
  readonly alternatives: readonly (readonly FieldTest[])[];
}

/** Says what is wrong at a path below the selection, e.g. `["own", "userName|contians"]`. */
export type Complain = (path: readonly (string | number)[], what: string) => void;

/** Gives the test of a line `key: raw`. @throws Error saying what is wrong with the key or a value. */
export type TestOf = (key: string, raw: unknown) => FieldTest;

/** Lines that are written alike are one and the same test: of 1,700 lines of the bundled rules 1,000 are another one again. */
export function sharedTests(placeholders: Placeholders): TestOf {
  const known = new Map<string, FieldTest>();
  return (key, raw) => {
    const line = lineOf(key, raw);
    const before = line === undefined ? undefined : known.get(line);
    if (before !== undefined) return before;
    const test = compileTest(key, raw, placeholders);
    if (line !== undefined) known.set(line, test);
    return test;
  };
}

/** What a line says, as one text. Undefined of numbers, since JSON tells `.nan` and `null` not apart. */
function lineOf(key: string, raw: unknown): string | undefined {
  if (typeof raw === "string") return `${key.length}"${key}${raw}`;
  return isNamed(raw) ? `${key.length} ${key}${JSON.stringify(raw)}` : undefined;
}

/** Texts, true and false. */
function isNamed(raw: unknown): boolean {
  if (Array.isArray(raw)) return raw.every((value) => !Array.isArray(value) && isNamed(value));
  return typeof raw === "string" || typeof raw === "boolean";
}

/**
 * `compileSelection("own", { "ids.actor_is_target": true }, testOf, complain)` → one alternative with one test.
 * Whatever cannot be compiled is complained about and left out, so that all problems of a rule are found at once.
 */
export function compileSelection(name: string, raw: unknown, testOf: TestOf, complain: Complain): Selection {
  if (!Array.isArray(raw)) return { name, alternatives: [compileMap(raw, [name], testOf, complain)] };
  if (raw.length === 0) complain([name], "is an empty list");
  if (raw.every(isScalar)) return { name, alternatives: raw.map((word) => [keywordTest([word], false)]) };
  return { name, alternatives: raw.map((map, at) => compileMap(map, [name, at], testOf, complain)) };
}

function compileMap(
  raw: unknown,
  path: readonly (string | number)[],
  testOf: TestOf,
  complain: Complain,
): readonly FieldTest[] {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw) || Object.keys(raw).length === 0) {
    complain(path, "is not a map of fields to values, a list of such maps, or a list of texts");
    return [];
  }
  const tests: FieldTest[] = [];
  for (const [key, value] of Object.entries(raw)) {
    try {
      tests.push(testOf(key, value));
    } catch (error) {
      complain([...path, key], error instanceof Error ? error.message : String(error));
    }
  }
  return tests;
}

/** Complains about regular expressions that re2js refuses: a test compiles its own only when a record needs it. */
export function checkRegexes(name: string, raw: unknown, complain: Complain): void {
  if (Array.isArray(raw)) {
    for (const [at, map] of raw.entries()) checkMap(map, [name, at], complain);
  } else checkMap(raw, [name], complain);
}

function checkMap(map: unknown, path: readonly (string | number)[], complain: Complain): void {
  if (typeof map !== "object" || map === null) return;
  for (const [key, value] of Object.entries(map)) {
    const words = key.split("|").slice(1);
    if (!words.includes("re")) continue;
    const flags = FLAGS.filter((flag) => words.includes(flag)).join("");
    try {
      for (const source of [value].flat().filter(isScalar)) compileRegex(String(source), flags);
    } catch (error) {
      complain([...path, key], error instanceof Error ? error.message : String(error));
    }
  }
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
