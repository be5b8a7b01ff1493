/**
 * Principals: who stands behind a CloudTrail record, stable over sessions.
 * Pure. Never throws: a type that AWS adds tomorrow gets an id too.
 * Source: AWS CloudTrail User Guide, "CloudTrail userIdentity element".
 */
import { type Arn, arnOf, partitionOf, shortName } from "./arn.ts";
import { memoOf } from "./memo.ts";
import { type CloudTrailRecord, isAccountId, type UserIdentity } from "./record.ts";

const ASSUMED_ROLE = "assumed-role/";

export type PrincipalKind =
  | "Root"
  | "IAMUser"
  | "AssumedRole"
  | "Role"
  | "FederatedUser"
  | "SAMLUser"
  | "WebIdentityUser"
  | "IdentityCenterUser"
  | "AWSAccount"
  | "AWSService"
  | "Unknown";

/** All strings but `kind` and `account` are untrusted text; none is empty. */
export interface Principal {
  /** Canonical: the ARN of the user, root or role, else the next best thing that stays the same over sessions. */
  readonly id: string;
  readonly kind: PrincipalKind;
  /** For people: the user's, role's or service's name. */
  readonly name: string;
  /** 12 digits: whose principal it is. Absent for AWS services and where the record does not say. */
  readonly account?: string;
  /** Chosen by whoever assumed the role. */
  readonly sessionName?: string;
  /** ARN of the IAM user or root behind a federated user: the one that containment concerns. */
  readonly parent?: string;
}

/**
 * The principal of a record.
 *
 * `{ type: "AssumedRole", arn: "arn:aws:sts::111122223333:assumed-role/ci/build-7",
 *    sessionContext: { sessionIssuer: { arn: "arn:aws:iam::111122223333:role/ops/ci" } } }`
 *   → `{ id: "arn:aws:iam::111122223333:role/ops/ci", kind: "AssumedRole", name: "ci", account: "111122223333", sessionName: "build-7" }`
 */
export function principalOf(record: CloudTrailRecord): Principal {
  const who = record.userIdentity;
  switch (who.type) {
    case "Root":
      return rootOf(record);
    case "IAMUser":
      return userOf(record);
    case "AssumedRole":
      return assumedRoleOf(who);
    case "Role":
      return named(who, "Role", who.arn ?? fallbackId(who), who.userName ?? shortName(who.arn ?? fallbackId(who)));
    case "FederatedUser":
      return federatedUserOf(record);
    case "SAMLUser":
    case "WebIdentityUser":
      return identityProviderUserOf(record, who.type);
    case "IdentityCenterUser":
      return identityCenterUserOf(record);
    case "AWSAccount":
      return foreignAccountOf(who);
    case "AWSService":
    case undefined:
      if (who.invokedBy !== undefined) return { id: who.invokedBy, kind: "AWSService", name: who.invokedBy };
  }
  return named(who, "Unknown", fallbackId(who), who.userName ?? fallbackId(who));
}

function rootOf(record: CloudTrailRecord): Principal {
  const who = record.userIdentity;
  // Root's principalId is its account; a session made by sts:AssumeRoot carries another ARN form.
  const account = accountOf(who) ?? [who.principalId, record.recipientAccountId].find(isAccountId);
  const id = account === undefined ? fallbackId(who) : `arn:${partition(record)}:iam::${account}:root`;
  return { id, kind: "Root", name: "root", ...(account && { account }) };
}

function userOf(record: CloudTrailRecord): Principal {
  const who = record.userIdentity;
  const { accountId, userName } = who;
  const built = accountId && userName ? `arn:${partition(record)}:iam::${accountId}:user/${userName}` : undefined;
  const id = who.arn ?? built ?? fallbackId(who);
  return named(who, "IAMUser", id, userName ?? shortName(id));
}

function assumedRoleOf(who: UserIdentity): Principal {
  const issuer = who.sessionContext?.sessionIssuer;
  const session = roleSessionOf(who.arn);
  // The session's ARN leaves out the role's path: the issuer's ARN is the better one where there is one.
  const id = issuer?.arn ?? session?.roleArn ?? who.arn ?? fallbackId(who);
  const name = issuer?.userName ?? session?.role ?? shortName(id);
  return named(who, "AssumedRole", id, name, session?.sessionName ?? afterColon(who.principalId));
}

interface RoleSession {
  readonly roleArn: string;
  readonly role: string;
  readonly sessionName: string;
}

/** `"arn:aws:sts::111122223333:assumed-role/ci/build-7"` → ci's ARN, `"ci"` and `"build-7"`; undefined for other names. */
function roleSessionOf(arn: string | undefined): RoleSession | undefined {
  if (arn === undefined) return undefined;
  const known = ROLE_SESSIONS.get(arn);
  if (known !== undefined) return known;
  const session = roleSessionIn(arn);
  if (session !== undefined && arn.length <= LONGEST_ARN) ROLE_SESSIONS.add(arn, session);
  return session;
}

/** A session makes many calls. A sender may write ARNs of any length: those of AWS are shorter. */
const ROLE_SESSIONS = memoOf<string, RoleSession>(4_096);
const LONGEST_ARN = 512;

function roleSessionIn(arn: string): RoleSession | undefined {
  const session = arnOf(arn);
  if (session?.service !== "sts" || !session.resource.startsWith(ASSUMED_ROLE)) return undefined;
  const { resource, partition, account } = session;
  const roleEnd = resource.indexOf("/", ASSUMED_ROLE.length);
  if (roleEnd <= ASSUMED_ROLE.length) return undefined;
  const role = resource.slice(ASSUMED_ROLE.length, roleEnd);
  const nameEnd = resource.indexOf("/", roleEnd + 1);
  const sessionName = resource.slice(roleEnd + 1, nameEnd < 0 ? undefined : nameEnd);
  if (sessionName === "") return undefined;
  return { roleArn: `arn:${partition}:iam::${account}:role/${role}`, role, sessionName };
}

function federatedUserOf(record: CloudTrailRecord): Principal {
  const who = record.userIdentity;
  const name = shortName(who.arn ?? "") || (afterColon(who.principalId) ?? who.userName);
  const account = accountOf(who);
  const built = account && name ? `arn:${partition(record)}:sts::${account}:federated-user/${name}` : undefined;
  const id = who.arn ?? built ?? fallbackId(who);
  const parent = who.sessionContext?.sessionIssuer?.arn;
  return { ...named(who, "FederatedUser", id, name ?? id), ...(parent && { parent }) };
}

/** Such a user has no ARN and often no account: the call happened where the role is. */
function identityProviderUserOf(record: CloudTrailRecord, kind: "SAMLUser" | "WebIdentityUser"): Principal {
  const who = record.userIdentity;
  const name = who.userName ?? fallbackId(who);
  const id = who.identityProvider === undefined ? name : `${who.identityProvider}|${name}`;
  return { ...recipient(record), ...named(who, kind, id, name) };
}

function identityCenterUserOf(record: CloudTrailRecord): Principal {
  const who = record.userIdentity;
  const { identityStoreArn, userId } = who.onBehalfOf ?? {};
  const id = identityStoreArn && userId ? `${identityStoreArn}/user/${userId}` : (userId ?? fallbackId(who));
  return { ...recipient(record), ...named(who, "IdentityCenterUser", id, userId ?? id) };
}

/** Somebody of another account, or nobody (`ANONYMOUS_PRINCIPAL`); `AROA…:session` is stable without its session. */
function foreignAccountOf(who: UserIdentity): Principal {
  const [uniqueId, sessionName] = [beforeColon(who.principalId), afterColon(who.principalId)];
  const id = [who.accountId, uniqueId].filter((part) => part).join(":") || fallbackId(who);
  return named(who, "AWSAccount", id, who.accountId ?? id, sessionName);
}

function named(who: UserIdentity, kind: PrincipalKind, id: string, name: string, sessionName?: string): Principal {
  const account = accountOf(who);
  const principal: { -readonly [K in keyof Principal]: Principal[K] } = { id, kind, name };
  if (account !== undefined) principal.account = account;
  if (sessionName !== undefined) principal.sessionName = sessionName;
  return principal;
}

function fallbackId(who: UserIdentity): string {
  return who.principalId ?? who.userName ?? "unknown";
}

function accountOf(who: UserIdentity): string | undefined {
  if (isAccountId(who.accountId)) return who.accountId;
  return [arnOf(who.arn ?? "")?.account, who.sessionContext?.sessionIssuer?.accountId].find(isAccountId);
}

function recipient(record: CloudTrailRecord): { readonly account?: string } {
  return isAccountId(record.recipientAccountId) ? { account: record.recipientAccountId } : {};
}

function partition(record: CloudTrailRecord): string {
  const arn: Arn | undefined = arnOf(record.userIdentity.arn ?? "");
  return arn?.partition ?? partitionOf(record.awsRegion);
}

function beforeColon(text: string | undefined): string | undefined {
  return text?.split(":", 1)[0] || undefined;
}

function afterColon(text: string | undefined): string | undefined {
  const at = text?.indexOf(":") ?? -1;
  return at < 0 ? undefined : text?.slice(at + 1) || undefined;
}
