/**
 * When nothing comes in any more because Redis or SQS does not answer, somebody has to hear of it: the channel is told
 * once, past the outbox, which lies in that Redis; the same message says when it is over.
 */
import { type Trouble, troubleMessage, troubleOverMessage } from "../blocks/trouble.ts";
import type { Part } from "../src/health/health.ts";
import type { Ports } from "../src/ports.ts";

export interface TroubleDeps extends Pick<Ports, "chat" | "clock" | "log" | "vitals"> {
  readonly channel: string;
}

/** What the channel was told, until it is over. */
export interface Told {
  readonly trouble: Trouble;
  readonly at: number;
  /** Absent: nobody knows whether Slack took it. */
  readonly ts?: string;
}

/** Without one of these nothing is seen. */
const EYES: readonly Part[] = ["redis", "queue"];
/** A restart of Redis or a short outage is nobody's business. */
const PATIENCE_MS = 5 * 60_000;
/** Slack's clock and ours differ. */
const MARGIN_MS = 2_000;

/** One look; gives what is to be handed to the next one. */
export async function tellTrouble(told: Told | undefined, deps: TroubleDeps): Promise<Told | undefined> {
  const { chat, clock, vitals, channel, log } = deps;
  const now = clock.now();
  const trouble = troubleIn(vitals.all(), now);
  if (told === undefined) {
    if (trouble === undefined) return undefined;
    const answer = await chat.post(channel, troubleMessage(trouble), keyOf(trouble));
    log.error({ part: trouble.part, posted: answer.kind }, "trouble.told");
    if (answer.kind === "not-sent") return undefined;
    return answer.kind === "sent" ? { trouble, at: now, ts: answer.ts } : { trouble, at: now };
  }
  if (told.ts === undefined) return found(told, deps);
  const isOver = EYES.every((part) => vitals.all().every((vital) => vital.part !== part || vital.state !== "failing"));
  if (!isOver) return told;
  const answer = await chat.update(channel, told.ts, troubleOverMessage(told.trouble, new Date(now).toISOString()));
  return answer.kind === "sent" || (answer.kind === "not-sent" && answer.permanent) ? undefined : told;
}

/** Whether Slack has it after all; undefined when not, and then it is told anew. */
async function found(told: Told, { chat, channel }: TroubleDeps): Promise<Told | undefined> {
  const search = await chat.findPost(channel, keyOf(told.trouble), told.at - MARGIN_MS).catch(() => "unknown" as const);
  if (search === "unknown") return told;
  return search.kind === "found" ? { ...told, ts: search.ts } : undefined;
}

function keyOf({ part, since }: Trouble): string {
  return `trouble:${part}:${since}`;
}

function troubleIn(vitals: ReturnType<TroubleDeps["vitals"]["all"]>, now: number): Trouble | undefined {
  const long = vitals.find(
    ({ part, state, since = "" }) =>
      EYES.includes(part) && state === "failing" && now - Date.parse(since) >= PATIENCE_MS,
  );
  return long === undefined ? undefined : { part: long.part, since: long.since ?? "", why: long.why ?? "" };
}
