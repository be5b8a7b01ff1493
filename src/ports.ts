/**
 * Every port of the bot, on one page; each stands in its file in ./ports/. Adapters implement them; memory.ts implements
 * all of them.
 * Times: `…At: string` is UTC ISO 8601, `now`/`at: number` is milliseconds since 1970, durations carry their unit.
 */
import type { AlertStore } from "./ports/alerts.ts";
import type { Chat } from "./ports/chat.ts";
import type { AuditStore, ContainmentStore } from "./ports/containments.ts";
import type { Iam } from "./ports/iam.ts";
import type { Inbox } from "./ports/inbox.ts";
import type { LogFiles } from "./ports/logfiles.ts";
import type { Effects, Outbox } from "./ports/outbox.ts";
import type { QuarantineStore } from "./ports/quarantine.ts";
import type { Trail } from "./ports/trail.ts";
import type { Intake, Vitals } from "./ports/vitals.ts";

export interface Clock {
  now(): number;
}

/** Fixed name, data in fields (style: `alert.posted`). Untrusted values only under `record`. */
export interface Log {
  debug(fields: Readonly<Record<string, unknown>>, name: string): void;
  info(fields: Readonly<Record<string, unknown>>, name: string): void;
  warn(fields: Readonly<Record<string, unknown>>, name: string): void;
  error(fields: Readonly<Record<string, unknown>>, name: string): void;
}

/** Everything a running bot needs. Handlers take a `Pick` of it. */
export interface Ports {
  readonly clock: Clock;
  readonly log: Log;
  readonly inbox: Inbox;
  readonly intake: Intake;
  readonly vitals: Vitals;
  readonly alerts: AlertStore;
  readonly quarantine: QuarantineStore;
  readonly outbox: Outbox;
  readonly effects: Effects;
  readonly containments: ContainmentStore;
  readonly audit: AuditStore;
  readonly iam: Iam;
  readonly trail: Trail;
  readonly logFiles: LogFiles;
  readonly chat: Chat;
}
