/**
 * Help: what `/ids` can do, and what the buttons do.
 * Pure.
 */
import { bold, code, lines, rich, say } from "./rich.ts";
import { type Inline, type Message, mrkdwn, type Plain, type RichPart, words } from "./text.ts";

/** The answer to `/ids help`, and to what is no command. */
export function helpMessage(): Message {
  return {
    text: mrkdwn`Trailhound: commands and buttons`,
    blocks: [
      rich(
        lines([bold(words`Trailhound`), say(words` watches what happens in your AWS accounts and tells it here.`)]),
        ...helpParts(),
      ),
    ],
  };
}

export function helpParts(): RichPart[] {
  return [
    lines(
      command(
        "/ids who deploy-bot",
        words`who that is: keys, what was recorded, what CloudTrail has. Takes a user or session name, an ARN, an access key id or an address; never paste a secret key`,
      ),
      command("/ids key AKIA…", words`whose key that is and what it did; the last four characters do`),
      command("/ids ip 198.51.100.23", words`which alerts name this address`),
      command("/ids health", words`whether Trailhound works, and when records came last`),
      command("/ids help", words`this text`),
    ),
    lines(
      [bold(words`Acknowledge`), say(words`  you have it: the others see that`)],
      [
        bold(words`Disable key…`),
        say(words`  operators only: shows the key and asks before it makes the key inactive in IAM`),
      ],
      [bold(words`Details`), say(words`  the CloudTrail record behind the alert`)],
      [bold(words`Look up identity`), say(words`  in the menu of any message that names an ARN, a key or an address`)],
    ),
  ];
}

function command(typed: string, does: Plain): Inline[] {
  return [code(typed), say(words`  ${does}`)];
}
