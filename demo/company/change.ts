/**
 * Changes: what a deployment of one service may change besides its code, as Terraform writes it.
 * Pure. Parameters as the services record them.
 */
import type { ServiceName } from "./people.ts";
import type { Random } from "./random.ts";
import { allowing, port, trustOf } from "./request.ts";
import { bucketParams, type Step } from "./terraform.ts";

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
