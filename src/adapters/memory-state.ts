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
  /** By kind: when each sign was seen last. */
  readonly signs: Map<string, number>[];
}

const SWEEP_EVERY = 10_000;
const NOBODY: readonly WindowMember[] = [];

export function memoryState(): DetectorState {
  /** By correlation and group. */
  const windows = new Map<string, Map<string, Window>>();
  const marks = memoryMarks();
  let newest = Number.NEGATIVE_INFINITY;
  let adds = 0;

  function sweep(): void {
    for (const groups of windows.values()) {
      for (const [group, { windowMs, members }] of groups) {
        const last = members.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
        if (last < newest - windowMs - LATENESS_MS) groups.delete(group);
      }
    }
  }

  function windowOf({ correlation, group, windowMs, signs }: WindowAdd): Window {
    let groups = windows.get(correlation);
    if (groups === undefined) {
      groups = new Map();
      windows.set(correlation, groups);
    }
    const known = groups.get(group);
    if (known !== undefined) return known;
    const made: Window = { windowMs, members: [], signs: signs.map(() => new Map()) };
    groups.set(group, made);
    return made;
  }

  function addOne(add: WindowAdd): readonly WindowMember[] {
    const { member, need, signs } = add;
    newest = Math.max(newest, member.at);
    if (++adds % SWEEP_EVERY === 0) sweep();
    const window = windowOf(add);
    insert(window, member, signs);
    const near = nearest(window, member.at, need);
    trim(window);
    return near;
  }

  return { ask: async (question) => ({ windows: question.adds.map(addOne), marks: question.marks.map(marks) }) };
}

/**
 * Keeps the order of eventTime, then of id, so that the same members give the same window in whatever order they came. One that
 * the window holds already stands where it would be put.
 */
function insert({ members, signs }: Window, member: WindowMember, own: WindowAdd["signs"]): void {
  const { at, id } = member;
  let place = members.length;
  for (; place > 0; place--) {
    const before = members[place - 1];
    if (before === undefined || before.at < at) break;
    if (before.at > at) continue;
    if (before.id === id) return;
    if (before.id < id) break;
  }
  if (place === members.length) members.push(member);
  else members.splice(place, 0, member);
  for (let kind = 0; kind < signs.length; kind++) {
    const mine = own[kind] ?? "";
    if (typeof mine !== "string") for (const sign of mine) note(signs[kind], sign, at);
    else if (mine !== "") note(signs[kind], mine, at);
  }
}

function note(seen: Map<string, number> | undefined, sign: string, at: number): void {
  const last = seen?.get(sign);
  if (last === undefined || last < at) seen?.set(sign, at);
}

/** After the answer, so that a late record is among the neighbours it is given even when the window has no room for it. */
function trim({ windowMs, members, signs }: Window): void {
  const oldest = (members.at(-1)?.at ?? 0) - windowMs - LATENESS_MS;
  const before = members.length;
  while (members.length > MAX_MEMBERS || (members[0]?.at ?? oldest) < oldest) members.shift();
  if (members.length === before) return;
  const first = members[0]?.at ?? oldest;
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
  if (members.length < need.members || !mayReach(need, signs)) return NOBODY;
  const [from, to] = [firstFrom(members, at - windowMs), firstFrom(members, at + windowMs + 1)];
  if (to - from < need.members || !isReached(need, signs, at - windowMs)) return NOBODY;
  const near = members.slice(from, to);
  // One too many after an insert into a full window: the farther end goes.
  if (near.length > MAX_MEMBERS) near.splice(at - (near[0]?.at ?? at) > (near.at(-1)?.at ?? at) - at ? 0 : -1, 1);
  return near;
}

/** Whether all signs that are held would do, however old: most windows hold too few. */
function mayReach({ sums }: Need, signs: Window["signs"]): boolean {
  return sums.every(({ least, parts }) => {
    let reached = 0;
    for (const { kind, points, free } of parts) reached += Math.max(0, (signs[kind]?.size ?? 0) - free) * points;
    return reached >= least;
  });
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
