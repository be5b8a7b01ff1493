/**
 * Alerts in Slack: an Alert → the message that people read, and its record behind *Details*.
 * Pure. Made for a tired reader on a phone: level and title, one sentence, then facts; at most ALERT_LIMITS.
 */
import type { Alert } from "../src/alert/alert.ts";
import { disableKeyOf, isContained } from "../src/alert/disable.ts";
import { isDoubted, isTrusted } from "../src/alert/trust.ts";
import type { Level } from "../src/detect/finding.ts";
import { facts, topActions, why } from "./facts.ts";
import { ALERT_LIMITS, charsOf, LIMITS } from "./limits.ts";
import { proof } from "./proof.ts";
import { isReport } from "./report.ts";
import { button, context, lines, plainText, rich } from "./rich.ts";
import { headline, newest, sentence } from "./sentence.ts";
import {
  type Block,
  type Button,
  cut,
  cutMrkdwn,
  escaped,
  type Message,
  type Mrkdwn,
  momentIn,
  mrkdwn,
  type Plain,
  personIn,
  shown,
  words,
} from "./text.ts";
import { trustLines } from "./trust.ts";

export { type Advice, detailsModal } from "./details.ts";

export const ACKNOWLEDGE = "ids/acknowledge/v1";
export const DISABLE_KEY = "ids/disable_key/v1";
export const DETAILS = "ids/details/v1";

/** A word and a shape each: colour is not told apart by everybody, nor on every screen. */
const LEVEL_MARKS: Readonly<Record<Level, readonly [Plain, Plain]>> = {
  critical: [words`◆`, words`CRITICAL`],
  high: [words`▲`, words`HIGH`],
  medium: [words`■`, words`MEDIUM`],
  low: [words`●`, words`LOW`],
  informational: [words`○`, words`INFO`],
};

/** From this many different actions on, the alert lists the most frequent ones. */
const MANY_ACTIONS = 3;

/** The message of an alert as it stands now. */
export function alertMessage(alert: Alert): Message {
  const [shape, level] = LEVEL_MARKS[alert.level];
  const title = cut(words`${shape} ${level} · ${shown(alert.title, 100)}`, LIMITS.headerText);
  return {
    text: notification(alert, level),
    blocks: [{ type: "header", text: plainText(title) }, ...body(alert, title.length)],
  };
}

/** How many pieces of evidence and how many actions are listed: fewer when names are so long that the message gets too long. */
const DETAIL = [
  { evidence: 4, actions: 6 },
  { evidence: 2, actions: 3 },
  { evidence: 1, actions: 0 },
] as const;

function body(alert: Alert, used: number): readonly Block[] {
  const drafts = DETAIL.map((detail) => blocksOf(alert, detail));
  return drafts.find((blocks) => used + charsOf(blocks) <= ALERT_LIMITS.chars) ?? drafts.slice(-1).flat();
}

function blocksOf(alert: Alert, detail: { readonly evidence: number; readonly actions: number }): readonly Block[] {
  const isListed = detail.actions > 0 && alert.counters.actions.length >= MANY_ACTIONS;
  return [
    rich(
      lines(sentence(alert), newest(alert)),
      ...(alert.trust === undefined ? [] : [trustLines(alert.trust, alert.counters.findings)]),
    ),
    ...(alert.containment === undefined ? [] : [rich(...proof(alert.containment))]),
    rich(facts(alert)),
    rich(why(alert, detail.evidence), ...(isListed ? [topActions(alert, detail.actions)] : [])),
    context(counters(alert)),
    context(state(alert)),
    actions(alert),
  ];
}

/** `[HIGH] prod-payments: alice created an access key for bob (success), 3 events` */
function notification(alert: Alert, level: Plain): Mrkdwn {
  const { account, counters } = alert;
  const place = shown(account.name ?? account.id, 30);
  const count = counters.events === 1 ? words`1 event` : words`${counters.events} events`;
  // What AWS found by itself has no outcome.
  const end = isReport(alert.opening) ? words`, ${count}` : words` (${shown(alert.outcome)}), ${count}`;
  const doubted = isDoubted(alert.trust) ? words`unverified: ` : words``;
  // The sentence gives way first: how it ended and how often stay readable.
  const start = escaped(words`[${level}] ${doubted}${place}: ${headline(alert)}`);
  return mrkdwn`${cutMrkdwn(start, ALERT_LIMITS.fallback - end.length)}${escaped(end)}`;
}

/** `17 events · 6 actions · 2 regions · first … · last …` */
function counters({ counters: { events, actions, regions, first, last } }: Alert): Mrkdwn {
  const sums = mrkdwn`${counted(events, mrkdwn`event`)} · ${counted(actions.length, mrkdwn`action`)} · ${counted(regions.length, mrkdwn`region`)}`;
  if (first === last) return mrkdwn`${sums} · ${momentIn(first)}`;
  return mrkdwn`${sums} · first ${momentIn(first)} · last ${momentIn(last)}`;
}

function counted(count: number, noun: Mrkdwn): Mrkdwn {
  return count === 1 ? mrkdwn`1 ${noun}` : mrkdwn`${count} ${noun}s`;
}

/** Who has it; and, where no button can help, why not. */
function state(alert: Alert): Mrkdwn {
  const { acknowledged } = alert;
  const now =
    acknowledged === undefined
      ? mrkdwn`□ *Open* · nobody has taken it yet`
      : mrkdwn`◧ *Acknowledged* by ${personIn(acknowledged.by)} ${momentIn(acknowledged.at)}`;
  const hint = disableKeyOf(alert) === undefined ? undisablable(alert) : undefined;
  return hint === undefined ? now : mrkdwn`${now} · ${hint}`;
}

/** Why there is no *Disable key…*: said only where people would look for it. */
function undisablable({ opening, account, keyAccount, trust }: Alert): Mrkdwn | undefined {
  if (opening.principalKind === "Root") return mrkdwn`no IAM call can disable root's credentials: sign in as root`;
  if (opening.key === undefined) return undefined;
  if (!isTrusted(trust)) return mrkdwn`unverified: nothing can be disabled from here`;
  if (opening.key.type === "temporary") return mrkdwn`temporary keys cannot be disabled: revoke their sessions in IAM`;
  const { configured } = keyAccount ?? account;
  return configured ? undefined : mrkdwn`the key's account is not in Trailhound's config`;
}

function actions(alert: Alert): Block {
  const buttons: Button[] = [button(DETAILS, words`Details`, alert.id)];
  if (disableKeyOf(alert) !== undefined && !isContained(alert))
    buttons.unshift(button(DISABLE_KEY, words`Disable key…`, alert.id, "danger"));
  if (alert.acknowledged === undefined) buttons.unshift(button(ACKNOWLEDGE, words`Acknowledge`, alert.id));
  return { type: "actions", block_id: "actions", elements: buttons };
}
