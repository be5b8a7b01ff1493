/**
 * Slack, as it speaks to the bot: what came in, in one form for both doors. Every string is the sender's: check before use.
 */
import type { Modal } from "../../blocks/text.ts";

export interface Click {
  readonly actionId: string;
  readonly value: string;
  readonly user: string;
  readonly userTeam: string;
  readonly team: string;
  readonly channel: string;
  readonly messageTs: string;
  readonly triggerId: string;
  readonly responseUrl: string;
  /** The dialog or Home tab that holds the button; empty for one under a message. */
  readonly viewId: string;
}

export interface Submission {
  readonly callbackId: string;
  readonly privateMetadata: string;
  /** Input values by block id. */
  readonly values: Readonly<Record<string, string>>;
  readonly user: string;
  readonly userTeam: string;
  readonly team: string;
  readonly viewId: string;
  readonly triggerId: string;
}

export interface Command {
  readonly text: string;
  readonly user: string;
  readonly team: string;
  readonly channel: string;
  readonly triggerId: string;
  readonly responseUrl: string;
}

/** The entry of a message's menu, chosen for one message. */
export interface Shortcut {
  readonly user: string;
  readonly userTeam: string;
  readonly team: string;
  readonly channel: string;
  /** The message's text, that of its blocks included. */
  readonly text: string;
  readonly triggerId: string;
  readonly responseUrl: string;
}

export interface HomeOpened {
  readonly user: string;
  readonly team: string;
}

export type SubmissionAnswer =
  | { readonly kind: "close" }
  | { readonly kind: "errors"; readonly errors: Readonly<Record<string, string>> }
  | { readonly kind: "show"; readonly view: Modal };

/** Slack listener id → function; made by handlers/index.ts, served by adapters/slack.ts. */
export interface Listeners {
  readonly clicks: Readonly<Record<string, (click: Click) => Promise<void>>>;
  readonly submissions: Readonly<Record<string, (submission: Submission) => Promise<SubmissionAnswer>>>;
  readonly commands: Readonly<Record<string, (command: Command) => Promise<void>>>;
  readonly shortcuts: Readonly<Record<string, (shortcut: Shortcut) => Promise<void>>>;
  readonly homeOpened: (opened: HomeOpened) => Promise<void>;
}
