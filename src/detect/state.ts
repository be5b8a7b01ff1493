/**
 * The detector's memory between records, as a port: sliding windows of what was seen.
 * Idempotent by construction: a window is a set keyed by eventID, ordered by eventTime.
 * Adapters: memory and Redis, held to one contract suite.
 */
import type { Sighting } from "./finding.ts";

/** One member of a window. `values` are the fields a value_count compares, in the order the correlation names them. */
export interface WindowMember {
  readonly sighting: Sighting;
  readonly values: readonly string[];
}

/** Put `member` into the window `key`, and give back its neighbours in eventTime. */
export interface WindowAdd {
  /** Name of the window: correlation, account and group values. Contains record text; adapters hash it. */
  readonly key: string;
  readonly windowMs: number;
  readonly member: WindowMember;
}

export interface DetectorState {
  /**
   * Adds all members in one round trip, in order, and returns for each one the members of its window with
   * |eventTime − its own| ≤ windowMs, oldest first, itself included, at most MAX_MEMBERS nearest ones.
   * Adding an eventID that the window holds already changes nothing.
   */
  add(adds: readonly WindowAdd[]): Promise<readonly (readonly WindowMember[])[]>;
}

/** Most members an `add` returns and a window keeps (the newest by eventTime): bounds memory against floods. */
export const MAX_MEMBERS = 1000;

/** How much later than the newest member an out-of-order record may still come, in milliseconds (24 h). */
export const LATENESS_MS = 24 * 3600_000;
