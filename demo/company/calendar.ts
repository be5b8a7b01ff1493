/**
 * What happens once: the new hire, keys and phones renewed, a website, a new region, a vendor, a retired stack.
 * Pure. The days stand in CALENDAR; the office move is in people.ts, the worker without its rights in services.ts.
 */
import type { JsonObject } from "../../src/cloudtrail/record.ts";
import { type Actor, roleArn, ssoActor, userActor, userKeyOf } from "./actor.ts";
import type { Call } from "./call.ts";
import { signIn } from "./ci.ts";
import { type Day, momentsOn, timeOn } from "./day.ts";
import { DEV, NEW_HIRE, NEW_REGION, type Person, PROD, SERVICES, staffOn, VENDORS, VETERAN } from "./people.ts";
import { REPAIR } from "./services.ts";
import { bucketParams, made, port, type Step } from "./terraform.ts";

/** Day from the first Monday (0) → what happens. Those of the first week happen in the learning period. */
const CALENDAR: Readonly<Record<number, ReadonlyArray<(day: Day) => Generator<Call>>>> = {
  3: [accessReview],
  7: [welcome],
  8: [patchTuesday, newKey],
  9: [openWeb, lateDecision],
  10: [oldKeyOff, accessReview],
  11: [repaired, website],
  14: [newPhone, trailReads],
  15: [newRegion],
  16: [oldKeyGone, vendorJoins],
  17: [accessReview, replication],
  18: [stackRetired],
};

export function* calendarDay(day: Day): Generator<Call> {
  for (const happens of CALENDAR[day.index] ?? []) yield* happens(day);
  if (day.weekday === 2) yield* crossAccount(day);
}

const [ALICE, CAROL] = ["alice", "carol"] as const;
function adminOf(name: string, day: Day, where: "console" | "cli" = "console", account: string = PROD): Actor {
  const who = staffOn(day).find((person) => person.name === name);
  if (who === undefined) throw new Error(`nobody is called ${name}`);
  return ssoActor(who, "Administrator", account, day, where);
}

function* accessReview(day: Day): Generator<Call> {
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
  yield* made(steps, adminOf(CAROL, day, "cli"), timeOn(day, 13.2), day.random);
}

/** Ivan's first day: Identity Center has him already; the mail relay needs an IAM user. */
function* welcome(day: Day): Generator<Call> {
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
  yield* made(steps, adminOf(ALICE, day), timeOn(day, 8.6), day.random, { stepMs: 30_000 });
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

/** One command for each tier by tag, then the three that were off the network. */
function* patchTuesday(day: Day): Generator<Call> {
  const admin = adminOf(CAROL, day, "cli");
  const command = (targets: JsonObject): Step => ({
    action: "ssm:SendCommand",
    params: {
      documentName: "AWS-RunPatchBaseline",
      ...targets,
      parameters: "HIDDEN_DUE_TO_SECURITY_REASONS",
      interactive: false,
    },
  });
  const tiers = ["web", "worker", "search", "mail"].map((tier) =>
    command({ targets: [{ key: "tag:tier", values: [tier] }] }),
  );
  const stragglers = momentsOn(day, 3, 15, 16).map(() => command({ instanceIds: [`i-0${day.random.hex(16)}`] }));
  yield* made([...tiers, ...stragglers], admin, timeOn(day, 14.5), day.random, { stepMs: 240_000 });
  yield* made(
    [{ action: "ec2:RebootInstances", params: { instancesSet: { items: [{ instanceId: "i-02d4c3b2a1f0e9d82" }] } } }],
    admin,
    timeOn(day, 16),
    day.random,
  );
}

/** Heidi renews her key: makes one, switches the old one off two days later, deletes it after a week. Her password as well. */
function* newKey(day: Day): Generator<Call> {
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
function* oldKeyOff(day: Day): Generator<Call> {
  const params = { userName: VETERAN.name, accessKeyId: userKeyOf(VETERAN, PROD, 0), status: "Inactive" };
  yield* made(
    [{ action: "iam:UpdateAccessKey", params }],
    userActor(VETERAN, PROD, day, "cli", 1),
    timeOn(day, 10.2),
    day.random,
  );
}
function* oldKeyGone(day: Day): Generator<Call> {
  const params = { userName: VETERAN.name, accessKeyId: userKeyOf(VETERAN, PROD, 0) };
  yield* made(
    [{ action: "iam:DeleteAccessKey", params }],
    userActor(VETERAN, PROD, day, "cli", 1),
    timeOn(day, 11),
    day.random,
  );
}
function* newPhone(day: Day): Generator<Call> {
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

/** Terraform opens 443 of the new load balancer to the world, as every shop has to. */
function* openWeb(day: Day): Generator<Call> {
  const at = timeOn(day, 10.8);
  const session = yield* signIn(day, at, PROD);
  const groupId = `sg-0${day.random.hex(16)}`;
  const steps: readonly Step[] = [
    {
      action: "ec2:CreateSecurityGroup",
      params: { groupName: "web-alb", vpcId: "vpc-0a1b2c3d4e5f60718" },
      answer: { groupId },
    },
    {
      action: "ec2:AuthorizeSecurityGroupIngress",
      params: { groupId, ipPermissions: { items: [port(443, { cidr: "0.0.0.0/0" })] } },
    },
    {
      action: "elasticloadbalancing:SetSecurityGroups",
      params: {
        loadBalancerArn: `arn:aws:elasticloadbalancing:eu-west-1:${PROD}:loadbalancer/app/web/0123456789abcdef`,
        securityGroups: [groupId],
      },
    },
  ];
  yield* made(steps, session, at, day.random);
}

/** Carol stops a deployment that went wrong and sets the policy back to its version of yesterday. */
function* lateDecision(day: Day): Generator<Call> {
  const params = { policyArn: `arn:aws:iam::${PROD}:policy/search-read`, versionId: "v7" };
  yield* made([{ action: "iam:SetDefaultPolicyVersion", params }], adminOf(CAROL, day), timeOn(day, 15.7), day.random);
}

function* repaired(day: Day): Generator<Call> {
  const at = timeOn(day, 8.9);
  const session = yield* signIn(day, at, PROD);
  yield* made([REPAIR], session, at, day.random);
}

/** The careers page is a bucket that everybody may read, on purpose. */
function* website(day: Day): Generator<Call> {
  const at = timeOn(day, 13.4);
  const session = yield* signIn(day, at, PROD);
  const name = "careers.example.com";
  const statement = {
    Sid: "Website",
    Effect: "Allow",
    Principal: "*",
    Action: "s3:GetObject",
    Resource: `arn:aws:s3:::${name}/*`,
  };
  const steps: readonly Step[] = [
    { action: "s3:CreateBucket", params: bucketParams(name) },
    {
      action: "s3:PutBucketWebsite",
      params: bucketParams(name, { website: "", WebsiteConfiguration: { IndexDocument: { Suffix: "index.html" } } }),
    },
    { action: "s3:DeleteBucketPublicAccessBlock", params: bucketParams(name, { publicAccessBlock: "" }) },
    {
      action: "s3:PutBucketPolicy",
      params: bucketParams(name, { policy: "", bucketPolicy: { Version: "2012-10-17", Statement: [statement] } }),
    },
  ];
  yield* made(steps, session, at, day.random);
}

/** The trail learns to record reads of one bucket's objects. */
function* trailReads(day: Day): Generator<Call> {
  const at = timeOn(day, 9.6);
  const session = yield* signIn(day, at, PROD);
  const eventSelectors = [
    {
      readWriteType: "All",
      includeManagementEvents: true,
      dataResources: [{ type: "AWS::S3::Object", values: ["arn:aws:s3:::acme-invoices/"] }],
    },
  ];
  yield* made(
    [{ action: "cloudtrail:PutEventSelectors", params: { trailName: "acme", eventSelectors } }],
    session,
    at,
    day.random,
  );
}

/** Terraform brings up a region that the company has not used so far. */
function* newRegion(day: Day): Generator<Call> {
  const at = timeOn(day, 8.4);
  const session = yield* signIn(day, at, PROD);
  const vpcId = `vpc-0${day.random.hex(16)}`;
  const group = (groupName: string): Step => ({ action: "ec2:CreateSecurityGroup", params: { groupName, vpcId } });
  const steps: readonly Step[] = [
    { action: "ec2:CreateVpc", params: { cidrBlock: "10.60.0.0/16" }, answer: { vpc: { vpcId } } },
    { action: "ec2:ModifyVpcAttribute", params: { vpcId, enableDnsHostnames: { value: true } } },
    ...["a", "b", "c"].map((zone) => ({
      action: "ec2:CreateSubnet",
      params: { vpcId, availabilityZone: `${NEW_REGION}${zone}` },
    })),
    { action: "ec2:CreateInternetGateway" },
    { action: "ec2:AttachInternetGateway", params: { vpcId } },
    { action: "ec2:CreateNatGateway" },
    { action: "ec2:CreateRouteTable", params: { vpcId } },
    { action: "ec2:CreateRoute", params: { destinationCidrBlock: "0.0.0.0/0" } },
    {
      action: "ec2:CreateFlowLogs",
      params: { CreateFlowLogsRequest: { ResourceId: { content: vpcId, tag: 1 }, TrafficType: "ALL" } },
    },
    ...["web", "worker", "alb"].map(group),
    { action: "kms:CreateKey", params: { description: "shop", keySpec: "SYMMETRIC_DEFAULT" } },
    ...SERVICES.flatMap((service): Step[] => [
      { action: "logs:CreateLogGroup", params: { logGroupName: `/acme/${service}` } },
      { action: "ecs:CreateService", params: { cluster: "prod", serviceName: service, desiredCount: 1 } },
      { action: "secretsmanager:CreateSecret", params: { name: `prod/${service}/db` } },
    ]),
    { action: "autoscaling:CreateAutoScalingGroup", params: { autoScalingGroupName: "web", minSize: 1, maxSize: 6 } },
  ];
  yield* made(steps, session, at, day.random, { region: NEW_REGION, stepMs: 8000 });
}

/** A role for the new cost vendor: its account, with an external id, and reads only. */
function* vendorJoins(day: Day): Generator<Call> {
  const at = timeOn(day, 11.3);
  const session = yield* signIn(day, at, PROD);
  const trust = {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${VENDORS.cost}:root` },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "sts:ExternalId": "acme-9999" } },
      },
    ],
  };
  const steps: readonly Step[] = [
    {
      action: "iam:CreateRole",
      params: { roleName: "savings-read", assumeRolePolicyDocument: JSON.stringify(trust), path: "/" },
    },
    {
      action: "iam:AttachRolePolicy",
      params: { roleName: "savings-read", policyArn: "arn:aws:iam::aws:policy/job-function/Billing" },
    },
  ];
  yield* made(steps, session, at, day.random);
}

/** The invoices are replicated into the second account. */
function* replication(day: Day): Generator<Call> {
  const at = timeOn(day, 14.2);
  const session = yield* signIn(day, at, PROD);
  const Destination = {
    Account: DEV,
    Bucket: "arn:aws:s3:::acme-invoices-copy",
    AccessControlTranslation: { Owner: "Destination" },
  };
  const ReplicationConfiguration = {
    Role: `arn:aws:iam::${PROD}:role/s3-replication`,
    Rule: { ID: "copy", Status: "Enabled", Destination },
  };
  yield* made(
    [
      {
        action: "s3:PutBucketReplication",
        params: bucketParams("acme-invoices", { replication: "", ReplicationConfiguration }),
      },
    ],
    session,
    at,
    day.random,
  );
}

/** An old service goes, with its key; KMS keeps the key for thirty days. */
function* stackRetired(day: Day): Generator<Call> {
  const at = timeOn(day, 10.3);
  const session = yield* signIn(day, at, PROD);
  const steps: readonly Step[] = [
    { action: "ecs:DeleteService", params: { cluster: "prod", service: "coupons" } },
    { action: "monitoring:DeleteAlarms", params: { alarmNames: ["coupons-errors"] } },
    { action: "logs:DeleteLogGroup", params: { logGroupName: "/acme/coupons" } },
    {
      action: "kms:ScheduleKeyDeletion",
      params: { keyId: `arn:aws:kms:eu-west-1:${PROD}:key/${day.random.uuid()}`, pendingWindowInDays: 30 },
    },
    { action: "secretsmanager:DeleteSecret", params: { secretId: "prod/coupons/db", recoveryWindowInDays: 30 } },
    { action: "s3:DeleteBucket", params: bucketParams("acme-coupons") },
  ];
  yield* made(steps, session, at, day.random);
}

/** Alice goes into the second account from her shell; both accounts record it. */
function* crossAccount(day: Day): Generator<Call> {
  const alice = adminOf(ALICE, day, "cli");
  const role = { account: DEV, name: "platform-admin" };
  const sharedEventID = day.random.uuid();
  const call = {
    at: timeOn(day, 14.1),
    action: "sts:AssumeRole",
    params: { roleArn: roleArn(role), roleSessionName: "alice" },
    answer: { assumedRoleUser: { arn: `arn:aws:sts::${DEV}:assumed-role/${role.name}/alice` } },
    resources: [{ accountId: DEV, type: "AWS::IAM::Role", ARN: roleArn(role) }],
    more: { sharedEventID },
  };
  yield { ...call, by: alice };
  yield { ...call, by: { ...alice, account: DEV } };
}
