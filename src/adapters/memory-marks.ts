/**
 * Marks in memory: since when a value is known of a group, and since when the group is.
 */
import { LEARNING_DAYS, MAX_VALUES, type Mark, type MarkAnswer, SETTLE_MS } from "../detect/state.ts";

interface Span {
  readonly first: number;
  readonly last: number;
  /** Counts what was learnt: the least one was touched first. */
  readonly turn: number;
}
interface Group {
  readonly values: Map<string, Span>;
  /** Earliest time that was learnt from, and the earliest distinct days, oldest first. */
  since: number;
  days: readonly number[];
  turn: number;
  /** By value: the newest day on which it was told as new, and by which record. */
  readonly told: Map<string, { readonly day: number; readonly eventID: string }>;
}

const DAY_MS = 24 * 3600_000;

/** Judges one mark after the other, and learns from it. */
export function memoryMarks(): (mark: Mark) => MarkAnswer {
  /** By correlation and group. */
  const known = new Map<string, Map<string, Group>>();
  function groupOf({ correlation, group: name }: Mark): Group {
    let groups = known.get(correlation);
    if (groups === undefined) {
      groups = new Map();
      known.set(correlation, groups);
    }
    let group = groups.get(name);
    if (group === undefined) {
      group = { values: new Map(), since: Number.POSITIVE_INFINITY, days: [], turn: 0, told: new Map() };
      groups.set(name, group);
    }
    return group;
  }
  return (mark) => {
    const group = groupOf(mark);
    if (mark.learns) learn(group, mark);
    const isHabit = isKnown(group.values.get(mark.value), mark);
    return { known: isHabit, told: !isHabit && isTold(group, mark), learning: isLearning(group, mark) };
  };
}

function learn(group: Group, { value, at, forgetMs }: Mark): void {
  const { values } = group;
  values.set(value, widened(values.get(value), at, forgetMs, ++group.turn));
  if (values.size > MAX_VALUES) forgetUntouched(values);
  group.since = Math.min(group.since, at);
  const day = Math.floor(at / DAY_MS);
  // The earliest ones are kept: mostly this one is later than all of them.
  if (day <= (group.days[LEARNING_DAYS - 1] ?? day) && !group.days.includes(day))
    group.days = [...group.days, day].toSorted((a, b) => a - b).slice(0, LEARNING_DAYS);
}

/** Forgotten in between: the later stretch counts. */
function widened(span: Span | undefined, at: number, forgetMs: number, turn: number): Span {
  if (span === undefined || at > span.last + forgetMs) return { first: at, last: at, turn };
  if (at < span.first - forgetMs) return { first: span.first, last: span.last, turn };
  return { first: Math.min(span.first, at), last: Math.max(span.last, at), turn };
}

/** Looking for it in the rare group that is full is cheaper than keeping every group in order. */
function forgetUntouched(values: Map<string, Span>): void {
  let [oldest, least] = ["", Number.POSITIVE_INFINITY];
  for (const [value, { turn }] of values) if (turn < least) [oldest, least] = [value, turn];
  values.delete(oldest);
}

/** Once a day is enough; the record that told it tells it again when it comes again. */
function isTold({ told }: Group, { value, at, eventID }: Mark): boolean {
  const day = Math.floor(at / DAY_MS);
  const before = told.get(value);
  if (before !== undefined && before.day >= day) return before.day > day || before.eventID !== eventID;
  told.delete(value);
  told.set(value, { day, eventID });
  if (told.size > MAX_VALUES) forgetOldest(told);
  return false;
}

function forgetOldest(map: Map<string, unknown>): void {
  const oldest = map.keys().next().value;
  if (oldest !== undefined) map.delete(oldest);
}

function isKnown(span: Span | undefined, { at, forgetMs }: Mark): boolean {
  return span !== undefined && span.first <= at - SETTLE_MS && span.last >= at - forgetMs;
}

function isLearning({ since, days }: Group, { at, learningMs }: Mark): boolean {
  if (learningMs === 0) return false;
  const third = days[LEARNING_DAYS - 1];
  return since > at - learningMs || third === undefined || third >= Math.floor(at / DAY_MS);
}
