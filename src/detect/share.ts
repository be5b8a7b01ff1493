/**
 * Share: facts about whom a request lets in, by resource policy, ACL, grant or share.
 * Pure. Parameters may be missing (refused calls, or more than 100 KB): then nobody is named.
 * Source: API reference of each service for the name of the parameter; CloudTrail writes its first letter small.
 */
import { flagAt, type Json, type JsonObject, textAt, valueAt } from "../cloudtrail/json.ts";
import { type CloudTrailRecord, isAccountId, serviceOf } from "../cloudtrail/record.ts";
import { canonicalUsersIn, opensAcl } from "./acl.ts";
import { audienceOf, grantsEveryone, partyOf } from "./audience.ts";
import type { FactGroup, Known } from "./fact.ts";
import { trustsEveryone } from "./federation.ts";
import { organizationOf } from "./organization.ts";
import { scalarsOf } from "./scalar.ts";
import { isAwsAccount, vendorOf } from "./vendor.ts";

export const SHARE_FACTS: FactGroup = {
  "ids.public_principal": {
    says: "the request lets everyone in: a resource policy for `*` that no condition narrows, a public ACL, an image or snapshot for `all`, or S3's public access block switched off",
    values: "true, false",
    of: ({ record }) => isPublic(record),
  },
  "ids.federation_open": {
    says: "a role's trust lets in everyone who has an account with a shared identity provider (GitHub Actions, GitLab, HCP Terraform, Google, Cognito …): no condition says whose repository, project or application",
    values: "true, false",
    of: ({ record }) => policiesIn(record.requestParameters ?? {}).some(trustsEveryone),
  },
  "ids.shared_with": {
    says: "whom the request lets in, by resource policy, trust policy, ACL, image, snapshot or share: accounts, organisations and their units, or `all`; the account itself is left out, absent when that leaves nobody",
    values: "list of `all`, 12 digits, `o-abc1234567`, `arn:aws:organizations::…`",
    of: ({ record, known }) => someOf(sharedWith(record, known).filter((party) => party !== record.recipientAccountId)),
  },
  "ids.foreign_accounts": {
    says: "accounts among them, and those that manage organisations among them named by ARN (but not one's own), that are neither configured nor AWS's own (such as those that deliver load balancer logs; in a role's trust they count, since AWS's services are trusted by name); absent when there is none",
    values: "list of 12 digits",
    of: (source) => {
      const { record, known } = source;
      return someOf(
        source
          .listOf("ids.shared_with")
          .flatMap((party) => accountOf(party, known))
          .filter(
            (account) =>
              account !== record.recipientAccountId &&
              !known.accounts?.has(account) &&
              (serviceOf(record) === "iam" || !isAwsAccount(account)),
          ),
      );
    },
  },
  "ids.foreign_organizations": {
    says: "organisations among them that are none of the configured `organizations`: a policy for `*` that a condition narrows to one, a share with one or its units; absent when there is none, and when no organisation is configured",
    values: "list of `o-abc1234567`; of a pattern as it is written, `o-abc*`",
    of: (source) => {
      const { organizations } = source.known;
      if (organizations === undefined) return undefined;
      const ids = source.listOf("ids.shared_with").flatMap((party) => organizationOf(party)?.id ?? []);
      return someOf(ids.filter((id) => !organizations.has(id)));
    },
  },
  "ids.unknown_organizations": {
    says: "organisations among them of which nobody can say whose they are, since none is configured; absent when one is, and for those that the account itself or a configured one manages, by their ARN",
    values: "list of `o-abc1234567`",
    of: (source) => {
      const { record, known } = source;
      return someOf(
        source.listOf("ids.shared_with").flatMap((party) => {
          const { id, manager } = organizationOf(party) ?? {};
          const isOwn =
            manager !== undefined && (manager === record.recipientAccountId || known.accounts?.has(manager));
          return known.organizations !== undefined || id === undefined || isOwn ? [] : [id];
        }),
      );
    },
  },
  "ids.canonical_users": {
    says: "accounts that S3's own names stand for, let in by an ACL's grant or a bucket policy: neither the owner that the ACL names nor CloudFront's log delivery. Whose they are is not known: a policy's may be a CloudFront identity. Absent when there is none",
    values: "list of canonical user ids and email addresses",
    of: ({ record: { eventSource, eventName, requestParameters: request } }) =>
      eventSource === "s3.amazonaws.com" && request !== undefined && !LETS_NOBODY_IN.test(eventName)
        ? someOf(canonicalUsersIn(request))
        : undefined,
  },
  "ids.foreign_account": {
    says: "there is one, or such a foreign organisation: the request lets another account in — a role's trust or a resource policy that names one, an image or snapshot shared with one, a bucket replicated into one",
    values: "true, false",
    of: (source) =>
      source.listOf("ids.foreign_accounts").length > 0 || source.listOf("ids.foreign_organizations").length > 0,
  },
  "ids.vendor": {
    says: "vendors whose accounts they are, by the table of `src/detect/vendor.ts` and the config; absent when none is known. A vendor's account is no proof that you are its customer",
    values: "list of names: `Datadog`",
    of: (source) =>
      someOf(source.listOf("ids.foreign_accounts").flatMap((account) => vendorOf(account, source.known) ?? [])),
  },
  "ids.unknown_foreign_account": {
    says: "one of them is no vendor's that is known, or there is a foreign organisation",
    values: "true, false",
    of: (source) =>
      source.listOf("ids.foreign_organizations").length > 0 ||
      source.listOf("ids.foreign_accounts").some((account) => vendorOf(account, source.known) === undefined),
  },
};

/** The account itself, or the one that manages the organisation; none for `all`, for a bare id and for one's own organisation. */
function accountOf(party: string, { organizations }: Known): readonly string[] {
  if (isAccountId(party)) return [party];
  const { id, manager } = organizationOf(party) ?? {};
  return manager === undefined || (id !== undefined && organizations?.has(id)) ? [] : [manager];
}

/** AWS lets a thing be shared with fewer; a hostile request may name more. */
const MAX_PARTIES = 1000;

function someOf(list: readonly string[]): readonly string[] | undefined {
  return list.length === 0 ? undefined : [...new Set(list)].toSorted().slice(0, MAX_PARTIES);
}

/** Where AWS's services put a resource policy. */
const RESOURCE_POLICIES: ReadonlySet<string> = new Set([
  "bucketPolicy",
  "policy",
  "policyText",
  "policyInJson",
  "resourcePolicy",
  "repositoryPolicy",
  "accessPolicy",
  "accessPolicies",
  "attributeValue",
  "policyDocument",
  "assumeRolePolicyDocument",
]);

function policiesIn(request: JsonObject): readonly Json[] {
  const found = Object.entries(request).flatMap(([key, value]) => (RESOURCE_POLICIES.has(key) ? [value] : []));
  const queue = valueAt(request, "attributes.Policy");
  return queue === undefined ? found : [...found, queue];
}

/** Services and the parameters in which they name accounts, ARNs, organisations or `all` directly; "" for any service. */
const PARTIES: readonly (readonly [service: string, path: string])[] = [
  ["ec2", "launchPermission.add"],
  ["ec2", "createVolumePermission.add"],
  ["ec2", "ModifyVpcEndpointServicePermissionsRequest.AddAllowedPrincipals"],
  ["rds", "valuesToAdd"],
  ["redshift", "accountWithRestoreAccess"],
  ["lambda", "principal"],
  ["lambda", "sourceAccount"],
  ["lambda", "principalOrgID"],
  ["lambda", "organizationId"],
  ["sns", "aWSAccountId"],
  ["sns", "aWSAccountIds"],
  ["sqs", "aWSAccountIds"],
  ["sqs", "AWSAccountIds"],
  ["ssm", "accountIdsToAdd"],
  ["ram", "principals"],
  ["events", "principal"],
  ["events", "condition.value"],
  ["kms", "granteePrincipal"],
  ["serverlessrepo", "statements"],
];

/** What only reads or takes away. */
const LETS_NOBODY_IN = /^(Get|List|Describe|Remove|Revoke|Delete|Simulate|Validate|Check)/;

/** Everyone and every account that the request names, in the order of the tables. */
function sharedWith(record: CloudTrailRecord, known: Known = {}): readonly string[] {
  const { requestParameters: request, eventName } = record;
  if (request === undefined || LETS_NOBODY_IN.test(eventName)) return [];
  const service = serviceOf(record);
  const found = policiesIn(request).flatMap((document) => audienceOf(document, known.organizations));
  for (const [only, path] of PARTIES) {
    if (only !== service) continue;
    for (const [, value] of scalarsOf(valueAt(request, path))) found.push(...partyOf(String(value)));
  }
  if (service === "s3" && opensAcl(request)) found.push("all");
  if (eventName === "PutBucketReplication") {
    for (const [key, value] of scalarsOf(request)) if (key === "Account") found.push(...partyOf(String(value)));
  }
  return found;
}

const BLOCKS = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"];

function isPublic(record: CloudTrailRecord): boolean {
  const { eventName, requestParameters: request } = record;
  if (/^Delete(Bucket|Account)?PublicAccessBlock$/.test(eventName)) return true;
  if (request === undefined || LETS_NOBODY_IN.test(eventName)) return false;
  if (/^Put(Bucket|Account)?PublicAccessBlock$/.test(eventName)) {
    return BLOCKS.some((block) => flagAt(request, `PublicAccessBlockConfiguration.${block}`) === false);
  }
  if (policiesIn(request).some(grantsEveryone)) return true;
  // A function or an event bus may be open to an organisation, too: then `principal` is `*` beside its id.
  const isNarrowed = ["principalOrgID", "organizationId", "sourceAccount", "sourceArn", "condition.value"].some((key) =>
    textAt(request, key),
  );
  return !isNarrowed && sharedWith(record).includes("all");
}
