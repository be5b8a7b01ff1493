/**
 * Vitals: how the parts of the bot answered last, noted in passing by whoever used them. No part is asked for that.
 */

import type { IamAnswer } from "../contain/plan.ts";
import { isCalm, PARTS, type Part, type Spell, type Vital } from "../health/health.ts";
import type { PostAnswer } from "../ports/chat.ts";
import { StoreError, type Vitals } from "../ports/vitals.ts";
import type { Clock, Ports } from "../ports.ts";

export function openVitals(clock: Clock): Vitals {
  const known = new Map<Part, Vital>();
  const note = (part: Part, state: "ok" | "failing", why?: string) => {
    const at = new Date(clock.now()).toISOString();
    const before = known.get(part);
    const since = before?.state === state && before.since !== undefined ? before.since : at;
    const spell = why === undefined ? before?.spell : spellOf(before, why, at);
    known.set(part, { part, state, since, at, ...(why !== undefined && { why }), ...(spell && { spell }) });
  };
  return {
    ok: (part) => note(part, "ok"),
    failed: (part, why) => note(part, "failing", why.slice(0, 300)),
    all: () => PARTS.map((part) => known.get(part) ?? { part, state: "unused" }),
  };
}

/** A failure goes on with the spell before it, unless the part was calm in between. */
function spellOf(before: Vital | undefined, why: string, at: string): Spell {
  if (before?.spell === undefined || isCalm(before, Date.parse(at))) return { since: at, why, flaps: false };
  return { ...before.spell, why, flaps: before.spell.flaps || before.state === "ok" };
}

/**
 * The same ports, whose answers are noted. A store that fails does so with a StoreError.
 *
 * @param channel where alerts belong: while it refuses them Slack is told as failing, even if another place takes them.
 */
export function watched(ports: Ports, vitals: Vitals, channel: string): Ports {
  const store = <T extends object>(it: T): T => watchedStore(it, vitals);
  const slack = slackFaults(channel);
  return {
    ...ports,
    alerts: store(ports.alerts),
    quarantine: store(ports.quarantine),
    outbox: store(ports.outbox),
    containments: store(ports.containments),
    audit: store(ports.audit),
    chat: {
      ...ports.chat,
      post: (...args) => noted(ports.chat.post(...args), slack.ofPost(args[0]), "slack", vitals),
      update: (...args) => noted(ports.chat.update(...args), slack.ofPost(args[0]), "slack", vitals),
      findPost: (...args) => noted(ports.chat.findPost(...args), slack.standing, "slack", vitals),
      user: (...args) => noted(ports.chat.user(...args), slack.standing, "slack", vitals),
    },
    iam: {
      ...ports.iam,
      keyOwner: (...args) => noted(ports.iam.keyOwner(...args), iamFault, "iam", vitals),
      user: (...args) => noted(ports.iam.user(...args), iamFault, "iam", vitals),
      keys: (...args) => noted(ports.iam.keys(...args), iamFault, "iam", vitals),
      deactivateKey: (...args) => noted(ports.iam.deactivateKey(...args), iamFault, "iam", vitals),
    },
    trail: {
      async lookup(query, signal) {
        const answer = await ports.trail.lookup(query, signal);
        // A region that a policy closes is no fault of CloudTrail's, neither is an asker who closed the dialog.
        if (answer.kind !== "unavailable") vitals.ok("cloudtrail");
        else if (!isGivenUp(signal)) vitals.failed("cloudtrail", answer.why);
        return answer;
      },
    },
    logFiles: { open: (...args) => noted(ports.logFiles.open(...args), () => undefined, "s3", vitals) },
  };
}

/** Ended by whoever asked, and not because it took too long. */
function isGivenUp(signal: AbortSignal | undefined): boolean {
  return signal?.reason instanceof Error && signal.reason.name === "AbortError";
}

/** What is wrong with an answer of Slack's, and what stays wrong until the alerts' channel takes something again. */
function slackFaults(channel: string) {
  let refusal: string | undefined;
  return {
    standing: () => refusal,
    ofPost: (place: string) => (answer: PostAnswer) => {
      if (answer.kind === "sent") {
        if (place === channel) refusal = undefined;
        return refusal;
      }
      const isRefused = answer.kind === "not-sent" && answer.elsewhere === true;
      if (isRefused && place === channel) refusal = `${answer.why}, in the alerts' channel`;
      return refusal ?? answer.why;
    },
  };
}

function iamFault(answer: IamAnswer<unknown>): string | undefined {
  if (answer.kind === "denied") return `Trailhound's role lacks ${answer.missing}`;
  return answer.kind === "unavailable" ? answer.why : undefined;
}

async function noted<T>(
  asked: Promise<T>,
  faultOf: (answer: T) => string | undefined,
  part: Part,
  vitals: Vitals,
): Promise<T> {
  try {
    const answer = await asked;
    const fault = faultOf(answer);
    if (fault === undefined) vitals.ok(part);
    else vitals.failed(part, fault);
    return answer;
  } catch (error) {
    vitals.failed(part, messageOf(error));
    throw error;
  }
}

/**
 * Every method of a store, its failures noted: all of them ask Redis. That it answers says little, for a full Redis
 * can still be read: it is well when it takes writes, which the inbox asks before each receive.
 */
function watchedStore<T extends object>(store: T, vitals: Vitals): T {
  return new Proxy(store, {
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver);
      if (typeof member !== "function") return member;
      return async (...args: readonly unknown[]) => {
        try {
          return await member.apply(target, args);
        } catch (error) {
          vitals.failed("redis", messageOf(error));
          throw new StoreError(messageOf(error), { cause: error });
        }
      };
    },
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
