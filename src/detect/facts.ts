/**
 * Facts: what rules may ask about a record beyond its fields. This file is the closed list; docs/facts.md is made from it.
 * Pure. A fact never throws; it is computed when a rule first asks for it, once per record.
 */
import { accessKeyOf } from "../cloudtrail/accesskey.ts";
import { isDenied, isDryRun } from "../cloudtrail/denial.ts";
import { principalOf } from "../cloudtrail/principal.ts";
import { actionOf, type CloudTrailRecord, mfaOf, outcomeOf } from "../cloudtrail/record.ts";
import {
  actorIsTarget,
  grantsAdminPolicy,
  isBigInstance,
  isPublic,
  isWorldOpen,
  letsForeignAccountIn,
} from "./request.ts";

/** Undefined: unknown for this record; rules see it as an absent field. */
export type FactValue = string | boolean | undefined;

/** What Trailhound knows about an account beyond its records. */
export interface AccountContext {
  readonly id: string;
  /** Regions that are meant to be used; absent: unknown. */
  readonly regions?: readonly string[];
}

export interface Facts {
  readonly record: CloudTrailRecord;
  value(name: string): FactValue;
}

interface Fact {
  /** One line for docs/facts.md. */
  readonly says: string;
  readonly values: string;
  readonly of: (record: CloudTrailRecord, account: AccountContext | undefined) => FactValue;
}

/** Services that have one endpoint for all regions and record their calls in us-east-1, whatever region is in use. */
const GLOBAL_SERVICES = [
  "iam",
  "sts",
  "signin",
  "cloudfront",
  "route53",
  "route53domains",
  "organizations",
  "account",
  "health",
  "support",
  "ce",
];

const FACTS: Readonly<Record<string, Fact>> = {
  "ids.action": {
    says: "eventSource without `.amazonaws.com`, a colon, eventName",
    values: "`iam:CreateAccessKey`",
    of: actionOf,
  },
  "ids.outcome": {
    says: "failure if the record has an errorCode, or is a refused sign-in",
    values: "`success`, `failure`",
    of: outcomeOf,
  },
  "ids.denied": {
    says: "the call failed because it was not allowed (not because of a typo, a limit or a missing resource)",
    values: "true, false",
    of: isDenied,
  },
  "ids.dry_run": {
    says: "an EC2 dry run that would have been allowed: somebody tests permissions",
    values: "true, false",
    of: isDryRun,
  },
  "ids.account": {
    says: "account in which it happened (recipientAccountId)",
    values: "12 digits, or `unknown`",
    of: (record) => record.recipientAccountId,
  },
  "ids.principal": {
    says: "who made the call, stable over sessions: ARN of the user, root or role; a service's name",
    values: "`arn:aws:iam::111122223333:user/jack`",
    of: (record) => principalOf(record).id,
  },
  "ids.principal_kind": {
    says: "what kind of principal that is",
    values: "see `src/cloudtrail/principal.ts`",
    of: (record) => principalOf(record).kind,
  },
  "ids.key_type": {
    says: "kind of the access key that signed the call; absent when no key did",
    values: "`long-term`, `temporary`",
    of: (record) => accessKeyOf(record)?.type,
  },
  "ids.mfa": {
    says: "sign-in: whether MFA was used; other calls: whether the session has MFA; absent when the record does not say",
    values: "true, false",
    of: (record) => mfaOf(record),
  },
  "ids.invoked_by_service": {
    says: "an AWS service made the call, on its own or for the principal",
    values: "true, false",
    of: (record) => isByService(record),
  },
  "ids.actor_is_target": {
    says: "an IAM call acts on its own caller: it names the caller's user or role, or none where IAM then takes the caller's",
    values: "true, false",
    of: actorIsTarget,
  },
  "ids.policy_grants_admin": {
    says: "the request attaches AdministratorAccess or IAMFullAccess, or holds a policy that allows everything or one IAM write that leads there (arrays, wildcards and NotAction seen through; PowerUserAccess does not count)",
    values: "true, false",
    of: grantsAdminPolicy,
  },
  "ids.public_principal": {
    says: "the request lets everyone in: a resource policy for `*` that no condition narrows, a public ACL, an image or snapshot for `all`, or S3's public access block switched off",
    values: "true, false",
    of: isPublic,
  },
  "ids.foreign_account": {
    says: "the request lets another account in: a role's trust or a resource policy that names one, an image or snapshot shared with one, a bucket replicated into one",
    values: "true, false",
    of: letsForeignAccountIn,
  },
  "ids.world_open": {
    says: "a security group admits the internet: a network wider than IPv4 /8 or IPv6 /4, so halves of it count",
    values: "true, false",
    of: isWorldOpen,
  },
  "ids.big_instance": {
    says: "the request starts GPU, accelerator, metal or ≥ 16xlarge instances, or ten and more at once",
    values: "true, false",
    of: isBigInstance,
  },
  "ids.region_unused": {
    says: "awsRegion is not one of the regions the account is configured to use; absent when none are configured. Global services always count as used",
    values: "true, false",
    of: (record, account) => isRegionUnused(record, account),
  },
};

export const FACT_NAMES: readonly string[] = Object.keys(FACTS);

/** @param account what is configured about the record's account; undefined when nothing is. */
export function factsOf(record: CloudTrailRecord, account: AccountContext | undefined): Facts {
  let known: Map<string, FactValue> | undefined;
  return {
    record,
    value(name) {
      known ??= new Map();
      if (known.has(name)) return known.get(name);
      const value = FACTS[name]?.of(record, account);
      known.set(name, value);
      return value;
    },
  };
}

/** docs/facts.md, whole. */
export function describeFacts(): string {
  const rows = Object.entries(FACTS).map(([name, fact]) => `| \`${name}\` | ${fact.says} | ${fact.values} |`);
  return [
    "# Facts",
    "",
    "Computed fields that rules may name, made from `src/detect/facts.ts` (renew: `UPDATE_GOLDEN=1 npx mocha test/detect/facts.test.ts`). A fact that is unknown",
    "for a record is an absent field: `ids.mfa: null` matches it.",
    "",
    "| fact | says | values |",
    "|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

function isByService(record: CloudTrailRecord): boolean {
  const { type, invokedBy } = record.userIdentity;
  // Older records of the console say that sign-in made the call; behind it is a person.
  if (invokedBy === "signin.amazonaws.com") return false;
  if (type === "AWSService" || invokedBy !== undefined) return true;
  return /\.amazonaws\.com(\.cn)?$|^AWS Internal/.test(record.sourceIPAddress ?? "");
}

function isRegionUnused(record: CloudTrailRecord, account: AccountContext | undefined): boolean | undefined {
  if (account?.regions === undefined || account.regions.length === 0 || record.awsRegion === "") return undefined;
  if (GLOBAL_SERVICES.includes(record.eventSource.replace(/\.amazonaws\.com$/, ""))) return false;
  return !account.regions.includes(record.awsRegion);
}
