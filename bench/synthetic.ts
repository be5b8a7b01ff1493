/**
 * Rule sets of any size for the bench: the kinds of rules that people write for CloudTrail, in the shares they write them.
 * Deterministic: the first 300 of 3,000 are the 300.
 */
import { type Random, randomOf } from "../demo/company/random.ts";

const SERVICES = [
  "iam",
  "ec2",
  "s3",
  "kms",
  "lambda",
  "rds",
  "sts",
  "ssm",
  "ecs",
  "eks",
  "sns",
  "sqs",
  "logs",
  "config",
];
/** Services that hardly anybody changes: rules about all changes are about those. */
const CALM = ["organizations", "guardduty", "kms", "rds", "eks", "account", "securityhub"];
const CHANGES = ["Create", "Delete", "Put", "Update", "Attach", "Detach", "Modify", "Disable", "Start", "Stop"];
const NOUNS = [
  "User",
  "Role",
  "Policy",
  "Key",
  "Bucket",
  "Function",
  "Instance",
  "Snapshot",
  "Image",
  "Cluster",
  "Topic",
  "Queue",
  "Trail",
  "Detector",
  "Rule",
  "Parameter",
  "Secret",
  "Volume",
  "Vpc",
  "Subnet",
  "Alias",
  "Grant",
  "Session",
  "Document",
  "Task",
  "Group",
];
/** Calls that the bench's traffic is full of: some rules are about those, none fires on each of them. */
const BUSY = [
  "AssumeRole",
  "Decrypt",
  "GetObject",
  "DescribeInstances",
  "ListBuckets",
  "GetParameter",
  "GetSecretValue",
  "ListRoles",
];

interface Call {
  readonly eventSource: string;
  readonly eventName: string;
}

/** Each kind of rule with its share in percent; the detection without its condition. */
const KINDS: readonly (readonly [share: number, detection: (random: Random) => object])[] = [
  [45, (random) => ({ sel: callIn(random), condition: "sel" })],
  [18, (random) => ({ sel: { ...callIn(random), eventName: namesIn(random) }, condition: "sel" })],
  [12, (random) => ({ sel: { ...callIn(random), ...parameterIn(random) }, condition: "sel" })],
  [7, (random) => ({ sel: callIn(random), own: factIn(random), condition: "sel and not own" })],
  [
    5,
    (random) => ({
      sel: { eventSource: `${random.pick(CALM)}.amazonaws.com`, "eventName|startswith": random.pick(CHANGES) },
      ok: { "userIdentity.type": "AWSService" },
      condition: "sel and not ok",
    }),
  ],
  [
    5,
    (random) => ({
      sel: { eventName: random.pick(BUSY) },
      err: { "errorCode|contains": ["Denied", "Unauthorized"] },
      condition: "sel and err",
    }),
  ],
  [
    3,
    (random) => ({
      sel: { eventName: random.pick(BUSY), "sourceIPAddress|cidr": `198.18.${random.between(0, 255)}.0/24` },
      condition: "sel",
    }),
  ],
  [3, (random) => ({ sel: { "userAgent|contains": `tool-${random.hex(4)}` }, condition: "sel" })],
  [1, (random) => ({ sel: { "userIdentity.type": "Root" }, ok: callIn(random), condition: "sel and not ok" })],
  [1, (random) => ({ sel: { errorCode: `${random.pick(NOUNS)}LimitExceeded` }, condition: "sel" })],
];

/** Rule files as texts; JSON is YAML. */
export function syntheticRules(count: number): readonly { readonly file: string; readonly text: string }[] {
  const random = randomOf("bench/rules");
  return Array.from({ length: count }, (_, at) => {
    const body = {
      title: `Synthetic rule ${at}`,
      logsource: { product: "aws", service: "cloudtrail" },
      detection: detectionIn(random),
      level: "medium",
    };
    return { file: `synthetic_${at}.yml`, text: JSON.stringify(body) };
  });
}

function detectionIn(random: Random): object {
  let rest = random.between(1, 100);
  for (const [share, detection] of KINDS) {
    rest -= share;
    if (rest <= 0) return detection(random);
  }
  throw new Error("the shares make less than 100");
}

function callIn(random: Random): Call {
  return {
    eventSource: `${random.pick(SERVICES)}.amazonaws.com`,
    eventName: random.pick(CHANGES) + random.pick(NOUNS),
  };
}

function namesIn(random: Random): readonly string[] {
  return Array.from({ length: random.between(2, 6) }, () => callIn(random).eventName);
}

function parameterIn(random: Random): object {
  const name = random.pick(["policyArn", "userName", "roleName", "bucketName", "name"]);
  const word = random.pick(["startswith", "contains", "endswith"]);
  return { [`requestParameters.${name}|${word}`]: `${random.pick(NOUNS)}-${random.hex(2)}` };
}

function factIn(random: Random): object {
  return random.pick([
    { "ids.actor_is_target": true },
    { "ids.outcome": "failure" },
    { "ids.invoked_by_service": true },
    { "ids.tool_kind": "iac" },
  ]);
}
