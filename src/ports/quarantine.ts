/**
 * Bodies, or parts of one, that could not be read, kept for a person.
 */

/** A body, or a part of one, that could not be read. */
export interface Quarantined {
  /** `qu_` + digest of the text: the same body is kept once. */
  readonly id: string;
  readonly reason: string;
  /** First 4,096 characters. Untrusted. */
  readonly head: string;
  readonly sha256: string;
  /** Of the whole text, in UTF-8. */
  readonly bytes: number;
  /** Of the message that brought it last. */
  readonly receiveCount: number;
}

/** The same on its way into the store, with its whole text for another try; absent: too large to be kept. */
export interface Unreadable extends Quarantined {
  readonly text?: string;
}

/** The same as the store holds it. */
export interface KeptUnreadable extends Quarantined {
  /** When it came first, UTC ISO 8601. */
  readonly since: string;
  /** False: its text was too large or went to make room, only the head is left. */
  readonly whole: boolean;
}

export interface QuarantineStore {
  /** What could not be read, newest first. */
  list(limit: number): Promise<readonly KeptUnreadable[]>;
  count(): Promise<number>;
  find(id: string): Promise<KeptUnreadable | undefined>;
  /** The whole text, while it is kept. */
  text(id: string): Promise<string | undefined>;
  /** Owes another try: a `replay` row. False when it is not kept, or not whole. */
  replay(id: string, now: number): Promise<boolean>;
  /** Whether such a row still waits. */
  isOwed(id: string): Promise<boolean>;
  /** Forgets it and its row. */
  drop(id: string): Promise<void>;
}
