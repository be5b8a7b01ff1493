/**
 * Modifiers: what stands behind the `|` of a rule's field, checked and brought into one form.
 * Pure. Source: Sigma specification 2.1, appendix "Modifiers".
 */
import type { Placement } from "./pattern.ts";

/** How one value of a rule is compared with one of a record. */
export type Kind = "text" | "re" | "cidr" | "exists" | "fieldref" | Comparison;
export type Comparison = "lt" | "lte" | "gt" | "gte";

/** `userName|contains|all` in one form. */
export interface FieldKey {
  /** The path before the first `|`; empty for keywords (`|all`). */
  readonly path: string;
  readonly kind: Kind;
  readonly placement: Placement;
  /** All values have to match, not one of them. */
  readonly every: boolean;
  /** Letter case counts. */
  readonly cased: boolean;
  /** The test is turned around. */
  readonly not: boolean;
  /** Of a regular expression: `i`, `m`, `s`. */
  readonly flags: string;
  /** `%name%` stands for a list of the configuration. */
  readonly expand: boolean;
}

const KINDS = ["re", "cidr", "exists", "fieldref", "lt", "lte", "gt", "gte"] as const;
const PLACEMENTS = ["contains", "startswith", "endswith"] as const;
/** Of a regular expression. */
export const FLAGS = ["i", "m", "s"] as const;
/** All that is known, for messages. */
export const MODIFIERS: readonly string[] = [...PLACEMENTS, "all", "cased", "neq", ...KINDS, ...FLAGS, "expand"];

/** Sigma's, and of no use here: the reason is told to whoever writes one. */
const NOT_HERE: readonly (readonly [RegExp, string])[] = [
  [/^windash$/, "is for Windows command lines; CloudTrail has none"],
  [/^(wide|utf16|base64)/, "looks for encoded text inside a value; CloudTrail writes values as they are"],
];

/**
 * `"userName|contains|all"` → `{ path: "userName", kind: "text", placement: "contains", every: true, … }`
 *
 * @throws Error saying which modifier is wrong, or which do not go together.
 */
export function fieldKeyOf(key: string): FieldKey {
  if (!key.includes("|")) return bareKey(key);
  const [path = "", ...words] = key.split("|");
  for (const word of words) {
    const reason = NOT_HERE.find(([pattern]) => pattern.test(word))?.[1];
    if (reason !== undefined) throw new Error(`modifier "${word}" ${reason}`);
    if (!MODIFIERS.includes(word)) throw new Error(`modifier "${word}" is not one of ${MODIFIERS.join(", ")}`);
  }
  const kinds = KINDS.filter((kind) => words.includes(kind));
  const placements = PLACEMENTS.filter((placement) => words.includes(placement));
  const flags = FLAGS.filter((flag) => words.includes(flag));
  const [kind = "text"] = kinds;
  const [placement = "equals"] = placements;
  const has = (word: string): boolean => words.includes(word);
  const isText = kind === "text" || kind === "fieldref";
  const fits =
    new Set(words).size === words.length &&
    kinds.length <= 1 &&
    placements.length <= 1 &&
    (placements.length === 0 || isText) &&
    (flags.length === 0 || kind === "re") &&
    (!has("cased") || isText) &&
    (!has("expand") || kind === "text" || kind === "cidr") &&
    (kind !== "exists" || words.length === 1);
  if (!fits) throw new Error(`modifiers ${words.join(", ")} do not go together`);
  return {
    path,
    kind,
    placement,
    every: has("all"),
    cased: has("cased"),
    not: has("neq"),
    flags: flags.join(""),
    expand: has("expand"),
  };
}

/** Most keys are nothing but a path. */
function bareKey(path: string): FieldKey {
  return { path, kind: "text", placement: "equals", every: false, cased: false, not: false, flags: "", expand: false };
}

/** Lists that `%name%` stands for, by name. */
export type Placeholders = Readonly<Record<string, readonly string[]>>;

/** Most values that one value with placeholders becomes. */
const MOST_VALUES = 1_000;

/**
 * `expanded("arn:%partitions%:iam", { partitions: ["aws", "aws-cn"] })` → `["arn:aws:iam", "arn:aws-cn:iam"]`
 *
 * @throws Error naming the placeholder that nothing is configured for.
 */
export function expanded(value: string, placeholders: Placeholders): readonly string[] {
  const parts = value.split(/%([A-Za-z0-9_.-]+)%/);
  let made = [parts[0] ?? ""];
  for (let at = 1; at < parts.length; at += 2) {
    const name = parts[at] ?? "";
    const values = Object.hasOwn(placeholders, name) ? placeholders[name] : undefined;
    if (values === undefined)
      throw new Error(`placeholder %${name}% has no values: write placeholders.${name} in the config`);
    made = made.flatMap((text) => values.map((one) => `${text}${escapedPattern(one)}${parts[at + 1] ?? ""}`));
    if (made.length > MOST_VALUES) throw new Error(`placeholders make more than ${MOST_VALUES} values of "${value}"`);
  }
  return made;
}

/** A configured value is meant as it stands, but for the wildcards that somebody put there: `*` and `?` stay. */
function escapedPattern(value: string): string {
  return value.replace(/\\/g, "\\\\");
}
