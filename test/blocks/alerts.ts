/** Alerts of every kind, by name, as src/alert/alert.ts makes them: what test/blocks/surfaces.ts draws. */
import type { Alert } from "../../src/alert/alert.ts";
import type { Corroboration } from "../../src/alert/trust.ts";
import type { Containment } from "../../src/contain/outcome.ts";
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
export const EVERYTHING: Alert = {
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
