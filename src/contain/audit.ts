/**
 * The audit log: who asked for what and what came of it, hash-chained so that a changed, removed or
 * swapped entry shows. Pure; the key never reaches the store.
 */

export interface AuditFields {
  /** Counts from 1 without gaps. */
  readonly seq: number;
  /** Names the fact, so that a retried append is kept once: `in_…:attempt`. */
  readonly id: string;
  readonly at: string;
  readonly kind: string;
  /** Slack user id, or "trailhound". */
  readonly actor: string;
  readonly subject: string;
  readonly detail: Readonly<Record<string, string>>;
  /** Hash of the entry before; 64 zeros for the first. */
  readonly prev: string;
}
export interface AuditEntry extends AuditFields {
  /** HMAC-SHA256 hex over the canonical JSON of the fields. */
  readonly hash: string;
}
