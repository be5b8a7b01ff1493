/**
 * Mutated records: recorded calls, and those of the rules' cases, each changed in a few places as a stranger might.
 * Deterministic: a seed gives the same records. What fails is shrunk to the fewest changes that still fail.
 */
import fc from "fast-check";
import { memoryState } from "../src/adapters/memory-state.ts";
import { bundledRules, loadCases, loadRules } from "../src/adapters/rulefolder.ts";
import type { Json } from "../src/cloudtrail/json.ts";
import { type CloudTrailRecord, parseRecord, RecordError } from "../src/cloudtrail/record.ts";
import { makeDetector } from "../src/detect/detector.ts";
import { type CompiledRules, RULE_FAILED } from "../src/detect/rules.ts";

export interface Mutated {
  /** Records that the detector was fed. */
  readonly fed: number;
  /** Values that were no records any more. */
  readonly refused: number;
  readonly findings: number;
}

/** One change: of the value that stands at place `at`, counted round and round. */
interface Change {
  readonly at: number;
  readonly how: (typeof WAYS)[number];
  readonly value: Json;
}

const HUGE = 64 * 1024;
const DEEPEST = 80;
/** Own keys and values that break what takes them for granted. */
const ODD_KEYS = ["__proto__", "constructor", "toString", "", "a.b", "length", "0", "\ud800"];
const ODD_VALUES: readonly Json[] = [
  ...[
    null,
    true,
    0,
    -1,
    1e308,
    2 ** 53,
    "",
    " ",
    "0",
    "true",
    "*",
    "[]",
    "{",
    "arn:",
    "arn:aws:iam::",
    "0.0.0.0/0",
    "::",
  ],
  ...["\ud800", "\udc00x", "\u0000", "\u202e", "a\u0301", "%", "%ZZ", "%7B%22", "(((", "1e999", "2026-13-99T99:99:99Z"],
  ...[
    '{"Statement":[{"Effect":"Allow"}]}',
    '{"Statement":{"Action":[[]],"Principal":{"AWS":[null]}}}',
    '{"__proto__":1}',
  ],
  ...[[], {}, [[]], [null], [{}], { items: [] }, { items: [null] }, { AWS: { AWS: "*" } }],
];

/** What becomes of a value. */
const BECOMES = {
  replace: (_: Json, value: Json): Json => value,
  list: (old: Json, value: Json): Json => [value, old, old],
  inside: (old: Json, value: Json): Json => ({ items: [{ member: old, value }] }),
  text: (old: Json): Json => (typeof old === "string" ? Number(old) || 7 : JSON.stringify(old)),
  surrogate: (old: Json): Json => `${typeof old === "string" ? old : JSON.stringify(old)}\ud83d`,
  deep: (old: Json, value: Json): Json => nested(old, typeof value === "number" ? Math.abs(value) % DEEPEST : DEEPEST),
  huge: (old: Json): Json => `${typeof old === "string" ? old : "{"}`.padEnd(HUGE, "a*{[% "),
  wide: (old: Json): Json => Array.from({ length: 300 }, () => old),
} as const;

function nested(value: Json, depth: number): Json {
  let made = value;
  for (let level = 0; level < depth; level++) made = level % 2 === 0 ? [made] : { a: made };
  return made;
}

/** Likelier ones twice; what is long or deep comes seldom: it costs most, and each way of being so is met thousands of times. */
const WAYS = [
  ...([
    "replace",
    "replace",
    "replace",
    "delete",
    "delete",
    "key",
    "key",
    "list",
    "inside",
    "text",
    "surrogate",
  ] as const),
  ...(["replace", "delete", "key", "list", "inside", "text", "surrogate", "deep", "wide", "huge"] as const),
] as const;

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(999),
  how: fc.constantFrom(...WAYS),
  value: fc.oneof(fc.constantFrom(...ODD_VALUES), fc.constantFrom(...ODD_KEYS), fc.nat(1e6)),
});

/** A place in a record that something stands in. */
interface Slot {
  readonly holder: object;
  readonly key: string;
}

const slotsIn = (holder: unknown): readonly Slot[] =>
  typeof holder === "object" && holder !== null
    ? Object.entries(holder).flatMap(([key, value]) => [{ holder, key }, ...slotsIn(value)])
    : [];

/** Own, whatever the key: `__proto__` as JSON.parse makes it, not the prototype. */
function put(holder: object, key: string, value: Json): void {
  Object.defineProperty(holder, key, { value, configurable: true, enumerable: true, writable: true });
}

/** The record of a JSON text with the changes made, those inside of what an earlier one took away without effect. */
function mutated(text: string, changes: readonly Change[]): unknown {
  const record: unknown = JSON.parse(text);
  const slots = slotsIn(record);
  for (const { at, how, value } of changes) {
    const slot = slots[at % slots.length];
    if (slot === undefined) continue;
    const { holder, key } = slot;
    if (how === "delete") Reflect.deleteProperty(holder, key);
    // A list has no keys of its own in JSON.
    else if (how === "key" && !Array.isArray(holder)) put(holder, ODD_KEYS[at % ODD_KEYS.length] ?? "", value);
    else if (how !== "key") put(holder, key, BECOMES[how](jsonAt(holder, key), value));
  }
  return record;
}

/** What the slot holds; null for what an earlier change took away. */
function jsonAt(holder: object, key: string): Json {
  const value: Json | undefined = Reflect.get(holder, key);
  return value ?? null;
}

/** Records of the pack, as texts: they are what its rules are about, so that a change meets a rule. */
async function textsOf(rules: CompiledRules): Promise<readonly string[]> {
  const cases = await loadCases([bundledRules()], rules);
  return [...new Set(cases.flatMap(({ records }) => records.slice(0, 2).map(({ json }) => JSON.stringify(json))))];
}

/** @returns undefined for a value that is refused as no record. */
function opened(value: unknown): CloudTrailRecord | undefined {
  try {
    return parseRecord(value);
  } catch (error) {
    if (error instanceof RecordError) return undefined;
    throw error;
  }
}

/**
 * Feeds mutated records to the bundled rules, or to those that are to be tried.
 *
 * @throws Error with the changes when a record makes the detector throw or a rule fail.
 */
export async function mutate(runs: number, seed: number, tried?: CompiledRules): Promise<Mutated> {
  const bundled = await loadRules([bundledRules()]);
  const texts = await textsOf(bundled);
  const rules = tried ?? bundled;
  const detector = makeDetector(rules, memoryState(), { accounts: [{ id: "111122223333", regions: ["us-east-1"] }] });
  let [fed, refused, found] = [0, 0, 0];
  await fc.assert(
    fc.asyncProperty(
      fc.nat(texts.length - 1),
      fc.array(change, { minLength: 1, maxLength: 4 }),
      async (at, changes) => {
        const record = opened(mutated(texts[at] ?? "", changes));
        if (record === undefined) refused++;
        else {
          const findings = await detector.feed(record);
          fed++;
          found += findings.length;
          const failed = findings.find(({ rule }) => rule === RULE_FAILED);
          if (failed !== undefined) throw new Error(`rule failed: ${JSON.stringify(failed.evidence)}`);
        }
      },
    ),
    { numRuns: runs, seed },
  );
  return { fed, refused, findings: found };
}
