/**
 * Scores: many small signs of one principal, added up. What somebody does with his hands is told apart from a workload that
 * fails at the same call over and over: a repeated call counts once.
 * Pure. Weights halve with age, so that signs of hours ago do not add up with those of now.
 */
import type { Field } from "./field.ts";
import { type Evidence, LEVELS, type Level } from "./finding.ts";
import { basesOf } from "./sequence.ts";
import type { WindowMember } from "./state.ts";

export interface Scoring {
  /** Points for each distinct action that a rule matched, by the rule's name. */
  readonly points: ReadonlyMap<string, number>;
  /** Points for each distinct value of a field but the first. */
  readonly spread: readonly { readonly field: Field; readonly points: number }[];
  /** The least score of a level; at least one. */
  readonly levels: readonly { readonly level: Level; readonly least: number }[];
  readonly halfLifeMs: number;
}

export interface Scored {
  readonly level: Level;
  readonly score: number;
  readonly evidence: readonly Evidence[];
}

/** @returns undefined when the window reaches no level. */
export function scoreOf(name: string, scoring: Scoring, window: readonly WindowMember[]): Scored | undefined {
  const newest = Math.max(...window.map(({ at }) => at));
  const parts = [...actionParts(scoring, window, newest), ...spreadParts(scoring, window)];
  const score = Math.floor(parts.reduce((sum, { points }) => sum + points, 0));
  const reached = scoring.levels
    .filter(({ least }) => score >= least)
    .toSorted((a, b) => LEVELS.indexOf(b.level) - LEVELS.indexOf(a.level))[0];
  if (reached === undefined) return undefined;
  const worth = parts.filter(({ points }) => points >= 1).toSorted((a, b) => b.points - a.points);
  return {
    level: reached.level,
    score,
    evidence: [
      { selection: name, field: "score", value: `${score} (${reached.level} from ${reached.least})` },
      ...worth.map(({ what, points, said }) => ({
        selection: name,
        field: what,
        value: `${Math.floor(points)} points: ${said}`,
      })),
    ],
  };
}

/** Whether the window would reach a level if all of it were of this moment: no part of it can reach more. */
export function canScore({ points, spread, levels }: Scoring, window: readonly WindowMember[]): boolean {
  const actions = new Map<string, Set<string>>();
  for (const member of window)
    for (const base of basesOf(member)) {
      const seen = actions.get(base) ?? new Set();
      actions.set(base, seen.add(member.sighting.action));
    }
  let most = 0;
  for (const [base, seen] of actions) most += seen.size * (points.get(base) ?? 0);
  for (const { points: each } of spreadParts({ spread }, window)) most += each;
  return levels.some(({ least }) => most >= least);
}

interface Part {
  readonly what: string;
  readonly points: number;
  readonly said: string;
}

/** Each action of a rule once, with the weight of its newest record. */
function actionParts(
  { points, halfLifeMs }: Scoring,
  window: readonly WindowMember[],
  newest: number,
): readonly Part[] {
  const seen = new Map<string, Map<string, number>>();
  for (const member of window)
    for (const base of basesOf(member)) {
      const actions = seen.get(base) ?? new Map<string, number>();
      seen.set(base, actions);
      const { action } = member.sighting;
      actions.set(action, Math.max(actions.get(action) ?? 0, 2 ** ((member.at - newest) / halfLifeMs)));
    }
  return [...seen].map(([base, actions]) => {
    const weight = [...actions.values()].reduce((sum, one) => sum + one, 0);
    return {
      what: base,
      points: weight * (points.get(base) ?? 0),
      said: counted([...actions.keys()], "distinct call"),
    };
  });
}

function spreadParts({ spread }: Pick<Scoring, "spread">, window: readonly WindowMember[]): readonly Part[] {
  return spread.map(({ field, points }, at) => {
    const values = [...new Set(window.map(({ values: own }) => own[at + 1] ?? ""))].filter((value) => value !== "");
    return { what: field.path, points: Math.max(0, values.length - 1) * points, said: counted(values, "value") };
  });
}

/** `8 distinct calls, such as iam:ListUsers, s3:ListBuckets` */
function counted(values: readonly string[], noun: string): string {
  return `${values.length} ${noun}${values.length === 1 ? "" : "s"}, such as ${values.slice(0, 3).join(", ")}`;
}
