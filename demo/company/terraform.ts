/**
 * Terraform: the reads of a plan, one by one, and the steps that somebody makes in a row.
 * Pure. Parameters as the services record them.
 */
import type { JsonObject } from "../../src/cloudtrail/record.ts";
import type { Actor } from "./actor.ts";
import type { Call } from "./call.ts";
import { type Day, someOf } from "./day.ts";
import { BUCKETS, SERVICES } from "./people.ts";
import type { Random } from "./random.ts";

/** One call of a plan or a change, before somebody makes it. */
export type Step = Pick<Call, "action" | "params" | "answer" | "error" | "readOnly">;

/** Makes steps one after the other, from a moment on. */
export function* made(
  steps: Iterable<Step>,
  by: Actor,
  from: number,
  random: Random,
  pace: { readonly region?: string; readonly stepMs?: number } = {},
): Generator<Call> {
  let at = from;
  for (const step of steps) {
    at += random.between(80, pace.stepMs ?? 900);
    yield { ...step, at, by, ...(pace.region === undefined ? {} : { region: pace.region }) };
  }
}

const REFRESHES = [
  "ec2:DescribeVpcs",
  "ec2:DescribeSubnets",
  "ec2:DescribeRouteTables",
  "ec2:DescribeSecurityGroups",
  "ec2:DescribeSecurityGroupRules",
  "ec2:DescribeNetworkAcls",
  "ec2:DescribeInternetGateways",
  "ec2:DescribeLaunchTemplates",
  "rds:DescribeDBInstances",
  "rds:ListTagsForResource",
  "elasticloadbalancing:DescribeLoadBalancers",
  "elasticloadbalancing:DescribeListeners",
  "elasticloadbalancing:DescribeTargetGroups",
  "route53:GetHostedZone",
  "route53:ListResourceRecordSets",
  "monitoring:DescribeAlarms",
  "autoscaling:DescribeAutoScalingGroups",
  "kms:DescribeKey",
  "kms:GetKeyPolicy",
  "kms:ListResourceTags",
  "sqs:GetQueueAttributes",
  "dynamodb:DescribeTable",
  "ecr:DescribeRepositories",
  "ecs:DescribeServices",
  "ecs:DescribeTaskDefinition",
] as const;

/** A bucket has most of its settings not set, and S3 answers each such question with an error. */
const BUCKET_QUESTIONS: ReadonlyArray<readonly [action: string, code?: string, message?: string]> = [
  ["GetBucketLocation"],
  ["GetBucketAcl"],
  ["GetBucketVersioning"],
  ["GetBucketEncryption"],
  ["GetBucketPublicAccessBlock"],
  ["GetBucketPolicy", "NoSuchBucketPolicy", "The bucket policy does not exist"],
  ["GetBucketWebsite", "NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration"],
  ["GetBucketCors", "NoSuchCORSConfiguration", "The CORS configuration does not exist"],
  ["GetBucketLifecycle", "NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"],
  ["GetBucketReplication", "ReplicationConfigurationNotFoundError", "The replication configuration was not found"],
  ["GetBucketTagging", "NoSuchTagSet", "The TagSet does not exist"],
];

/** What `terraform plan` reads of a stack: everything that it manages, one by one. */
export function* planOf(day: Day): Generator<Step> {
  yield { action: "sts:GetCallerIdentity" };
  for (const action of someOf(REFRESHES, day)) yield { action };
  for (const service of someOf(SERVICES, day)) {
    const roleName = `${service}-task`;
    yield { action: "iam:GetRole", params: { roleName } };
    yield { action: "iam:ListRolePolicies", params: { roleName } };
    yield { action: "iam:ListAttachedRolePolicies", params: { roleName } };
    yield { action: "iam:GetRolePolicy", params: { roleName, policyName: "task" } };
    yield { action: "lambda:GetFunction20150331v2", params: { functionName: `${service}-events` } };
    yield { action: "lambda:GetPolicy20150331v2", params: { functionName: `${service}-events` } };
    yield { action: "logs:DescribeLogGroups", params: { logGroupNamePrefix: `/acme/${service}` } };
    yield { action: "ssm:GetParameter", params: { name: `/acme/${service}/version`, withDecryption: true } };
  }
  const bucketName = day.random.pick(BUCKETS);
  for (const [name, code, message] of someOf(BUCKET_QUESTIONS, day)) {
    const error =
      code !== undefined && message !== undefined && day.random.chance(0.6) ? { error: { code, message } } : {};
    yield { action: `s3:${name}`, params: bucketParams(bucketName), ...error };
  }
}

export const bucketParams = (bucketName: string, more: JsonObject = {}): JsonObject => ({
  bucketName,
  Host: `${bucketName}.s3.eu-west-1.amazonaws.com`,
  ...more,
});
