/**
 * Ways: where scans with the same numbers lead, so that nothing is asked a second time of records that are alike.
 * Pure. A table of fixed size: a later one takes the place of an earlier one.
 */
import type { Scan } from "../cloudtrail/scan.ts";

export interface Ways<Goal> {
  /** Where the last one with the same numbers at all places led, if that is known. */
  get(scan: Scan): Goal | undefined;
  /** Where the scan led that was asked for last. */
  keep(goal: Goal): void;
}

const SLOTS = 32_768;

/** @param places those of a scan's numbers that decide it. */
export function waysOf<Goal>(places: readonly number[]): Ways<Goal> {
  const own = Int32Array.from(new Set(places));
  const { length } = own;
  let goals: (Goal | undefined)[] = new Array(SLOTS).fill(undefined);
  const known = new Uint16Array(SLOTS * length);
  const asked = new Uint16Array(length);
  let generation = 0;
  let slot = 0;
  return {
    get(scan) {
      if (scan.generation !== generation) {
        goals = new Array(SLOTS).fill(undefined);
        generation = scan.generation;
      }
      const { numbers, from } = scan;
      let hash = 0;
      for (let at = 0; at < length; at++) {
        const number = numbers[from + (own[at] ?? 0)] ?? 0;
        asked[at] = number;
        hash = Math.imul(hash ^ number, MIXER);
      }
      slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
      const base = slot * length;
      for (let at = 0; at < length; at++) if (known[base + at] !== asked[at]) return undefined;
      return goals[slot];
    },
    keep(goal) {
      known.set(asked, slot * length);
      goals[slot] = goal;
    },
  };
}
/** Odd, with bits all over. */
const MIXER = 0x9e3779b1;
