/**
 * Dialogs, intents and the audit log in memory, for tests: same answers as Redis, lost with the process.
 */
import type { AuditEntry } from "../contain/audit.ts";
import { isFinal } from "../contain/outcome.ts";
import type { AuditStore, ContainmentStore, Dialog, IntentRecord } from "../ports/containments.ts";
import type { Clock } from "../ports.ts";
import type { HeldAlerts } from "./memory-alert.ts";
import { showAtOnce } from "./memory-alerts.ts";
import { addRow, dropRow, type HeldRows } from "./memory-outbox.ts";

interface HeldIntent {
  readonly record: IntentRecord;
  readonly endedAt?: number;
}

export function memoryContainments(alerts: HeldAlerts, rows: HeldRows, clock: Clock): ContainmentStore {
  const dialogs = new Map<string, { readonly dialog: Dialog; readonly until: number }>();
  const used = new Map<string, number>();
  const fences = new Map<string, number>();
  /** Account and key → the newest intent recorded for it. */
  const newest = new Map<string, string>();
  const intents = new Map<string, HeldIntent>();

  function keep(record: IntentRecord, now: number): void {
    const endedAt = intents.get(record.intent.id)?.endedAt ?? now;
    intents.set(record.intent.id, { record, ...(isFinal(record.containment.state) ? { endedAt } : {}) });
    const alert = alerts.get(record.intent.alert);
    const { fence } = record.intent;
    if (alert === undefined || (alert.containment?.fence ?? 0) > fence) return;
    alert.containment = { fence, value: record.containment };
    showAtOnce(alert, rows, now, "asked");
  }

  return {
    async keepDialog(dialog, ttlMs) {
      dialogs.set(dialog.id, { dialog, until: clock.now() + ttlMs });
    },
    async dialog(id) {
      const held = dialogs.get(id);
      return held !== undefined && held.until > clock.now() ? held.dialog : undefined;
    },
    async nextFence(account, keyId) {
      const fence = (fences.get(`${account}:${keyId}`) ?? 0) + 1;
      fences.set(`${account}:${keyId}`, fence);
      return fence;
    },
    async currentFence(account, keyId) {
      return intents.get(newest.get(`${account}:${keyId}`) ?? "")?.record.intent.fence ?? 0;
    },
    async intend(record, openedAt, now) {
      const { id, account, keyId, fence } = record.intent;
      const last = intents.get(newest.get(`${account}:${keyId}`) ?? "");
      const open = last !== undefined && (last.endedAt === undefined || last.endedAt > Date.parse(openedAt));
      if (last !== undefined && (open || last.record.intent.fence >= fence))
        return { kind: "already", record: last.record };
      newest.set(`${account}:${keyId}`, id);
      keep(record, now);
      addRow(rows, { kind: "act", id, at: now });
      return { kind: "intended" };
    },
    async intent(id) {
      return intents.get(id)?.record;
    },
    async saveIntent(record, change, now) {
      keep(record, now);
      if (change.done !== undefined) dropRow(rows, change.done);
      for (const row of change.rows ?? []) addRow(rows, row);
    },
    async firstUse(requestId, ttlMs) {
      if ((used.get(requestId) ?? 0) > clock.now()) return false;
      used.set(requestId, clock.now() + ttlMs);
      return true;
    },
  };
}

export function memoryAudit(): AuditStore {
  const entries: AuditEntry[] = [];
  return {
    async head() {
      return entries.at(-1);
    },
    async append(entry) {
      if (entries.some(({ id }) => id === entry.id)) return "kept";
      const head = entries.at(-1)?.hash ?? "0".repeat(64);
      if (entry.prev !== head || entry.seq !== entries.length + 1) return "moved";
      entries.push(entry);
      return "appended";
    },
    async entries(fromSeq, limit) {
      return entries.slice(fromSeq - 1, fromSeq - 1 + limit);
    },
  };
}
