/**
 * Windows: what a hit adds to the window of its correlation, and what the window has to come to before it is worth reading.
 * Pure. A need only asks for what the check asks for as well: it spares reading, it decides nothing.
 */
import { type Check, type Hit, keyOf } from "./correlation.ts";
import type { Facts } from "./facts.ts";
import { type Field, firstText } from "./field.ts";
import { type Scoring, scoreValues } from "./score.ts";
import type { Need, Part, WindowAdd } from "./state.ts";

/** Checks that keep a window. */
type WindowCheck = Exclude<Check, { kind: "new" }>;

/** Sums of fractions depend on their order: a need must never ask for more than its check does. */
const ROUNDING = 1e-6;

/**
 * What has to be there for a check to hold.
 *
 * Two rules one after the other → `{ members: 2, sums: [{ least: 2, parts: [{ kind: 0, points: 1, free: 0 }] }] }`
 */
export function needOf(check: Check): Need {
  switch (check.kind) {
    case "count": {
      const { leastEvents, distinct } = check;
      const sums = distinct.map(({ least }, kind) => ({ least, parts: [{ kind, points: 1, free: 0 }] }));
      return { members: Math.max(leastEvents, ...distinct.map(({ least }) => least)), sums };
    }
    case "sequence": {
      const least = new Set(check.bases).size;
      return { members: check.bases.length, sums: [{ least, parts: [{ kind: 0, points: 1, free: 0 }] }] };
    }
    case "score":
      return { members: 1, sums: [{ least: leastScore(check.scoring) - ROUNDING, parts: scoreParts(check.scoring) }] };
    case "new":
      return { members: 1, sums: [] };
  }
}

function leastScore({ levels }: Scoring): number {
  return Math.min(...levels.map(({ least }) => least));
}

/** A kind for each rule, then one for each field of the spread, whose first value gives nothing. */
function scoreParts({ points, spread }: Scoring): readonly Part[] {
  const rules = [...points.values()].map((each, kind) => ({ kind, points: each, free: 0 }));
  return [...rules, ...spread.map(({ points: each }, at) => ({ kind: points.size + at, points: each, free: 1 }))];
}

/**
 * What a hit adds to a correlation's window. The last of the member's values is the record's outcome, so that whether a window
 * failed as a whole does not depend on which record completed it.
 *
 * @returns undefined for a correlation that keeps no window.
 */
export function windowAddOf(hit: Hit): WindowAdd | undefined {
  const { check, windowMs, need } = hit.correlation;
  if (check.kind === "new") return undefined;
  const { values, signs } = saidOf(check, hit);
  const { at, outcome, sighting } = hit.facts.seen();
  const member = { at, sighting, values: [...values, outcome] };
  return { key: keyOf(hit), windowMs, member, need, signs };
}

/** What a record says to a check: values to compare, and signs of the kinds that `needOf` counts. */
function saidOf(check: WindowCheck, { facts, bases }: Hit): Pick<WindowAdd, "signs"> & { values: readonly string[] } {
  switch (check.kind) {
    case "count": {
      const values = check.distinct.map((one) => textOf(one, facts));
      return { values, signs: values.map(signsOf) };
    }
    case "sequence":
      return { values: scoreValues(bases, []), signs: [bases] };
    case "score": {
      const { points, spread } = check.scoring;
      const values = spread.map((one) => textOf(one, facts));
      const { action } = facts.seen().sighting;
      const calls = [...points.keys()].map((base) => (bases.includes(base) ? [action] : []));
      return { values: scoreValues(bases, values), signs: [...calls, ...values.map(signsOf)] };
    }
  }
}

/** An absent value is a sign of nothing. */
function signsOf(value: string): readonly string[] {
  return value === "" ? [] : [value];
}

function textOf({ field }: { readonly field: Field }, facts: Facts): string {
  return firstText(field, facts) ?? "";
}
