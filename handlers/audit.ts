/**
 * Writing into the audit log: a fact gets its place behind the newest entry, whoever else is writing.
 */
import { type AuditFact, nextEntry } from "../src/contain/audit.ts";
import type { Intent } from "../src/contain/intent.ts";
import type { AuditStore } from "../src/ports/containments.ts";

/** Writers that lose the race for a place try again behind the winner; this many in a row means something is wrong. */
const TRIES = 50;

/** Resolves when the fact is in the log, by this call or an earlier one. @throws when it cannot be written. */
export async function appendAudit(fact: AuditFact, key: Buffer, audit: AuditStore): Promise<void> {
  for (let left = TRIES; left > 0; left -= 1) {
    const answer = await audit.append(nextEntry(await audit.head(), fact, key));
    if (answer !== "moved") return;
  }
  throw new Error(`audit entry ${fact.id} not written: the log's head moved ${TRIES} times in a row`);
}

/** One fact about an intent; `fact` names it within the intent. @throws when it cannot be written. */
export async function noteIntent(
  intent: Intent,
  fact: Omit<AuditFact, "id" | "subject"> & { readonly fact: string },
  deps: { readonly audit: AuditStore; readonly auditKey: Buffer },
): Promise<void> {
  const { at, kind, actor } = fact;
  const subject = `${intent.account}/${intent.keyId}`;
  const detail = { alert: intent.alert, userName: intent.userName, ...fact.detail };
  await appendAudit({ id: `${intent.id}:${fact.fact}`, at, kind, actor, subject, detail }, deps.auditKey, deps.audit);
}
