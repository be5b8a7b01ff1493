/**
 * Matchers: one line of a rule's selection, compiled to a test of a record's facts.
 * Pure.
 * Source: Sigma specification 2.1, "Detection" and "Value modifiers".
 */
import type { Json } from "../cloudtrail/json.ts";
import { FACT_NAMES, type Facts, isFact } from "./facts.ts";
import { type Field, fieldOf, valuesOf } from "./field.ts";
import { type Comparison, expanded, type FieldKey, fieldKeyOf, type Placeholders } from "./modifier.ts";
import {
  cidrPattern,
  exactText,
  literalOf,
  type Placement,
  type Predicate,
  plainText,
  regexPattern,
  scalarPattern,
  wildcard,
} from "./pattern.ts";
import { scalarsOf } from "./scalar.ts";

export interface FieldTest {
  readonly field: string;
  /** What the rule wants, for messages: `contains support`. */
  readonly wanted: () => string;
  /** When nothing but these texts (lower case) can match; lets the router index the rule. */
  readonly literals?: readonly string[];
  readonly holds: (facts: Facts) => boolean;
  /** The field alone decides, neither another one nor the whole record: the router judges each of its values once. */
  readonly alone: boolean;
  /** The value that made it hold, else the first one there is, as text; `absent` when there is none. */
  readonly witness: (facts: Facts) => string;
}

export type Scalar = string | number | boolean;
export function isScalar(value: unknown): value is Scalar {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

/** A field path rules may name: a dotted path, or a fact of the closed list. @throws Error naming the known facts. */
export function knownField(path: string): Field {
  if (path.startsWith("ids.") && !isFact(path)) {
    throw new Error(`fact "${path}" is not one of ${FACT_NAMES.join(", ")}`);
  }
  if (path === "" || path.split(".").includes("")) throw new Error(`"${path}" is not a field`);
  return fieldOf(path);
}

/** @throws Error saying what is wrong with the key or a value. */
export function compileTest(key: string, raw: unknown, placeholders: Placeholders): FieldTest {
  const spec = fieldKeyOf(key);
  const given: readonly unknown[] = Array.isArray(raw) ? raw : [raw];
  const values = spec.expand ? given.flatMap((value) => expandedValue(value, placeholders)) : given;
  if (values.length === 0) throw new Error(`${key} has an empty list of values`);
  if (spec.path === "") return keywordTest(values, spec.every);
  const field = knownField(spec.path);
  const wanted = () => [...key.split("|").slice(1), values.map(String).join(spec.every ? " and " : " or ")].join(" ");
  if (spec.kind === "exists") return existsTest(field, key, wanted, values);
  const literals = isPlain(spec) && !spec.every && !spec.not ? literalsOf(values) : undefined;
  const tests = literals
    ? [literalTest(field, literals)]
    : spec.kind === "text" && !spec.every && values.every(isScalar)
      ? [textTest(field, spec, values)]
      : values.map((value) => valueTest(field, spec, value));
  // Read once, whatever the number of values; null is the one that no value of a record answers.
  const held =
    spec.every || values.includes(null)
      ? joinTests(tests, spec.every)
      : (facts: Facts) => field.some(facts, (value) => tests.some((test) => test.accepts(facts, value)));
  return {
    field: spec.path,
    wanted,
    ...(literals && { literals }),
    holds: spec.not ? (facts) => !held(facts) : held,
    alone: spec.kind !== "fieldref",
    witness: (facts) =>
      witnessOf(field, facts, (value) => tests.some((test) => test.accepts(facts, value)) !== spec.not),
  };
}

function expandedValue(value: unknown, placeholders: Placeholders): readonly unknown[] {
  return typeof value === "string" ? expanded(value, placeholders) : [value];
}

function isPlain({ kind, placement, cased }: FieldKey): boolean {
  return kind === "text" && placement === "equals" && !cased;
}

/** One value of a test. `accepts` judges one value of the record, `holds` the whole field. */
interface ValueTest {
  readonly holds: (facts: Facts) => boolean;
  readonly accepts: (facts: Facts, value: Json) => boolean;
}

function valueTest(field: Field, spec: FieldKey, value: unknown): ValueTest {
  if (spec.kind === "fieldref") return referenceTest(field, spec, value);
  if (value === null && spec.kind === "text" && spec.placement === "equals") {
    return { holds: (facts) => !field.some(facts, () => true), accepts: () => false };
  }
  const test = predicateOf(spec, value);
  return { holds: (facts) => field.some(facts, test), accepts: (_facts, found) => test(found) };
}

function predicateOf({ kind, placement, cased, flags }: FieldKey, value: unknown): Predicate {
  if (!isScalar(value)) throw new Error(`${JSON.stringify(value)} is not a text, number or boolean`);
  if (kind === "re") return regexPattern(String(value), flags);
  if (kind === "cidr") return cidrPattern(String(value));
  if (isComparison(kind)) return comparison(kind, value);
  return scalarPattern(value, placement, cased);
}

function isComparison(kind: FieldKey["kind"]): kind is Comparison {
  return kind === "lt" || kind === "lte" || kind === "gt" || kind === "gte";
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

function referenceTest(field: Field, { placement, cased }: FieldKey, value: unknown): ValueTest {
  if (typeof value !== "string") throw new Error("fieldref wants the name of a field");
  const other = knownField(value);
  const read = cased ? exactText : plainText;
  const accepts = (facts: Facts, found: Json) => {
    const text = read(found);
    return text !== undefined && other.some(facts, (wanted) => isPlacedIn(text, read(wanted), placement));
  };
  return { holds: (facts) => field.some(facts, (found) => accepts(facts, found)), accepts };
}

function isPlacedIn(text: string, part: string | undefined, placement: Placement): boolean {
  if (part === undefined) return false;
  if (placement === "contains") return text.includes(part);
  if (placement === "startswith") return text.startsWith(part);
  return placement === "endswith" ? text.endsWith(part) : text === part;
}

function existsTest(field: Field, key: string, wanted: () => string, values: readonly unknown[]): FieldTest {
  const [value] = values;
  if (values.length !== 1 || typeof value !== "boolean") throw new Error(`${key} wants true or false`);
  const there = (facts: Facts) => field.some(facts, () => true);
  return {
    field: field.path,
    wanted,
    holds: (facts) => there(facts) === value,
    alone: true,
    witness: (facts) => witnessOf(field, facts, () => true),
  };
}

function literalsOf(values: readonly unknown[]): readonly string[] | undefined {
  const literals = values.map((value) => (isScalar(value) ? literalOf(String(value)) : undefined));
  return literals.every((literal) => literal !== undefined) ? literals : undefined;
}

/** A list of plain texts is one look-up, however long the list is. */
function literalTest(field: Field, literals: readonly string[]): ValueTest {
  const set = new Set(literals);
  const test: Predicate = (value) => {
    const text = plainText(value);
    return text !== undefined && set.has(text);
  };
  return { holds: (facts) => field.some(facts, test), accepts: (_facts, found) => test(found) };
}

/** One of several patterns: the text is brought into one case once, however many they are. */
function textTest(field: Field, { placement, cased }: FieldKey, values: readonly Scalar[]): ValueTest {
  const patterns = values.map((value) => wildcard(String(value), placement, cased));
  const read = cased ? exactText : plainText;
  const test: Predicate = (value) => {
    const text = read(value);
    return text !== undefined && patterns.some((fits) => fits(text));
  };
  return { holds: (facts) => field.some(facts, test), accepts: (_facts, found) => test(found) };
}

function joinTests(tests: readonly ValueTest[], every: boolean): (facts: Facts) => boolean {
  return every
    ? (facts) => tests.every((test) => test.holds(facts))
    : (facts) => tests.some((test) => test.holds(facts));
}

/** Texts that occur anywhere in the record: one of them, or every one. @throws Error for a value that is no text. */
export function keywordTest(words: readonly unknown[], every: boolean): FieldTest {
  const tests = words.map((word) => {
    if (!isScalar(word)) throw new Error(`${JSON.stringify(word)} is not a text, number or boolean`);
    return scalarPattern(word, "contains");
  });
  const find = (test: Predicate, facts: Facts) => {
    for (const [, value] of scalarsOf(facts.record.json)) if (test(value)) return String(value);
    return undefined;
  };
  const found = (facts: Facts) => tests.map((test) => find(test, facts));
  return {
    field: "any field",
    alone: false,
    wanted: () => `contains ${words.map(String).join(every ? " and " : " or ")}`,
    holds: (facts) =>
      every
        ? tests.every((test) => find(test, facts) !== undefined)
        : tests.some((test) => find(test, facts) !== undefined),
    witness: (facts) => found(facts).find((value) => value !== undefined) ?? "absent",
  };
}

function witnessOf(field: Field, facts: Facts, accepts: (value: Json) => boolean): string {
  const values = valuesOf(field, facts);
  const value = values.find(accepts) ?? values[0];
  if (value === undefined) return "absent";
  return typeof value === "object" ? (Array.isArray(value) ? "a list" : "an object") : String(value);
}
