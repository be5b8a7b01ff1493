/**
 * Windows: what a window has to come to before it is worth reading, and what its members say to that.
 * Pure. A need only asks for what the check asks for as well: it spares reading, it decides nothing.
 */
import type { Check } from "./correlation.ts";
import type { Scoring } from "./score.ts";
import { basesOf } from "./sequence.ts";
import type { Need, Part, Signs, WindowMember } from "./state.ts";

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

/** What a member says to a check, by the kinds that `needOf` counts. */
export function signsOf(check: Check, { values, sighting }: Pick<WindowMember, "values" | "sighting">): Signs {
  switch (check.kind) {
    case "count":
      return values.slice(0, check.distinct.length);
    case "sequence":
      return [basesOf({ values })];
    case "score": {
      const { points, spread } = check.scoring;
      const bases = basesOf({ values });
      const calls = [...points.keys()].map((base) => (bases.includes(base) ? sighting.action : ""));
      return [...calls, ...values.slice(1, 1 + spread.length)];
    }
    case "new":
      return [];
  }
}
