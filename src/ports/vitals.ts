/**
 * How the bot fares: what was seen of its parts, and what outlives them.
 */
import type { Part, Seen, Vital } from "../health/health.ts";

/** What was seen of the bot's parts in passing. */
export interface Vitals {
  ok(part: Part): void;
  /** `why` may be any text. */
  failed(part: Part, why: string): void;
  all(): readonly Vital[];
}

/** One small text that outlives the process where it can, and does not need Redis. */
export interface Memo {
  /** undefined: nothing is kept. */
  read(): Promise<string | undefined>;
  /** undefined forgets it. Never rejects. */
  write(text: string | undefined): Promise<void>;
}

/** The newest record of each account and region, so that somebody sees when nothing comes any more. */
export interface Intake {
  /** Costs nothing: kept in memory and written every 10 s. A crash loses that much of it. */
  note(seen: Seen): void;
  /** Of all workers; newest first. */
  seen(): Promise<readonly Seen[]>;
  /** Writes what is left. */
  close(): Promise<void>;
}

/** A store did not do what it was asked: nothing of it is to be relied on now. */
export class StoreError extends Error {
  override readonly name = "StoreError";
}
