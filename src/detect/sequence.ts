/**
 * Sequences: whether a window holds a record of each rule, and in which order.
 * Pure. CloudTrail tells seconds: records of the same second may have come in any order.
 */

import { memoOf } from "../cloudtrail/memo.ts";
import type { Evidence } from "./finding.ts";
import type { WindowMember } from "./state.ts";

/** Windows are written and read again with every record, and few lists are in them. */
const KNOWN = memoOf<string, readonly string[]>(1_000);
const TEXTS = memoOf<string, string>(1_000);

/** As a member keeps them: a JSON list, in the order of their names. */
export function basesText(bases: readonly string[]): string {
  const key = bases.length === 1 ? (bases[0] ?? "") : bases.join("\n");
  const known = TEXTS.get(key);
  if (known !== undefined) return known;
  const text = JSON.stringify([...bases].sort());
  TEXTS.add(key, text);
  return text;
}

/** The rules that a member matched: its first value, a JSON list. */
export function basesOf({ values }: Pick<WindowMember, "values">): readonly string[] {
  const text = values[0] ?? "[]";
  const known = KNOWN.get(text);
  if (known !== undefined) return known;
  const parsed: unknown = JSON.parse(text);
  const bases = Array.isArray(parsed) ? parsed.map(String) : [];
  KNOWN.add(text, bases);
  return bases;
}

export function isSequence(bases: readonly string[], ordered: boolean, window: readonly WindowMember[]): boolean {
  return stepsIn(bases, ordered, window) !== undefined;
}

/** The member that each rule is found in; undefined when one is missing, or out of order. */
function stepsIn(
  bases: readonly string[],
  ordered: boolean,
  window: readonly WindowMember[],
): readonly WindowMember[] | undefined {
  const steps: WindowMember[] = [];
  const matched = window.map((member) => ({ member, bases: basesOf(member) }));
  let reached = Number.NEGATIVE_INFINITY;
  for (const base of bases) {
    const step = matched.find(
      ({ member, bases: own }) => own.includes(base) && !isUsed(steps, member) && (!ordered || member.at >= reached),
    );
    if (step === undefined) return undefined;
    steps.push(step.member);
    reached = step.member.at;
  }
  return steps;
}

/** A record is one step, even if it is there several times. */
function isUsed(steps: readonly WindowMember[], { sighting }: WindowMember): boolean {
  return steps.some((step) => step.sighting.eventID === sighting.eventID);
}

/** One line a step: `iam:CreateUser at 10:02:03`. */
export function stepsEvidence(
  selection: string,
  bases: readonly string[],
  ordered: boolean,
  window: readonly WindowMember[],
): readonly Evidence[] {
  const steps = stepsIn(bases, ordered, window) ?? [];
  return bases.map((field, i) => {
    const { action = "", time = "" } = steps[i]?.sighting ?? {};
    return { selection, field, value: `${action} at ${time.slice(11, 19)}` };
  });
}
