/**
 * People at work: the console with the many reads behind each page, the command line, and the small changes of a day.
 * Pure.
 */
import { type Actor, dayBegins, issued, ssoActor } from "./actor.ts";
import { type Call, denied } from "./call.ts";
import { type Day, isWorkday, momentsOn, thinned } from "./day.ts";
import { ADMIN_DEEDS, DEVELOPER_DEEDS } from "./deeds.ts";
import { addressOf, DEV, HOME, type Person, PROD, SERVICES, staffOn } from "./people.ts";
import { made, type Step } from "./terraform.ts";

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
}

function* workday(who: Person, day: Day): Generator<Call> {
  const [from, until] = [8.3 - who.utcOffset, 16.8 - who.utcOffset];
  const account = who.team === "product" && day.random.chance(0.4) ? DEV : PROD;
  const inConsole = ssoActor(who, SETS[who.team], account, day, "console");
  yield* samlSignIn(who, inConsole, dayBegins(who, day), day);
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
      ...issued(by, at),
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

/** The reads behind one page of the console. */
export function* pageOf(page: string, by: Actor, who: Person, day: Day): Generator<Step> {
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
