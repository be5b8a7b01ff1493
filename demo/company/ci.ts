/**
 * CI: GitHub Actions deploys several times a day, plans at night, and brings preview environments up and down.
 * Pure.
 */
import { type Actor, adminActor, issued, roleActor, roleArn, through } from "./actor.ts";
import type { Call } from "./call.ts";
import { CHANGES, newRole } from "./change.ts";
import { type Day, isWorkday, momentsOn, timeOn } from "./day.ts";
import { DEV, PROD, SERVICES, type ServiceName } from "./people.ts";
import { allowing } from "./request.ts";
import { made, planOf, type Step } from "./terraform.ts";

const TERRAFORM =
  "APN/1.0 HashiCorp/1.0 Terraform/1.9.8 (+https://www.terraform.io) terraform-provider-aws/6.20.0 aws-sdk-go-v2/1.39.6 os/linux lang/go#1.25.3";
const RUNNER_CLI = "aws-cli/2.31.35 md/awscrt#0.28.2 ua/2.1 os/linux#6.11.0 md/arch#x86_64 lang/python#3.13.7";
const SUBJECT = "repo:acme/shop:ref:refs/heads/main";
const providerOf = (account: string): string =>
  `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com`;
const MINUTE_MS = 60_000;

export function* ciDay(day: Day): Generator<Call> {
  yield* plan(day, timeOn(day, 2.2), PROD);
  yield* plan(day, timeOn(day, 2.7), DEV);
  if (!isWorkday(day)) return;
  for (const at of momentsOn(day, day.random.between(4, 7), 7.5, 16.5)) yield* deployment(day, at);
  const service = day.random.pick(SERVICES);
  if (day.weekday === 1) yield* previewUp(day, service);
  if (day.weekday === 3) yield* previewDown(day, service);
  if (day.weekday === 2) yield* stackUpdate(day);
}

/** Signs the workflow in. GitHub's runners have another address each time. */
export function* signIn(day: Day, at: number, account: string): Generator<Call, Actor> {
  const { random } = day;
  const role = { account, name: "github-deploy" };
  const place = { ip: `203.0.113.${random.between(128, 250)}`, agent: TERRAFORM };
  const federatedProvider = providerOf(account);
  const session = roleActor(role, "GitHubActions", at, place, { federatedProvider });
  const identity = {
    type: "WebIdentityUser",
    principalId: `${federatedProvider}:sts.amazonaws.com:${SUBJECT}`,
    userName: SUBJECT,
    identityProvider: federatedProvider,
  };
  yield {
    at,
    by: { identity, arn: session.arn, account, ip: place.ip, agent: RUNNER_CLI },
    action: "sts:AssumeRoleWithWebIdentity",
    params: { roleArn: roleArn(role), roleSessionName: "GitHubActions", durationSeconds: 3600 },
    answer: {
      subjectFromWebIdentityToken: SUBJECT,
      ...issued(session, at),
      provider: federatedProvider,
      audience: "sts.amazonaws.com",
    },
    resources: [{ accountId: account, type: "AWS::IAM::Role", ARN: roleArn(role) }],
  };
  return session;
}

function* plan(day: Day, at: number, account: string): Generator<Call> {
  const session = yield* signIn(day, at, account);
  yield* made(planOf(day), session, at, day.random);
}

function* deployment(day: Day, at: number): Generator<Call> {
  const { random } = day;
  const session = yield* signIn(day, at, PROD);
  yield* made(planOf(day), session, at, random);
  const service = random.pick(SERVICES);
  const release = [
    ...(random.chance(0.5)
      ? functionRelease(service, random.hex(8))
      : containerRelease(service, random.between(100, 999))),
  ];
  const changes = Array.from({ length: random.between(0, 3) }, () => random.pick(CHANGES)(service, random)).flat();
  yield* made([...changes, ...release], session, at + 3 * MINUTE_MS, random);
  // One deployment of twelve is taken back.
  if (random.chance(0.08)) yield* made(release.slice(-1), session, at + 12 * MINUTE_MS, random);
}

function functionRelease(service: ServiceName, sha: string): readonly Step[] {
  const functionName = `${service}-events`;
  return [
    {
      action: "lambda:UpdateFunctionCode20150331v2",
      params: { functionName, publish: false, s3Bucket: "acme-artifacts", s3Key: `${service}/${sha}.zip` },
    },
    { action: "lambda:UpdateFunctionConfiguration20150331v2", params: { functionName, timeout: 30, memorySize: 512 } },
    { action: "lambda:PublishVersion20150331", params: { functionName } },
    { action: "lambda:UpdateAlias20150331", params: { functionName, name: "live" } },
  ];
}

function containerRelease(service: ServiceName, revision: number): readonly Step[] {
  const taskDefinition = `${service}:${revision}`;
  const image = `111122223333.dkr.ecr.eu-west-1.amazonaws.com/${service}:${revision}`;
  return [
    {
      action: "ecs:RegisterTaskDefinition",
      params: {
        family: service,
        taskRoleArn: `arn:aws:iam::${PROD}:role/${service}-task`,
        containerDefinitions: [{ name: service, image, essential: true }],
      },
    },
    { action: "ecs:UpdateService", params: { cluster: "prod", service, taskDefinition } },
  ];
}

/** A copy of the shop for reviewers, in the development account. */
function* previewUp(day: Day, service: ServiceName): Generator<Call> {
  const at = timeOn(day, 9.3);
  const session = yield* signIn(day, at, DEV);
  const name = `preview-${service}`;
  const steps: readonly Step[] = [
    ...newRole(service, day.random),
    { action: "logs:CreateLogGroup", params: { logGroupName: `/preview/${service}` } },
    { action: "sqs:CreateQueue", params: { queueName: name } },
    {
      action: "lambda:CreateFunction20150331",
      params: { functionName: name, runtime: "nodejs24.x", role: `arn:aws:iam::${DEV}:role/${name}` },
    },
    {
      action: "rds:CreateDBInstance",
      params: {
        dBInstanceIdentifier: name,
        dBInstanceClass: "db.t4g.micro",
        engine: "postgres",
        publiclyAccessible: false,
      },
    },
    { action: "monitoring:PutMetricAlarm", params: { alarmName: `${name}-errors` } },
  ];
  yield* made(steps, session, at, day.random);
}

function* previewDown(day: Day, service: ServiceName): Generator<Call> {
  const at = timeOn(day, 15.1);
  const session = yield* signIn(day, at, DEV);
  const name = `preview-${service}`;
  const steps: readonly Step[] = [
    { action: "monitoring:DeleteAlarms", params: { alarmNames: [`${name}-errors`] } },
    { action: "lambda:DeleteFunction20150331", params: { functionName: name } },
    { action: "iam:DeleteRolePolicy", params: { roleName: name, policyName: "task" } },
    {
      action: "iam:DetachRolePolicy",
      params: { roleName: name, policyArn: "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole" },
    },
    { action: "iam:DeleteRole", params: { roleName: name } },
    { action: "sqs:DeleteQueue", params: { queueUrl: `https://sqs.eu-west-1.amazonaws.com/${DEV}/${name}` } },
    { action: "logs:DeleteLogGroup", params: { logGroupName: `/preview/${service}` } },
    {
      action: "rds:DeleteDBInstance",
      params: { dBInstanceIdentifier: name, skipFinalSnapshot: true, deleteAutomatedBackups: true },
    },
  ];
  yield* made(steps, session, at, day.random);
}

/** One old service is a CloudFormation stack, changed by hand each week; CloudFormation makes the calls in that name. */
function* stackUpdate(day: Day): Generator<Call> {
  const by = adminActor("carol", day, "cli");
  const stackName = "newsletter";
  const at = timeOn(day, 12.2);
  const ask: readonly Step[] = [
    { action: "cloudformation:CreateChangeSet", params: { stackName, changeSetName: `change-${day.index}` } },
    { action: "cloudformation:DescribeChangeSet", params: { stackName } },
    { action: "cloudformation:ExecuteChangeSet", params: { stackName, changeSetName: `change-${day.index}` } },
  ];
  yield* made(ask, by, at, day.random, { stepMs: 20_000 });
  const rule = `newsletter-Schedule-${day.random.hex(12).toUpperCase()}`;
  const steps: readonly Step[] = [
    {
      action: "lambda:UpdateFunctionCode20150331v2",
      params: { functionName: "newsletter", s3Bucket: "acme-artifacts" },
    },
    { action: "iam:GetRole", params: { roleName: "newsletter-Role" } },
    {
      action: "iam:PutRolePolicy",
      params: { roleName: "newsletter-Role", policyName: "send", policyDocument: allowing(["ses:SendEmail"], "*") },
    },
    { action: "events:PutRule", params: { name: rule, scheduleExpression: "rate(1 day)" } },
    { action: "events:PutTargets", params: { rule, targets: [{ id: "1" }] } },
    { action: "events:RemoveTargets", params: { rule: "newsletter-Schedule-OLD", ids: ["1"] } },
    { action: "events:DeleteRule", params: { name: "newsletter-Schedule-OLD" } },
    { action: "logs:DeleteLogGroup", params: { logGroupName: "/newsletter/old" } },
  ];
  yield* made(steps, through(by, "cloudformation.amazonaws.com"), at + 90_000, day.random, { stepMs: 3000 });
}
