/**
 * Terraform: the reads of a plan, and the writes of the changes that the company makes with it.
 * Pure. Parameters as the services record them.
 */
import type { JsonObject } from "../../src/cloudtrail/record.ts";
import type { Actor } from "./actor.ts";
import type { Call } from "./call.ts";
import { type Day, thinned } from "./day.ts";
import { BUCKETS, SERVICES, type ServiceName } from "./people.ts";
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
  for (const action of some(REFRESHES, day)) yield { action };
  for (const service of SERVICES.slice(0, thinned(day, SERVICES.length))) {
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
  for (const [name, code, message] of some(BUCKET_QUESTIONS, day)) {
    const error =
      code !== undefined && message !== undefined && day.random.chance(0.6) ? { error: { code, message } } : {};
    yield { action: `s3:${name}`, params: bucketParams(bucketName), ...error };
  }
}

function some<T>(list: readonly T[], day: Day): readonly T[] {
  return list.slice(0, thinned(day, list.length));
}

export const bucketParams = (bucketName: string, more: JsonObject = {}): JsonObject => ({
  bucketName,
  Host: `${bucketName}.s3.eu-west-1.amazonaws.com`,
  ...more,
});

export const trustOf = (service: string): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
  });
export const allowing = (actions: readonly string[], resource: string): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: actions, Resource: resource }] });

export const port = (number: number, from: { readonly cidr: string } | { readonly group: string }): JsonObject => ({
  ipProtocol: "tcp",
  fromPort: number,
  toPort: number,
  groups: "group" in from ? { items: [{ groupId: from.group }] } : {},
  ipRanges: "cidr" in from ? { items: [{ cidrIp: from.cidr }] } : {},
  ipv6Ranges: {},
  prefixListIds: {},
});

/** What a deployment of one service may change besides its code. */
export type Change = (service: ServiceName, random: Random) => readonly Step[];

export const newRole: Change = (service, random) => {
  const roleName = `${service}-${random.pick(["worker", "export", "import", "cron"])}-${random.hex(4)}`;
  const trust = trustOf("lambda.amazonaws.com");
  return [
    {
      action: "iam:CreateRole",
      params: { roleName, assumeRolePolicyDocument: trust, path: "/", maxSessionDuration: 3600 },
    },
    {
      action: "iam:AttachRolePolicy",
      params: { roleName, policyArn: "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole" },
    },
    {
      action: "iam:PutRolePolicy",
      params: {
        roleName,
        policyName: "task",
        policyDocument: allowing(["s3:GetObject", "s3:PutObject"], `arn:aws:s3:::acme-exports/${service}/*`),
      },
    },
  ];
};
const policyVersion: Change = (service, random) => {
  const policyArn = `arn:aws:iam::111122223333:policy/${service}-read`;
  return [
    {
      action: "iam:CreatePolicyVersion",
      params: {
        policyArn,
        policyDocument: allowing(
          ["dynamodb:GetItem", "dynamodb:Query"],
          `arn:aws:dynamodb:eu-west-1:111122223333:table/${service}`,
        ),
        setAsDefault: true,
      },
      answer: { policyVersion: { versionId: `v${random.between(6, 40)}`, isDefaultVersion: true } },
    },
    { action: "iam:DeletePolicyVersion", params: { policyArn, versionId: `v${random.between(1, 5)}` } },
  ];
};
const taskPolicy: Change = (service) => [
  {
    action: "iam:PutRolePolicy",
    params: {
      roleName: `${service}-task`,
      policyName: "task",
      policyDocument: allowing(
        ["sqs:SendMessage", "sqs:ReceiveMessage"],
        `arn:aws:sqs:eu-west-1:111122223333:${service}`,
      ),
    },
  },
];
const groupAndRule: Change = (service, random) => {
  const groupId = `sg-0${random.hex(16)}`;
  return [
    {
      action: "ec2:CreateSecurityGroup",
      params: {
        groupName: `${service}-${random.hex(6)}`,
        groupDescription: "Managed by Terraform",
        vpcId: "vpc-0a1b2c3d4e5f60718",
      },
      answer: { groupId, _return: true },
    },
    {
      action: "ec2:AuthorizeSecurityGroupIngress",
      params: { groupId, ipPermissions: { items: [port(8080, { group: `sg-0${random.hex(16)}` })] } },
      answer: { _return: true },
    },
  ];
};
const logGroup: Change = (service, random) => {
  const logGroupName = `/acme/${service}/${random.pick(["api", "worker", "audit"])}-${random.hex(4)}`;
  return [
    { action: "logs:CreateLogGroup", params: { logGroupName } },
    { action: "logs:PutRetentionPolicy", params: { logGroupName, retentionInDays: 30 } },
  ];
};
const alarm: Change = (service, random) => [
  {
    action: "monitoring:PutMetricAlarm",
    params: {
      alarmName: `${service}-errors-${random.hex(4)}`,
      namespace: "AWS/ApplicationELB",
      metricName: "HTTPCode_Target_5XX_Count",
    },
  },
];
const trigger: Change = (service, random) => {
  const name = `${service}-nightly-${random.hex(4)}`;
  const functionName = `${service}-events`;
  const target = `arn:aws:lambda:eu-west-1:111122223333:function:${functionName}`;
  return [
    { action: "events:PutRule", params: { name, scheduleExpression: "cron(0 3 * * ? *)", state: "ENABLED" } },
    { action: "events:PutTargets", params: { rule: name, targets: [{ id: "1", arn: target }] } },
    {
      action: "lambda:AddPermission20150331v2",
      params: {
        functionName,
        statementId: "AllowEvents",
        action: "lambda:InvokeFunction",
        principal: "events.amazonaws.com",
        sourceArn: `arn:aws:events:eu-west-1:111122223333:rule/${name}`,
      },
    },
  ];
};
export const newBucket: Change = (service, random) => {
  const name = `acme-${service}-${random.hex(6)}`;
  const on = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
  const tlsOnly = {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  };
  return [
    {
      action: "s3:CreateBucket",
      params: bucketParams(name, { CreateBucketConfiguration: { LocationConstraint: "eu-west-1" } }),
    },
    {
      action: "s3:PutBucketPublicAccessBlock",
      params: bucketParams(name, { publicAccessBlock: "", PublicAccessBlockConfiguration: on }),
    },
    {
      action: "s3:PutBucketVersioning",
      params: bucketParams(name, { versioning: "", VersioningConfiguration: { Status: "Enabled" } }),
    },
    { action: "s3:PutBucketPolicy", params: bucketParams(name, { policy: "", bucketPolicy: tlsOnly }) },
    {
      action: "s3:PutBucketLifecycle",
      params: bucketParams(name, { lifecycle: "", LifecycleConfiguration: { Rule: { ID: "old", Status: "Enabled" } } }),
    },
  ];
};
const record: Change = (service) => [
  {
    action: "route53:ChangeResourceRecordSets",
    params: {
      hostedZoneId: "Z0123456789EXAMPLE",
      changeBatch: {
        changes: [{ action: "UPSERT", resourceRecordSet: { name: `${service}.example.com`, type: "A" } }],
      },
    },
  },
];
const parameter: Change = (service) => [
  {
    action: "ssm:PutParameter",
    params: {
      name: `/acme/${service}/version`,
      type: "String",
      overwrite: true,
      value: "HIDDEN_DUE_TO_SECURITY_REASONS",
    },
  },
];
const queue: Change = (service, random) => [
  {
    action: "sqs:CreateQueue",
    params: { queueName: `${service}-${random.hex(4)}`, attributes: { VisibilityTimeout: "60" } },
  },
];
const table: Change = (service) => [
  { action: "dynamodb:UpdateTable", params: { tableName: service, billingMode: "PAY_PER_REQUEST" } },
];
const secret: Change = (service) => [
  {
    action: "secretsmanager:PutSecretValue",
    params: { secretId: `prod/${service}/api` },
    answer: { name: `prod/${service}/api` },
  },
];

/** A removed scheduled job or alarm: what Terraform deletes when somebody deletes it from the code. */
const retired: Change = (service, random) => {
  const name = `${service}-nightly-${random.hex(4)}`;
  return [
    { action: "events:RemoveTargets", params: { rule: name, ids: ["1"] } },
    { action: "events:DeleteRule", params: { name } },
    { action: "monitoring:DeleteAlarms", params: { alarmNames: [`${service}-nightly-failed`] } },
  ];
};

/** As often in the list as they are made. */
export const CHANGES: readonly Change[] = [
  taskPolicy,
  taskPolicy,
  policyVersion,
  policyVersion,
  newRole,
  groupAndRule,
  logGroup,
  logGroup,
  alarm,
  alarm,
  trigger,
  newBucket,
  record,
  parameter,
  parameter,
  parameter,
  queue,
  table,
  secret,
  retired,
];
