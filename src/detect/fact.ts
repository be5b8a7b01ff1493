/**
 * Fact: what a computed field is, and what it may look at besides the record.
 * Pure. The facts themselves stand in the files that facts.ts puts together.
 */
import type { Principal } from "../cloudtrail/principal.ts";
import type { CloudTrailRecord } from "../cloudtrail/record.ts";
import type { ScannedPath } from "../cloudtrail/scan.ts";

/** Undefined: unknown for this record; rules see it as an absent field. A list matches when one of its texts does. */
export type FactValue = string | number | boolean | readonly string[] | undefined;

/** What Trailhound knows about an account beyond its records. */
export interface AccountContext {
  readonly id: string;
  /** Regions that are meant to be used; absent: unknown. */
  readonly regions?: readonly string[];
}

/** Where an address is, as a MaxMind database says; what it does not know is absent. */
export interface Place {
  /** ISO 3166: `DE`. */
  readonly country?: string;
  readonly asn?: number;
  /** Whose network it is: `AMAZON-02`. */
  readonly org?: string;
}

/** What Trailhound knows about the world, the same for all records. */
export interface Known {
  /** Accounts of one's own beside the record's. */
  readonly accounts?: ReadonlySet<string>;
  /** Accounts of vendors one works with, beyond the built-in table: id → name. */
  readonly vendors?: ReadonlyMap<string, string>;
  /** Organisations of one's own, by id; absent: not configured, so that none can be told from one's own. */
  readonly organizations?: ReadonlySet<string>;
  /** Pure: the same address gives the same place. */
  readonly geo?: (address: string) => Place | undefined;
}

/** What a fact is computed from: the record, its surroundings, and other facts by name. */
export interface FactSource {
  readonly record: CloudTrailRecord;
  /** Who made the call, worked out once for all facts. */
  principal(): Principal;
  /** What is configured about the record's account; undefined when nothing is. */
  readonly account: AccountContext | undefined;
  readonly known: Known;
  /** The list that another fact is, `[]` when it is absent. */
  listOf(name: string): readonly string[];
}

export interface Fact {
  /** One line for docs/facts.md. */
  readonly says: string;
  readonly values: string;
  /**
   * Paths of all that it is read from, where they are few, scanned, and only `known.geo` counts besides: asked once for the same values. The one
   * with the most different values first: what goes with it is mostly the same as last time.
   */
  readonly from?: readonly ScannedPath[];
  readonly of: (source: FactSource) => FactValue;
}

/** Facts of one subject by name. */
export type FactGroup = Readonly<Record<string, Fact>>;
