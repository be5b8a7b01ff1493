/**
 * Rollouts: what CI does once, each of it reviewed and meant: a web site, a region, a vendor's role, a stack that goes.
 * Pure.
 */
import type { Call } from "./call.ts";
import { signIn } from "./ci.ts";
import { type Day, timeOn } from "./day.ts";
import { DEV, NEW_REGION, PROD, SERVICES, VENDORS } from "./people.ts";
import { port } from "./request.ts";
import { bucketParams, made, type Step } from "./terraform.ts";
import { REPAIR } from "./upkeep.ts";

/** Terraform opens 443 of the new load balancer to the world, as every shop has to. */
export function* openWeb(day: Day): Generator<Call> {
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

export function* repaired(day: Day): Generator<Call> {
  const at = timeOn(day, 8.9);
  const session = yield* signIn(day, at, PROD);
  yield* made([REPAIR], session, at, day.random);
}

/** The careers page is a bucket that everybody may read, on purpose. */
export function* website(day: Day): Generator<Call> {
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
export function* trailReads(day: Day): Generator<Call> {
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
export function* newRegion(day: Day): Generator<Call> {
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
export function* vendorJoins(day: Day): Generator<Call> {
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
export function* replication(day: Day): Generator<Call> {
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
export function* stackRetired(day: Day): Generator<Call> {
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
