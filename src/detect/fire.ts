/**
 * Fire: whether the window of a record meets the condition of its correlation.
 * Pure. The outcome does not depend on the order of arrival: some window that holds the new record has to meet the condition.
 */
import type { Check, Correlation } from "./correlation.ts";
import { type Evidence, LEVELS, type Level } from "./finding.ts";
import type { Hit } from "./hit.ts";
import { canScore, scoreOf } from "./score.ts";
import { isSequence, stepsEvidence } from "./sequence.ts";
import type { WindowMember } from "./state.ts";
import { isSteady, steadyActions, steadyIn, steadyText } from "./steady.ts";

/** A window that meets the condition: its members, the triggering one last. */
export interface Fired {
  readonly members: readonly WindowMember[];
  readonly evidence: readonly Evidence[];
  /** Where the window says it: the level that a score reached. */
  readonly level?: Level;
}

type Trigger = Pick<Hit, "correlation" | "id" | "seen">;

/** Most members a finding names: the newest ones. */
export const MAX_NAMED = 100;

/** "failure" when every record of the window failed. */
export function windowOutcome(members: readonly WindowMember[]): "success" | "failure" {
  return members.every(({ values }) => values.at(-1) === "failure") ? "failure" : "success";
}

/**
 * Looks for windows of `windowMs` that hold the triggering record and meet the condition. All their members are named, so that in
 * the end the same ones are, in whatever order they came.
 *
 * @param members neighbours of the triggering record as the state gives them, oldest first.
 */
export function fire({ correlation, id, seen }: Trigger, members: readonly WindowMember[]): Fired | undefined {
  // Conditions only ask for more: what all neighbours together do not meet, no window of them does. Most records end here.
  const { name, check, windowMs } = correlation;
  if (check.kind === "score" ? !canScore(check.scoring, members) : !isMet(check, members)) return undefined;
  if (!members.some((member) => member.id === id)) return undefined;
  const { at, sighting } = seen;
  const starts: number[] = [];
  for (const [i, member] of members.entries()) if (member.at <= at && member.at >= at - windowMs) starts.push(i);
  const first = firstMet(correlation, starts, members);
  if (first === undefined) return undefined;
  // Both hold the record: together they are one stretch, and every window between them lies within it. Mostly nothing came later.
  const isAll = first.end === members.length;
  const last = isAll ? first : (firstMet(correlation, latestFirst(starts, windowMs, members), members) ?? first);
  const { start, end, level, evidence } = isHigher(last, first) ? last : first;
  const window = members.slice(start, end);
  return {
    members: namedOf(sighting.eventID, members.slice(first.start, last.end)),
    // What a program does at an interval is said beside the score itself: it changes how the rest is read.
    evidence: evidence?.toSpliced(1, 0, ...steadyActions(name, window)) ?? evidenceIn(name, check, windowMs, window),
    ...(level && { level }),
  };
}

/** A window that meets the condition, as a stretch of the members: `end` is behind it. Evidence and level: of a score. */
interface Met {
  readonly start: number;
  readonly end: number;
  readonly evidence?: readonly Evidence[];
  readonly level?: Level;
}

function firstMet(
  { name, check, windowMs }: Correlation,
  starts: readonly number[],
  members: readonly WindowMember[],
): Met | undefined {
  let missed: number | undefined;
  for (const start of starts) {
    const end = endOf(start, windowMs, members);
    // Of windows with one end the first to start holds all the others: what it does not meet, none of them does.
    if (end === missed) continue;
    const window = members.slice(start, end);
    if (check.kind === "score") {
      const scored = scoreOf(name, check.scoring, window);
      if (scored !== undefined) return { start, end, evidence: scored.evidence, level: scored.level };
    } else if (isMet(check, window)) return { start, end };
    missed = end;
  }
  return undefined;
}

/** Behind the last member of the window that starts there. */
function endOf(start: number, windowMs: number, members: readonly WindowMember[]): number {
  const until = (members[start]?.at ?? 0) + windowMs;
  return members.findLastIndex(({ at }) => at <= until) + 1;
}

/** Windows that end last come first, and of those with one end the longest. */
function latestFirst(starts: readonly number[], windowMs: number, members: readonly WindowMember[]): readonly number[] {
  const ends = new Map(starts.map((start) => [start, endOf(start, windowMs, members)]));
  return starts.toSorted((a, b) => (ends.get(b) ?? 0) - (ends.get(a) ?? 0) || a - b);
}

function isHigher({ level }: Met, other: Met): boolean {
  return level !== undefined && other.level !== undefined && LEVELS.indexOf(level) > LEVELS.indexOf(other.level);
}

/**
 * The members at which a correlation fires for those that count it: where the window that ends in the member's second meets the
 * condition. That is the same for every order of arrival. Of members beside the new one only those which it completes: of others
 * it was told before.
 */
export function completedBy({ correlation, id }: Trigger, members: readonly WindowMember[]): readonly WindowMember[] {
  const own = members.find((member) => member.id === id);
  if (own === undefined) return [];
  const { windowMs } = correlation;
  const completed: WindowMember[] = [];
  let [from, to] = [0, members.indexOf(own)];
  while (to < members.length) {
    const time = members[to]?.at ?? 0;
    if (time > own.at + windowMs) break;
    const first = members.findIndex(({ at }) => at === time);
    while (to < members.length && members[to]?.at === time) to++;
    while ((members[from]?.at ?? time) < time - windowMs) from++;
    const window = members.slice(from, to);
    if (!isWhole(correlation, window)) continue;
    // Alone in its second, it is told whether or not others were.
    if (time === own.at && to - first === 1) {
      completed.push(own);
      continue;
    }
    const isTold = isWhole(
      correlation,
      window.filter((member) => member !== own),
    );
    if (!isTold) completed.push(...members.slice(first, to));
    else if (time === own.at) completed.push(own);
  }
  return completed;
}

function isWhole({ name, check, onFailure }: Correlation, window: readonly WindowMember[]): boolean {
  if (window.length === 0) return false;
  const holds = check.kind === "score" ? scoreOf(name, check.scoring, window) !== undefined : isMet(check, window);
  return holds && !(onFailure === "ignore" && windowOutcome(window) === "failure");
}

function isMet(check: Check, window: readonly WindowMember[]): boolean {
  switch (check.kind) {
    case "count":
      if (!hasRecords(window, check.leastEvents)) return false;
      if (!check.distinct.every(({ least }, at) => hasDistinct(window, at, least))) return false;
      return check.steady === undefined || isSteady(window, check.steady);
    case "sequence":
      return isSequence(check.bases, check.ordered, window);
    default:
      return false;
  }
}

function hasRecords(window: readonly WindowMember[], least: number): boolean {
  return window.length >= least && (least <= 1 || recordsIn(window) >= least);
}

/** A record may be there several times, over several correlations that fired at it; it counts once. */
function recordsIn(window: readonly WindowMember[]): number {
  const isOver = window.some(({ id, sighting }) => id !== sighting.eventID);
  return isOver ? new Set(window.map(({ sighting }) => sighting.eventID)).size : window.length;
}

/** As tally, but only as far as it takes. */
function hasDistinct(window: readonly WindowMember[], at: number, least: number): boolean {
  if (window.length < least) return false;
  const seen = new Set<string>();
  for (const { values } of window) {
    const value = values[at] ?? "";
    if (value !== "" && seen.add(value).size >= least) return true;
  }
  return seen.size >= least;
}

/** How often each value occurs; absent ones, which are empty, are not counted. */
function tally(window: readonly WindowMember[], at: number): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { values } of window) {
    const value = values[at] ?? "";
    if (value !== "") counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

function evidenceIn(
  name: string,
  check: Check,
  windowMs: number,
  window: readonly WindowMember[],
): readonly Evidence[] {
  if (check.kind === "sequence") return stepsEvidence(name, check.bases, check.ordered, window);
  const minutes = Math.round(windowMs / 6000) / 10;
  const { distinct = [], steady: least } = check.kind === "count" ? check : {};
  const steady = least === undefined ? undefined : steadyIn(window, least);
  return [
    { selection: name, field: "records", value: `${recordsIn(window)} within ${minutes} minutes` },
    ...(steady === undefined ? [] : [{ selection: name, field: "steady", value: steadyText(steady) }]),
    ...distinct.map(({ field }, at) => ({ selection: name, field: field.path, value: topOf(tally(window, at)) })),
  ];
}

/** The newest of a window, the triggering one last. */
function namedOf(trigger: string, window: readonly WindowMember[]): readonly WindowMember[] {
  const others: WindowMember[] = [];
  let own: WindowMember | undefined;
  for (const member of window) {
    if (member.sighting.eventID === trigger) own = member;
    else others.push(member);
  }
  const named = others.slice(1 - MAX_NAMED);
  if (own !== undefined) named.push(own);
  return named;
}

/** `12 distinct, such as iam:ListUsers, s3:ListBuckets`, most frequent first. */
function topOf(counts: ReadonlyMap<string, number>): string {
  const top = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, 2);
  return `${counts.size} distinct, such as ${top.map(([value]) => value).join(", ")}`;
}
