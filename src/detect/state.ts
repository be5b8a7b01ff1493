/**
 * The detector's memory between records, as a port: sliding windows of what was seen, and marks of what is known.
 * Idempotent by construction: a window is a set keyed by the members' ids, a mark the earliest and the latest time of a value; both go
 * by eventTime, so that the order of arrival does not matter.
 * Adapters: memory and Redis, held to one contract suite.
 */
import type { Sighting } from "./finding.ts";

/** One member of a window. `values` are the fields a correlation compares, in the order that it names them, and the outcome. */
export interface WindowMember {
  /** The record's eventID; with the correlation's name when it was one that fired at the record. */
  readonly id: string;
  /** eventTime in ms. */
  readonly at: number;
  readonly sighting: Sighting;
  readonly values: readonly string[];
  /** What it says to correlations that count this one, should this one fire at it. Absent: nothing. */
  readonly onward?: readonly Onward[];
}

/** What a record says to a correlation, called by its name. All but that is record text. */
export interface Onward {
  readonly to: string;
  /** Who made the call. */
  readonly principal: string;
  /** Values of the group-by: `["arn:aws:iam::111122223333:user/jack"]`; an absent field is the empty text. */
  readonly group: readonly string[];
  readonly values: readonly string[];
  readonly onward: readonly Onward[];
}

/**
 * What neighbours have to come to before anybody wants to read them: most windows of most records never do, and are answered
 * without being looked through.
 *
 * Eight distinct values: `{ members: 8, sums: [{ least: 8, parts: [{ kind: 0, points: 1, free: 0 }] }] }`
 */
export interface Need {
  /** So many of them, at least. */
  readonly members: number;
  readonly sums: readonly Sum[];
}
export interface Sum {
  readonly least: number;
  readonly parts: readonly Part[];
}
/** `points` for each distinct sign of a kind but the first `free` ones. */
export interface Part {
  readonly kind: number;
  readonly points: number;
  readonly free: number;
}

/** Put `member` into the window of a correlation and group, and give back its neighbours in eventTime when they come to what is needed. */
export interface WindowAdd {
  /** Whose window it is. */
  readonly correlation: string;
  /** Account and group values. Record text of any length. */
  readonly group: string;
  readonly windowMs: number;
  readonly member: WindowMember;
  readonly need: Need;
  readonly signs: Signs;
}

/** What a member is a sign of, by kind: of one thing, of several, or "" of nothing. Record text. */
export type Signs = readonly (string | readonly string[])[];

/** Ask whether `value` is known of a group at a time, and learn it when that is allowed. */
export interface Mark {
  /** Whose group it is. */
  readonly correlation: string;
  /** Account and group values. Record text of any length. */
  readonly group: string;
  readonly value: string;
  readonly eventID: string;
  /** eventTime in ms. */
  readonly at: number;
  /** A value not seen for so long is new again. */
  readonly forgetMs: number;
  /** A group learns for so long, and on at least LEARNING_DAYS distinct days; 0: not at all. */
  readonly learningMs: number;
  /** False: answer, but learn nothing from this record (it was denied, or its principal is under suspicion). */
  readonly learns: boolean;
}

export interface MarkAnswer {
  /** Seen before, at least SETTLE_MS earlier, and not longer ago than `forgetMs`. */
  readonly known: boolean;
  /** Another record of the same day, or of a later one, came first with this value: it is told by that one. */
  readonly told: boolean;
  /** The group is too young to judge by; may be out of date of what is known or told already. */
  readonly learning: boolean;
}

export interface Question {
  readonly adds: readonly WindowAdd[];
  readonly marks: readonly Mark[];
}

export interface Answer {
  /**
   * For each add the members of its window with |eventTime − its own| ≤ windowMs, oldest first, itself included, at most
   * MAX_MEMBERS nearest ones; none when they do not come to what is needed. For the sums a sign counts when it was seen last at
   * eventTime − windowMs or later: for a record that comes late this may be too much, never too little.
   * Adding a member that the window holds already changes nothing: the same id has the same time.
   */
  readonly windows: readonly (readonly WindowMember[])[];
  readonly marks: readonly MarkAnswer[];
}

export interface DetectorState {
  /** Everything of a batch in one round trip, in order. */
  ask(question: Question): Promise<Answer>;
}

/**
 * The same memory in a room of its own: what is asked and learnt there is unknown everywhere else.
 *
 * `apart(state, "unverified")`: a forged record from the year 2099 makes nobody's real records look long past.
 */
export function apart(state: DetectorState, room: string): DetectorState {
  const inRoom = <T extends { readonly group: string }>(one: T): T => ({ ...one, group: `${room}\n${one.group}` });
  return { ask: ({ adds, marks }) => state.ask({ adds: adds.map(inRoom), marks: marks.map(inRoom) }) };
}

/** Most members an `add` returns and a window keeps (the newest by eventTime): bounds memory against floods. */
export const MAX_MEMBERS = 1000;

/** How much later than the newest member an out-of-order record may still come, in milliseconds (24 h). */
export const LATENESS_MS = 24 * 3600_000;

/** A value counts as known a day after it came first: all records of its first day give the same answer, in any order. */
export const SETTLE_MS = 24 * 3600_000;

/** Fewer distinct days than that are no habit. */
export const LEARNING_DAYS = 3;

/** Most values that are kept of a group, those seen last: bounds memory; what is dropped is new again. */
export const MAX_VALUES = 2_000;
