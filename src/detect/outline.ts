/**
 * Outlines: a detection taken apart into the lines of its selections and the tree of its condition, before a line becomes a test.
 * Pure, and JSON: the build keeps the outlines of the bundled rules.
 * Source: Sigma specification 2.1, "Detection" and "Condition".
 */
import { type Condition, parseCondition, selectionsOf } from "./condition.ts";
import { isScalar } from "./matcher.ts";
import { FLAGS } from "./modifier.ts";
import { compileRegex } from "./pattern.ts";

/** `eventName|contains: [User, Role]` → `["eventName|contains", ["User", "Role"]]`; a keyword's key is empty. */
export type Line = readonly [key: string, raw: unknown];

/** Alternatives of which one has to hold; of each all lines. */
export interface SelectionOutline {
  readonly name: string;
  readonly alternatives: readonly (readonly Line[])[];
  /** Whether it was written as a list of alternatives. */
  readonly isList: boolean;
}

export interface Outline {
  readonly condition: Condition;
  readonly selections: readonly SelectionOutline[];
}

/** Says what is wrong at a path below the detection, e.g. `["own", "userName|contians"]`. */
export type Complain = (path: readonly (string | number)[], what: string) => void;

/**
 * `outlineOf({ own: { "ids.actor_is_target": true }, condition: ["own"] }, complain)` → one selection with one line
 *
 * Whatever is wrong is complained about and left out, so that all problems of a rule are found at once.
 */
export function outlineOf(
  detection: { readonly condition: readonly string[]; readonly [name: string]: unknown },
  complain: Complain,
): Outline {
  const { condition: texts, ...raw } = detection;
  const selections = Object.entries(raw).map(([name, value]) => selectionIn(name, value, complain));
  const names = Object.keys(raw);
  const parsed = texts.flatMap((text) => {
    try {
      return [parseCondition(text, names)];
    } catch (error) {
      complain(["condition"], error instanceof Error ? error.message : String(error));
      return [];
    }
  });
  const [only] = parsed;
  // Several conditions are several rules in one: any of them will do.
  const condition: Condition = parsed.length === 1 && only !== undefined ? only : { kind: "or", of: parsed };
  const used = parsed.length === texts.length ? selectionsOf(condition) : names;
  for (const name of names) if (!used.includes(name)) complain([name], "is not used by the condition");
  return { condition, selections };
}

function selectionIn(name: string, raw: unknown, complain: Complain): SelectionOutline {
  if (!Array.isArray(raw)) return { name, alternatives: [linesIn(raw, [name], complain)], isList: false };
  if (raw.length === 0) complain([name], "is an empty list");
  const alternatives = raw.every(isScalar)
    ? raw.map((word): readonly Line[] => [["", word]])
    : raw.map((map, at) => linesIn(map, [name, at], complain));
  return { name, alternatives, isList: true };
}

function linesIn(raw: unknown, path: readonly (string | number)[], complain: Complain): readonly Line[] {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw) || Object.keys(raw).length === 0) {
    complain(path, "is not a map of fields to values, a list of such maps, or a list of texts");
    return [];
  }
  const lines = Object.entries(raw);
  for (const line of lines) checkRegexes(line, path, complain);
  return lines;
}

/** A test compiles its regular expressions only when a record needs them: here it is told which of them re2js refuses. */
function checkRegexes([key, raw]: Line, path: readonly (string | number)[], complain: Complain): void {
  const words = key.split("|").slice(1);
  if (!words.includes("re")) return;
  const flags = FLAGS.filter((flag) => words.includes(flag)).join("");
  try {
    for (const source of [raw].flat().filter(isScalar)) compileRegex(String(source), flags);
  } catch (error) {
    complain([...path, key], error instanceof Error ? error.message : String(error));
  }
}
