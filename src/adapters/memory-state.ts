/**
 * Detector state in memory: for the command line, rule cases, tests and the library.
 * The clock is eventTime: windows that lie behind the newest record by more than their length and LATENESS_MS are dropped.
 */
import { type DetectorState, LATENESS_MS, MAX_MEMBERS, type WindowAdd, type WindowMember } from "../detect/state.ts";
import { memoryMarks } from "./memory-marks.ts";

interface Window {
  readonly windowMs: number;
  /** Oldest first. */
  readonly members: { readonly at: number; readonly member: WindowMember }[];
  readonly ids: Set<string>;
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

  function addOne({ key, windowMs, member }: WindowAdd): readonly WindowMember[] {
    const at = Date.parse(member.sighting.time);
    newest = Math.max(newest, at);
    if (++adds % SWEEP_EVERY === 0) sweep();
    const window = windows.get(key) ?? { windowMs, members: [], ids: new Set<string>() };
    windows.set(key, window);
    if (!window.ids.has(member.sighting.eventID)) insert(window, at, member);
    const near = nearest(window, at);
    trim(window);
    return near;
  }

  return { ask: async (question) => ({ windows: question.adds.map(addOne), marks: question.marks.map(marks) }) };
}

/** Keeps the order of eventTime, then of eventID, so that the same members give the same window in whatever order they came. */
function insert({ members, ids }: Window, at: number, member: WindowMember): void {
  const id = member.sighting.eventID;
  const later = members.findLastIndex((one) => one.at < at || (one.at === at && one.member.sighting.eventID < id));
  members.splice(later + 1, 0, { at, member });
  ids.add(id);
}

/** After the answer, so that a late record is among the neighbours it is given even when the window has no room for it. */
function trim({ windowMs, members, ids }: Window): void {
  const oldest = (members.at(-1)?.at ?? 0) - windowMs - LATENESS_MS;
  while (members.length > MAX_MEMBERS || (members[0]?.at ?? oldest) < oldest) {
    const dropped = members.shift();
    if (dropped !== undefined) ids.delete(dropped.member.sighting.eventID);
  }
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

function nearest({ windowMs, members }: Window, at: number): readonly WindowMember[] {
  const near = members.slice(firstFrom(members, at - windowMs), firstFrom(members, at + windowMs + 1));
  // One too many after an insert into a full window: the farther end goes.
  if (near.length > MAX_MEMBERS) near.splice(at - (near[0]?.at ?? at) > (near.at(-1)?.at ?? at) - at ? 0 : -1, 1);
  return near.map(({ member }) => member);
}
