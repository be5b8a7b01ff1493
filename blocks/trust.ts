/**
 * Trust: how an alert says that its record may be forged, and what was found about that.
 * Pure. All of it is our own words.
 */
import { PATIENCE_MS, type Trust } from "../src/alert/trust.ts";
import type { Doubt } from "../src/cloudtrail/envelope.ts";
import { durationIn } from "./proof.ts";
import { bold, lines, moment, say } from "./rich.ts";
import { type Inline, type Plain, type RichPart, shown, words } from "./text.ts";

const DOUBTS: Readonly<Record<Doubt, Plain>> = {
  "no-envelope": words`it did not come in an event of EventBridge`,
  "other-account": words`the event that it came in names another account`,
  "other-source": words`the event that it came in names another service or region`,
  "odd-time": words`its time lies in the future, or weeks ago`,
};

/** `⚠ Unverified: …`, then what CloudTrail and IAM said of the first of `findings`. */
export function trustLines({ doubt, corroboration }: Trust, findings: number): RichPart {
  const others: Inline[] =
    findings === 1
      ? []
      : [
          say(
            words`Everything unverified of this rule and account is counted here, whoever it names: only the first was looked up.`,
          ),
        ];
  if (corroboration?.kind === "cloudtrail")
    return lines(
      [bold(words`✔ CloudTrail has this record`), say(words`, looked up `), moment(corroboration.at)],
      others,
    );
  return lines(
    [bold(words`⚠ Unverified`), say(words`: ${DOUBTS[doubt]}, so somebody may have made it up.`)],
    found(corroboration),
    others,
  );
}

function found(corroboration: Trust["corroboration"]): Inline[] {
  const patience = durationIn(PATIENCE_MS);
  switch (corroboration?.kind) {
    case undefined:
      return [say(words`Trailhound is looking it up; no key can be disabled from here before that.`)];
    case "cloudtrail":
      return [];
    case "iam":
      return [
        corroboration.last
          ? say(words`IAM knows this key as this user's, but CloudTrail never had the record. Looked up `)
          : say(
              words`IAM knows this key as this user's; CloudTrail has no such record yet and is asked again. Looked up `,
            ),
        moment(corroboration.at),
      ];
    case "contradicted":
      return [
        bold(words`CloudTrail has another record under this id`),
        say(words`: somebody forged this. No key can be disabled from here. Looked up `),
        moment(corroboration.at),
      ];
    case "absent":
      return corroboration.last
        ? [
            bold(words`Neither CloudTrail nor IAM knows it`),
            say(words` after ${patience}: probably forged. No key can be disabled from here.`),
          ]
        : [say(words`Neither CloudTrail nor IAM knows it yet; asked again every 2 min for ${patience}.`)];
    case "unreadable":
      return [
        say(words`It could not be looked up: ${shown(corroboration.why, 120)}. No key can be disabled from here.`),
      ];
  }
}
