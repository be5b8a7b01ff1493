/**
 * The AWS calls that the demo's world knows: what each asks of the policies and what kind of record it leaves.
 * Pure. A call that is not here is a mistake of the caller, not a denial.
 */
import type { JsonObject } from "../src/cloudtrail/record.ts";
import { ACCOUNT } from "./cast.ts";
import { userArnOf } from "./iam.ts";

export interface Action {
  /** The IAM action that policies must allow; the call's own name where absent. */
  readonly permission?: string;
  /** CloudTrail's eventName, where it is not the call's name. */
  readonly eventName?: string;
  readonly readOnly: boolean;
  /** Resource the policies are asked about; `*` where absent. */
  readonly resource?: (params: JsonObject, region: string) => string;
  /** Written to the global region, whatever region was called. */
  readonly global?: true;
  /** Needs no permission at all. */
  readonly free?: true;
}

const user = (params: JsonObject) => userArnOf(typeof params["userName"] === "string" ? params["userName"] : "");
const read: Action = { readOnly: true };
const iamRead: Action = { readOnly: true, global: true };
const ofUser = (readOnly: boolean): Action => ({ readOnly, global: true, resource: user });
const trail: Action = {
  readOnly: false,
  resource: (_params, region) => `arn:aws:cloudtrail:${region}:${ACCOUNT.id}:trail/acme-trail`,
};

const ACTIONS: ReadonlyMap<string, Action> = new Map<string, Action>([
  ["sts:GetCallerIdentity", { readOnly: true, global: true, free: true }],
  ["iam:ListUsers", ofUser(true)],
  ["iam:ListRoles", { ...iamRead, resource: () => `arn:aws:iam::${ACCOUNT.id}:role/` }],
  ["iam:GetAccountAuthorizationDetails", iamRead],
  ["iam:GetUser", ofUser(true)],
  ["iam:ListAccessKeys", ofUser(true)],
  ["iam:ListAttachedUserPolicies", ofUser(true)],
  ["iam:GetAccessKeyLastUsed", iamRead],
  ["iam:CreateUser", ofUser(false)],
  ["iam:CreateAccessKey", ofUser(false)],
  ["iam:AttachUserPolicy", ofUser(false)],
  ["iam:UpdateAccessKey", ofUser(false)],
  ["ec2:DescribeInstances", read],
  ["ec2:DescribeSnapshots", read],
  [
    "ec2:RunInstances",
    { readOnly: false, resource: (_params, region) => `arn:aws:ec2:${region}:${ACCOUNT.id}:instance/*` },
  ],
  ["s3:ListBuckets", { readOnly: true, permission: "s3:ListAllMyBuckets" }],
  ["secretsmanager:ListSecrets", read],
  [
    "ssm:DescribeParameters",
    { readOnly: true, resource: (_params, region) => `arn:aws:ssm:${region}:${ACCOUNT.id}:*` },
  ],
  [
    "rds:DescribeDBInstances",
    { readOnly: true, resource: (_params, region) => `arn:aws:rds:${region}:${ACCOUNT.id}:db:*` },
  ],
  ["lambda:ListFunctions", { readOnly: true, eventName: "ListFunctions20150331" }],
  ["kms:ListAliases", read],
  [
    "dynamodb:ListTables",
    { readOnly: true, resource: (_params, region) => `arn:aws:dynamodb:${region}:${ACCOUNT.id}:table/*` },
  ],
  [
    "logs:DescribeLogGroups",
    { readOnly: true, resource: (_params, region) => `arn:aws:logs:${region}:${ACCOUNT.id}:log-group::log-stream:` },
  ],
  ["organizations:DescribeOrganization", { readOnly: true, global: true }],
  ["cloudtrail:DescribeTrails", read],
  ["cloudtrail:LookupEvents", read],
  ["cloudtrail:StopLogging", trail],
  ["cloudtrail:StartLogging", trail],
]);

/** `findAction("iam:CreateUser")` → `{ readOnly: false, global: true, … }`; undefined: the world does not know it. */
export function findAction(action: string): Action | undefined {
  return ACTIONS.get(action);
}
