/**
 * How the bot fares: asked of its own parts, each within three seconds, so that an answer comes also when one hangs.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Health } from "../src/health/health.ts";
import type { Inbox } from "../src/ports/inbox.ts";
import type { Ports } from "../src/ports.ts";

export interface HealthDeps extends Pick<Ports, "clock" | "intake" | "outbox" | "quarantine" | "vitals"> {
  readonly inbox: Pick<Inbox, "depths">;
  readonly startedAt: string;
}

/** A little more than the store gives a command: its failure is seen before it is told. */
const PATIENCE_MS = 2_300;
/** What is due for less is on its way. */
const OVERDUE_MS = 60_000;
const COUNTED = 1_000;

export async function healthOf(deps: HealthDeps): Promise<Health> {
  const now = deps.clock.now();
  const [queues, seen, quarantined, overdue] = await Promise.all([
    soon(deps.inbox.depths()),
    soon(deps.intake.seen()),
    soon(deps.quarantine.count()),
    soon(deps.outbox.due(now - OVERDUE_MS, COUNTED).then((rows) => rows.length)),
  ]);
  return {
    at: new Date(now).toISOString(),
    startedAt: deps.startedAt,
    // After the questions: a part that just failed one is told as failing.
    vitals: deps.vitals.all(),
    ...(queues === undefined ? {} : { queues }),
    ...(seen === undefined ? {} : { seen }),
    ...(quarantined === undefined ? {} : { quarantined }),
    ...(overdue === undefined ? {} : { overdue }),
  };
}

/** The answer, or undefined when it fails or takes too long. */
async function soon<T>(asked: Promise<T>): Promise<T | undefined> {
  const ended = new AbortController();
  const late = sleep(PATIENCE_MS, undefined, { signal: ended.signal }).catch(() => undefined);
  return Promise.race([asked.catch(() => undefined), late]).finally(() => ended.abort());
}
