/**
 * Requests: facts about what a call asked for, judged from its requestParameters.
 * Pure. Parameters may be missing (refused calls, or more than 100 KB): then the answer is the harmless one.
 */
import { shortName } from "../cloudtrail/arn.ts";
import { denialOf } from "../cloudtrail/denial.ts";
import { isObject, textAt, valueAt } from "../cloudtrail/json.ts";
import type { CloudTrailRecord } from "../cloudtrail/record.ts";
import { escalationKindOf, escalationsOf } from "./escalation.ts";
import type { FactGroup } from "./fact.ts";
import { grantsAdmin, usesNotAction } from "./policy.ts";
import { scalarsOf } from "./scalar.ts";

export const REQUEST_FACTS: FactGroup = {
  "ids.actor_is_target": {
    says: "an IAM call acts on its own caller: it names the caller's user or role, or none where IAM then takes the caller's",
    values: "true, false",
    of: ({ record }) => actorIsTarget(record),
  },
  "ids.target_principal": {
    says: "user, role or group that an IAM call acts on, the caller where it names none and IAM takes the caller's; absent for other calls, and where nothing names it",
    values: "`user/support2`, `role/ci`, `group/admins`",
    of: ({ record }) => targetPrincipalOf(record),
  },
  "ids.policy_grants_admin": {
    says: "the request attaches AdministratorAccess or IAMFullAccess, or holds a policy that allows everything or one IAM write that leads there (arrays, wildcards and NotAction seen through; PowerUserAccess does not count)",
    values: "true, false",
    of: ({ record }) => grantsAdminPolicy(record),
  },
  "ids.policy_escalates": {
    says: "escalation paths that the policy in the request surely opens: every action of the path is allowed on any resource, without a condition; ids of pathfinding.cloud or of `src/detect/escalation.ts`; absent when there is none",
    values: "list of `iam-007`, `lambda-001`",
    of: ({ record }) => someOf(identityPolicies(record).flatMap(escalationsOf)),
  },
  "ids.policy_escalation_kinds": {
    says: "what those paths give: `self` more permissions for oneself, `access` another principal's credentials, `passrole` a role for something new that one runs, `existing` the role of something that runs already; absent when there is none",
    values: "list of `self`, `access`, `passrole`, `existing`",
    of: (source) => someOf(source.listOf("ids.policy_escalates").flatMap((id) => escalationKindOf(id) ?? [])),
  },
  "ids.policy_not_action": {
    says: "the policy in the request allows by exclusion (`NotAction` or `NotResource`): what it grants grows with every new service",
    values: "true, false",
    of: ({ record }) => identityPolicies(record).some((document) => usesNotAction(document)),
  },
  "ids.big_instance": {
    says: "the request starts GPU, accelerator, metal or ≥ 16xlarge instances, or ten and more at once",
    values: "true, false",
    of: ({ record }) => isBigInstance(record),
  },
  "ids.instances_named": {
    says: "how many instances the request names by their id; absent when it names none",
    values: "`12`",
    of: ({ record }) => instancesNamed(record),
  },
};

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
function actorIsTarget(record: CloudTrailRecord): boolean {
  if (record.eventSource !== "iam.amazonaws.com") return false;
  const { type, userName, sessionContext } = record.userIdentity;
  const role = textAt(record.requestParameters, "roleName");
  if (role !== undefined) return type === "AssumedRole" && sessionContext?.sessionIssuer?.userName === role;
  const named = textAt(record.requestParameters, "userName");
  if (named === undefined && type === "Root") return OWN_BY_DEFAULT.has(record.eventName);
  const target = named ?? textAt(record.responseElements, "accessKey.userName") ?? refusedTarget(record, "user");
  return target === undefined ? OWN_BY_DEFAULT.has(record.eventName) : type === "IAMUser" && target === userName;
}

function targetPrincipalOf(record: CloudTrailRecord): string | undefined {
  if (record.eventSource !== "iam.amazonaws.com") return undefined;
  for (const kind of ["user", "role", "group"] as const) {
    const name = textAt(record.requestParameters, `${kind}Name`) ?? refusedTarget(record, kind);
    if (name !== undefined) return `${kind}/${name}`;
  }
  const { type, userName } = record.userIdentity;
  const answered = textAt(record.responseElements, "accessKey.userName");
  if (answered !== undefined) return `user/${answered}`;
  return OWN_BY_DEFAULT.has(record.eventName) && type === "IAMUser" && userName ? `user/${userName}` : undefined;
}

/** `arn:aws:iam::111122223333:user/ops/jack` or `user jack` → `jack`. */
function refusedTarget(record: CloudTrailRecord, kind: "user" | "role" | "group"): string | undefined {
  const resource = denialOf(record)?.resource ?? "";
  if (resource.startsWith(`${kind} `)) return resource.slice(kind.length + 1);
  return resource.includes(`:${kind}/`) ? shortName(resource) : undefined;
}

const ADMIN_ARN = /^arn:[^:]*:iam::aws:policy\/(AdministratorAccess|IAMFullAccess)$/;
/** What only reads or takes away grants nothing, whatever it names. */
const GRANTS_NOTHING = /^(Detach|Delete|Get(?!FederationToken)|List|Simulate|Validate)/;

function grantsAdminPolicy(record: CloudTrailRecord): boolean {
  const { requestParameters: request, eventName } = record;
  if (GRANTS_NOTHING.test(eventName)) return false;
  const named = ["policyArn", "managedPolicyArn", "policyArns.0.arn"];
  return named.some((key) => ADMIN_ARN.test(textAt(request, key) ?? "")) || identityPolicies(record).some(grantsAdmin);
}

/** Policies of users, roles, groups and permission sets, and the one that a federation token is made with. */
function identityPolicies(record: CloudTrailRecord) {
  const { requestParameters: request, eventName } = record;
  if (request === undefined || GRANTS_NOTHING.test(eventName)) return [];
  const keys = ["policyDocument", "inlinePolicy", ...(eventName === "GetFederationToken" ? ["policy"] : [])];
  return keys.flatMap((key) => valueAt(request, key) ?? []);
}

function someOf(found: readonly string[]): readonly string[] | undefined {
  return found.length === 0 ? undefined : [...new Set(found)];
}

const LAUNCHES =
  /^(RunInstances|RequestSpotInstances|RequestSpotFleet|CreateFleet|CreateLaunchTemplate(Version)?|CreateLaunchConfiguration)$/;
const MANY_INSTANCES = 10;
/** Of one launch, of spot requests and of fleets. */
const COUNTS = new Set(["maxcount", "instancecount", "targetcapacity", "totaltargetcapacity"]);
/** Source: EC2 instance type naming; these families carry GPUs, accelerators or FPGAs. */
const ACCELERATED = /^(p|g|gr|trn|inf|dl|f|vt)\d/;

function isBigInstance(record: CloudTrailRecord): boolean {
  if (!LAUNCHES.test(record.eventName) || !isObject(record.requestParameters)) return false;
  for (const [key, value] of scalarsOf(record.requestParameters)) {
    const name = key.toLowerCase();
    if (name === "instancetype" && isBigType(String(value))) return true;
    if (COUNTS.has(name) && Number(value) >= MANY_INSTANCES) return true;
  }
  return false;
}

function isBigType(type: string): boolean {
  const [, size] = /\.(\d{1,4})xlarge$/.exec(type) ?? [];
  return ACCELERATED.test(type) || type.includes(".metal") || Number(size ?? 0) >= 16;
}

/** `i-…` of EC2, `mi-…` of Systems Manager. */
function instancesNamed({ requestParameters }: CloudTrailRecord): number | undefined {
  const named = new Set<string>();
  for (const [, value] of scalarsOf(requestParameters)) {
    if (typeof value === "string" && /^m?i-[0-9a-f]{1,17}$/.test(value)) named.add(value);
  }
  return named.size === 0 ? undefined : named.size;
}
