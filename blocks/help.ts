/**
 * Help: what `/ids` can do, and what the buttons do.
 * Pure.
 */
import { bold, code, lines, rich, say } from "./rich.ts";
import { type Inline, type Message, mrkdwn, type Plain, words } from "./text.ts";

/** The answer to `/ids help`, and to what is no command. */
export function helpMessage(): Message {
  return {
    text: mrkdwn`Trailhound: commands and buttons`,
    blocks: [
      rich(
        lines(
          [bold(words`Trailhound`), say(words` watches what happens in your AWS accounts and tells it here.`)],
          command(
            "/ids who deploy-bot",
            words`who that is: keys, what was recorded, open alerts. Takes a user name, an ARN or an access key id; never paste a secret key`,
          ),
          command("/ids help", words`this text`),
        ),
        lines(
          [bold(words`Acknowledge`), say(words`  you have it: the others see that`)],
          [
            bold(words`Disable key…`),
            say(words`  operators only: shows the key and asks before it makes the key inactive in IAM`),
          ],
          [bold(words`Details`), say(words`  the CloudTrail record behind the alert`)],
        ),
      ),
    ],
  };
}

function command(typed: string, does: Plain): Inline[] {
  return [code(typed), say(words`  ${does}`)];
}
