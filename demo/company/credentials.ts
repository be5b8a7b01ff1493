/**
 * Credentials: the new hire's first day, keys and phones renewed, and the review of all of them.
 * Pure.
 */
import type { JsonObject } from "../../src/cloudtrail/record.ts";
import { type Actor, adminActor, userActor, userKeyOf } from "./actor.ts";
import type { Call } from "./call.ts";
import { type Day, timeOn } from "./day.ts";
import { NEW_HIRE, type Person, PROD, VETERAN } from "./people.ts";
import { made, type Step } from "./terraform.ts";

export function* accessReview(day: Day): Generator<Call> {
  const users = [VETERAN.name, "deploy-legacy", ...(day.week >= 2 ? [NEW_HIRE.name] : [])];
  const steps: Step[] = [
    "GenerateCredentialReport",
    "GetCredentialReport",
    "GetAccountAuthorizationDetails",
    "ListUsers",
  ].map((name) => ({ action: `iam:${name}`, readOnly: true }));
  for (const userName of users) {
    for (const name of [
      "ListAccessKeys",
      "GetLoginProfile",
      "ListMFADevices",
      "ListAttachedUserPolicies",
      "ListGroupsForUser",
    ]) {
      const none = { code: "NoSuchEntityException", message: `Login Profile for User ${userName} cannot be found.` };
      const error = name === "GetLoginProfile" && userName === "deploy-legacy" ? { error: none } : {};
      steps.push({ action: `iam:${name}`, params: { userName }, ...error });
    }
  }
  yield* made(steps, adminActor("carol", day, "cli"), timeOn(day, 13.2), day.random);
}

/** Ivan's first day: Identity Center has him already; the mail relay needs an IAM user. */
export function* welcome(day: Day): Generator<Call> {
  const userName = NEW_HIRE.name;
  const steps: readonly Step[] = [
    {
      action: "iam:CreateUser",
      params: { userName, path: "/" },
      answer: { user: { userName, arn: `arn:aws:iam::${PROD}:user/${userName}`, path: "/" } },
    },
    { action: "iam:AddUserToGroup", params: { userName, groupName: "developers" } },
    {
      action: "iam:CreateLoginProfile",
      params: { userName, passwordResetRequired: true },
      answer: { loginProfile: { userName, passwordResetRequired: true } },
    },
  ];
  yield* made(steps, adminActor("alice", day), timeOn(day, 8.6), day.random, { stepMs: 30_000 });
  const at = timeOn(day, 9.9);
  const user = userActor(NEW_HIRE, PROD, day, "console");
  yield firstSignIn(user, at);
  const serialNumber = `arn:aws:iam::${PROD}:mfa/${userName}`;
  const own: readonly Step[] = [
    { action: "iam:ChangePassword" },
    { action: "iam:GetUser", params: { userName } },
    {
      action: "iam:CreateVirtualMFADevice",
      params: { virtualMFADeviceName: userName, path: "/" },
      answer: { virtualMFADevice: { serialNumber } },
    },
    { action: "iam:EnableMFADevice", params: { userName, serialNumber } },
    { action: "iam:CreateAccessKey", params: { userName }, answer: keyAnswer(NEW_HIRE, 0) },
  ];
  yield* made(own, user, at + 60_000, day.random, { stepMs: 60_000 });
}

/** A password somebody else has set, and no MFA yet. */
function firstSignIn(user: Actor, at: number): Call {
  const { console: _, ...outside } = user;
  const { accessKeyId: _key, sessionContext: _session, ...identity } = outside.identity;
  const additionalEventData = {
    LoginTo: "https://console.aws.amazon.com/console/home",
    MobileVersion: "No",
    MFAUsed: "No",
  };
  const more = { eventType: "AwsConsoleSignIn", additionalEventData };
  return {
    at,
    by: { ...outside, identity },
    action: "signin:ConsoleLogin",
    region: "us-east-1",
    answer: { ConsoleLogin: "Success" },
    more,
  };
}

const keyAnswer = (who: Person, key: number): JsonObject => ({
  accessKey: { userName: who.name, accessKeyId: userKeyOf(who, PROD, key), status: "Active" },
});

/** Heidi renews her key: makes one, switches the old one off two days later, deletes it after a week. Her password as well. */
export function* newKey(day: Day): Generator<Call> {
  const { name: userName } = VETERAN;
  yield* made(
    [{ action: "iam:CreateAccessKey", params: { userName }, answer: keyAnswer(VETERAN, 1) }],
    userActor(VETERAN, PROD, day, "cli", 0),
    timeOn(day, 10.1),
    day.random,
  );
  yield* made(
    [{ action: "iam:ChangePassword" }],
    userActor(VETERAN, PROD, day, "console"),
    timeOn(day, 10.4),
    day.random,
  );
}
export function* oldKeyOff(day: Day): Generator<Call> {
  const params = { userName: VETERAN.name, accessKeyId: userKeyOf(VETERAN, PROD, 0), status: "Inactive" };
  yield* made(
    [{ action: "iam:UpdateAccessKey", params }],
    userActor(VETERAN, PROD, day, "cli", 1),
    timeOn(day, 10.2),
    day.random,
  );
}
export function* oldKeyGone(day: Day): Generator<Call> {
  const params = { userName: VETERAN.name, accessKeyId: userKeyOf(VETERAN, PROD, 0) };
  yield* made(
    [{ action: "iam:DeleteAccessKey", params }],
    userActor(VETERAN, PROD, day, "cli", 1),
    timeOn(day, 11),
    day.random,
  );
}
export function* newPhone(day: Day): Generator<Call> {
  const { name: userName } = VETERAN;
  const [old, fresh] = ["heidi-phone", "heidi-phone-2"].map((name) => `arn:aws:iam::${PROD}:mfa/${name}`);
  const steps: readonly Step[] = [
    { action: "iam:DeactivateMFADevice", params: { userName, serialNumber: old ?? "" } },
    { action: "iam:DeleteVirtualMFADevice", params: { serialNumber: old ?? "" } },
    { action: "iam:CreateVirtualMFADevice", params: { virtualMFADeviceName: "heidi-phone-2", path: "/" } },
    { action: "iam:EnableMFADevice", params: { userName, serialNumber: fresh ?? "" } },
  ];
  yield* made(steps, userActor(VETERAN, PROD, day, "console"), timeOn(day, 12.1), day.random, { stepMs: 40_000 });
}
