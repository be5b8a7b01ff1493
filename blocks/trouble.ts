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
}

const NAMES: Readonly<Partial<Record<Part, Plain>>> = { redis: words`Redis`, queue: words`SQS` };

export function troubleMessage({ part, since, why }: Trouble): Message {
  const name = NAMES[part] ?? words`A part`;
  return {
    text: mrkdwn`Trailhound does not see what happens in AWS now`,
    blocks: [
      rich(
        lines(
          [bold(words`■ Trailhound does not see what happens in AWS now.`)],
          [say(words`${name} has not answered since `), moment(since), say(words`: `), code(why, 160)],
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

export function troubleOverMessage({ part, since }: Trouble, endedAt: string): Message {
  const name = NAMES[part] ?? words`A part`;
  const away = durationIn(Date.parse(endedAt) - Date.parse(since));
  return {
    text: mrkdwn`Trailhound sees again`,
    blocks: [
      rich(
        lines(
          [bold(words`✔ Trailhound sees again.`)],
          [
            say(words`${name} did not answer for ${away}, until `),
            moment(endedAt),
            say(words`. What came meanwhile is handled now.`),
          ],
        ),
      ),
    ],
  };
}
