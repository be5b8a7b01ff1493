/**
 * What runs by itself and serves customers: instances, containers, functions, Auto Scaling.
 * Heartbeats that are recorded as writes (ssm:UpdateInstanceInformation) are left out: thousands of them would flatter every rate.
 * Pure.
 */
import type { JsonObject } from "../../src/cloudtrail/record.ts";
import { type Actor, issued, type Role, roleActor, roleArn, serviceActor, serviceLinkedActor } from "./actor.ts";
import type { Call } from "./call.ts";
import { beatsOn, type Day, isWorkday, momentsOn, timeOn } from "./day.ts";
import { HOME, LAMBDA_SDK, NAT_ADDRESS, NEW_REGION, PROD, SERVICES, type ServiceName, secretsOf } from "./people.ts";
import { made } from "./terraform.ts";

const SDK = "aws-sdk-nodejs/3.917.0 ua/2.1 os/linux#6.1 lang/js md/nodejs#24.11.0 exec-env/AWS_ECS_FARGATE";

export function* servicesDay(day: Day): Generator<Call> {
  const regions = day.week >= 3 && day.weekday >= 1 ? [HOME, NEW_REGION] : [HOME];
  for (const region of regions) {
    yield* instances(day, region);
    for (const at of momentsOn(day, day.random.between(2, 4), 6, 20)) yield* containerStart(day, at, region);
    for (const [at, grows] of scalings(day)) yield* scaling(day, at, region, grows);
  }
  yield* functions(day);
}

/** A service takes on the role of something that it runs. */
function assumed(day: Day, at: number, service: string, session: Actor, role: Role, region: string): Call {
  return {
    at,
    by: serviceActor(PROD, service),
    action: "sts:AssumeRole",
    region,
    params: { roleArn: roleArn(role), roleSessionName: session.arn.split("/").at(-1) ?? "" },
    answer: issued(session, at),
    resources: [{ accountId: PROD, type: "AWS::IAM::Role", ARN: roleArn(role) }],
    more: { sharedEventID: day.random.uuid() },
  };
}

/** Instances renew their credentials by the hour; what runs on them asks KMS and Parameter Store. */
function* instances(day: Day, region: string): Generator<Call> {
  for (const nth of [1, 2, 3]) {
    const id = `i-0${nth}d4c3b2a1f0e9d8${nth}`;
    const place = {
      ip: NAT_ADDRESS[region] ?? "",
      agent: "aws-sdk-go-v2/1.39.2 os/linux lang/go#1.25.1 md/GOARCH#arm64",
    };
    for (const at of beatsOn(day, 60)) {
      const session = roleActor(WEB_INSTANCE, id, at, place);
      yield assumed(day, at, "ec2.amazonaws.com", session, WEB_INSTANCE, region);
      const read = day.random.chance(0.5) ? "ssm:GetParametersByPath" : "kms:Decrypt";
      yield {
        at: at + 30_000,
        by: session,
        action: read,
        region,
        params: read === "kms:Decrypt" ? KEY : { path: "/acme/web", withDecryption: true },
      };
      // A clock or a cached credential is a little off now and then.
      if (day.random.chance(0.01)) {
        const error = {
          code: "ExpiredTokenException",
          message: "The security token included in the request is expired",
        };
        yield {
          at: at + 45_000,
          by: session,
          action: "ssm:GetParametersByPath",
          region,
          params: { path: "/acme/web" },
          error,
        };
      }
    }
  }
}
const WEB_INSTANCE: Role = { account: PROD, name: "web-instance" };
const KEY: JsonObject = { encryptionAlgorithm: "SYMMETRIC_DEFAULT", encryptionContext: { app: "web" } };

/** A task of the container service: role, network card, the same secrets as always, log stream, target group. */
function* containerStart(day: Day, at: number, region: string): Generator<Call> {
  const { random } = day;
  const service: ServiceName = random.pick(SERVICES);
  const task = random.hex(32);
  const role = { account: PROD, name: `${service}-task` };
  const app = roleActor(role, task, at, { ip: NAT_ADDRESS[region] ?? "", agent: SDK });
  yield assumed(day, at, "ecs-tasks.amazonaws.com", app, role, region);
  const ecs = serviceLinkedActor(PROD, "ecs.amazonaws.com", "AWSServiceRoleForECS", "ecs-service-scheduler", at);
  const eni = `eni-0${random.hex(16)}`;
  yield* made(
    [
      {
        action: "ec2:CreateNetworkInterface",
        params: { subnetId: "subnet-0a1b2c3d4e5f60718", groupSet: { items: [{ groupId: "sg-0123456789abcdef0" }] } },
        answer: { networkInterface: { networkInterfaceId: eni } },
      },
      {
        action: "elasticloadbalancing:RegisterTargets",
        params: {
          targetGroupArn: `arn:aws:elasticloadbalancing:${region}:${PROD}:targetgroup/${service}/0123456789abcdef`,
        },
      },
    ],
    ecs,
    at,
    random,
    { region },
  );
  yield* made(
    secretsOf(service).map((secretId) => ({ action: "secretsmanager:GetSecretValue", params: { secretId } })),
    app,
    at + 9000,
    random,
    { region },
  );
  const execution = roleActor({ account: PROD, name: "ecs-execution" }, task, at, {
    ip: NAT_ADDRESS[region] ?? "",
    agent: SDK,
  });
  yield* made(
    [
      { action: "ecr:GetAuthorizationToken" },
      { action: "ecr:BatchGetImage", params: { repositoryName: service, registryId: PROD } },
      { action: "logs:CreateLogStream", params: { logGroupName: `/acme/${service}`, logStreamName: `api/${task}` } },
    ],
    execution,
    at + 3000,
    random,
    { region },
  );
  yield { at: at + 40_000, by: ecs, action: "ec2:DeleteNetworkInterface", region, params: { networkInterfaceId: eni } };
}

function scalings(day: Day): ReadonlyArray<readonly [at: number, grows: boolean]> {
  const busy: ReadonlyArray<readonly [number, boolean]> = [
    [timeOn(day, 7.1), true],
    [timeOn(day, 18.4), false],
  ];
  return isWorkday(day) ? busy : [];
}

/** Auto Scaling starts instances in the morning and ends them in the evening, several at once. */
function* scaling(day: Day, at: number, region: string, grows: boolean): Generator<Call> {
  const scaler = serviceLinkedActor(
    PROD,
    "autoscaling.amazonaws.com",
    "AWSServiceRoleForAutoScaling",
    "AutoScaling",
    at,
  );
  for (let nth = 0; nth < day.random.between(2, 4); nth++) {
    const instanceId = `i-0${day.random.hex(16)}`;
    const action = grows ? "ec2:RunInstances" : "ec2:TerminateInstances";
    const params: JsonObject = grows
      ? {
          instancesSet: { items: [{ minCount: 1, maxCount: 1 }] },
          instanceType: "t4g.medium",
          launchTemplate: { launchTemplateName: "web", version: "12" },
        }
      : { instancesSet: { items: [{ instanceId }] } };
    yield {
      at: at + nth * 20_000,
      by: scaler,
      action,
      region,
      params,
      answer: { instancesSet: { items: [{ instanceId }] } },
    };
  }
}

/** Functions run all day; each new sandbox takes on its role and opens a log stream. */
function* functions(day: Day): Generator<Call> {
  for (const at of beatsOn(day, 8)) {
    const name = `${day.random.pick(SERVICES)}-events`;
    const role = { account: PROD, name };
    const session = roleActor(role, name, at, { ip: NAT_ADDRESS[HOME] ?? "", agent: LAMBDA_SDK });
    yield assumed(day, at, "lambda.amazonaws.com", session, role, HOME);
    if (!day.random.chance(0.06 / day.volume)) continue;
    const logStreamName = `${new Date(at).toISOString().slice(0, 10).replaceAll("-", "/")}/[$LATEST]${day.random.hex(32)}`;
    yield {
      at: at + 1500,
      by: session,
      action: "logs:CreateLogStream",
      params: { logGroupName: `/aws/lambda/${name}`, logStreamName },
    };
  }
}
