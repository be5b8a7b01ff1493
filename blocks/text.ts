/** placeholder for the contract; replaced whole by the blocks work. */
import type { types } from "@slack/bolt";

/** Text that is safe inside mrkdwn: only blocks/text.ts makes it. */
export type Mrkdwn = string & { readonly __mrkdwn: unique symbol };

export interface Message {
  /** Push notification and screen-reader text; Slack parses it as mrkdwn. */
  readonly text: Mrkdwn;
  readonly blocks: readonly types.KnownBlock[];
}
export type Modal = types.ModalView;
