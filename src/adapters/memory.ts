/**
 * Every port in memory, for tests: the stores give the same answers as Redis (one contract suite for both),
 * Slack and IAM are what a test makes them. Nothing here is used by a running bot.
 */

import type { AlertStore } from "../ports/alerts.ts";
import type { AuditStore, ContainmentStore } from "../ports/containments.ts";
import type { DueRow, Effects, Outbox, Row } from "../ports/outbox.ts";
import type { QuarantineStore } from "../ports/quarantine.ts";
import type { Intake } from "../ports/vitals.ts";
import type { Clock, Log } from "../ports.ts";
import { memoryIntake } from "./intake.ts";
import type { HeldAlerts } from "./memory-alert.ts";
import { memoryAlerts } from "./memory-alerts.ts";
import { memoryAudit, memoryContainments } from "./memory-containments.ts";
import { heldRows, memoryOutbox } from "./memory-outbox.ts";
import { type HeldQuarantine, memoryQuarantine } from "./memory-quarantine.ts";

export { type MemoryIam, type MemoryKey, memoryIam } from "./memory-iam.ts";
export { type MemoryChat, type MemoryPost, memoryChat } from "./memory-slack.ts";

export interface MemoryStores {
  readonly alerts: AlertStore;
  readonly quarantine: QuarantineStore;
  readonly outbox: Outbox;
  readonly containments: ContainmentStore;
  readonly audit: AuditStore;
  readonly intake: Intake;
}

/** Stores that see each other's rows, as in Redis. The clock ends leases, dialogs and used request ids. */
export function memoryStores(clock: Clock = { now: () => Date.now() }): MemoryStores {
  const alerts: HeldAlerts = new Map();
  const quarantine: HeldQuarantine = new Map();
  const rows = heldRows();
  return {
    alerts: memoryAlerts(alerts, quarantine, rows),
    quarantine: memoryQuarantine(quarantine, rows),
    outbox: memoryOutbox(rows, clock),
    containments: memoryContainments(alerts, rows, clock),
    audit: memoryAudit(),
    intake: memoryIntake(),
  };
}

export interface MemoryEffects extends Effects {
  /** Every hint so far. */
  readonly hinted: DueRow[];
  /** Hands a row to the handler that was started, as a worker would. */
  run(row: Row): Promise<void>;
}

export function memoryEffects(): MemoryEffects {
  const hinted: DueRow[] = [];
  let handler: ((row: Row) => Promise<void>) | undefined;
  return {
    hinted,
    async hint(rows) {
      hinted.push(...rows);
    },
    start(handle) {
      handler = handle;
    },
    async stop() {
      handler = undefined;
    },
    async run(row) {
      if (handler === undefined) throw new Error("effects: start was not called, or stop was");
      await handler(row);
    },
  };
}

/** `fixedClock(Date.parse("2026-11-20T10:00:00Z"))`; time stands still until `advance`. */
export function fixedClock(ms: number): Clock & { advance(byMs: number): void } {
  let now = ms;
  return {
    now: () => now,
    advance(byMs) {
      now += byMs;
    },
  };
}

export interface LogLine {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly name: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export function memoryLog(): Log & { readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const write = (level: LogLine["level"]) => (fields: Readonly<Record<string, unknown>>, name: string) => {
    lines.push({ level, name, fields });
  };
  return { lines, debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}
