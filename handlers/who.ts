/**
 * Who is that: what Trailhound recorded, then what IAM says, then what CloudTrail's history says. The answer grows: each
 * step yields all that is known by then.
 * Looks only into accounts of the config; an answer about another account than the one asked for is not believed.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { WhoAnswer } from "../blocks/identity.ts";
import { alertOf, type StoredAlert } from "../src/alert/alert.ts";
import { endSubject } from "../src/alert/subject.ts";
import { recordedOf } from "../src/alert/summary.ts";
import { accountOfKeyId } from "../src/cloudtrail/accesskey.ts";
import type { Account } from "../src/config.ts";
import { type Subject, textOf, unaskedOf } from "../src/identity/identity.ts";
import type { Ports } from "../src/ports.ts";
import { historyOf } from "./history.ts";
import { type Found, identityIn } from "./identity.ts";

export interface WhoPorts extends Pick<Ports, "iam" | "trail" | "clock"> {
  readonly alerts: Pick<Ports["alerts"], "alertsOf">;
}

const ALERTS = 50;
const CHOICES = 10;
/** A store that hangs must not hold up what IAM knows. */
const STORE_MS = 2_000;

export async function* whoIs(
  subject: Subject,
  accounts: readonly Account[],
  ports: WhoPorts,
): AsyncGenerator<WhoAnswer, void, undefined> {
  const stored = await alertsAbout([subjectKey(subject)], ports);
  const first = answerOf(subject, stored, [], accounts);
  const keys = subject.kind === "key-end" ? keysEndingIn(subject.lastFour, stored ?? []) : [];
  const [only] = keys;
  if (subject.kind === "key-end" && keys.length === 1 && only !== undefined)
    return yield* whoIs({ kind: "key", keyId: only }, accounts, ports);
  if (subject.kind === "key-end") return yield { ...first, choices: keys.map((keyId) => ({ kind: "key", keyId })) };

  const asked = accountsOf(subject, accounts);
  const asksIam =
    subject.kind !== "address" && !isTemporary(subject) && unaskedOf(subject) === undefined && asked.length > 0;
  yield { ...first, iam: asksIam ? "asked" : "not-asked" };

  const found = asksIam ? await Promise.all(asked.map((account) => identityIn(account, subject, ports))) : [];
  const identities = found.flatMap(({ identity }) => (identity === undefined ? [] : [identity]));
  const arns = identities.map(({ arn }) => arn);
  const more = arns.length === 0 ? stored : await alertsAbout([subjectKey(subject), ...arns], ports);
  const answer: WhoAnswer = {
    ...answerOf(subject, more, found, accounts),
    iam: asksIam ? "answered" : "not-asked",
    ...(asked.length === 0 ? { outside: true } : {}),
    searched: asksIam ? asked : [],
  };
  if (identities.length > 1)
    return yield {
      ...answer,
      choices: identities.map(({ arn, account, userName }) => ({ kind: "arn", arn, account: account.id, userName })),
    };

  const places = identities.length === 1 ? asked.filter(({ id }) => id === identities[0]?.account.id) : asked;
  let isAsked = false;
  for await (const history of historyOf(subject, places, ports)) {
    isAsked = true;
    yield { ...answer, history };
  }
  if (!isAsked) yield answer;
}

function answerOf(
  subject: Subject,
  stored: readonly StoredAlert[] | undefined,
  found: readonly Found[],
  accounts: readonly Account[],
): WhoAnswer {
  const recorded = recordedOf(stored ?? []);
  return {
    subject,
    identities: found.flatMap(({ identity }) => (identity === undefined ? [] : [identity])),
    ...(recorded === undefined ? {} : { recorded }),
    alerts: (stored ?? []).map((alert) => alertOf(alert, accounts)),
    store: stored === undefined ? "silent" : "answered",
    iam: "not-asked",
    searched: [],
    choices: [],
    notes: found.flatMap(({ note }) => (note === undefined ? [] : [note])),
  };
}

/** The accounts worth asking: the one that an ARN or a key id names, else all of the config. */
function accountsOf(subject: Subject, accounts: readonly Account[]): readonly Account[] {
  const named =
    subject.kind === "key" ? accountOfKeyId(subject.keyId) : subject.kind === "arn" ? subject.account : undefined;
  return named === undefined ? accounts : accounts.filter(({ id }) => id === named);
}

/** IAM knows long-term keys alone. */
function isTemporary(subject: Subject): boolean {
  return subject.kind === "key" && subject.keyId.startsWith("ASIA");
}

/** An alert may tell of several keys. */
function keysEndingIn(lastFour: string, stored: readonly StoredAlert[]): readonly string[] {
  const keys = stored.flatMap(({ opening, latest }) => [opening.snapshot.key?.id ?? "", latest.snapshot.key?.id ?? ""]);
  return [...new Set(keys.filter((id) => id.endsWith(lastFour)))].slice(0, CHOICES);
}

/** Those that were posted first, the newest of them on top; undefined when the store does not answer. */
async function alertsAbout(
  subjects: readonly string[],
  { alerts }: Pick<WhoPorts, "alerts">,
): Promise<readonly StoredAlert[] | undefined> {
  const asked = Promise.all([...new Set(subjects)].map((subject) => alerts.alertsOf(subject, ALERTS)));
  const ended = new AbortController();
  const late = sleep(STORE_MS, undefined, { signal: ended.signal }).catch(() => undefined);
  const lists = await Promise.race([asked.catch(() => undefined), late]).finally(() => ended.abort());
  const byID = new Map(lists?.flat().map((alert) => [alert.id, alert]));
  return lists === undefined ? undefined : [...byID.values()].toSorted(byRelevance);
}

function byRelevance(a: StoredAlert, b: StoredAlert): number {
  if (a.shows !== b.shows) return a.shows ? -1 : 1;
  return a.last < b.last ? 1 : -1;
}

/** What its alerts are kept under. */
function subjectKey(subject: Subject): string {
  return subject.kind === "key-end" ? endSubject(subject.lastFour) : textOf(subject);
}
