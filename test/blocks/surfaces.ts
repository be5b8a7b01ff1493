/** Every message and modal that Trailhound sends, by name, made of ordinary values: for goldens and for hostile copies. */
import { alertMessage, detailsModal } from "../../blocks/alert.ts";
import {
  alreadyModal,
  disableLoadingModal,
  disableModal,
  disableRequestedModal,
  failedModal,
  refusalModal,
} from "../../blocks/containment.ts";
import { healthMessage } from "../../blocks/health.ts";
import { helpMessage } from "../../blocks/help.ts";
import { closedHome, homeView } from "../../blocks/home.ts";
import { pickModal, type WhoAnswer, whoMessage, whoModal } from "../../blocks/identity.ts";
import { noticeMessage } from "../../blocks/notice.ts";
import type { Home, Message, Modal } from "../../blocks/text.ts";
import type { Alert } from "../../src/alert/alert.ts";
import type { Corroboration } from "../../src/alert/trust.ts";
import type { Containment } from "../../src/contain/outcome.ts";
import type { Plan, RefusedPlan } from "../../src/contain/plan.ts";
import { stepsFor } from "../../src/contain/refusal.ts";
import type { Health } from "../../src/health/health.ts";
import type { Subject } from "../../src/identity/identity.ts";
import { alertWith, CONTAINMENT, findingOf, KEY, ROLE_SESSION, ROOT, recordWith, storedOf } from "../alert/fixture.ts";

const DENIED = {
  eventSource: "cloudtrail.amazonaws.com",
  eventName: "StopLogging",
  requestParameters: { name: "main" },
  responseElements: null,
  errorCode: "AccessDenied",
  errorMessage:
    "User: arn:aws:iam::111122223333:user/deploy-bot is not authorized to perform: cloudtrail:StopLogging on resource: arn:aws:cloudtrail:us-east-1:111122223333:trail/main because no identity-based policy allows the cloudtrail:StopLogging action",
};

const FAILED_BACK: Containment = {
  ...CONTAINMENT,
  readBacks: [
    { afterMs: 10_000, at: "2026-11-20T10:05:51Z", status: "Inactive" },
    { afterMs: 300_000, at: "2026-11-20T10:10:44Z", status: "Active" },
  ],
};

const second = recordWith({
  eventID: "d3a0b7b3-1111-4222-8333-444455556666",
  eventTime: "2026-11-20T10:06:12Z",
  requestParameters: { userName: "support3" },
  sourceIPAddress: "192.0.2.77",
});

const LOOKED_UP = "2026-11-20T10:05:30Z";
const doubted = (corroboration: Corroboration): Alert => ({
  ...alertWith(),
  trust: { doubt: "other-account", corroboration },
});

/** What src/cloudtrail/signal.ts makes of a finding of AWS's own. */
const FINDING = {
  eventType: "AwsServiceFinding",
  eventSource: "guardduty.amazonaws.com",
  eventName: "GuardDutyFinding",
  sourceIPAddress: undefined,
  userAgent: undefined,
  responseElements: null,
};
const severity = (value: string) => [
  { selection: "selection", field: "eventType", value: "AwsServiceFinding" },
  { selection: "severity", field: "requestParameters.severity", value },
];
const GUARDDUTY = alertWith(
  {
    ...FINDING,
    sourceIPAddress: "198.51.100.23",
    requestParameters: { type: "CredentialAccess:IAMUser/AnomalousBehavior", severity: 9.5 },
  },
  {
    rule: "aws_guardduty_finding_critical",
    title: "GuardDuty Finding of Critical Severity",
    level: "critical",
    evidence: severity("9.5"),
  },
);

export const ALERTS: Readonly<Record<string, Alert>> = {
  "critical success with a key": alertWith(
    {
      eventName: "AttachUserPolicy",
      requestParameters: { userName: "support2", policyArn: "arn:aws:iam::aws:policy/AdministratorAccess" },
      responseElements: null,
    },
    {
      rule: "aws_iam_admin_policy_granted",
      title: "Suspicious grant of administrator rights",
      level: "critical",
      evidence: [
        { selection: "selection", field: "eventName", value: "AttachUserPolicy" },
        { selection: "admin", field: "ids.policy_grants_admin", value: "true" },
      ],
    },
  ),
  "failed attempt": alertWith(DENIED, {
    rule: "aws_cloudtrail_stopped",
    title: "CloudTrail logging stopped (tried, failed)",
    level: "high",
  }),
  "role session": alertWith({ userIdentity: ROLE_SESSION }),
  root: alertWith(
    { userIdentity: ROOT, eventName: "ListUsers", requestParameters: null },
    { level: "medium", title: "Root user at work", rule: "aws_root_used" },
  ),
  "unknown account": alertWith(
    { recipientAccountId: "999988887777", userIdentity: { ...ROLE_SESSION, accountId: "999988887777" } },
    { account: "999988887777" },
  ),
  "key of another account": alertWith({ recipientAccountId: "444455556666" }, { account: "444455556666" }),
  acknowledged: alertWith({}, {}, { acknowledged: { by: "U0SAM1234", at: "2026-11-20T10:05:00Z" } }),
  "more than one finding": alertWith(
    {},
    {},
    {
      latest: storedOf(second, findingOf(second)).opening,
      findings: 2,
      events: 2,
      actions: { "iam:CreateUser": 2 },
      addresses: ["198.51.100.23", "192.0.2.77"],
      last: "2026-11-20T10:06:12Z",
    },
  ),
  storm: alertWith(
    {
      eventSource: "s3.amazonaws.com",
      eventName: "ListBuckets",
      requestParameters: null,
      responseElements: null,
      errorCode: "AccessDenied",
      errorMessage: "Access Denied",
    },
    { rule: "aws_denied_calls_spread", title: "Suspicious spread of denied calls", level: "high" },
    {
      findings: 12,
      events: 1_041,
      actions: {
        "iam:ListUsers": 204,
        "s3:ListBuckets": 612,
        "ec2:DescribeInstances": 199,
        "kms:ListKeys": 12,
        "iam:ListRoles": 13,
        "rds:DescribeDBInstances": 1,
        "lambda:ListFunctions": 1,
      },
      regions: ["us-east-1", "eu-north-1"],
      addresses: ["198.51.100.23", "192.0.2.77"],
      last: "2026-11-20T10:03:00Z",
    },
  ),
  "disabling asked for": alertWith(
    {},
    {},
    { containment: { ...CONTAINMENT, state: { kind: "requested" }, readBacks: [] } },
  ),
  "key disabled": alertWith(
    {},
    {},
    { acknowledged: { by: "U0SAM1234", at: "2026-11-20T10:05:00Z" }, containment: CONTAINMENT },
  ),
  "key active again": alertWith({}, {}, { containment: FAILED_BACK }),
  "key inactive already": alertWith(
    {},
    {},
    { containment: { ...CONTAINMENT, state: { kind: "already-inactive" }, readBacks: [] } },
  ),
  "disabling denied": alertWith(
    {},
    {},
    {
      containment: { ...CONTAINMENT, state: { kind: "denied", missing: "iam:UpdateAccessKey" }, readBacks: [] },
    },
  ),
  "disabling refused": alertWith(
    {},
    {},
    {
      containment: { ...CONTAINMENT, state: { kind: "refused", why: "the user is protected" }, readBacks: [] },
    },
  ),
  "disabling expired": alertWith(
    {},
    {},
    { containment: { ...CONTAINMENT, state: { kind: "expired" }, readBacks: [] } },
  ),
  "disabling superseded": alertWith(
    {},
    {},
    { containment: { ...CONTAINMENT, state: { kind: "superseded" }, readBacks: [] } },
  ),
  "key gone": alertWith({}, {}, { containment: { ...CONTAINMENT, state: { kind: "not-found" }, readBacks: [] } }),
  "caller of an account that nobody knows": alertWith(
    {
      userIdentity: { type: "AWSAccount", principalId: "AROA3XFRBF535PLBIFPI4:build", accountId: "999988887777" },
      eventSource: "sts.amazonaws.com",
      eventName: "AssumeRole",
      requestParameters: { roleArn: "arn:aws:iam::111122223333:role/ops/Deploy", roleSessionName: "build" },
      responseElements: null,
    },
    { rule: "role_assumed_from_outside", title: "Role Assumed From Another Account", level: "medium" },
  ),
  "unverified, being looked up": { ...alertWith(), trust: { doubt: "no-envelope" } },
  "unverified, known to IAM": doubted({ kind: "iam", at: LOOKED_UP, last: false }),
  "unverified, known to nobody": doubted({ kind: "absent", at: LOOKED_UP, last: true }),
  "unverified, forged": doubted({ kind: "contradicted", at: LOOKED_UP }),
  "unverified, unreadable": doubted({ kind: "unreadable", at: LOOKED_UP, why: "no reader role for 111122223333" }),
  "verified by CloudTrail": doubted({ kind: "cloudtrail", at: LOOKED_UP }),
  "GuardDuty's finding": GUARDDUTY,
  "GuardDuty's finding about nobody": alertWith(
    {
      ...FINDING,
      userIdentity: { type: "AWSService", invokedBy: "guardduty.amazonaws.com" },
      requestParameters: { type: "Policy:S3/BucketPublicAccessGranted", severity: 8 },
    },
    { rule: "aws_guardduty_finding", title: "GuardDuty Finding of High Severity", evidence: severity("8") },
  ),
  "access key found in public": alertWith(
    {
      ...FINDING,
      eventSource: "health.amazonaws.com",
      eventName: "HealthEvent",
      userIdentity: { type: "IAMUser", principalId: KEY, accessKeyId: KEY, accountId: "111122223333" },
      requestParameters: { service: "RISK", eventTypeCode: "AWS_RISK_CREDENTIALS_EXPOSED" },
    },
    {
      rule: "aws_health_credentials_exposed",
      title: "Access Key Found in Public by AWS",
      level: "critical",
      evidence: [
        { selection: "selection", field: "requestParameters.eventTypeCode", value: "AWS_RISK_CREDENTIALS_EXPOSED" },
      ],
    },
  ),
};

const one = alertWith({
  ...DENIED,
  errorMessage:
    "User: arn:aws:sts::111122223333:assumed-role/Deploy/alice is not authorized to perform: cloudtrail:StopLogging on resource: main with an explicit deny in a service control policy: arn:aws:organizations::444455556666:policy/o-abc/service_control_policy/p-def",
  userIdentity: ROLE_SESSION,
});

/** No real alert has all of it: the longest that an alert can get. */
const EVERYTHING: Alert = {
  ...one,
  keyAccount: { id: "444455556666", name: "acme-dev", configured: true },
  opening: { ...one.opening, targets: ["user a", "policy b", "role c", "trail d"] },
  latest: {
    ...one.opening,
    eventID: "d3a0b7b3-1111-4222-8333-444455556666",
    targets: ["user a", "policy b", "role c"],
  },
  evidence: ["a", "b", "c", "d", "e"].map((field) => ({ selection: "s", field, value: "v" })),
  outcome: "success",
  counters: {
    ...one.counters,
    actions: ["a", "b", "c", "d", "e", "f", "g"].map((action) => ({ action, count: 1_000_000 })),
  },
  acknowledged: { by: "U0SAM1234", at: "2026-11-20T10:05:00Z" },
  containment: FAILED_BACK,
};

const KEY_VIEW = {
  id: KEY,
  status: "Active",
  createdAt: "2025-10-04T10:00:00Z",
  ageDays: 412,
  lastUsed: { at: "2026-11-20T10:02:00Z", service: "iam", region: "us-east-1" },
} as const;
const OTHER_KEY = {
  id: "AKIAI44QH8DHBM2PDAAA",
  status: "Active",
  createdAt: "2026-10-20T10:00:00Z",
  ageDays: 31,
} as const;

type KnownPlan = Exclude<Plan, RefusedPlan>;
export const PLAN: KnownPlan = {
  kind: "possible",
  account: { id: "111122223333", name: "acme-prod" },
  userName: "deploy-bot",
  userArn: "arn:aws:iam::111122223333:user/deploy-bot",
  key: KEY_VIEW,
  otherKeys: [OTHER_KEY],
};
export const REFUSED: RefusedPlan = { kind: "refused", why: "root-key", steps: stepsFor("root-key", "111122223333") };

export const WHO: WhoAnswer = {
  subject: { kind: "name", name: "deploy-bot" },
  identities: [
    {
      account: { id: "111122223333", name: "acme-prod", owner: "platform team" },
      userName: "deploy-bot",
      arn: "arn:aws:iam::111122223333:user/deploy-bot",
      createdAt: "2025-10-04T10:00:00Z",
      passwordLastUsed: "2026-11-01T08:00:00Z",
      keys: [KEY_VIEW, OTHER_KEY],
    },
  ],
  recorded: {
    events: 41,
    actions: [
      { action: "iam:ListUsers", count: 30 },
      { action: "iam:CreateUser", count: 11 },
    ],
    regions: ["eu-north-1", "us-east-1"],
    addresses: ["198.51.100.23"],
    first: "2026-11-20T10:01:12Z",
    last: "2026-11-20T10:02:03Z",
  },
  alerts: [alertWith(), alertWith({}, { level: "critical" }, { containment: CONTAINMENT })],
  store: "answered",
  iam: "answered",
  searched: [{ id: "111122223333", name: "acme-prod" }, { id: "444455556666" }],
  history: {
    regions: 17,
    answered: 3,
    unanswered: [{ place: "acme-prod eu-north-1", why: "Trailhound's role lacks cloudtrail:LookupEvents" }],
    more: true,
    days: 90,
    done: false,
    activity: {
      events: 212,
      denied: 31,
      first: "2026-11-01T08:00:00Z",
      last: "2026-11-20T10:02:03Z",
      actions: [
        { value: "s3:ListBuckets", count: 150 },
        { value: "iam:ListUsers", count: 62 },
      ],
      regions: [{ value: "us-east-1", count: 212 }],
      addresses: [{ value: "198.51.100.23", count: 31 }],
      userAgents: [
        { value: "aws-cli/2.31.9 md/command#s3.ls", count: 180 },
        { value: "Boto3/1.34.0 md/Botocore#1.34.0", count: 32 },
      ],
      principals: [{ value: "arn:aws:iam::111122223333:user/deploy-bot", count: 212 }],
      sessions: [],
    },
  },
  choices: [],
  notes: ["IAM of acme-dev did not answer (timed out): ask again in a minute"],
};

export const HEALTH: Health = {
  at: "2026-11-20T10:30:00Z",
  startedAt: "2026-11-19T08:00:00Z",
  vitals: [
    { part: "redis", state: "ok", since: "2026-11-19T08:00:00Z", at: "2026-11-20T10:29:59Z" },
    { part: "queue", state: "ok", since: "2026-11-19T08:00:00Z", at: "2026-11-20T10:29:55Z" },
    { part: "slack", state: "ok", since: "2026-11-20T10:00:00Z", at: "2026-11-20T10:29:00Z" },
    { part: "door", state: "ok", since: "2026-11-19T08:00:00Z", at: "2026-11-19T08:00:00Z" },
    {
      part: "iam",
      state: "failing",
      since: "2026-11-20T10:25:00Z",
      at: "2026-11-20T10:28:00Z",
      why: "Trailhound's role lacks iam:ListAccessKeys",
    },
    { part: "cloudtrail", state: "unused" },
    { part: "s3", state: "unused" },
  ],
  queues: [{ name: "trailhound", waiting: 41_200, inFlight: 20, waitedMs: 420_000, dead: 3 }],
  seen: [
    { account: "111122223333", region: "eu-west-1", eventAt: "2026-11-20T10:22:10Z", seenAt: "2026-11-20T10:29:10Z" },
    { account: "444455556666", region: "us-east-1", eventAt: "2026-11-18T10:00:00Z", seenAt: "2026-11-18T10:05:00Z" },
  ],
  quarantined: 2,
  overdue: 1,
};

export interface Inputs {
  readonly alerts: Readonly<Record<string, Alert>>;
  readonly everything: Alert;
  readonly plan: KnownPlan;
  readonly refused: RefusedPlan;
  readonly who: WhoAnswer;
  readonly health: Health;
  readonly said: string;
}
export const INPUTS: Inputs = {
  alerts: ALERTS,
  everything: EVERYTHING,
  plan: PLAN,
  refused: REFUSED,
  who: WHO,
  health: HEALTH,
  said: "the store does not answer",
};

export const DIALOG = "dg_000000000000000000000001";

/** All surfaces made of these inputs. */
export function surfacesOf({
  alerts,
  everything,
  plan,
  refused,
  who,
  health,
  said,
}: Inputs): Readonly<Record<string, Message | Modal | Home>> {
  const [any = alertWith()] = Object.values(alerts);
  const accounts = [{ id: "111122223333", name: "acme-prod" }, { id: "222233334444" }];
  const finished =
    who.history === undefined ? {} : { history: { ...who.history, answered: 17, unanswered: [], done: true } };
  const nothing: WhoAnswer = {
    subject: who.subject,
    identities: [],
    alerts: [],
    store: "silent",
    iam: "answered",
    searched: who.searched,
    outside: true,
    choices: [],
    notes: who.notes,
  };
  const choices: readonly Subject[] = [
    who.subject,
    { kind: "key", keyId: "AKIAIOSFODNN7EXAMPLE" },
    { kind: "address", address: "198.51.100.23" },
  ];
  const elsewhere = who.identities.map((identity) => ({
    ...identity,
    account: { id: "444455556666", name: "acme-dev" },
  }));
  return {
    "alert: everything": alertMessage(everything),
    ...Object.fromEntries(Object.entries(alerts).map(([name, alert]) => [`alert: ${name}`, alertMessage(alert)])),
    details: detailsModal(any),
    "disable: loading": disableLoadingModal(),
    "disable: possible": disableModal({ ...plan, kind: "possible" }, DIALOG),
    "disable: inactive already": disableModal({ ...plan, kind: "already-inactive" }, DIALOG),
    "disable: refused": refusalModal(refused),
    "disable: asked for": disableRequestedModal(),
    "disable: somebody was first": alreadyModal(any.containment ?? CONTAINMENT),
    "disable: failed": failedModal(said),
    "who: as it grows": whoModal(who, true),
    "who: done": whoModal({ ...who, ...finished }, true),
    "who: shared": whoMessage({ ...who, ...finished }),
    "who: two accounts": whoModal({ ...who, identities: [...who.identities, ...elsewhere], choices }, true),
    "who: nothing found": whoModal(nothing, true),
    "who: nothing found, shared": whoMessage(nothing),
    "who: which one": pickModal(choices),
    health: healthMessage(health, accounts),
    "home: operator": homeView({ health, alerts: [...Object.values(alerts)], accounts, mayContain: true }),
    "home: nothing known": homeView({ health: { ...health, vitals: [] }, accounts, mayContain: false }),
    "home: guest": closedHome(),
    help: helpMessage(),
    notice: noticeMessage({ person: "U0SAM1234" }, " acknowledged this ", { at: "2026-11-20T10:05:00Z" }),
    "notice: text": noticeMessage(said),
  };
}
