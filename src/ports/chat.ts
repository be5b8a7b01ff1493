/**
 * Slack, as the bot speaks to it.
 */
import type { Home, Message, Modal } from "../../blocks/text.ts";
import type { Asker } from "../contain/approval.ts";

export type PostAnswer =
  /** `channel`: where it stands, when that is not what it was sent to: a message to a person. */
  | { readonly kind: "sent"; readonly ts: string; readonly channel?: string }
  /**
   * Slack surely has nothing. `permanent`: trying again will not help until a person acts (channel archived, token revoked).
   * `elsewhere`: another channel may take it (archived, the bot is not in it, the message to be edited was deleted).
   */
  | {
      readonly kind: "not-sent";
      readonly why: string;
      readonly permanent: boolean;
      readonly elsewhere?: boolean;
      readonly retryAfterMs?: number;
    }
  /** Slack may have it (timeout, reset, 5xx, unreadable answer). */
  | { readonly kind: "unknown"; readonly why: string };

export type SearchAnswer =
  | { readonly kind: "found"; readonly ts: string }
  | { readonly kind: "absent" }
  | { readonly kind: "unsearchable"; readonly why: string };

/** Its reader closed the dialog: nobody is there to be shown anything. */
export class ClosedError extends Error {
  override readonly name = "ClosedError";
}

export interface Chat {
  /** To a channel or a person. `key` (the alert id) goes into the message's metadata, so that `findPost` can find it again. */
  post(channel: string, message: Message, key: string): Promise<PostAnswer>;
  update(channel: string, ts: string, message: Message): Promise<PostAnswer>;
  /** Reads the channel's history to the end, from `since` (ms). */
  findPost(channel: string, key: string, since: number): Promise<SearchAnswer>;
  /** Opens a modal within 3 s of the click; gives its view id. */
  openModal(triggerId: string, view: Modal): Promise<string>;
  /** @throws ClosedError when the dialog is no longer open. */
  updateModal(viewId: string, view: Modal): Promise<void>;
  /** Answers a click or command, for its author only or for all who read the channel. */
  respond(responseUrl: string, message: Message, to?: "author" | "channel"): Promise<void>;
  /** What this user sees on the app's Home tab. */
  publishHome(user: string, home: Home): Promise<void>;
  user(id: string): Promise<Asker | undefined>;
  /** Whether this user is in this channel. @throws when Slack does not say. */
  isMember(channel: string, user: string): Promise<boolean>;
  /** Whether people of other organisations read this channel, or are invited to. @throws when Slack does not say: the bot is not in it. */
  isExternal(channel: string): Promise<boolean>;
  /** The team the bot is installed in. */
  team(): Promise<string>;
}
