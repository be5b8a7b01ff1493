/**
 * Who lives in the demo's world: one account, its people and machines, their keys, and what each may do.
 * Data. Everything is invented; addresses are documentation ranges.
 */
import type { Policy } from "./evaluate.ts";

export const ACCOUNT = { id: "111122223333", name: "acme-prod", owner: "platform team" } as const;
export const HOME_REGION = "eu-west-1";
/** IAM and the global STS endpoint write their records here. */
export const GLOBAL_REGION = "us-east-1";
/** A region the company has never used. */
export const FAR_REGION = "eu-north-1";

export const ADMINISTRATOR_ACCESS = "arn:aws:iam::aws:policy/AdministratorAccess";
export const DEVELOPER_READ = `arn:aws:iam::${ACCOUNT.id}:policy/developer-read`;
export const CI_DEPLOY = `arn:aws:iam::${ACCOUNT.id}:policy/ci-deploy`;

const allow = (...actions: readonly string[]): Policy => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: actions, Resource: ["*"] }],
});

export const POLICIES: ReadonlyMap<string, Policy> = new Map([
  [ADMINISTRATOR_ACCESS, allow("*")],
  [DEVELOPER_READ, allow("ec2:Describe*", "logs:Describe*", "logs:Get*", "dynamodb:List*")],
  // The classic mistake: whoever set up CI let it manage users "for now".
  [
    CI_DEPLOY,
    allow("ec2:DescribeInstances", "ec2:RunInstances", "iam:CreateUser", "iam:CreateAccessKey", "iam:AttachUserPolicy"),
  ],
]);

export interface CastUser {
  readonly name: string;
  readonly policies: readonly string[];
  readonly ageDays: number;
  readonly keys: readonly { readonly ageDays: number; readonly usedDaysAgo?: number }[];
}
export const USERS: readonly CastUser[] = [
  { name: "alice", policies: [ADMINISTRATOR_ACCESS], ageDays: 902, keys: [{ ageDays: 61, usedDaysAgo: 1 }] },
  { name: "bob", policies: [DEVELOPER_READ], ageDays: 377, keys: [{ ageDays: 44, usedDaysAgo: 0.2 }] },
  {
    name: "deploy-bot",
    policies: [CI_DEPLOY],
    ageDays: 640,
    keys: [
      { ageDays: 412, usedDaysAgo: 0.1 },
      { ageDays: 31, usedDaysAgo: 0.4 },
    ],
  },
];

/** The role Trailhound runs as: what docs ask for, with the denials that keep it from itself and from break-glass. */
export const TRAILHOUND_ROLE = "trailhound";
export const TRAILHOUND_POLICY: Policy = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Action: ["iam:UpdateAccessKey", "iam:ListAccessKeys", "iam:GetUser"],
      Resource: [`arn:aws:iam::${ACCOUNT.id}:user/*`],
    },
    { Effect: "Allow", Action: ["iam:GetAccessKeyLastUsed", "cloudtrail:LookupEvents"], Resource: ["*"] },
    {
      Effect: "Deny",
      Action: ["iam:Update*"],
      Resource: [`arn:aws:iam::${ACCOUNT.id}:role/${TRAILHOUND_ROLE}`, `arn:aws:iam::${ACCOUNT.id}:user/break-glass/*`],
    },
  ],
};

/** Where each caller sits and what it says it is. */
export const CLIENTS = {
  alice: { ip: "203.0.113.10", userAgent: "aws-cli/2.32.4 md/awscrt#0.28.4 ua/2.1 os/macos#25.1 lang/python#3.13.9" },
  bob: { ip: "203.0.113.11", userAgent: "aws-cli/2.31.9 md/awscrt#0.28.2 ua/2.1 os/linux#6.12 lang/python#3.12.11" },
  ci: { ip: "192.0.2.40", userAgent: "APN/1.0 HashiCorp/1.0 Terraform/1.9.8 aws-sdk-go-v2/1.39.6 os/linux" },
  // The thief chooses his user agent. He hopes that somebody shows it without looking.
  thief: { ip: "198.51.100.23", userAgent: "Boto3/1.40.1 <https://evil.example.com|all clear> <!channel> `*ok*`" },
  trailhound: { ip: "192.0.2.10" },
} as const;
