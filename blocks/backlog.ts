/**
 * Backlog: the message that goes with the alerts that had to wait for Slack.
 * Pure.
 */
import { LEVELS, type Level } from "../src/detect/finding.ts";
import { durationIn } from "./proof.ts";
import { between, bold, lines, rich, say } from "./rich.ts";
import { type Message, mrkdwn, shown, words } from "./text.ts";

export interface Backlog {
  readonly awayMs: number;
  /** Slack took something in between. */
  readonly flaps: boolean;
  /** Of the alerts that wait. */
  readonly levels: readonly Level[];
  /** There are more than were counted. */
  readonly more: boolean;
}

export function backlogMessage({ awayMs, flaps, levels, more }: Backlog): Message {
  const fault = flaps ? words`took alerts only now and then for` : words`took no alerts for`;
  const atLeast = more ? words`At least ${levels.length}` : words`${levels.length}`;
  const counts = LEVELS.toReversed().flatMap((level) => {
    const count = levels.filter((one) => one === level).length;
    return count === 0 ? [] : [[say(words`${count} ${shown(level, 20)}`)]];
  });
  return {
    text: more
      ? mrkdwn`Slack takes alerts again: at least ${levels.length} wait`
      : mrkdwn`Slack takes alerts again: ${levels.length} wait`,
    blocks: [
      rich(
        lines(
          [bold(words`✔ Slack takes alerts again.`)],
          [say(words`It ${fault} ${durationIn(awayMs)}. ${atLeast} wait: `), ...between(words`, `, ...counts)],
          [say(words`Each gets a message of its own, the worst first, one a second. The Home tab lists them.`)],
        ),
      ),
    ],
  };
}
