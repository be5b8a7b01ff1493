/**
 * Trouble: the message by which Trailhound says that it sees nothing, and that it sees again.
 * Pure. What the part said is shown, never parsed.
 */
import type { Part } from "../src/health/health.ts";
import { durationIn } from "./proof.ts";
import { bold, code, lines, moment, rich, say } from "./rich.ts";
import { type Message, mrkdwn, type Plain, words } from "./text.ts";

export interface Trouble {
  readonly part: Part;
  readonly since: string;
  readonly why: string;
  /** It comes and goes. */
  readonly flaps?: boolean;
}

const NAMES: Readonly<Partial<Record<Part, Plain>>> = { redis: words`Redis`, queue: words`SQS` };

export function troubleMessage({ part, since, why, flaps = false }: Trouble): Message {
  const name = NAMES[part] ?? words`A part`;
  const state = flaps ? words`sees what happens in AWS late` : words`does not see what happens in AWS now`;
  const fault = flaps ? words`has failed again and again` : words`has not answered`;
  return {
    text: flaps
      ? mrkdwn`Trailhound sees what happens in AWS late`
      : mrkdwn`Trailhound does not see what happens in AWS now`,
    blocks: [
      rich(
        lines(
          [bold(words`■ Trailhound ${state}.`)],
          [say(words`${name} ${fault} since `), moment(since), say(words`: `), code(why, 160)],
          [
            say(words`Records wait in SQS and are handled when it is back. `),
            code("/ids health", 20),
            say(words` says more.`),
          ],
        ),
      ),
    ],
  };
}

export function troubleOverMessage({ part, since, flaps = false }: Trouble, endedAt: string): Message {
  const name = NAMES[part] ?? words`A part`;
  const away = durationIn(Date.parse(endedAt) - Date.parse(since));
  const fault = flaps ? words`failed again and again` : words`did not answer`;
  return {
    text: mrkdwn`Trailhound sees again`,
    blocks: [
      rich(
        lines(
          [bold(words`✔ Trailhound sees again.`)],
          [
            say(words`${name} ${fault} for ${away}, until `),
            moment(endedAt),
            say(words`. What came meanwhile is handled now.`),
          ],
        ),
      ),
    ],
  };
}
