/**
 * Identities in Slack: the answer to `/ids who`, `/ids key` and `/ids ip`, as a dialog and as a message.
 * Pure. Says where it looked and how far that reaches, also when it found nothing.
 */
import type { Alert } from "../src/alert/alert.ts";
import { maskedKeyId } from "../src/cloudtrail/accesskey.ts";
import {
  type History,
  type Identity,
  type Recorded,
  type Subject,
  textOf,
  unaskedOf,
} from "../src/identity/identity.ts";
import { activityPart, alertsPart, recordedPart } from "./activity.ts";
import { keyLine } from "./containment.ts";
import { between, bold, button, code, context, lines, moment, named, plainText, rich, say } from "./rich.ts";
import { type Block, type Inline, type Message, type Modal, mrkdwn, type Plain, shown, words } from "./text.ts";

export const WHO_PICK = "ids/who_pick/v1";
export const WHO_SHARE = "ids/share/v1";
/** Nobody submits this dialog. */
export const WHO_DIALOG = "ids/who/v1";

/** All that is known of a subject so far. */
export interface WhoAnswer {
  readonly subject: Subject;
  /** One per account that knows the subject. */
  readonly identities: readonly Identity[];
  readonly recorded?: Recorded;
  /** Those that were posted first, the newest of them on top. */
  readonly alerts: readonly Alert[];
  /** Whether Trailhound's own store answered. */
  readonly store: "answered" | "silent";
  readonly iam: "asked" | "answered" | "not-asked";
  /** Accounts in whose IAM it was looked for. */
  readonly searched: readonly { readonly id: string; readonly name?: string }[];
  /** It belongs to an account that is not in the config. */
  readonly outside?: boolean;
  /** Absent: CloudTrail was not asked, or not yet. */
  readonly history?: History;
  /** Several fit: whoever asks picks one. */
  readonly choices: readonly Subject[];
  /** What could not be read: our own sentences. */
  readonly notes: readonly string[];
}

/** Cards that one answer shows whole. */
const SHOWN = 5;
const DOT = words` · `;

/** While an answer grows the dialog says so. `share`: it may be posted where it was asked for. */
export function whoModal(answer: WhoAnswer, share: boolean): Modal {
  const button = share && isDone(answer) && answer.choices.length === 0 ? [shareButton()] : [];
  return {
    type: "modal",
    callback_id: WHO_DIALOG,
    title: plainText(TITLES[answer.subject.kind]),
    close: plainText(words`Close`),
    blocks: [...blocksOf(answer, true), ...button],
  };
}

/** The same for those who read the channel. */
export function whoMessage(answer: WhoAnswer): Message {
  return {
    text: isFound(answer) ? mrkdwn`Trailhound: what is known about this identity` : mrkdwn`Trailhound: nothing found`,
    blocks: blocksOf(answer, false),
  };
}

/** Before anything is known. */
export function whoLoadingModal(): Modal {
  return textModal(words`Looking …`);
}

/** A sentence of any origin in the same dialog. */
export function sentenceModal(sentence: string): Modal {
  return textModal(shown(sentence, 600));
}

export function textModal(text: Plain): Modal {
  return {
    type: "modal",
    callback_id: WHO_DIALOG,
    title: plainText(words`Look up`),
    close: plainText(words`Close`),
    blocks: [rich(lines([say(text)]))],
  };
}

/** Several things that a message names: whoever asks picks one. A button's value is the place of its choice in the list. */
export function pickModal(choices: readonly Subject[]): Modal {
  return {
    type: "modal",
    callback_id: WHO_DIALOG,
    title: plainText(words`Look up`),
    close: plainText(words`Close`),
    blocks: [rich(lines([say(words`Which one?`)])), ...choices.flatMap(choiceBlocks)],
  };
}

/** Nothing more is coming. */
export function isDone({ iam, history }: WhoAnswer): boolean {
  return iam !== "asked" && history?.done !== false;
}

const TITLES: Readonly<Record<Subject["kind"], Plain>> = {
  key: words`Access key`,
  "key-end": words`Access key`,
  arn: words`Identity`,
  name: words`Identity`,
  address: words`Address`,
};

function blocksOf(answer: WhoAnswer, withChoices: boolean): Block[] {
  const { subject, identities, recorded, alerts, choices, history } = answer;
  const picks = withChoices ? choices : [];
  const cards = identities.slice(0, SHOWN).map(card);
  return [
    ...(isDone(answer) ? [] : [rich(lines(progress(answer)))]),
    ...(identities.length === 1 && subject.kind !== "key" ? [] : [rich(lines(title(answer)))]),
    ...(picks.length === 0
      ? cards
      : picks.flatMap((choice, i) => [...cards.slice(i, i + 1), ...choiceBlocks(choice, i)])),
    ...(history?.activity === undefined ? [] : [rich(activityPart(history.activity, history))]),
    ...(recorded === undefined ? [] : [rich(recordedPart(recorded))]),
    ...(alerts.length === 0 ? [] : [rich(alertsPart(alerts))]),
    sources(answer),
  ];
}

function isFound({ identities, recorded, alerts, history }: WhoAnswer): boolean {
  return identities.length > 0 || recorded !== undefined || alerts.length > 0 || history?.activity !== undefined;
}

function title(answer: WhoAnswer): Inline[] {
  const { subject, identities, choices } = answer;
  const asked = subjectInline(subject);
  if (choices.length > 1 && identities.length > 1)
    return [...asked, say(words` is known in `), bold(words`${identities.length} accounts`), say(words`. Which one?`)];
  if (choices.length > 1) return [bold(words`${choices.length} keys`), say(words` end so. Which one?`)];
  if (isFound(answer)) return asked;
  if (!isDone(answer)) return [say(words`Looking for `), ...asked, say(words` …`)];
  return [bold(words`Nothing found`), say(words` about `), ...asked, say(words`.`)];
}

/** Who is being asked; on top, because the rest may not fit the screen. */
function progress({ history }: WhoAnswer): Inline[] {
  if (history === undefined) return [say(words`IAM: asking …`)];
  const { answered, regions } = history;
  return [bold(words`Partial. `), say(words`CloudTrail: asking … ${answered} of ${regions} regions so far`)];
}

function subjectInline(subject: Subject): Inline[] {
  return subject.kind === "key" ? [code(maskedKeyId(subject.keyId))] : named(textOf(subject), 120);
}

function choiceBlocks(subject: Subject, index: number): Block[] {
  const label = subject.kind === "key" ? shown(maskedKeyId(subject.keyId), 60) : shown(textOf(subject), 70);
  return [
    {
      type: "actions",
      block_id: `pick_${index}`,
      elements: [button(WHO_PICK, label, String(index))],
    },
  ];
}

function shareButton(): Block {
  return { type: "actions", block_id: "share", elements: [button(WHO_SHARE, words`Share here`, "share")] };
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

/** Where it was looked, how far that reaches, and what is missing. */
function sources(answer: WhoAnswer): Block {
  const { subject, store, searched, outside, history, notes } = answer;
  const names = searched.map(({ id, name }) =>
    name === undefined ? shown(id, 30) : words`${shown(name, 40)} (${shown(id, 30)})`,
  );
  const unasked = unaskedOf(subject);
  const rows: Inline[][] = [
    [
      say(
        store === "answered"
          ? words`Trailhound's own alerts: last 30 days`
          : words`Trailhound's own store does not answer: alerts are missing here`,
      ),
    ],
    ...(names.length > 0 ? [[say(words`IAM users: ${listed(names)}`)]] : []),
    ...(outside === true ? [[say(words`IAM and CloudTrail not asked: its account is not in the config`)]] : []),
    ...(unasked === undefined || outside === true ? [] : [[say(shown(unasked, 200))]]),
    ...(subject.kind === "address"
      ? [[say(words`CloudTrail cannot be asked for an address: only alerts are told here`)]]
      : []),
    ...(history === undefined ? [] : historyRows(history)),
    ...notes.slice(0, 8).map((note) => [say(shown(note, 240))]),
  ];
  return rows.length === 0 ? context(mrkdwn`From Trailhound's own alerts.`) : rich(lines(...rows));
}

function historyRows({ regions, answered, unanswered, more, days, done }: History): Inline[][] {
  const isWhole = answered === regions && unanswered.length === 0;
  return [
    [
      ...(isWhole || !done ? [] : [bold(words`Partial. `)]),
      say(words`CloudTrail, last ${days} days: ${answered} of ${regions} regions`),
      ...(more ? [say(words`; the newest 150 of each region`)] : []),
    ],
    ...unanswered.slice(0, 4).map(({ place, why }) => [say(words`  ${shown(place, 60)}: ${shown(why, 160)}`)]),
    ...(unanswered.length > 4 ? [[say(words`  and ${unanswered.length - 4} more`)]] : []),
  ];
}

function listed(names: readonly Plain[]): Plain {
  const [first = words`nowhere`, ...rest] = names.slice(0, 6);
  const told = rest.reduce((sum, name) => words`${sum}, ${name}`, first);
  return names.length > 6 ? words`${told} and ${names.length - 6} more` : told;
}
