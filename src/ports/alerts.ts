/**
 * Alerts as the store keeps them, and whose turn it is to show one.
 */
import type { AlertFold, StoredAlert } from "../alert/alert.ts";
import type { Corroboration } from "../alert/trust.ts";
import type { DueRow } from "./outbox.ts";
import type { Unreadable } from "./quarantine.ts";

export interface Commit {
  readonly folds: readonly AlertFold[];
  readonly quarantined: readonly Unreadable[];
  /** How far a log file is taken with this commit. */
  readonly progress?: FileProgress;
  readonly now: number;
}

/** `slices` of this file (bucket, key and version) are committed; ALL_SLICES when it is done. */
export interface FileProgress {
  /** `lf_` + digest. */
  readonly file: string;
  readonly slices: number;
}

export const ALL_SLICES = 1_000_000_000;

export type Reservation =
  /** Slack has it as it stands; its row went in the same step. */
  | { readonly kind: "nothing" }
  /** Another worker has it, or it may not be shown again before `until`. */
  | { readonly kind: "busy"; readonly until: number }
  | ({ readonly kind: "post" } & Attempt)
  /** Where it cannot be edited any more it is to be posted. */
  | ({ readonly kind: "edit"; readonly channel: string; readonly ts: string } & Attempt);

/** `searchSince` is there when an earlier attempt may have reached Slack: look before posting. */
export interface Attempt {
  readonly alert: StoredAlert;
  readonly searchSince?: number;
  readonly missedAt?: number;
}

export interface AlertStore {
  /** Folds findings into alerts, keeps quarantine and outbox rows: one atomic step, idempotent. Resolves when durable. */
  commit(batch: Commit): Promise<readonly DueRow[]>;
  /** Slices of a log file that were committed in the last 14 days; 0 for one that is new. */
  slicesOf(file: string): Promise<number>;
  alert(id: string): Promise<StoredAlert | undefined>;
  /** Alerts under this subject (`subjectsOf` in src/alert/subject.ts says which there are), newest activity first. */
  alertsOf(subject: string, limit: number): Promise<readonly StoredAlert[]>;
  /** First caller wins; `already` names who did and when. */
  acknowledge(
    id: string,
    by: string,
    now: number,
  ): Promise<{ readonly kind: "acknowledged" | "already"; readonly by: string; readonly at: string } | undefined>;

  /**
   * Keeps what was found about a doubted alert and shows it. Its `confirm` row, which the commit that opened the alert
   * made, is due again at `againAt`, or done without one.
   */
  corroborate(id: string, found: Corroboration, againAt: number | undefined, now: number): Promise<void>;

  /** Takes the right to post or edit this alert for RESERVATION_MS. */
  reserve(id: string, by: string, now: number): Promise<Reservation>;
  /** Slack surely has nothing of this attempt. */
  releaseClean(id: string, by: string, nextAt: number): Promise<void>;
  /** Slack may have it: the next attempt searches first. `missedAt`: it was searched for and not there. */
  releaseUnsure(id: string, by: string, nextAt: number, missedAt?: number): Promise<void>;
  /** Slack shows revision `rev` at channel/ts. The row goes when nothing newer waits, else is due at `nextAt`. */
  confirm(
    id: string,
    shown: { readonly channel: string; readonly ts: string; readonly rev: number },
    nextAt: number,
  ): Promise<void>;
}
