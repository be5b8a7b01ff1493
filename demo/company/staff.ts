/**
 * People at work: the console with the many reads behind each page, the command line, and the small changes of a day.
 * Pure.
 */
import { type Actor, ssoActor, userActor } from "./actor.ts";
import { type Call, denied } from "./call.ts";
import { type Day, isWorkday, momentsOn, thinned, timeOn } from "./day.ts";
import { addressOf, DEV, HOME, type Person, PROD, SERVICES, staffOn, VETERAN } from "./people.ts";
import { made, port, type Step } from "./terraform.ts";

const PAGES: Readonly<Record<string, readonly string[]>> = {
  home: [
    "ce:GetCostAndUsage",
    "health:DescribeEventAggregates",
    "resource-explorer-2:ListIndexes",
    "notifications:ListNotificationHubs",
  ],
  ec2: [
    "ec2:DescribeInstances",
    "ec2:DescribeInstanceStatus",
    "ec2:DescribeVolumes",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeAddresses",
    "ec2:DescribeKeyPairs",
    "ec2:DescribeTags",
    "monitoring:DescribeAlarms",
  ],
  iam: [
    "iam:GetAccountSummary",
    "iam:ListUsers",
    "iam:ListRoles",
    "iam:ListMFADevices",
    "iam:GetAccountPasswordPolicy",
    "iam:ListAccountAliases",
  ],
  s3: [
    "s3:ListBuckets",
    "s3:GetBucketLocation",
    "s3:GetBucketPolicyStatus",
    "s3:GetBucketPublicAccessBlock",
    "s3:GetBucketVersioning",
  ],
  lambda: [
    "lambda:ListFunctions20150331",
    "lambda:GetAccountSettings20160819",
    "lambda:GetFunction20150331v2",
    "lambda:GetPolicy20150331v2",
    "logs:DescribeLogStreams",
  ],
  ecs: ["ecs:ListClusters", "ecs:DescribeClusters", "ecs:ListServices", "ecs:DescribeServices", "ecs:DescribeTasks"],
  rds: ["rds:DescribeDBInstances", "rds:DescribeDBClusters", "rds:DescribeEvents", "rds:DescribeDBSnapshots"],
  alarms: [
    "monitoring:DescribeAlarms",
    "monitoring:ListMetrics",
    "monitoring:GetMetricData",
    "monitoring:ListDashboards",
  ],
  bills: ["ce:GetCostAndUsage", "ce:GetCostForecast", "ce:GetDimensionValues", "cur:DescribeReportDefinitions"],
};
const CLI_READS = [
  "sts:GetCallerIdentity",
  "ec2:DescribeInstances",
  "logs:DescribeLogGroups",
  "logs:FilterLogEvents",
  "ecs:DescribeServices",
  "ecs:DescribeTasks",
  "lambda:GetFunctionConfiguration20150331v2",
  "s3:ListBuckets",
  "ssm:GetParameter",
  "dynamodb:DescribeTable",
  "cloudformation:DescribeStacks",
  "ecr:DescribeImages",
] as const;
/** What a developer's permission set leaves out, and developers find out. */
const WALLS = [
  "iam:ListUsers",
  "secretsmanager:ListSecrets",
  "kms:ListAliases",
  "ec2:DescribeReservedInstances",
  "rds:DescribeDBClusters",
] as const;

const SETS: Readonly<Record<Person["team"], string>> = {
  platform: "Administrator",
  product: "Developer",
  finance: "Billing",
};

export function* staffDay(day: Day): Generator<Call> {
  if (!isWorkday(day)) return;
  for (const who of staffOn(day)) {
    const sick = day.random.chance(0.07);
    if (!sick) yield* workday(who, day);
  }
  if (day.weekday === 1 || day.weekday === 4) yield* veteran(day);
}

function* workday(who: Person, day: Day): Generator<Call> {
  const [from, until] = [8.2 - who.utcOffset, 16.8 - who.utcOffset];
  const account = who.team === "product" && day.random.chance(0.4) ? DEV : PROD;
  const inConsole = ssoActor(who, SETS[who.team], account, day, "console");
  yield* samlSignIn(who, inConsole, timeOn(day, from), day);
  for (const at of momentsOn(day, thinned(day, who.team === "platform" ? 16 : 7), from, until)) {
    const page = who.team === "finance" ? "bills" : day.random.pick(Object.keys(PAGES));
    yield* made(pageOf(page, inConsole, who, day), inConsole, at, day.random, { stepMs: 250 });
  }
  if (who.team === "finance") return;
  const atShell = ssoActor(who, SETS[who.team], account, day, "cli");
  for (const at of momentsOn(day, thinned(day, 24), from, until))
    yield* made([shellRead(atShell, who, day)], atShell, at, day.random);
  for (const at of momentsOn(day, day.random.between(0, 3), from, until)) {
    yield* made(
      day.random.pick(who.team === "platform" ? ADMIN_DEEDS : DEVELOPER_DEEDS)(day),
      who.team === "platform" ? inConsole : atShell,
      at,
      day.random,
    );
  }
}

/** Identity Center signs people in with SAML; MFA happened there, so AWS's own record says "No". */
function* samlSignIn(who: Person, by: Actor, at: number, day: Day): Generator<Call> {
  const provider = `arn:aws:iam::${by.account}:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE`;
  const email = `${who.name}@example.com`;
  const identity = {
    type: "SAMLUser",
    principalId: `AbCdEfGhIjKlMnOpQrStUvWxYz0=:${email}`,
    userName: email,
    identityProvider: "AbCdEfGhIjKlMnOpQrStUvWxYz0=",
  };
  yield {
    at,
    by: { identity, arn: email, account: by.account, ip: addressOf(who, day), agent: "aws-sdk-java/2.33.0" },
    action: "sts:AssumeRoleWithSAML",
    params: { principalArn: provider, roleSessionName: email, durationSeconds: 43200 },
    answer: {
      subjectType: "persistent",
      issuer: "https://portal.sso.eu-west-1.amazonaws.com/saml/assertion",
      assumedRoleUser: { arn: by.arn },
    },
  };
  const more = {
    eventType: "AwsConsoleSignIn",
    additionalEventData: { MobileVersion: "No", MFAUsed: "No", SamlProviderArn: provider },
  };
  const { console: _, ...outside } = by;
  yield {
    at: at + 2000,
    by: outside,
    action: "signin:GetSigninToken",
    readOnly: false,
    region: "us-east-1",
    answer: { GetSigninToken: "Success" },
    more,
  };
  yield {
    at: at + 3000,
    by: outside,
    action: "signin:ConsoleLogin",
    region: HOME,
    answer: { ConsoleLogin: "Success" },
    more,
  };
}

function* pageOf(page: string, by: Actor, who: Person, day: Day): Generator<Step> {
  for (const action of PAGES[page] ?? []) {
    // Every page asks for more than a developer may see, and shows a red box where it was refused.
    const wall = who.team === "product" && /^(ce|iam|notifications|health):/.test(action);
    yield { action, ...(wall && day.random.chance(0.5) ? { error: denied(by, action) } : {}) };
  }
}

function shellRead(by: Actor, who: Person, day: Day): Step {
  const { random } = day;
  if (who.team === "product" && random.chance(0.04)) {
    const action = random.pick(WALLS);
    return { action, error: denied(by, action) };
  }
  if (random.chance(0.01)) {
    return {
      action: "logs:FilterLogEvents",
      error: { code: "ResourceNotFoundException", message: "The specified log group does not exist." },
    };
  }
  const action = random.pick(CLI_READS);
  return {
    action,
    ...(action === "ssm:GetParameter" ? { params: { name: `/acme/${random.pick(SERVICES)}/version` } } : {}),
  };
}

type Deed = (day: Day) => readonly Step[];

const ADMIN_DEEDS: readonly Deed[] = [
  () => [
    {
      action: "ec2:CreateTags",
      params: {
        resourcesSet: { items: [{ resourceId: "i-01d4c3b2a1f0e9d81" }] },
        tagSet: { items: [{ key: "owner", value: "platform" }] },
      },
    },
  ],
  () => [
    { action: "ec2:RebootInstances", params: { instancesSet: { items: [{ instanceId: "i-01d4c3b2a1f0e9d81" }] } } },
  ],
  () => [{ action: "monitoring:PutDashboard", params: { dashboardName: "shop" } }],
  () => [{ action: "monitoring:PutMetricAlarm", params: { alarmName: "shop-latency", threshold: 2 } }],
  () => [
    {
      action: "logs:StartQuery",
      params: { logGroupName: "/acme/orders", queryString: "fields @message | limit 20" },
      readOnly: true,
    },
  ],
  () => [{ action: "ecs:UpdateService", params: { cluster: "prod", service: "search", desiredCount: 4 } }],
  () => [
    {
      action: "rds:ModifyDBInstance",
      params: { dBInstanceIdentifier: "shop", allocatedStorage: 200, applyImmediately: false },
    },
  ],
  () => [{ action: "ssm:StartSession", params: { target: "i-01d4c3b2a1f0e9d81" } }],
  () => [{ action: "iam:TagRole", params: { roleName: "orders-task", tags: [{ key: "team", value: "product" }] } }],
  () => [{ action: "autoscaling:UpdateAutoScalingGroup", params: { autoScalingGroupName: "web", desiredCapacity: 4 } }],
  // A colleague at home needs the staging database for the afternoon.
  (day) => {
    const ipPermissions = { items: [port(5432, { cidr: `192.0.2.${day.random.between(21, 28)}/32` })] };
    const params = { groupId: "sg-0fedcba9876543210", ipPermissions };
    return [
      { action: "ec2:AuthorizeSecurityGroupIngress", params, answer: { _return: true } },
      { action: "ec2:RevokeSecurityGroupIngress", params, answer: { _return: true } },
    ];
  },
];
const DEVELOPER_DEEDS: readonly Deed[] = [
  (day) => [
    {
      action: "lambda:UpdateFunctionCode20150331v2",
      params: { functionName: `${day.random.pick(SERVICES)}-events`, publish: false },
    },
  ],
  (day) => [
    {
      action: "ssm:PutParameter",
      params: { name: `/acme/${day.random.pick(SERVICES)}/flag`, type: "String", overwrite: true },
    },
  ],
  () => [
    { action: "ssm:StartSession", params: { target: "i-02d4c3b2a1f0e9d82" } },
    { action: "ssm:TerminateSession", params: { sessionId: "session-0a1b2c3d" } },
  ],
  () => [{ action: "ecs:RunTask", params: { cluster: "dev", taskDefinition: "migrate:12", launchType: "FARGATE" } }],
  () => [{ action: "sqs:SetQueueAttributes", params: { attributes: { VisibilityTimeout: "120" } } }],
  () => [{ action: "logs:StartQuery", params: { logGroupName: "/acme/search" }, readOnly: true }],
];

/** The IAM user of the old days: signs in with password and MFA, mistypes, looks after the mail relay with a key. */
function* veteran(day: Day): Generator<Call> {
  const at = timeOn(day, 9.2);
  const user = userActor(VETERAN, PROD, day, "console");
  const { console: _, ...outside } = user;
  const { accessKeyId: _key, sessionContext: _session, ...identity } = outside.identity;
  const by = { ...outside, identity };
  const data = { LoginTo: "https://console.aws.amazon.com/console/home?state=hashArgs%23", MobileVersion: "No" };
  if (day.random.chance(0.5)) {
    const typo = {
      eventType: "AwsConsoleSignIn",
      errorMessage: "Failed authentication",
      responseElements: { ConsoleLogin: "Failure" },
      additionalEventData: { ...data, MFAUsed: "No" },
    };
    yield { at: at - 25_000, by, action: "signin:ConsoleLogin", region: "us-east-1", more: typo };
  }
  yield {
    at: at - 4000,
    by,
    action: "signin:CheckMfa",
    readOnly: false,
    region: "us-east-1",
    more: {
      eventType: "AwsConsoleSignIn",
      responseElements: { CheckMfa: "Success" },
      additionalEventData: { MfaType: "Virtual MFA" },
    },
  };
  const MFAIdentifier = `arn:aws:iam::${PROD}:mfa/heidi-phone`;
  yield {
    at,
    by,
    action: "signin:ConsoleLogin",
    region: "us-east-1",
    answer: { ConsoleLogin: "Success" },
    more: { eventType: "AwsConsoleSignIn", additionalEventData: { ...data, MFAUsed: "Yes", MFAIdentifier } },
  };
  yield* made(pageOf("ec2", user, VETERAN, day), user, at + 5000, day.random, { stepMs: 250 });
  yield* made(pageOf("iam", user, VETERAN, day), user, at + 60_000, day.random, { stepMs: 250 });
  const atShell = userActor(VETERAN, PROD, day, "cli", day.index < 9 ? 0 : 1);
  yield* made(
    [{ action: "sts:GetCallerIdentity" }, { action: "ses:GetSendQuota" }, { action: "ses:ListIdentities" }],
    atShell,
    at + 900_000,
    day.random,
  );
}
