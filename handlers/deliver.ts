/**
 * An alert is due in Slack: reserve → post or edit → confirm, rendered from what the store holds now.
 * Posts are effectively once: when an attempt may have reached Slack, the channel is searched before posting again.
 */
import { alertMessage } from "../blocks/alert.ts";
import { type AccountView, alertOf, nextEditMs, rankOf, type StoredAlert } from "../src/alert/alert.ts";
import type { Reservation } from "../src/ports/alerts.ts";
import type { PostAnswer } from "../src/ports/chat.ts";
import type { Ports } from "../src/ports.ts";
import { delayMsAfter } from "./effect.ts";

export interface DeliverContext {
  /** The alerts' channel; then channels and people that get them while it refuses all posts. */
  readonly places: readonly string[];
  readonly accounts: readonly AccountView[];
  /** Names this worker in reservations; any string unique to the process. */
  readonly worker: string;
}

type Due = Extract<Reservation, { kind: "post" | "edit" }>;
type DeliverPorts = Pick<Ports, "alerts" | "outbox" | "chat" | "clock" | "log">;

/** Slack lists a new message within a moment; a second look this much later settles that it is not there. */
const SECOND_LOOK_MS = 5_000;
/** While Slack is away an alert of the two worst levels knocks this often, so that it is there soon after Slack's return. */
const WORST_RETRY_MS = 10_000;
const WORST_RANK = rankOf("high", undefined);
/** A refusal that only a person can end (channel archived, token revoked) is tried again this often. */
const PERMANENT_RETRY_MS = 60_000;
/** What may be forged lets others go first when Slack takes messages again: more than the sweep's round and Slack's jitter. */
const BEHIND_MS = 5_000;

export async function handleDeliver(alertId: string, context: DeliverContext, ports: DeliverPorts): Promise<void> {
  const reservation = await ports.alerts.reserve(alertId, context.worker, ports.clock.now());
  switch (reservation.kind) {
    case "nothing":
      // `reserve` dropped the row in the same step: dropping it here could take one that was added since.
      return;
    case "busy":
      await ports.outbox.postpone({ kind: "deliver", id: alertId }, reservation.until);
      return;
    case "edit": {
      const { channel, ts, alert } = reservation;
      const answer = await ports.chat.update(channel, ts, messageOf(alert, context));
      // Its channel was archived, or somebody deleted it: what is new about it is told where that can be done.
      if (isElsewhere(answer)) return post(reservation, context, ports);
      return settle(alert, { channel, ts }, answer, context, ports);
    }
    case "post":
      return post(reservation, context, ports);
  }
}

/** The first place is asked each time: a person may have opened it again. */
async function post(due: Due, context: DeliverContext, ports: DeliverPorts): Promise<void> {
  const { alert } = due;
  for (const [i, place] of context.places.entries()) {
    if (await isLookedUp(due, place, context, ports)) return;
    const answer = await ports.chat.post(place, messageOf(alert, context), alert.id);
    const isLast = i === context.places.length - 1;
    if (isElsewhere(answer) && !isLast) {
      ports.log.error({ alert: alert.id, channel: place, why: answer.why }, "channel.closed");
      continue;
    }
    if (answer.kind === "sent")
      ports.log.info({ alert: alert.id, rule: alert.opening.finding.rule, findings: alert.findings }, "alert.posted");
    return settle(alert, { channel: place }, answer, context, ports);
  }
}

/**
 * Looks for what an earlier attempt may have left in this place.
 *
 * @returns true when that decided it: it is there, or has to be looked for again. False: post it.
 */
async function isLookedUp(due: Due, channel: string, context: DeliverContext, ports: DeliverPorts): Promise<boolean> {
  const { alert, searchSince, missedAt } = due;
  if (searchSince === undefined) return false;
  const search = await ports.chat.findPost(channel, alert.id, searchSince).catch((error: unknown) => {
    ports.log.warn({ alert: alert.id, why: String(error) }, "alert.not-searched");
  });
  const now = ports.clock.now();
  if (search === undefined) {
    // Slack is away: whoever held on to the reservation would lose time when it is back.
    await ports.alerts.releaseUnsure(alert.id, context.worker, await backAt(alert, ports), missedAt);
    return true;
  }
  // What could not be edited there any more is not what is looked for.
  const isFound = search.kind === "found" && !(due.kind === "edit" && search.ts === due.ts);
  if (isFound) {
    // Revision 0: whatever that attempt showed, the alert as it stands now is edited in right after.
    await ports.alerts.confirm(alert.id, { channel, ts: search.ts, rev: 0 }, now);
    return true;
  }
  if (search.kind !== "unsearchable" && (missedAt === undefined || now - missedAt < SECOND_LOOK_MS)) {
    await ports.alerts.releaseUnsure(alert.id, context.worker, (missedAt ?? now) + SECOND_LOOK_MS, missedAt ?? now);
    return true;
  }
  // Not there twice, or history cannot be read: posting again may repeat the alert, not posting may lose it.
  ports.log.warn({ alert: alert.id, search: search.kind }, "alert.posted-again");
  return false;
}

/** Whether another place may take what this one refused. */
export function isElsewhere(answer: PostAnswer): answer is Extract<PostAnswer, { kind: "not-sent" }> {
  return answer.kind === "not-sent" && answer.elsewhere === true;
}

async function settle(
  alert: StoredAlert,
  { channel, ts }: { readonly channel: string; readonly ts?: string },
  answer: PostAnswer,
  context: DeliverContext,
  ports: DeliverPorts,
): Promise<void> {
  const now = ports.clock.now();
  switch (answer.kind) {
    case "sent":
      return ports.alerts.confirm(
        alert.id,
        { channel: answer.channel ?? channel, ts: ts ?? answer.ts, rev: alert.rev },
        now + nextEditMs(alert),
      );
    case "unknown":
      ports.log.warn({ alert: alert.id, why: answer.why }, "alert.unsure");
      return ports.alerts.releaseUnsure(alert.id, context.worker, await backAt(alert, ports));
    case "not-sent": {
      const waitMs = answer.retryAfterMs ?? (answer.permanent ? PERMANENT_RETRY_MS : undefined);
      const behindMs = alert.opening.doubt === undefined ? 0 : BEHIND_MS;
      const at = (waitMs === undefined ? await againAt(alert.id, ports) : now + waitMs) + behindMs;
      ports.log[answer.permanent ? "error" : "warn"](
        { alert: alert.id, why: answer.why, retryMs: at - now },
        "alert.not-sent",
      );
      return ports.alerts.releaseClean(alert.id, context.worker, at);
    }
  }
}

/** When Slack may answer again. Not of a refused message: many that are refused for ever would leave the others no turn. */
async function backAt({ id, opening: { finding, doubt } }: StoredAlert, ports: DeliverPorts): Promise<number> {
  const at = await againAt(id, ports);
  const isWorst = rankOf(finding.level, doubt) <= WORST_RANK;
  return isWorst ? Math.min(at, ports.clock.now() + WORST_RETRY_MS) : at;
}

/** 1 s, 2 s, 4 s … a minute, until Slack takes it. */
async function againAt(id: string, { outbox, clock }: Pick<DeliverPorts, "outbox" | "clock">): Promise<number> {
  const attempts = await outbox.failed({ kind: "deliver", id });
  return clock.now() + delayMsAfter(Math.max(0, attempts - 1));
}

function messageOf(alert: StoredAlert, context: DeliverContext) {
  return alertMessage(alertOf(alert, context.accounts));
}
