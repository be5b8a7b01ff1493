/**
 * The story: who calls what, when, and what is said about it. Data; demo/player.ts plays it.
 * About 90 seconds: the normal work of a small company, then a leaked key in the wrong hands.
 */
import type { JsonObject } from "../src/cloudtrail/record.ts";
import { ADMINISTRATOR_ACCESS, CLIENTS, FAR_REGION, GLOBAL_REGION, HOME_REGION } from "./cast.ts";

/** Whose key signs a call: its user, which of that user's keys, and from where. */
export const SIGNERS = {
  alice: { teller: "alice", userName: "alice", key: 0, client: CLIENTS.alice },
  bob: { teller: "bob", userName: "bob", key: 0, client: CLIENTS.bob },
  /** CI uses the newer of deploy-bot's two keys, so that shutting the leaked one breaks nothing. */
  ci: { teller: "ci", userName: "deploy-bot", key: 1, client: CLIENTS.ci },
  leaked: { teller: "thief", userName: "deploy-bot", key: 0, client: CLIENTS.thief },
  support2: { teller: "thief", userName: "support2", key: 0, client: CLIENTS.thief },
} as const;
export type Signer = keyof typeof SIGNERS;

/** Keys that the thief has, or makes himself. */
export const THIEF_KEYS = ["leaked", "support2"] as const;

export type Phase = "setting" | "company" | "thief" | "hunt" | "out" | "over";

export interface Step {
  /** Seconds after the curtain rose, at speed 1. */
  readonly at: number;
  readonly text?: string;
  readonly phase?: Phase;
  readonly call?: StoryCall;
}
export interface StoryCall {
  readonly by: Signer;
  readonly action: string;
  readonly params?: JsonObject;
  readonly region: string;
}

const call = (
  at: number,
  by: Signer,
  action: string,
  text?: string,
  params?: JsonObject,
  region: string = HOME_REGION,
): Step => ({
  at,
  call: { by, action, region, ...(params === undefined ? {} : { params }) },
  ...(text === undefined ? {} : { text }),
});

const instances = (instanceType: string, count: number): JsonObject => ({
  instancesSet: { items: [{ imageId: "ami-0abcdef1234567890", minCount: count, maxCount: count }] },
  instanceType,
  monitoring: { enabled: false },
});

const SUPPORT2 = { userName: "support2" };

/** What a thief asks to learn what a key can do: every one of these is denied to deploy-bot. */
const PROBES = [
  "iam:ListUsers",
  "iam:ListRoles",
  "s3:ListBuckets",
  "secretsmanager:ListSecrets",
  "ssm:DescribeParameters",
  "rds:DescribeDBInstances",
  "lambda:ListFunctions",
  "dynamodb:ListTables",
  "kms:ListAliases",
  "ec2:DescribeSnapshots",
  "iam:GetAccountAuthorizationDetails",
] as const;

export const STORY: readonly Step[] = [
  { at: 0, phase: "company", text: "A morning at Acme. Nothing of this should raise an alert." },
  call(2, "ci", "sts:GetCallerIdentity"),
  call(3, "ci", "ec2:DescribeInstances"),
  call(5, "alice", "iam:ListUsers"),
  call(7, "bob", "logs:DescribeLogGroups"),
  call(8, "bob", "ec2:DescribeInstances"),
  call(
    10,
    "ci",
    "ec2:RunInstances",
    "A deployment: one t3.small, where the company always works.",
    instances("t3.small", 1),
  ),
  call(13, "bob", "iam:ListUsers", "People hit walls, too. One denial is no alarm."),
  call(16, "alice", "iam:ListAccessKeys", "deploy-bot has an old key that nobody uses. alice means to delete it.", {
    userName: "deploy-bot",
  }),
  { at: 20, phase: "thief", text: "That old key was in a public gist all along. Somebody finds it." },
  call(22, "leaked", "sts:GetCallerIdentity", "Whose key is this?"),
  ...PROBES.map((action, index) =>
    call(25 + index * 2.3, "leaked", action, index === 0 ? "What can it see? He asks around." : undefined),
  ),
  call(54, "leaked", "iam:CreateUser", "He can't read. Can he write? He can.", SUPPORT2),
  call(59, "leaked", "iam:CreateAccessKey", "A second door: this key works when the first is shut.", SUPPORT2),
  call(64, "leaked", "iam:AttachUserPolicy", "And it opens everything.", {
    ...SUPPORT2,
    policyArn: ADMINISTRATOR_ACCESS,
  }),
  call(70, "leaked", "cloudtrail:StopLogging", "He would like to be alone.", { name: "acme-trail" }),
  call(75, "support2", "secretsmanager:ListSecrets", "The same question as before, with the new key."),
  call(
    81,
    "support2",
    "ec2:RunInstances",
    "Eight big machines in a region Acme never used: somebody else's bill pays for his coins.",
    instances("p5.48xlarge", 8),
    FAR_REGION,
  ),
  { at: 88, phase: "hunt", text: "Your turn: press “Disable key…”. The thief goes on, one call every five seconds." },
];

/** What he does afterwards, over and over, one call every HUNT_SECONDS. */
export const HUNT: readonly StoryCall[] = [
  { by: "leaked", action: "dynamodb:ListTables", region: HOME_REGION },
  { by: "support2", action: "iam:ListUsers", region: GLOBAL_REGION },
  { by: "leaked", action: "lambda:ListFunctions", region: HOME_REGION },
  { by: "support2", action: "ec2:DescribeInstances", region: FAR_REGION },
  { by: "leaked", action: "ssm:DescribeParameters", region: HOME_REGION },
  { by: "support2", action: "secretsmanager:ListSecrets", region: HOME_REGION },
];
/** CI goes on with its work: one call a round of his. */
export const MEANWHILE: StoryCall = { by: "ci", action: "ec2:DescribeInstances", region: HOME_REGION };
export const HUNT_SECONDS = 5;
export const HUNT_LASTS_SECONDS = 600;

export const PHASES: Readonly<Record<Phase, string>> = {
  setting: "The stage is being set …",
  company: "Ordinary work",
  thief: "A stolen key is at work",
  hunt: "The thief is still in: shut his keys",
  out: "Both keys are shut. The thief is out.",
  over: "The thief has what he wanted and leaves.",
};
