/**
 * Matchers: the selections of a rule, compiled to closures over a record's facts.
 * Pure. A selection is a list of alternatives (one must hold), an alternative a list of tests (all must hold).
 * Source: Sigma specification 2.1, "Detection" and "Value modifiers".
 */
import type { Json } from "../cloudtrail/json.ts";
import type { Condition } from "./condition.ts";
import { FACT_NAMES, type Facts } from "./facts.ts";
import { type Field, fieldOf, valuesOf } from "./field.ts";
import {
  cidrPattern,
  literalOf,
  type Placement,
  type Predicate,
  plainText,
  regexPattern,
  scalarPattern,
} from "./pattern.ts";
import { scalarsOf } from "./scalar.ts";

export const MODIFIERS = [
  "contains",
  "startswith",
  "endswith",
  "all",
  "re",
  "cidr",
  "exists",
  "fieldref",
  "lt",
  "lte",
  "gt",
  "gte",
] as const;
type Modifier = (typeof MODIFIERS)[number];

export interface FieldTest {
  readonly field: string;
  /** What the rule wants, for messages: `contains support`. */
  readonly wanted: string;
  /** When nothing but these texts (lower case) can match; lets the router index the rule. */
  readonly literals?: readonly string[];
  readonly holds: (facts: Facts) => boolean;
  /** The value that made it hold, else the first one there is, as text; `absent` when there is none. */
  readonly witness: (facts: Facts) => string;
}

export interface Selection {
  readonly name: string;
  readonly alternatives: readonly (readonly FieldTest[])[];
}

/** Says what is wrong at a path below the selection, e.g. `["own", "userName|contians"]`. */
export type Complain = (path: readonly (string | number)[], what: string) => void;

/**
 * `compileSelection("own", { "ids.actor_is_target": true }, complain)` → one alternative with one test.
 * Whatever cannot be compiled is complained about and left out, so that all problems of a rule are found at once.
 */
export function compileSelection(name: string, raw: unknown, complain: Complain): Selection {
  if (!Array.isArray(raw)) return { name, alternatives: [compileMap(raw, [name], complain)] };
  if (raw.length === 0) complain([name], "is an empty list");
  if (raw.every(isScalar)) return { name, alternatives: raw.map((word) => [keywordTest(String(word))]) };
  return { name, alternatives: raw.map((map, at) => compileMap(map, [name, at], complain)) };
}

function compileMap(raw: unknown, path: readonly (string | number)[], complain: Complain): readonly FieldTest[] {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw) || Object.keys(raw).length === 0) {
    complain(path, "is not a map of fields to values, a list of such maps, or a list of texts");
    return [];
  }
  return Object.entries(raw).flatMap(([key, value]) => {
    try {
      return [compileTest(key, value)];
    } catch (error) {
      complain([...path, key], error instanceof Error ? error.message : String(error));
      return [];
    }
  });
}

type Scalar = string | number | boolean;
function isScalar(value: unknown): value is Scalar {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

/** A field path rules may name: a dotted path, or a fact of the closed list. @throws Error naming the known facts. */
export function knownField(path: string): Field {
  if (path.startsWith("ids.") && !FACT_NAMES.includes(path)) {
    throw new Error(`fact "${path}" is not one of ${FACT_NAMES.join(", ")}`);
  }
  if (path === "" || path.split(".").includes("")) throw new Error(`"${path}" is not a field`);
  return fieldOf(path);
}

/** @throws Error saying what is wrong with the key or a value. */
function compileTest(key: string, raw: unknown): FieldTest {
  const [path = "", ...words] = key.split("|");
  const field = knownField(path);
  const modifiers = words.map(modifierOf);
  const values: readonly unknown[] = Array.isArray(raw) ? raw : [raw];
  if (values.length === 0) throw new Error(`${key} has an empty list of values`);
  const kinds = modifiers.filter((modifier) => modifier !== "all");
  const [kind] = kinds;
  const isPlaced = kinds.length === 2 && kinds[0] === "fieldref" && isPlacement(kinds[1]);
  if (new Set(modifiers).size < modifiers.length || (kinds.length > 1 && !isPlaced)) {
    throw new Error(`modifiers ${words.join(", ")} do not go together`);
  }
  const wanted = [...words, values.map(String).join(modifiers.includes("all") ? " and " : " or ")].join(" ");
  if (kind === "exists") return existsTest(field, key, wanted, values);
  const tests = values.map((value) => valueTest(field, kind, kinds[1], value));
  const every = modifiers.includes("all");
  const literals = kind === undefined && !every ? literalsOf(values) : undefined;
  return {
    field: path,
    wanted,
    ...(literals && { literals }),
    holds: literals ? literalTest(field, literals) : joinTests(tests, every),
    witness: (facts) => witnessOf(field, facts, (value) => tests.some((test) => test.accepts(facts, value))),
  };
}

function modifierOf(word: string): Modifier {
  const known = MODIFIERS.find((modifier) => modifier === word);
  if (known === undefined) throw new Error(`modifier "${word}" is not one of ${MODIFIERS.join(", ")}`);
  return known;
}

function isPlacement(word: string | undefined): word is Placement {
  return word === "contains" || word === "startswith" || word === "endswith";
}

/** One value of a test. `accepts` judges one value of the record, `holds` the whole field. */
interface ValueTest {
  readonly holds: (facts: Facts) => boolean;
  readonly accepts: (facts: Facts, value: Json) => boolean;
}

function valueTest(field: Field, kind: Modifier | undefined, second: Modifier | undefined, value: unknown): ValueTest {
  if (kind === "fieldref") return referenceTest(field, isPlacement(second) ? second : "equals", value);
  if (value === null && kind === undefined) {
    return { holds: (facts) => !field.some(facts, () => true), accepts: () => false };
  }
  const test = predicateOf(kind, value);
  return { holds: (facts) => field.some(facts, test), accepts: (_facts, found) => test(found) };
}

function predicateOf(kind: Modifier | undefined, value: unknown): Predicate {
  if (!isScalar(value)) throw new Error(`${JSON.stringify(value)} is not a text, number or boolean`);
  if (kind === "re") return regexPattern(String(value));
  if (kind === "cidr") return cidrPattern(String(value));
  if (isComparison(kind)) return comparison(kind, value);
  return scalarPattern(value, isPlacement(kind) ? kind : "equals");
}

type Comparison = "lt" | "lte" | "gt" | "gte";
function isComparison(word: string | undefined): word is Comparison {
  return word === "lt" || word === "lte" || word === "gt" || word === "gte";
}

/** Numbers only: a text that spells a number counts as one, any other value does not match. */
function comparison(kind: Comparison, value: Scalar): Predicate {
  if (typeof value !== "number") throw new Error(`${kind} wants a number, not ${JSON.stringify(value)}`);
  return (found) => {
    const number = typeof found === "string" && found.trim() !== "" ? Number(found) : found;
    if (typeof number !== "number" || Number.isNaN(number)) return false;
    if (kind === "lt") return number < value;
    if (kind === "lte") return number <= value;
    return kind === "gt" ? number > value : number >= value;
  };
}

function referenceTest(field: Field, placement: Placement, value: unknown): ValueTest {
  if (typeof value !== "string") throw new Error("fieldref wants the name of a field");
  const other = knownField(value);
  const accepts = (facts: Facts, found: Json) => {
    const text = plainText(found);
    return text !== undefined && other.some(facts, (wanted) => isPlacedIn(text, plainText(wanted), placement));
  };
  return { holds: (facts) => field.some(facts, (found) => accepts(facts, found)), accepts };
}

function isPlacedIn(text: string, part: string | undefined, placement: Placement): boolean {
  if (part === undefined) return false;
  if (placement === "contains") return text.includes(part);
  if (placement === "startswith") return text.startsWith(part);
  return placement === "endswith" ? text.endsWith(part) : text === part;
}

function existsTest(field: Field, key: string, wanted: string, values: readonly unknown[]): FieldTest {
  const [value] = values;
  if (values.length !== 1 || typeof value !== "boolean") throw new Error(`${key} wants true or false`);
  const there = (facts: Facts) => field.some(facts, () => true);
  return {
    field: field.path,
    wanted,
    holds: (facts) => there(facts) === value,
    witness: (facts) => witnessOf(field, facts, () => true),
  };
}

function literalsOf(values: readonly unknown[]): readonly string[] | undefined {
  const literals = values.map((value) => (isScalar(value) ? literalOf(String(value)) : undefined));
  return literals.every((literal) => literal !== undefined) ? literals : undefined;
}

/** A list of plain texts is one look-up, however long the list is. */
function literalTest(field: Field, literals: readonly string[]): (facts: Facts) => boolean {
  const set = new Set(literals);
  const test: Predicate = (value) => {
    const text = plainText(value);
    return text !== undefined && set.has(text);
  };
  return (facts) => field.some(facts, test);
}

function joinTests(tests: readonly ValueTest[], every: boolean): (facts: Facts) => boolean {
  return every
    ? (facts) => tests.every((test) => test.holds(facts))
    : (facts) => tests.some((test) => test.holds(facts));
}

function keywordTest(word: string): FieldTest {
  const test = scalarPattern(word, "contains");
  const find = (facts: Facts) => {
    for (const [, value] of scalarsOf(facts.record.json)) if (test(value)) return String(value);
    return undefined;
  };
  return {
    field: "any field",
    wanted: `contains ${word}`,
    holds: (facts) => find(facts) !== undefined,
    witness: (facts) => find(facts) ?? "absent",
  };
}

function witnessOf(field: Field, facts: Facts, accepts: (value: Json) => boolean): string {
  const values = valuesOf(field, facts);
  const value = values.find(accepts) ?? values[0];
  if (value === undefined) return "absent";
  return typeof value === "object" ? (Array.isArray(value) ? "a list" : "an object") : String(value);
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
