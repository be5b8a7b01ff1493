/**
 * When Slack took no alerts for minutes, many wait for their turn: one message says how long it was and how many follow.
 * Each still gets its own message, by handlers/deliver.ts, the worst first.
 */
import { backlogMessage } from "../blocks/backlog.ts";
import { SHOWN_ALERTS } from "../src/alert/subject.ts";
import type { Ports } from "../src/ports.ts";

export interface BacklogDeps extends Pick<Ports, "alerts" | "chat" | "log" | "vitals"> {
  readonly channel: string;
}

/** After less than that nobody needs to be told. */
const PATIENCE_MS = 5 * 60_000;
/** So few alerts speak for themselves. */
const MANY = 5;
const COUNTED = 200;

/**
 * One look.
 *
 * @param told since when Slack had failed the last time that there was nothing more to say of it.
 * @returns the same, or that of the failure that is over now.
 */
export async function tellBacklog(told: string | undefined, deps: BacklogDeps): Promise<string | undefined> {
  const { alerts, chat, channel, log, vitals } = deps;
  const slack = vitals.all().find(({ part }) => part === "slack");
  if (slack?.state !== "ok" || slack.since === undefined || slack.spell === undefined) return told;
  const { since, flaps } = slack.spell;
  const awayMs = Date.parse(slack.since) - Date.parse(since);
  if (since === told || awayMs < PATIENCE_MS) return told;
  try {
    const newest = await alerts.alertsOf(SHOWN_ALERTS, COUNTED);
    const waiting = newest.filter(({ seenAt, post }) => seenAt >= since && post === undefined);
    if (waiting.length < MANY) return since;
    const levels = waiting.map(({ opening }) => opening.finding.level);
    const message = backlogMessage({ awayMs, flaps, levels, more: newest.length === COUNTED });
    const answer = await chat.post(channel, message, `backlog:${since}`);
    log.info({ alerts: waiting.length, posted: answer.kind }, "backlog.told");
    return answer.kind === "not-sent" ? told : since;
  } catch (error) {
    log.warn({ err: String(error) }, "backlog.failed");
    return told;
  }
}
