/**
 * Dialogs, intents and the audit log: who asked for which containment, and what became of it.
 */
import type { AuditEntry } from "../contain/audit.ts";
import type { Intent } from "../contain/intent.ts";
import type { Containment } from "../contain/outcome.ts";
import type { DueRow, Row } from "./outbox.ts";

/** What the server remembers about an open dialog; the modal carries only its id. */
export interface Dialog {
  readonly id: string;
  readonly alert: string;
  readonly account: string;
  readonly keyId: string;
  readonly userName: string;
  readonly operator: string;
  readonly openedAt: string;
}

/** An intent and how far it got. */
export interface IntentRecord {
  readonly intent: Intent;
  readonly attemptedAt?: string;
  readonly containment: Containment;
}

export interface ContainmentStore {
  keepDialog(dialog: Dialog, ttlMs: number): Promise<void>;
  dialog(id: string): Promise<Dialog | undefined>;
  nextFence(account: string, keyId: string): Promise<number>;
  /** Fence of the newest intent that `intend` recorded for this key, 0 without one: a fence that was only taken counts for nothing. */
  currentFence(account: string, keyId: string): Promise<number>;
  /**
   * Records the intent, its act row and its containment on the alert, atomically. `already` when another intent for
   * this key is under way, or ended after `openedAt` (the dialog this one was made from showed an older state).
   */
  intend(
    record: IntentRecord,
    openedAt: string,
    now: number,
  ): Promise<{ readonly kind: "intended" } | { readonly kind: "already"; readonly record: IntentRecord }>;
  intent(id: string): Promise<IntentRecord | undefined>;
  /** Saves progress, shows it on the alert (a deliver row), drops `done` and adds `rows`, atomically. */
  saveIntent(
    record: IntentRecord,
    change: { readonly done?: Row; readonly rows?: readonly DueRow[] },
    now: number,
  ): Promise<void>;
  /** True the first time a request id is seen within ttlMs. */
  firstUse(requestId: string, ttlMs: number): Promise<boolean>;
}

export interface AuditStore {
  /** The newest entry; undefined when the log is empty. */
  head(): Promise<AuditEntry | undefined>;
  /** Appends if `entry.prev` is still the head's hash; "kept" when an entry of this id is there already. */
  append(entry: AuditEntry): Promise<"appended" | "kept" | "moved">;
  entries(fromSeq: number, limit: number): Promise<readonly AuditEntry[]>;
}
