/**
 * The audit log: who asked for what and what came of it, hash-chained so that a changed, removed or
 * swapped entry shows. Pure; the key never reaches the store.
 */
import { isMacOf, macOf } from "./canonical.ts";

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

/** What happened, before it has a place in the chain. */
export type AuditFact = Omit<AuditFields, "seq" | "prev">;

/** A place in the chain: the number and the hash of the entry there. */
export interface AuditPlace {
  readonly seq: number;
  readonly head: string;
}

/** Before the first entry. */
export const AUDIT_START: AuditPlace = { seq: 0, head: "0".repeat(64) };

/** The entry that puts `fact` behind `head`, the newest entry; undefined when the log is empty. */
export function nextEntry(head: AuditEntry | undefined, fact: AuditFact, key: Buffer): AuditEntry {
  const { seq, head: prev } = head === undefined ? AUDIT_START : { seq: head.seq, head: head.hash };
  const fields: AuditFields = { ...fact, seq: seq + 1, prev };
  return { ...fields, hash: macOf(fields, key) };
}

export type Verified =
  | ({ readonly ok: true } & AuditPlace)
  /** The first entry that does not fit. */
  | { readonly ok: false; readonly seq: number; readonly why: string };

/**
 * Walks entries in order and gives the place of the last one, to go on `after` with the next page.
 *
 * A cut-off tail leaves a chain that fits: only a head that was noted elsewhere shows it, so compare `head`.
 */
export function verifyChain(entries: Iterable<AuditEntry>, key: Buffer, after: AuditPlace = AUDIT_START): Verified {
  let place = after;
  for (const entry of entries) {
    const { hash, ...fields } = entry;
    const seq = place.seq + 1;
    if (entry.seq !== seq) return { ok: false, seq, why: `entry ${seq} is missing: ${entry.seq} stands in its place` };
    if (entry.prev !== place.head) return { ok: false, seq, why: "it does not name the entry before it" };
    if (!isMacOf(hash, fields, key)) return { ok: false, seq, why: "it was changed, or written without the key" };
    place = { seq, head: entry.hash };
  }
  return { ok: true, ...place };
}
