/**
 * Caller: facts about who made a call.
 * Pure. A session name is chosen by whoever assumes the role: what follows from it is claimed, not proven.
 */
import { keyTypeOf } from "../cloudtrail/accesskey.ts";
import { type CloudTrailRecord, mfaOf } from "../cloudtrail/record.ts";
import type { FactGroup, FactSource } from "./fact.ts";

export const CALLER_FACTS: FactGroup = {
  "ids.principal": {
    says: "who made the call, stable over sessions: ARN of the user, root or role; a service's name",
    values: "`arn:aws:iam::111122223333:user/jack`",
    of: (source) => source.principal().id,
  },
  "ids.principal_kind": {
    says: "what kind of principal that is",
    values: "see `src/cloudtrail/principal.ts`",
    from: ["userIdentity.type", "userIdentity.invokedBy"],
    of: (source) => source.principal().kind,
  },
  "ids.principal_name": {
    says: "its name: of the user, the role or the service, without path and account",
    values: "`jack`, `root`, `ec2.amazonaws.com`",
    of: (source) => source.principal().name,
  },
  "ids.session_name": {
    says: "name of the role session, chosen by whoever assumed the role; absent for callers without one",
    values: "`build-7`, `i-0abc1234def567890`",
    from: ["userIdentity.arn", "userIdentity.principalId", "userIdentity.type"],
    of: (source) => source.principal().sessionName,
  },
  "ids.human": {
    says: "the person behind the call: IAM user, Identity Center or SAML user, sourceIdentity, or a session name with an `@`; absent for machines and root",
    values: "`alice@example.com`, `jack`",
    of: (source) => humanOf(source)?.name,
  },
  "ids.human_proof": {
    says: "whether AWS vouches for that person (`proven`: IAM, Identity Center or SAML) or the caller chose the name (`claimed`)",
    values: "`proven`, `claimed`",
    of: (source) => humanOf(source)?.proof,
  },
  "ids.via_sso": {
    says: "the session is one of Identity Center: its role is an `AWSReservedSSO_…` under Identity Center's own path",
    values: "true, false",
    from: ["userIdentity.sessionContext.sessionIssuer.arn"],
    of: ({ record }) => isSsoRole(record),
  },
  "ids.caller_account": {
    says: "whose principal the caller is; absent for AWS services, and where the record does not say",
    values: "12 digits",
    of: (source) => source.principal().account,
  },
  "ids.own_account": {
    says: "the caller belongs to the account it happened in, or to another configured account; absent where the record does not say whose it is",
    values: "true, false",
    of: (source) => isOwnCaller(source),
  },
  "ids.key_type": {
    says: "kind of the access key that signed the call; absent when no key did",
    values: "`long-term`, `temporary`",
    from: ["userIdentity.accessKeyId"],
    of: ({ record }) => keyTypeOf(record.userIdentity.accessKeyId),
  },
  "ids.mfa": {
    says: "sign-in: whether MFA was used; other calls: whether the session has MFA; absent when the record does not say",
    values: "true, false",
    of: ({ record }) => mfaOf(record),
  },
};

interface Human {
  readonly name: string;
  readonly proof: "proven" | "claimed";
}

/** `AWSReservedSSO_Admin_0123456789abcdef/alice` → `{ name: "alice", proof: "proven" }` */
function humanOf(source: FactSource): Human | undefined {
  const { record } = source;
  const { kind, name, sessionName, parent } = source.principal();
  const { sourceIdentity } = record.userIdentity.sessionContext ?? {};
  switch (kind) {
    case "IAMUser":
    case "IdentityCenterUser":
    case "SAMLUser":
      return { name, proof: "proven" };
    case "FederatedUser":
      return parent?.includes(":user/")
        ? { name: parent.slice(parent.lastIndexOf("/") + 1), proof: "proven" }
        : undefined;
    case "AssumedRole":
      if (sessionName !== undefined && isSsoRole(record)) return { name: sessionName, proof: "proven" };
      if (sourceIdentity !== undefined) return { name: sourceIdentity, proof: "claimed" };
      return sessionName?.includes("@") ? { name: sessionName, proof: "claimed" } : undefined;
    default:
      return undefined;
  }
}

/** The path tells, not the name: anybody may call a role AWSReservedSSO_…, only Identity Center may make one there. */
function isSsoRole({ userIdentity }: CloudTrailRecord): boolean {
  const arn = userIdentity.sessionContext?.sessionIssuer?.arn ?? "";
  return /:role\/aws-reserved\/sso\.amazonaws\.com\/(?:[a-z0-9-]{1,30}\/)?AWSReservedSSO_[^/]{1,64}_[0-9a-f]{16}$/.test(
    arn,
  );
}

function isOwnCaller(source: FactSource): boolean | undefined {
  const { account } = source.principal();
  if (account === undefined) return undefined;
  const { record, known } = source;
  return account === record.recipientAccountId || (known.accounts?.has(account) ?? false);
}
