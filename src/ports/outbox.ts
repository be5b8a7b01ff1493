/**
 * The outbox: work that is owed to Slack and AWS, and the hints that it is due.
 */

/** Work that is owed to the outside: one member of the outbox, `deliver:al_…`, `act:in_…` or `verify:in_…:10000`. */
export interface Row {
  readonly kind: "deliver" | "confirm" | "act" | "verify" | "replay";
  /** Alert id for deliver and confirm; quarantine id for replay; intent id for act; intent id and the read-back's delay in ms, joined by ":", for verify. */
  readonly id: string;
}

export interface DueRow extends Row {
  readonly at: number;
  /** Of deliveries, which goes first: that of the lowest (`rankOf` in src/alert/alert.ts); below all of them, one that a person waits for. */
  readonly rank?: number;
}

export interface Outbox {
  /**
   * Deliveries of the lowest rank first, else the longest due first; at most `limit` of each kind, so that a flood of one
   * holds up no other.
   */
  due(now: number, limit: number): Promise<readonly DueRow[]>;
  /** Sets when the row is due again; a row that is done stays done. */
  postpone(row: Row, at: number): Promise<void>;
  /** Counts a failed attempt and gives how many there were; `done` and a handler's own success forget them. */
  failed(row: Row): Promise<number>;
  done(row: Row): Promise<void>;
  /** Excludes other workers from this row for `ms`. */
  lease(row: Row, by: string, ms: number): Promise<boolean>;
  unlease(row: Row, by: string): Promise<void>;
}

/** BullMQ behind an interface: hints of work. Losing one is harmless, the sweep hints again. */
export interface Effects {
  hint(rows: readonly DueRow[]): Promise<void>;
  start(handle: (row: Row) => Promise<void>): void;
  stop(withinMs: number): Promise<void>;
}
