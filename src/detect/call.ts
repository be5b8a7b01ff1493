/**
 * Call: facts about what was called, where, and how it ended.
 * Pure.
 */
import { isDenied, isDryRun } from "../cloudtrail/denial.ts";
import { actionOf, type CloudTrailRecord, outcomeOf, serviceOf } from "../cloudtrail/record.ts";
import { isDefaultRegion, isRegion } from "../cloudtrail/region.ts";
import type { AccountContext, FactGroup } from "./fact.ts";

/** Services that have one endpoint for all regions and record their calls in us-east-1, whatever region is in use. */
const GLOBAL_SERVICES: ReadonlySet<string> = new Set([
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
]);

/** Where records say what went wrong; most say nothing. */
const ERROR = ["errorCode", "errorMessage", "responseElements.errorCode"] as const;

export const CALL_FACTS: FactGroup = {
  "ids.action": {
    says: "eventSource without `.amazonaws.com`, a colon, eventName",
    values: "`iam:CreateAccessKey`",
    from: ["eventName", "eventSource"],
    of: ({ record }) => actionOf(record),
  },
  "ids.outcome": {
    says: "failure if the record has an errorCode, or is a refused sign-in",
    values: "`success`, `failure`",
    of: ({ record }) => outcomeOf(record),
  },
  "ids.denied": {
    says: "the call failed because it was not allowed (not because of a typo, a limit or a missing resource)",
    values: "true, false",
    from: ERROR,
    of: ({ record }) => isDenied(record),
  },
  "ids.dry_run": {
    says: "an EC2 dry run that would have been allowed: somebody tests permissions",
    values: "true, false",
    from: ERROR,
    of: ({ record }) => isDryRun(record),
  },
  "ids.refused_action": {
    says: "the call, when it was denied or was a dry run; absent for all others: what somebody may not do, or asked whether he may",
    values: "`iam:CreateAccessKey`",
    of: ({ record }) => (isDenied(record) || isDryRun(record) ? actionOf(record) : undefined),
  },
  "ids.read_only": {
    says: "the call changes nothing: the record's readOnly, else its verb (Get, List, Describe, Head …). A call that creates something is none, even where AWS says so (`CreateOAuth2Token`). Absent for records that tell of no call, such as Insights",
    values: "true, false",
    from: ["eventName", "readOnly"],
    of: ({ record }) => isReadOnly(record),
  },
  "ids.account": {
    says: "account in which it happened (recipientAccountId)",
    values: "12 digits, or `unknown`",
    of: ({ record }) => record.recipientAccountId,
  },
  "ids.region_unused": {
    says: "awsRegion is not one of the regions the account is configured to use; absent when none are configured. Global services always count as used",
    values: "true, false",
    of: ({ record, account }) => isRegionUnused(record, account),
  },
  "ids.opt_in_region": {
    says: "awsRegion is one that AWS does not enable by itself, such as me-south-1, af-south-1 or ap-east-1; absent when the record names no region",
    values: "true, false",
    of: ({ record }) => (isRegion(record.awsRegion) ? !isDefaultRegion(record.awsRegion) : undefined),
  },
};

const READS =
  /^(Get|List|Describe|Head|Lookup|Search|Query|Scan|Select|View|Preview|Estimate|Simulate|Check|Count|Validate|BatchGet|BatchDescribe|BatchCheck|Filter|Discover)(?![a-z])/;
const WRITES =
  /^(Create|Put|Delete|Update|Attach|Detach|Modify|Add|Remove|Set|Enable|Disable|Start|Stop|Terminate|Run|Send|Associate|Disassociate)(?![a-z])/;
/** AWS marks what starts a query or an export that only reads as read-only, and is right. */
const READS_BY_STARTING = /^(Start|Stop|Create)\w*(Query|Search|Report|Export|Preview|Job|Analysis)/;

function isReadOnly({ eventName, readOnly }: CloudTrailRecord): boolean | undefined {
  if (eventName === "") return undefined;
  if (readOnly === true) return !WRITES.test(eventName) || READS_BY_STARTING.test(eventName);
  return readOnly ?? READS.test(eventName);
}

function isRegionUnused(record: CloudTrailRecord, account: AccountContext | undefined): boolean | undefined {
  if (account?.regions === undefined || account.regions.length === 0 || record.awsRegion === "") return undefined;
  if (GLOBAL_SERVICES.has(serviceOf(record))) return false;
  return !account.regions.includes(record.awsRegion);
}
