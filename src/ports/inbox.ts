/**
 * The queue that records come from: SQS.
 */
import type { QueueDepth } from "../health/health.ts";

export interface InboxMessage {
  readonly id: string;
  readonly body: string;
  readonly receiveCount: number;
  /** When it was put into the queue, in ms; absent when SQS did not say. */
  readonly sentAt?: number;
  /** Aborted when the bot stops: long work ends at its next safe point, and the message goes back. */
  readonly stopping?: AbortSignal;
}

export interface Inbox {
  /** Starts receiving. A message is deleted only after `handle` resolved for it; a rejection gives it back to SQS. */
  start(handle: (message: InboxMessage) => Promise<void>): void;
  /** Stops receiving and resolves when no handler and no delete is under way, or after `withinMs`. */
  stop(withinMs: number): Promise<void>;
  /** How full the queues are; asked of SQS at most every 30 s. @throws when SQS does not say. */
  depths(): Promise<readonly QueueDepth[]>;
}
