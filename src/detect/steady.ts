/**
 * Steadiness: whether records come like clockwork, a program that tries the same again and again, or as a person makes them.
 * Pure. More records never undo it: what comes in between is passed over, so that the order of arrival does not matter.
 */
import type { Evidence } from "./finding.ts";
import type { WindowMember } from "./state.ts";

/** Records one after the other, each the same time after the one before. */
export interface Steady {
  readonly count: number;
  /** How many different times there are in all. */
  readonly among: number;
  readonly intervalMs: number;
}

/** Shorter ones are the pauses of a program that retries. */
export const SHORTEST_MS = 60_000;
const LONGEST_MS = 24 * 3600_000;

/** How far a gap may be from the interval that is tried: clocks tell seconds, and jobs start when there is room for them. */
const slackOf = (intervalMs: number): number => 0.03 * intervalMs + 2_000;
/** From one interval that is tried to the next: whatever is within 2 % and 2 s of its own interval is within the slack of one of them. */
const STEP = 1.019;
const INTERVALS: readonly number[] = Array.from(
  { length: 1 + Math.ceil(Math.log(LONGEST_MS / SHORTEST_MS) / Math.log(STEP)) },
  (_, at) => SHORTEST_MS * STEP ** at,
);

/** Fewer say nothing, in the evidence of a score. */
const TELLING = 5;
const MOST_TOLD = 3;

/** Whether so many of the members follow each other at one interval. */
export function isSteady(window: readonly WindowMember[], least: number): boolean {
  const times = timesOf(window);
  return INTERVALS.some((interval) => canHold(times, interval, least) && longestAt(times, interval).count >= least);
}

/**
 * The longest chain of so many and more members at one interval; of equally long ones that of the shortest interval.
 *
 * Twelve records five minutes apart, one in between → `{ count: 12, among: 13, intervalMs: 300000 }`
 *
 * @param window oldest first.
 */
export function steadyIn(window: readonly WindowMember[], least: number): Steady | undefined {
  const times = timesOf(window);
  let longest: Chain | undefined;
  for (const interval of INTERVALS) {
    const wanted = longest === undefined ? least : longest.count + 1;
    if (!canHold(times, interval, wanted)) break;
    const chain = longestAt(times, interval);
    if (chain.count >= wanted) longest = chain;
  }
  if (longest === undefined) return undefined;
  const { count, from, to } = longest;
  return { count, among: times.length, intervalMs: (to - from) / (count - 1) };
}

/** `"12 of 13 times, every 5 minutes"` */
export function steadyText({ count, among, intervalMs }: Steady): string {
  return `${count === among ? count : `${count} of ${among}`} times, every ${intervalText(intervalMs)}`;
}

/** One line for each action that mostly comes at an interval: it is the work of a program, whatever else is done meanwhile. */
export function steadyActions(selection: string, window: readonly WindowMember[]): readonly Evidence[] {
  const byAction = new Map<string, WindowMember[]>();
  for (const member of window) {
    const { action } = member.sighting;
    const own = byAction.get(action) ?? [];
    byAction.set(action, own);
    own.push(member);
  }
  const told = [...byAction].flatMap(([action, members]) => {
    const steady = steadyIn(members, TELLING);
    if (steady === undefined || steady.count * 2 < steady.among) return [];
    return [{ selection, field: "steady", value: `${steadyText(steady)}: ${action}` }];
  });
  return told.slice(0, MOST_TOLD);
}

/** Records of one second count as one. */
function timesOf(window: readonly WindowMember[]): readonly number[] {
  return [...new Set(window.map(({ at }) => at))];
}

/** Whether there are so many, and they would fit at this interval between the first and the last of them. */
function canHold(times: readonly number[], interval: number, count: number): boolean {
  const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
  return times.length >= count && (count - 1) * (interval - slackOf(interval)) <= span;
}

interface Chain {
  readonly count: number;
  readonly from: number;
  readonly to: number;
}

/** The longest chain of times whose gaps are about `interval`: one pass, however many chains there are. */
function longestAt(times: readonly number[], interval: number): Chain {
  const slack = slackOf(interval);
  let longest: Chain = { count: 0, from: 0, to: 0 };
  /** Of each time the longest chain that ends there. */
  const chains: Chain[] = [];
  /** Chains that the next one may follow, in the order of time: one that is shorter than a later one is followed no more. */
  const open: Chain[] = [];
  let [first, next] = [0, 0];
  for (const to of times) {
    for (let one = chains[next]; one !== undefined && one.to <= to - interval + slack; one = chains[++next]) {
      while (open.length > first && (open.at(-1)?.count ?? 0) <= one.count) open.pop();
      open.push(one);
    }
    while ((open[first]?.to ?? to) < to - interval - slack) first++;
    const before = open[first];
    const chain = { count: (before?.count ?? 0) + 1, from: before?.from ?? to, to };
    chains.push(chain);
    if (chain.count > longest.count) longest = chain;
  }
  return longest;
}

/** `300_000` → `"5 minutes"`, `5_400_000` → `"90 minutes"`, `10_800_000` → `"3 hours"` */
function intervalText(ms: number): string {
  const [unit, size] = ms < 100_000 ? ["seconds", 1000] : ms < 7_000_000 ? ["minutes", 60_000] : ["hours", 3600_000];
  return `${Math.round((ms / size) * 10) / 10} ${unit}`;
}
