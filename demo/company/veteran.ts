/**
 * Heidi, the IAM user of the old days: signs in with password and MFA, mistypes, looks after the mail relay with a key.
 * Pure.
 */
import { keyActor, signedInActor, signingInActor } from "./actor.ts";
import type { Call } from "./call.ts";
import { type Day, timeOn } from "./day.ts";
import { PROD, VETERAN } from "./people.ts";
import { pageOf } from "./staff.ts";
import { made } from "./terraform.ts";

export function* veteranDay(day: Day): Generator<Call> {
  if (day.weekday !== 1 && day.weekday !== 4) return;
  const at = timeOn(day, 9.2);
  const by = signingInActor(VETERAN, PROD, day);
  const data = { LoginTo: "https://console.aws.amazon.com/console/home?state=hashArgs%23", MobileVersion: "No" };
  if (day.random.chance(0.5)) {
    const typo = {
      eventType: "AwsConsoleSignIn",
      errorMessage: "Failed authentication",
      responseElements: { ConsoleLogin: "Failure" },
      additionalEventData: { ...data, MFAUsed: "No" },
    };
    yield { at: at - 25_000, by, action: "signin:ConsoleLogin", region: "us-east-1", more: typo };
  }
  yield {
    at: at - 4000,
    by,
    action: "signin:CheckMfa",
    readOnly: false,
    region: "us-east-1",
    more: {
      eventType: "AwsConsoleSignIn",
      responseElements: { CheckMfa: "Success" },
      additionalEventData: { MfaType: "Virtual MFA" },
    },
  };
  const MFAIdentifier = `arn:aws:iam::${PROD}:mfa/${day.index < 15 ? "heidi-phone" : "heidi-phone-2"}`;
  yield {
    at,
    by,
    action: "signin:ConsoleLogin",
    region: "us-east-1",
    answer: { ConsoleLogin: "Success" },
    more: { eventType: "AwsConsoleSignIn", additionalEventData: { ...data, MFAUsed: "Yes", MFAIdentifier } },
  };
  const user = signedInActor(VETERAN, PROD, day, at);
  yield* made(pageOf("ec2", user, VETERAN, day), user, at + 5000, day.random, { stepMs: 250 });
  yield* made(pageOf("iam", user, VETERAN, day), user, at + 60_000, day.random, { stepMs: 250 });
  const atShell = keyActor(VETERAN, PROD, day, day.index < 9 ? 0 : 1);
  yield* made(
    [{ action: "sts:GetCallerIdentity" }, { action: "ses:GetSendQuota" }, { action: "ses:ListIdentities" }],
    atShell,
    at + 900_000,
    day.random,
  );
}
