/**
 * Those who only look, and look at everything: a posture vendor, Prowler, monitoring, a cost tool.
 * Pure.
 */
import type { JsonObject } from "../../src/cloudtrail/record.ts";
import { uniqueIdOf } from "../key.ts";
import { type Actor, issued, type Place, roleActor, roleArn } from "./actor.ts";
import { type Call, denied } from "./call.ts";
import { beatsOn, type Day, isWorkday, someOf, timeOn } from "./day.ts";
import { BUCKETS, DEV, GLOBAL, HOME, NEW_REGION, PROD, VENDORS } from "./people.ts";
import { bucketParams, made, type Step } from "./terraform.ts";

const REGIONS = [HOME, GLOBAL, NEW_REGION, "eu-north-1", "eu-west-2", "us-west-2", "ap-southeast-1"] as const;
const REGIONAL = [
  "accessanalyzer:ListAnalyzers",
  "acm:ListCertificates",
  "autoscaling:DescribeAutoScalingGroups",
  "cloudformation:DescribeStacks",
  "cloudtrail:DescribeTrails",
  "cloudtrail:GetTrailStatus",
  "cloudtrail:GetEventSelectors",
  "config:DescribeConfigurationRecorders",
  "dynamodb:ListTables",
  "ec2:DescribeInstances",
  "ec2:DescribeSecurityGroups",
  "ec2:DescribeNetworkAcls",
  "ec2:DescribeSnapshots",
  "ec2:DescribeVolumes",
  "ec2:DescribeFlowLogs",
  "ec2:GetEbsEncryptionByDefault",
  "ecr:DescribeRepositories",
  "ecs:ListClusters",
  "eks:ListClusters",
  "elasticloadbalancing:DescribeLoadBalancers",
  "events:ListRules",
  "guardduty:ListDetectors",
  "inspector2:BatchGetAccountStatus",
  "kms:ListKeys",
  "lambda:ListFunctions20150331",
  "logs:DescribeLogGroups",
  "logs:DescribeMetricFilters",
  "monitoring:DescribeAlarms",
  "rds:DescribeDBInstances",
  "rds:DescribeDBSnapshots",
  "redshift:DescribeClusters",
  "secretsmanager:ListSecrets",
  "securityhub:DescribeHub",
  "sns:ListTopics",
  "sqs:ListQueues",
  "ssm:DescribeInstanceInformation",
] as const;
const OF_THE_ACCOUNT = [
  "iam:GenerateCredentialReport",
  "iam:GetCredentialReport",
  "iam:GetAccountSummary",
  "iam:GetAccountPasswordPolicy",
  "iam:GetAccountAuthorizationDetails",
  "iam:ListUsers",
  "iam:ListRoles",
  "iam:ListPolicies",
  "iam:ListVirtualMFADevices",
  "iam:ListServerCertificates",
  "s3:ListBuckets",
  "organizations:DescribeOrganization",
] as const;

export function* watchersDay(day: Day): Generator<Call> {
  yield* postureScan(day);
  if (day.weekday === 6) yield* prowler(day);
  yield* monitoring(day);
  yield* costs(day);
}

/** A vendor takes on a role of ours from its own account, with the external id that we agreed on. */
function* visit(day: Day, at: number, vendor: string, roleName: string, place: Place): Generator<Call, Actor> {
  const role = { account: PROD, name: roleName };
  const session = roleActor(role, `${roleName}-${day.index}`, at, place);
  const principalId = `${uniqueIdOf("AROA", vendor)}:collector`;
  yield {
    at,
    by: { identity: { type: "AWSAccount", principalId, accountId: vendor }, arn: principalId, account: PROD, ...place },
    action: "sts:AssumeRole",
    params: {
      roleArn: roleArn(role),
      roleSessionName: `${roleName}-${day.index}`,
      externalId: `acme-${vendor.slice(0, 4)}`,
      durationSeconds: 3600,
    },
    answer: issued(session, at),
    resources: [{ accountId: PROD, type: "AWS::IAM::Role", ARN: roleArn(role) }],
    more: { sharedEventID: day.random.uuid() },
  };
  return session;
}

/** What our agreement with the vendor leaves out, or came later than its role: refused every day, here and there in the scan. */
const NOT_ALLOWED = [
  "bedrock:ListAgents",
  "account:GetAlternateContact",
  "sso:ListInstances",
  "ecr:GetRegistryPolicy",
  "organizations:ListPolicies",
] as const;

function* postureScan(day: Day): Generator<Call> {
  const at = timeOn(day, 4 + day.random.next());
  const session = yield* visit(day, at, VENDORS.posture, "posture-audit", {
    ip: "192.0.2.230",
    agent: "Boto3/1.40.70 md/Botocore#1.40.70 ua/2.1 os/linux#5.10 lang/python#3.12.9",
  });
  const steps = [...OF_THE_ACCOUNT.map((action) => ({ action })), ...bucketScan(day)];
  yield* made(steps, session, at, day.random);
  // An hour for all regions, one after the other.
  let moment = at + 120_000;
  const regions = someOf(REGIONS, day);
  for (const [nth, region] of regions.entries()) {
    yield* made(
      REGIONAL.map((action) => ({ action })),
      session,
      moment,
      day.random,
      { region, stepMs: 4000 },
    );
    const refused = NOT_ALLOWED[nth];
    if (refused !== undefined)
      yield { at: moment + 300_000, by: session, action: refused, region, error: denied(session, refused) };
    moment += 480_000;
  }
}

function* bucketScan(day: Day): Generator<Step> {
  for (const bucket of someOf(BUCKETS, day)) {
    for (const name of [
      "GetBucketAcl",
      "GetBucketEncryption",
      "GetBucketLogging",
      "GetBucketVersioning",
      "GetBucketPublicAccessBlock",
    ]) {
      yield { action: `s3:${name}`, params: bucketParams(bucket) };
    }
    const error = { code: "NoSuchBucketPolicy", message: "The bucket policy does not exist" };
    yield { action: "s3:GetBucketPolicy", params: bucketParams(bucket), ...(bucket === "acme-logs" ? {} : { error }) };
  }
}

/** On Sundays; a bucket with a policy that keeps everybody out refuses it, as it refuses everybody. */
function* prowler(day: Day): Generator<Call> {
  const at = timeOn(day, 5.5);
  const agent =
    "Boto3/1.40.61 md/Botocore#1.40.61 ua/2.1 os/linux#6.1 lang/python#3.12.12 cfg/retry-mode#standard Botocore/1.40.61";
  for (const account of [PROD, DEV]) {
    const session = roleActor({ account, name: "prowler" }, "ProwlerAssessmentSession", at, {
      ip: "198.51.100.200",
      agent,
    });
    const steps: Step[] = [...OF_THE_ACCOUNT.map((action) => ({ action })), ...bucketScan(day)];
    for (const name of ["GetBucketPolicy", "GetBucketAcl", "GetBucketVersioning"]) {
      const error = denied(session, `s3:${name}`, "arn:aws:s3:::acme-vault");
      steps.push({
        action: `s3:${name}`,
        params: bucketParams("acme-vault"),
        error: { ...error, code: "AccessDenied" },
      });
    }
    yield* made(steps, session, at, day.random);
    for (const [nth, region] of someOf(REGIONS, day).entries()) {
      yield* made(
        REGIONAL.map((action) => ({ action })),
        session,
        at + 90_000 + nth * 60_000,
        day.random,
        { region, stepMs: 1500 },
      );
    }
    const refused = "support:DescribeTrustedAdvisorChecks";
    const error = {
      code: "SubscriptionRequiredException",
      message: "Amazon Web Services Premium Support Subscription is required to use this service.",
    };
    yield { at: at + 900_000, by: session, action: refused, error };
  }
}

const COLLECTED = [
  "monitoring:ListMetrics",
  "monitoring:GetMetricData",
  "ec2:DescribeInstances",
  "ec2:DescribeInstanceStatus",
  "ecs:ListServices",
  "ecs:DescribeServices",
  "elasticloadbalancing:DescribeLoadBalancers",
  "elasticloadbalancing:DescribeTargetHealth",
  "lambda:ListFunctions20150331",
  "rds:DescribeDBInstances",
  "sqs:ListQueues",
  "tagging:GetResources",
  "health:DescribeEvents",
] as const;

function* monitoring(day: Day): Generator<Call> {
  const place = {
    ip: "192.0.2.240",
    agent: "aws-sdk-go-v2/1.39.2 os/linux lang/go#1.25.1 md/GOOS#linux md/GOARCH#amd64",
  };
  for (const at of beatsOn(day, 30)) {
    const session = yield* visit(day, at, VENDORS.monitoring, "monitoring-read", place);
    for (const step of made(
      COLLECTED.map((action) => ({ action })),
      session,
      at,
      day.random,
    )) {
      const throttled = { code: "ThrottlingException", message: "Rate exceeded" };
      yield step.action.startsWith("monitoring:") && day.random.chance(0.02) ? { ...step, error: throttled } : step;
    }
  }
}

function* costs(day: Day): Generator<Call> {
  if (!isWorkday(day)) return;
  const at = timeOn(day, 6.1);
  const place = {
    ip: "192.0.2.235",
    agent: "aws-sdk-java/2.33.4 Linux/5.15 OpenJDK_64-Bit_Server_VM/21.0.8 Java/21.0.8",
  };
  const session = yield* visit(day, at, VENDORS.cost, "cost-read", place);
  const between: JsonObject = { granularity: "DAILY", metrics: ["UnblendedCost"] };
  const steps: readonly Step[] = [
    { action: "ce:GetCostAndUsage", params: between },
    { action: "ce:GetSavingsPlansUtilization" },
    { action: "ce:GetReservationUtilization" },
    { action: "cur:DescribeReportDefinitions" },
    { action: "ec2:DescribeReservedInstances" },
    { action: "rds:DescribeReservedDBInstances" },
  ];
  yield* made(steps, session, at, day.random);
}
