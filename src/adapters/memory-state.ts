/**
 * Detector state in memory: for the command line, rule cases, tests and the library.
 * The clock is eventTime: windows that lie behind the newest record by more than their length and LATENESS_MS are dropped.
 */
import {
  type DetectorState,
  LATENESS_MS,
  MAX_MEMBERS,
  type Need,
  type WindowAdd,
  type WindowMember,
} from "../detect/state.ts";
import { memoryMarks } from "./memory-marks.ts";

interface Window {
  readonly windowMs: number;
  /** Oldest first. */
  readonly members: WindowMember[];
  readonly ids: Set<string>;
  /** By kind: when each sign was seen last. */
  readonly signs: Map<string, number>[];
}

const SWEEP_EVERY = 10_000;

export function memoryState(): DetectorState {
  const windows = new Map<string, Window>();
  const marks = memoryMarks();
  let newest = Number.NEGATIVE_INFINITY;
  let adds = 0;

  function sweep(): void {
    for (const [key, { windowMs, members }] of windows) {
      const last = members.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
      if (last < newest - windowMs - LATENESS_MS) windows.delete(key);
    }
  }

  function addOne({ key, windowMs, member, need, signs }: WindowAdd): readonly WindowMember[] {
    newest = Math.max(newest, member.at);
    if (++adds % SWEEP_EVERY === 0) sweep();
    const window = windows.get(key) ?? {
      windowMs,
      members: [],
      ids: new Set<string>(),
      signs: signs.map(() => new Map()),
    };
    windows.set(key, window);
    if (!window.ids.has(member.id)) insert(window, member, signs);
    const near = nearest(window, member.at, need);
    trim(window);
    return near;
  }

  return { ask: async (question) => ({ windows: question.adds.map(addOne), marks: question.marks.map(marks) }) };
}

/** Keeps the order of eventTime, then of id, so that the same members give the same window in whatever order they came. */
function insert({ members, ids, signs }: Window, member: WindowMember, own: WindowAdd["signs"]): void {
  const { at, id } = member;
  const later = members.findLastIndex((one) => one.at < at || (one.at === at && one.id < id));
  members.splice(later + 1, 0, member);
  ids.add(id);
  for (const [kind, seen] of signs.entries())
    for (const sign of own[kind] ?? []) seen.set(sign, Math.max(seen.get(sign) ?? at, at));
}

/** After the answer, so that a late record is among the neighbours it is given even when the window has no room for it. */
function trim({ windowMs, members, ids, signs }: Window): void {
  const oldest = (members.at(-1)?.at ?? 0) - windowMs - LATENESS_MS;
  const before = members.length;
  while (members.length > MAX_MEMBERS || (members[0]?.at ?? oldest) < oldest) {
    const dropped = members.shift();
    if (dropped !== undefined) ids.delete(dropped.id);
  }
  const first = members[0]?.at ?? oldest;
  if (members.length < before)
    for (const seen of signs) for (const [sign, last] of seen) if (last < first) seen.delete(sign);
}

/** Index of the first member that is not older; a window of a day may hold hundreds, of which few are near. */
function firstFrom(members: Window["members"], at: number): number {
  let [low, high] = [0, members.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((members[middle]?.at ?? at) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

function nearest(window: Window, at: number, need: Need): readonly WindowMember[] {
  const { windowMs, members, signs } = window;
  const [from, to] = [firstFrom(members, at - windowMs), firstFrom(members, at + windowMs + 1)];
  if (to - from < need.members || !isReached(need, signs, at - windowMs)) return [];
  const near = members.slice(from, to);
  // One too many after an insert into a full window: the farther end goes.
  if (near.length > MAX_MEMBERS) near.splice(at - (near[0]?.at ?? at) > (near.at(-1)?.at ?? at) - at ? 0 : -1, 1);
  return near;
}

function isReached({ sums }: Need, signs: Window["signs"], since: number): boolean {
  return sums.every(({ least, parts }) => {
    let reached = 0;
    for (const { kind, points, free } of parts) {
      let count = 0;
      for (const last of signs[kind]?.values() ?? []) if (last >= since) count++;
      reached += Math.max(0, count - free) * points;
    }
    return reached >= least;
  });
}
