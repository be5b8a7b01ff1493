/**
 * Credentials: the new hire's first day, keys and phones renewed, and the review of all of them.
 * Pure.
 */
import type { JsonObject } from "../../src/cloudtrail/record.ts";
import { adminActor, keyActor, signedInActor, signingInActor, ssoActor, userKeyOf } from "./actor.ts";
import { type Call, denied } from "./call.ts";
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
  const user = signedInActor(NEW_HIRE, PROD, day, at, false);
  yield firstSignIn(day, at);
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

/** With a password that somebody else has set, and no MFA yet. */
function firstSignIn(day: Day, at: number): Call {
  const additionalEventData = {
    LoginTo: "https://console.aws.amazon.com/console/home",
    MobileVersion: "No",
    MFAUsed: "No",
  };
  const more = { eventType: "AwsConsoleSignIn", additionalEventData };
  const by = signingInActor(NEW_HIRE, PROD, day);
  return { at, by, action: "signin:ConsoleLogin", region: "us-east-1", answer: { ConsoleLogin: "Success" }, more };
}

/** His first afternoon at the shell: he looks at everything there is, and learns what he may not see. */
export function* firstLook(day: Day): Generator<Call> {
  const by = ssoActor(NEW_HIRE, "Developer", PROD, day, "cli");
  const walls = ["iam:ListUsers", "organizations:ListAccounts", "secretsmanager:ListSecrets"];
  const open = [
    "sts:GetCallerIdentity",
    "ec2:DescribeInstances",
    "ec2:DescribeVpcs",
    "s3:ListBuckets",
    "lambda:ListFunctions20150331",
    "ecs:ListClusters",
    "ecs:ListServices",
    "rds:DescribeDBInstances",
    "dynamodb:ListTables",
    "sqs:ListQueues",
    "sns:ListTopics",
    "logs:DescribeLogGroups",
    "cloudformation:DescribeStacks",
    "ecr:DescribeRepositories",
    "kms:ListAliases",
    "ssm:DescribeParameters",
    "route53:ListHostedZones",
    "events:ListRules",
  ];
  const steps = [
    ...open.map((action) => ({ action })),
    ...walls.map((action) => ({ action, error: denied(by, action) })),
  ];
  yield* made(steps, by, timeOn(day, 13.1), day.random, { stepMs: 120_000 });
}

const keyAnswer = (who: Person, key: number): JsonObject => ({
  accessKey: { userName: who.name, accessKeyId: userKeyOf(who, PROD, key), status: "Active" },
});

/** Heidi renews her key: makes one, switches the old one off two days later, deletes it after a week. Her password as well. */
export function* newKey(day: Day): Generator<Call> {
  const { name: userName } = VETERAN;
  yield* made(
    [{ action: "iam:CreateAccessKey", params: { userName }, answer: keyAnswer(VETERAN, 1) }],
    keyActor(VETERAN, PROD, day, 0),
    timeOn(day, 10.1),
    day.random,
  );
  yield* made(
    [{ action: "iam:ChangePassword" }],
    signedInActor(VETERAN, PROD, day, timeOn(day, 9.2)),
    timeOn(day, 10.4),
    day.random,
  );
}
export function* oldKeyOff(day: Day): Generator<Call> {
  const params = { userName: VETERAN.name, accessKeyId: userKeyOf(VETERAN, PROD, 0), status: "Inactive" };
  yield* made(
    [{ action: "iam:UpdateAccessKey", params }],
    keyActor(VETERAN, PROD, day, 1),
    timeOn(day, 10.2),
    day.random,
  );
}
export function* oldKeyGone(day: Day): Generator<Call> {
  const params = { userName: VETERAN.name, accessKeyId: userKeyOf(VETERAN, PROD, 0) };
  yield* made(
    [{ action: "iam:DeleteAccessKey", params }],
    keyActor(VETERAN, PROD, day, 1),
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
  yield* made(steps, signedInActor(VETERAN, PROD, day, timeOn(day, 11.9)), timeOn(day, 12.1), day.random, {
    stepMs: 40_000,
  });
}
