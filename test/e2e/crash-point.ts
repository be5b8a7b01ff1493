/**
 * Named crash points: places between two ports where a bot process kills itself with SIGKILL, once.
 */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../../src/config.ts";
import type { Ports } from "../../src/ports.ts";
import type { Secrets } from "../../src/secrets.ts";

export const CRASH_POINTS = [
  "commit → delete",
  "reserve → post",
  "post → confirm",
  "intent → call",
  "audit entry → call",
  "call → read-back",
] as const;
/** In the middle of a log file; played by its own test. */
export const SLICE_POINT = "slice → next slice";
export type CrashPoint = (typeof CRASH_POINTS)[number] | typeof SLICE_POINT;

export interface BotSettings {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly crash?: CrashPoint;
  readonly paceMs?: number;
}

/** Ports that die at `crash`; a marker in `data` tells the next process that it happened. */
export function crashing(ports: Ports, crash: CrashPoint | undefined, data: string): Ports {
  const marker = join(data, "crashed");
  const at = (point: CrashPoint) => {
    if (crash !== point || existsSync(marker)) return;
    writeFileSync(marker, point);
    process.kill(process.pid, "SIGKILL");
  };
  const { alerts, chat, containments, iam } = ports;
  return {
    ...ports,
    alerts: {
      ...alerts,
      async commit(batch) {
        const rows = await alerts.commit(batch);
        if (batch.folds.length > 0) at("commit → delete");
        if (batch.progress?.slices === 1 && batch.folds.length > 0) at(SLICE_POINT);
        return rows;
      },
      async reserve(id, by, now) {
        const reservation = await alerts.reserve(id, by, now);
        if (reservation.kind === "post") at("reserve → post");
        return reservation;
      },
    },
    chat: {
      ...chat,
      async post(channel, message, key) {
        const answer = await chat.post(channel, message, key);
        at("post → confirm");
        return answer;
      },
    },
    containments: {
      ...containments,
      async intend(record, openedAt, now) {
        const answer = await containments.intend(record, openedAt, now);
        at("intent → call");
        return answer;
      },
    },
    iam: {
      ...iam,
      async deactivateKey(account, userName, keyId, session) {
        at("audit entry → call");
        const answer = await iam.deactivateKey(account, userName, keyId, session);
        at("call → read-back");
        return answer;
      },
    },
  };
}
