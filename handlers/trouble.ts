/**
 * When nothing comes in any more because Redis or SQS does not answer, or comes and goes, somebody has to hear of it: the
 * channel is told once, past the outbox, which lies in that Redis; the same message says when it is over, also when the
 * bot was started anew meanwhile.
 */
import { type Trouble, troubleMessage, troubleOverMessage } from "../blocks/trouble.ts";
import { isCalm, type Vital } from "../src/health/health.ts";
import { EYES, type Told, toldIn } from "../src/health/told.ts";
import type { Memo } from "../src/ports/vitals.ts";
import type { Ports } from "../src/ports.ts";
import { isElsewhere } from "./deliver.ts";

export interface TroubleDeps extends Pick<Ports, "chat" | "clock" | "log" | "vitals"> {
  /** The alerts' channel; then who hears of it while that takes no posts. */
  readonly places: readonly string[];
  /** Holds what the channel was told, until it is over. */
  readonly memo: Memo;
}

const isEye = ({ part }: Vital) => EYES.some((eye) => eye === part);
/** A restart of Redis or a short outage is nobody's business. */
const PATIENCE_MS = 5 * 60_000;
/** Slack's clock and ours differ. */
const MARGIN_MS = 2_000;

/** One look. */
export async function tellTrouble(deps: TroubleDeps): Promise<void> {
  const { clock, vitals, memo, log } = deps;
  try {
    const told = toldIn(await memo.read());
    const eyes = vitals.all().filter(isEye);
    const next = told === undefined ? await tell(eyes, deps) : await follow(told, eyes, clock.now(), deps);
    if (next !== told) await keep(next, deps);
  } catch (error) {
    log.warn({ err: String(error) }, "trouble.failed");
  }
}

async function tell(eyes: readonly Vital[], deps: TroubleDeps): Promise<Told | undefined> {
  const { chat, clock, places, log } = deps;
  const at = clock.now();
  const trouble = troubleIn(eyes, at);
  if (trouble === undefined) return undefined;
  for (const channel of places) {
    // First: whoever is killed between the two looks in the channel what became of it.
    await keep({ trouble, channel, at }, deps);
    const answer = await chat.post(channel, troubleMessage(trouble), keyOf(trouble));
    log.error({ part: trouble.part, channel, posted: answer.kind }, "trouble.told");
    if (answer.kind === "unknown") return { trouble, channel, at };
    if (answer.kind === "sent") return { trouble, channel: answer.channel ?? channel, at, ts: answer.ts };
    if (!isElsewhere(answer)) break;
  }
  return void (await keep(undefined, deps));
}

/** What was told as it stands after this look; undefined when there is nothing more to say of it. */
async function follow(
  told: Told,
  eyes: readonly Vital[],
  now: number,
  { chat }: TroubleDeps,
): Promise<Told | undefined> {
  const { trouble, channel, at, ts } = told;
  if (ts === undefined) {
    const search = await chat.findPost(channel, keyOf(trouble), at - MARGIN_MS).catch(() => "unknown" as const);
    if (search === "unknown") return told;
    return search.kind === "found" ? { ...told, ts: search.ts } : undefined;
  }
  const sick = eyes.find(({ part }) => part === trouble.part);
  const isOver = eyes.every((eye) => isCalm(eye, now) || (eye !== sick && eye.spell === undefined));
  if (sick?.since === undefined || !isOver) return told;
  const answer = await chat.update(channel, ts, troubleOverMessage(trouble, sick.since));
  return answer.kind === "sent" || (answer.kind === "not-sent" && answer.permanent) ? undefined : told;
}

function keyOf({ part, since }: Trouble): string {
  return `trouble:${part}:${since}`;
}

function troubleIn(eyes: readonly Vital[], now: number): Told["trouble"] | undefined {
  for (const eye of eyes) {
    const { part, state, spell } = eye;
    if (spell === undefined || isCalm(eye, now) || now - Date.parse(spell.since) < PATIENCE_MS) continue;
    // One long failure that has just ended is told no more.
    const [known] = EYES.filter((name) => name === part);
    if (known !== undefined && (state === "failing" || spell.flaps)) return { part: known, ...spell };
  }
  return undefined;
}

async function keep(told: Told | undefined, { memo }: TroubleDeps): Promise<void> {
  await memo.write(told === undefined ? undefined : JSON.stringify(told));
}
