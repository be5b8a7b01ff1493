/**
 * A look-up on its way in Slack: `/ids who`, `/ids key`, `/ids ip` and the menu entry *Look up identity* open a dialog that
 * fills as the answers come; a button in it picks one of several, another one posts the answer where it was asked for.
 * Looking changes nothing, so it works while the store is away.
 * A dialog, because Slack lets nobody replace the answer to a slash command (slackapi/bolt-js#2287).
 */
import { setTimeout as sleep } from "node:timers/promises";
import {
  isDone,
  pickModal,
  sentenceModal,
  textModal,
  type WhoAnswer,
  whoLoadingModal,
  whoMessage,
  whoModal,
} from "../blocks/identity.ts";
import { type Message, type Plain, words } from "../blocks/text.ts";
import { type Subject, subjectsIn } from "../src/identity/identity.ts";
import { ClosedError } from "../src/ports/chat.ts";
import type { Click, Shortcut } from "../src/ports/listeners.ts";
import type { Ports } from "../src/ports.ts";
import { type AskDeps, approvalOf } from "./authorise.ts";
import { whoIs } from "./who.ts";

export interface LookupDeps extends AskDeps, Pick<Ports, "iam" | "trail"> {
  /** Dialogs that are open, by view id; kept by this process alone. */
  readonly lookups: Map<string, Lookup>;
}

export interface Lookup {
  readonly asker: string;
  /** Where the answer may be shared; empty on the Home tab. */
  readonly responseUrl: string;
  readonly channel: string;
  /** What its buttons stand for. */
  readonly choices: readonly Subject[];
  /** What is shared: the answer as the dialog shows it, without the records behind it. */
  readonly message?: Message;
}

/** Where a question came from. */
export interface Question {
  readonly user: string;
  readonly triggerId: string;
  readonly responseUrl: string;
  readonly channel: string;
}

/** Slack shows each edit of a dialog: not more often than that. */
const EDIT_MS = 700;
/** Waits before the last edit is tried again: Slack limits edits of all dialogs together. */
const AGAIN_MS: readonly number[] = [1_000, 3_000, 10_000];
const MAX_LOOKUPS = 500;

/** Opens the dialog and fills it; where it cannot be opened, the whole answer comes as a message for the asker. */
export async function lookUp(subject: Subject, question: Question, deps: LookupDeps): Promise<void> {
  const viewId = await openDialog(question, deps);
  if (viewId !== undefined) return fill(viewId, subject, question, deps);
  let last: WhoAnswer | undefined;
  for await (const answer of whoIs(subject, deps.config.accounts, deps)) last = answer;
  if (last !== undefined) await deps.chat.respond(question.responseUrl, whoMessage(last));
}

/** The menu entry *Look up identity* on a message. */
export async function onLookUp(shortcut: Shortcut, deps: LookupDeps): Promise<void> {
  const viewId = await openDialog(shortcut, deps);
  if (viewId === undefined) return;
  const approval = await approvalOf(shortcut, "operator", deps);
  if (!approval.allowed) {
    deps.log.warn({ user: shortcut.user, why: approval.why }, "lookup.refused");
    return deps.chat.updateModal(viewId, refusedModal(approval.why));
  }
  const subjects = subjectsIn(shortcut.text);
  const [only] = subjects;
  if (only === undefined)
    return deps.chat.updateModal(
      viewId,
      textModal(words`This message names no ARN, access key or address that Trailhound could look up.`),
    );
  if (subjects.length > 1) {
    const { user: asker, responseUrl, channel } = shortcut;
    keep(viewId, { asker, responseUrl, channel, choices: subjects }, deps);
    return deps.chat.updateModal(viewId, pickModal(subjects));
  }
  await fill(viewId, only, shortcut, deps);
}

/** One of several was picked in the dialog. */
export async function onPick(click: Click, deps: LookupDeps): Promise<void> {
  if (!(await isAllowed(click, deps))) return;
  const lookup = deps.lookups.get(click.viewId);
  const subject = lookup?.asker === click.user ? lookup.choices[Number(click.value)] : undefined;
  if (lookup === undefined || subject === undefined) return deps.chat.updateModal(click.viewId, forgottenModal());
  const { responseUrl, channel } = lookup;
  await fill(click.viewId, subject, { ...click, responseUrl, channel }, deps);
}

/** *Share here*: the answer as the dialog shows it, for all who read the channel where it was asked for. */
export async function onShare(click: Click, deps: LookupDeps): Promise<void> {
  if (!(await isAllowed(click, deps))) return;
  const lookup = deps.lookups.get(click.viewId);
  if (lookup?.message === undefined || lookup.asker !== click.user || lookup.responseUrl === "")
    return deps.chat.updateModal(click.viewId, forgottenModal());
  const obstacle = await obstacleTo(lookup.channel, deps);
  if (obstacle !== undefined) return deps.chat.updateModal(click.viewId, textModal(obstacle));
  // A request that is played again finds nothing to share.
  deps.lookups.delete(click.viewId);
  await deps.chat.respond(lookup.responseUrl, lookup.message, "channel");
  await deps.chat.updateModal(click.viewId, textModal(words`Shared in the channel.`));
}

/** Why an answer may not be shared in this channel: others than our own people may read it. */
async function obstacleTo(channel: string, { chat, log }: LookupDeps): Promise<Plain | undefined> {
  try {
    if (!(await chat.isExternal(channel))) return undefined;
    return words`Not shared: people of other organisations read this channel.`;
  } catch (error) {
    log.warn({ channel, err: String(error) }, "lookup.channel-unknown");
    return words`Not shared: Slack does not tell Trailhound who reads this channel. Invite it there; its app needs the scopes channels:read and groups:read.`;
  }
}

async function isAllowed(click: Click, deps: LookupDeps): Promise<boolean> {
  if (click.viewId === "") return false;
  const approval = await approvalOf(click, "operator", deps);
  if (approval.allowed) return true;
  deps.log.warn({ user: click.user, action: click.actionId, why: approval.why }, "lookup.refused");
  await deps.chat.updateModal(click.viewId, refusedModal(approval.why));
  return false;
}

function forgottenModal() {
  return textModal(
    words`Trailhound has not kept this question: it restarted meanwhile, or it was answered. Ask again.`,
  );
}

function refusedModal(why: string) {
  return sentenceModal(`Not answered: ${why}`);
}

async function openDialog(
  { user, triggerId, responseUrl, channel }: Question,
  deps: LookupDeps,
): Promise<string | undefined> {
  const viewId = await deps.chat.openModal(triggerId, whoLoadingModal()).catch((error: unknown) => {
    deps.log.warn({ err: String(error) }, "lookup.no-dialog");
    return undefined;
  });
  if (viewId !== undefined) keep(viewId, { asker: user, responseUrl, channel, choices: [] }, deps);
  return viewId;
}

/** Shows the answer as it grows, until it is whole or somebody closed the dialog. */
async function fill(viewId: string, subject: Subject, question: Question, deps: LookupDeps): Promise<void> {
  const { user: asker, responseUrl, channel } = question;
  const show = (answer: WhoAnswer) => deps.chat.updateModal(viewId, whoModal(answer, responseUrl !== ""));
  let shownAt = Number.NEGATIVE_INFINITY;
  let last: WhoAnswer | undefined;
  for await (const answer of whoIs(subject, deps.config.accounts, deps)) {
    keep(viewId, { asker, responseUrl, channel, choices: answer.choices, message: whoMessage(answer) }, deps);
    last = answer;
    const now = deps.clock.now();
    if (isDone(answer) || now - shownAt < EDIT_MS) continue;
    shownAt = now;
    try {
      await show(answer);
    } catch (error) {
      deps.log.info({ err: String(error) }, "lookup.not-shown");
      // Nobody waits for the answer any more; a Slack that takes no edits now may take the last one.
      if (error instanceof ClosedError) return;
    }
  }
  if (last !== undefined) await showAtLast(() => show(last), AGAIN_MS);
}

/** @throws when Slack takes it at none of these times. */
async function showAtLast(show: () => Promise<void>, [waitMs, ...later]: readonly number[]): Promise<void> {
  try {
    await show();
  } catch (error) {
    if (waitMs === undefined || error instanceof ClosedError) throw error;
    await sleep(waitMs);
    await showAtLast(show, later);
  }
}

function keep(viewId: string, lookup: Lookup, { lookups }: LookupDeps): void {
  lookups.delete(viewId);
  lookups.set(viewId, lookup);
  for (const oldest of lookups.keys()) {
    if (lookups.size <= MAX_LOOKUPS) return;
    lookups.delete(oldest);
  }
}
