/**
 * Identities in Slack: the card that answers `/ids who`.
 * Pure. Says where it looked and how far that reaches, also when it found nothing.
 */
import { type Alert, isContained } from "../src/alert/alert.ts";
import type { Identity, Recorded, Subject } from "../src/identity/identity.ts";
import { keyLine } from "./containment.ts";
import { between, bold, code, context, lines, moment, named, quote, rich, say } from "./rich.ts";
import { headline } from "./sentence.ts";
import { type Block, type Inline, type Message, mrkdwn, type Plain, shown, words } from "./text.ts";

export interface WhoAnswer {
  readonly subject: Subject;
  /** One per account that knows the subject. */
  readonly identities: readonly Identity[];
  readonly recorded?: Recorded;
  /** Newest first. */
  readonly alerts: readonly Alert[];
  /** Where it was looked and what could not be read: our own sentences. */
  readonly notes: readonly string[];
}

/** Cards and alerts that one answer shows whole. */
const SHOWN = 5;
const DOT = words` · `;

export function whoMessage(answer: WhoAnswer): Message {
  const { subject, identities, recorded, alerts, notes } = answer;
  const found = identities.length > 0 || recorded !== undefined || alerts.length > 0;
  return {
    text: found ? mrkdwn`Trailhound: what is known about this identity` : mrkdwn`Trailhound: nothing found`,
    blocks: [
      ...(identities.length === 1 ? [] : [rich(lines(title(subject, identities, found)))]),
      ...identities.slice(0, SHOWN).map(card),
      ...(identities.length > SHOWN ? [rich(lines([say(words`and ${identities.length - SHOWN} more accounts`)]))] : []),
      ...(recorded === undefined ? [] : [rich(recordedPart(recorded))]),
      ...(alerts.length === 0 ? [] : [rich(alertsPart(alerts))]),
      sources(notes),
    ],
  };
}

function title(subject: Subject, identities: readonly Identity[], found: boolean): Inline[] {
  const asked = named(
    subject.kind === "key" ? subject.keyId : subject.kind === "arn" ? subject.arn : subject.name,
    120,
  );
  if (!found) return [bold(words`Nothing found`), say(words` about `), ...asked, say(words`.`)];
  if (identities.length > 1)
    return [
      ...asked,
      say(words` is known in `),
      bold(words`${identities.length} accounts`),
      say(words`: ask again with the ARN.`),
    ];
  return asked;
}

function card({ account, userName, arn, createdAt, passwordLastUsed, keys }: Identity): Block {
  const { id, name, owner } = account;
  const place = name === undefined ? [say(shown(id, 30))] : [bold(shown(name, 60)), say(words` (${shown(id, 30)})`)];
  const owned = owner === undefined ? [] : [say(words`owner ${shown(owner, 60)}`)];
  const password =
    passwordLastUsed === undefined ? [] : [say(words`signed in to the console `), moment(passwordLastUsed)];
  return rich(
    lines(
      between(DOT, named(userName), [say(words`IAM user`)], place, owned),
      between(DOT, [say(words`made `), moment(createdAt)], password, [code(arn, 100)]),
      ...(keys.length === 0
        ? [[say(words`no access keys`)]]
        : keys.slice(0, 4).map((key) => [bold(words`Key`), say(words`  `), ...keyLine(key)])),
    ),
  );
}

function recordedPart({ events, actions, regions, addresses, first, last }: Recorded) {
  const top = actions.slice(0, 5).map(({ action, count }) => [code(action, 48), say(words` ×${count}`)]);
  return quote(
    [
      bold(words`Recorded in alerts`),
      say(words`  ${count(events, words`event`)}, `),
      moment(first),
      say(words` to `),
      moment(last),
    ],
    between(words`, `, ...top, ...more(actions.length - top.length)),
    between(
      words`, `,
      [say(words`from `), ...between(words`, `, ...addresses.slice(0, 4).map((ip) => [code(ip, 45)]))],
      ...more(addresses.length - 4),
    ),
    between(
      words`, `,
      [say(words`in `), ...between(words`, `, ...regions.slice(0, 6).map((region) => [code(region, 30)]))],
      ...more(regions.length - 6),
    ),
  );
}

function alertsPart(alerts: readonly Alert[]) {
  const rows = alerts
    .slice(0, SHOWN)
    .map((alert) => [
      bold(LEVEL_WORDS[alert.level]),
      say(words` ${headline(alert)}${DOT}${stateOf(alert)}${DOT}`),
      moment(alert.counters.last),
    ]);
  return lines([bold(words`Alerts`)], ...rows, ...more(alerts.length - SHOWN));
}

const LEVEL_WORDS: Readonly<Record<Alert["level"], Plain>> = {
  critical: words`CRITICAL`,
  high: words`HIGH`,
  medium: words`MEDIUM`,
  low: words`LOW`,
  informational: words`INFO`,
};

function stateOf(alert: Alert): Plain {
  if (isContained(alert)) return words`key disabled`;
  return alert.acknowledged === undefined ? words`open` : words`acknowledged`;
}

function sources(notes: readonly string[]): Block {
  if (notes.length === 0) return context(mrkdwn`From IAM and from Trailhound's own alerts.`);
  return rich(lines(...notes.slice(0, 12).map((note) => [say(shown(note, 240))])));
}

function count(number: number, noun: Plain): Plain {
  return number === 1 ? words`1 ${noun}` : words`${number} ${noun}s`;
}

function more(number: number): Inline[][] {
  return number > 0 ? [[say(words`${number} more`)]] : [];
}
