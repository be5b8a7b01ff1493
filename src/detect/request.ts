/**
 * Requests: what a call asked for, judged from its requestParameters. The facts that need more than one field.
 * Pure. Parameters may be missing (refused calls, or more than 100 KB): then the answer is the harmless one.
 */
import { shortName } from "../cloudtrail/arn.ts";
import { denialOf } from "../cloudtrail/denial.ts";
import { flagAt, isObject, type Json, textAt, valueAt } from "../cloudtrail/json.ts";
import type { CloudTrailRecord } from "../cloudtrail/record.ts";
import { accountsLetIn, grantsAdmin, grantsEveryone, isOpenNetwork } from "./policy.ts";
import { scalarsOf } from "./scalar.ts";

/** IAM calls that act on their caller when they name no user. Source: IAM API Reference, UserName "if not specified". */
const OWN_BY_DEFAULT = new Set([
  "ChangePassword",
  "CreateAccessKey",
  "DeleteAccessKey",
  "DeleteSigningCertificate",
  "GetUser",
  "ListAccessKeys",
  "ListMFADevices",
  "ListServiceSpecificCredentials",
  "ListSigningCertificates",
  "UpdateAccessKey",
  "UpdateSigningCertificate",
  "UploadSigningCertificate",
]);

/**
 * Whether an IAM call acts on its own caller.
 *
 * `CreateAccessKey` by user `jack` for `{ userName: "jack" }` or with no userName → true; for `"jackson"` → false.
 * A refused call often has no parameters: then AWS's message names the target (`on resource: user jackson`).
 */
export function actorIsTarget(record: CloudTrailRecord): boolean {
  if (record.eventSource !== "iam.amazonaws.com") return false;
  const { type, userName, sessionContext } = record.userIdentity;
  const role = textAt(record.requestParameters, "roleName");
  if (role !== undefined) return type === "AssumedRole" && sessionContext?.sessionIssuer?.userName === role;
  const named = textAt(record.requestParameters, "userName");
  if (named === undefined && type === "Root") return OWN_BY_DEFAULT.has(record.eventName);
  const target = named ?? textAt(record.responseElements, "accessKey.userName") ?? refusedUser(record);
  return target === undefined ? OWN_BY_DEFAULT.has(record.eventName) : type === "IAMUser" && target === userName;
}

/** `arn:aws:iam::111122223333:user/ops/jack` or `user jack` → `jack`. */
function refusedUser(record: CloudTrailRecord): string | undefined {
  const resource = denialOf(record)?.resource ?? "";
  return /(^user |:user\/)/.test(resource) ? shortName(resource.replace(/^user /, "")) : undefined;
}

const ADMIN_ARN = /^arn:[^:]*:iam::aws:policy\/(AdministratorAccess|IAMFullAccess)$/;

export function grantsAdminPolicy(record: CloudTrailRecord): boolean {
  const request = record.requestParameters;
  return (
    ["policyArn", "managedPolicyArn"].some((key) => ADMIN_ARN.test(textAt(request, key) ?? "")) ||
    ["policyDocument", "inlinePolicy"].some((key) => grantsAdmin(valueAt(request, key)))
  );
}

/** Where AWS's services put a resource policy. */
const RESOURCE_POLICIES = [
  "bucketPolicy",
  "policy",
  "policyText",
  "resourcePolicy",
  "repositoryPolicy",
  "accessPolicies",
  "attributes.Policy",
  "attributeValue",
  "policyDocument",
  "assumeRolePolicyDocument",
];
const PUBLIC_GROUP = /\/groups\/global\/(AllUsers|AuthenticatedUsers)\b/;
const PUBLIC_ACLS = ["public-read", "public-read-write", "authenticated-read"];
const BLOCKS = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"];

export function isPublic(record: CloudTrailRecord): boolean {
  const { eventName, eventSource, requestParameters: request } = record;
  if (/^Delete(Bucket|Account)?PublicAccessBlock$/.test(eventName)) return true;
  if (request === undefined) return false;
  if (RESOURCE_POLICIES.some((key) => grantsEveryone(valueAt(request, key)))) return true;
  if (/^Put(Bucket|Account)?PublicAccessBlock$/.test(eventName)) {
    return BLOCKS.some((block) => flagAt(request, `PublicAccessBlockConfiguration.${block}`) === false);
  }
  if (eventSource === "s3.amazonaws.com") return opensAcl(request);
  if (eventSource === "ec2.amazonaws.com") {
    return ["launchPermission.add", "createVolumePermission.add"].some((path) =>
      hasScalar(valueAt(request, path), "group", "all"),
    );
  }
  if (eventSource === "rds.amazonaws.com") return hasScalar(valueAt(request, "valuesToAdd"), "", "all");
  return eventSource === "lambda.amazonaws.com" && eventName.startsWith("Add") && request["principal"] === "*";
}

/** Lists of accounts that something is shared with: EC2 images and snapshots, RDS snapshots. */
const SHARES = ["launchPermission.add", "createVolumePermission.add", "valuesToAdd"];

/**
 * Whether the request lets another account in: a role's trust or a resource policy that names one, an image or snapshot
 * shared with one, a bucket replicated into one. Which accounts are one's own is not known here.
 */
export function letsForeignAccountIn(record: CloudTrailRecord): boolean {
  const { requestParameters: request, recipientAccountId: own } = record;
  if (request === undefined) return false;
  const isForeign = (account: string) => /^\d{12}$/.test(account) && account !== own;
  if (RESOURCE_POLICIES.some((key) => accountsLetIn(valueAt(request, key)).some(isForeign))) return true;
  for (const path of SHARES)
    for (const [, value] of scalarsOf(valueAt(request, path))) if (isForeign(String(value))) return true;
  if (record.eventName !== "PutBucketReplication") return false;
  for (const [key, value] of scalarsOf(request)) if (key === "Account" && isForeign(String(value))) return true;
  return false;
}

/** A canned ACL stands in `x-amz-acl`, grants in AccessControlPolicy or in `x-amz-grant-*`. */
function opensAcl(request: Json): boolean {
  for (const [key, value] of scalarsOf(request)) {
    if (key === "x-amz-acl" && PUBLIC_ACLS.includes(String(value))) return true;
    if ((key === "URI" || key.startsWith("x-amz-grant-")) && PUBLIC_GROUP.test(String(value))) return true;
  }
  return false;
}

function hasScalar(within: Json | undefined, key: string, wanted: string): boolean {
  for (const [found, value] of scalarsOf(within)) if (found === key && value === wanted) return true;
  return false;
}

const INGRESS =
  /^(AuthorizeSecurityGroupIngress|ModifySecurityGroupRules|Authorize(DB|Cluster|Cache)SecurityGroupIngress)$/;

/** Every address in the request counts, under whatever name: `cidrIp`, `cidrIpv6`, `CidrIpv4`, `cIDRIP` all occur. */
export function isWorldOpen(record: CloudTrailRecord): boolean {
  if (!INGRESS.test(record.eventName)) return false;
  for (const [, value] of scalarsOf(record.requestParameters)) {
    if (typeof value === "string" && isOpenNetwork(value)) return true;
  }
  return false;
}

const LAUNCHES =
  /^(RunInstances|RequestSpotInstances|RequestSpotFleet|CreateFleet|CreateLaunchTemplate(Version)?|CreateLaunchConfiguration)$/;
const MANY_INSTANCES = 10;
/** Source: EC2 instance type naming; these families carry GPUs, accelerators or FPGAs. */
const ACCELERATED = /^(p|g|gr|trn|inf|dl|f|vt)\d/;

export function isBigInstance(record: CloudTrailRecord): boolean {
  if (!LAUNCHES.test(record.eventName) || !isObject(record.requestParameters)) return false;
  for (const [key, value] of scalarsOf(record.requestParameters)) {
    const name = key.toLowerCase();
    if (name === "instancetype" && isBigType(String(value))) return true;
    if ((name === "maxcount" || name === "instancecount") && Number(value) >= MANY_INSTANCES) return true;
  }
  return false;
}

function isBigType(type: string): boolean {
  const [, size] = /\.(\d{1,4})xlarge$/.exec(type) ?? [];
  return ACCELERATED.test(type) || type.includes(".metal") || Number(size ?? 0) >= 16;
}
