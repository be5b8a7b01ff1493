/**
 * Selections: the named parts of a rule's detection, compiled, and how its condition joins them.
 * Pure. A selection is a list of alternatives (one must hold), an alternative a list of tests (all must hold).
 * Source: Sigma specification 2.1, "Detection" and "Condition".
 */
import type { Condition } from "./condition.ts";
import type { Facts } from "./facts.ts";
import { compileTest, type FieldTest } from "./matcher.ts";
import type { Placeholders } from "./modifier.ts";
import type { Complain, Line, SelectionOutline } from "./outline.ts";

export interface Selection {
  readonly name: string;
  readonly alternatives: readonly (readonly FieldTest[])[];
}

/** Gives the test of a line. @throws Error saying what is wrong with the key or a value. */
export type TestOf = (line: Line) => FieldTest;

/** Lines that are written alike are one and the same test: of 1,700 lines of the bundled rules 1,000 are another one again. */
export function sharedTests(placeholders: Placeholders): TestOf {
  const known = new Map<Line, FieldTest>();
  const byText = new Map<string, FieldTest>();
  function testOf(line: Line): FieldTest {
    const [key, raw] = line;
    const text = textOf(line);
    const test = (text === undefined ? undefined : byText.get(text)) ?? compileTest(key, raw, placeholders);
    if (text !== undefined) byText.set(text, test);
    return test;
  }
  return (line) => {
    // The lines of the pack are one already.
    const before = known.get(line);
    if (before !== undefined) return before;
    const test = testOf(line);
    known.set(line, test);
    return test;
  };
}

/** What a line says, as one text. Undefined of numbers, since JSON tells `.nan` and `null` not apart. */
function textOf([key, raw]: Line): string | undefined {
  if (typeof raw === "string") return `${key.length}"${key}${raw}`;
  return isNamed(raw) ? `${key.length} ${key}${JSON.stringify(raw)}` : undefined;
}

/** Texts, true and false. */
function isNamed(raw: unknown): boolean {
  if (Array.isArray(raw)) return raw.every((value) => !Array.isArray(value) && isNamed(value));
  return typeof raw === "string" || typeof raw === "boolean";
}

/** Whatever cannot be compiled is complained about and left out, so that all problems of a rule are found at once. */
export function compileSelection(
  { name, alternatives, isList }: SelectionOutline,
  testOf: TestOf,
  complain: Complain,
): Selection {
  const compiled = alternatives.map((lines, at) => {
    const tests: FieldTest[] = [];
    for (const line of lines) {
      try {
        tests.push(testOf(line));
      } catch (error) {
        complain(
          isList ? [name, at, line[0]] : [name, line[0]],
          error instanceof Error ? error.message : String(error),
        );
      }
    }
    return tests;
  });
  return { name, alternatives: compiled };
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
