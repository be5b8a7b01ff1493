/**
 * Caller: facts about who made a call, and what stands behind the session that did.
 * Pure. A session name is chosen by whoever assumes the role: what follows from it is claimed, not proven.
 */
import { accessKeyOf } from "../cloudtrail/accesskey.ts";
import { textAt } from "../cloudtrail/json.ts";
import { type Principal, principalOf } from "../cloudtrail/principal.ts";
import { type CloudTrailRecord, mfaOf } from "../cloudtrail/record.ts";
import type { FactGroup, FactSource } from "./fact.ts";
import { isServiceAddress, placeOf, sourceKindOf } from "./network.ts";
import { toolOf } from "./tool.ts";

export const CALLER_FACTS: FactGroup = {
  "ids.principal": {
    says: "who made the call, stable over sessions: ARN of the user, root or role; a service's name",
    values: "`arn:aws:iam::111122223333:user/jack`",
    of: ({ record }) => principalOf(record).id,
  },
  "ids.principal_kind": {
    says: "what kind of principal that is",
    values: "see `src/cloudtrail/principal.ts`",
    of: ({ record }) => principalOf(record).kind,
  },
  "ids.principal_name": {
    says: "its name: of the user, the role or the service, without path and account",
    values: "`jack`, `root`, `ec2.amazonaws.com`",
    of: ({ record }) => principalOf(record).name,
  },
  "ids.session_name": {
    says: "name of the role session, chosen by whoever assumed the role; absent for callers without one",
    values: "`build-7`, `i-0abc1234def567890`",
    of: ({ record }) => principalOf(record).sessionName,
  },
  "ids.human": {
    says: "the person behind the call: IAM user, Identity Center or SAML user, sourceIdentity, or a session name with an `@`; absent for machines and root",
    values: "`alice@example.com`, `jack`",
    of: ({ record }) => humanOf(record)?.name,
  },
  "ids.human_proof": {
    says: "whether AWS vouches for that person (`proven`: IAM, Identity Center or SAML) or the caller chose the name (`claimed`)",
    values: "`proven`, `claimed`",
    of: ({ record }) => humanOf(record)?.proof,
  },
  "ids.via_sso": {
    says: "the session is one of Identity Center: its role is an `AWSReservedSSO_…` under Identity Center's own path",
    values: "true, false",
    of: ({ record }) => isSsoRole(record),
  },
  "ids.caller_account": {
    says: "whose principal the caller is; absent for AWS services, and where the record does not say",
    values: "12 digits",
    of: ({ record }) => principalOf(record).account,
  },
  "ids.own_account": {
    says: "the caller belongs to the account it happened in, or to another configured account; absent where the record does not say whose it is",
    values: "true, false",
    of: (source) => isOwnCaller(source),
  },
  "ids.key_type": {
    says: "kind of the access key that signed the call; absent when no key did",
    values: "`long-term`, `temporary`",
    of: ({ record }) => accessKeyOf(record)?.type,
  },
  "ids.mfa": {
    says: "sign-in: whether MFA was used; other calls: whether the session has MFA; absent when the record does not say",
    values: "true, false",
    of: ({ record }) => mfaOf(record),
  },
  "ids.session_age_minutes": {
    says: "whole minutes from the start of the session to the call; absent for calls without a session",
    values: "`3`",
    of: ({ record }) => sessionMinutesOf(record),
  },
  "ids.role_chaining": {
    says: "a role session assumes a role (AssumeRole by AssumedRole)",
    values: "true, false",
    of: ({ record }) =>
      record.userIdentity.type === "AssumedRole" &&
      /^sts\./.test(record.eventSource) &&
      record.eventName === "AssumeRole",
  },
  "ids.invoked_by_service": {
    says: "an AWS service made the call, on its own or for the principal",
    values: "true, false",
    of: ({ record }) => isByService(record),
  },
  "ids.from_instance": {
    says: "the session has the credentials of an EC2 instance: its name is an instance id, or the record says how the instance got them",
    values: "true, false",
    of: ({ record }) => isInstanceSession(record),
  },
  "ids.from_lambda": {
    says: "the credentials were issued to a Lambda function (inScopeOf), or the user agent says that the call was made in one",
    values: "true, false",
    of: ({ record }) => isIssuedTo(record, "AWS::Lambda::") || runsIn(record, "exec-env/aws_lambda"),
  },
  "ids.from_container": {
    says: "the credentials were issued to an ECS task or an EKS pod (inScopeOf, session name), or the user agent says so",
    values: "true, false",
    of: ({ record }) => isContainerSession(record),
  },
  "ids.from_pipeline": {
    says: "the session was opened with the OIDC token of a build service (GitHub Actions, GitLab, Bitbucket, Buildkite, CircleCI, HCP Terraform), as AWS wrote it",
    values: "true, false",
    of: ({ record }) => isPipelineSession(record),
  },
  "ids.from_cloudshell": {
    says: "the user agent says that the call was made in CloudShell",
    values: "true, false",
    of: ({ record }) => runsIn(record, "exec-env/cloudshell"),
  },
  "ids.instance_credentials_outside": {
    says: "credentials of an EC2 instance used by somebody else: through another account's VPC endpoint, in a browser, or (GeoIP) from a network that is not Amazon's. False from private addresses and services; absent where the record cannot tell, as from an instance's public address, and for other sessions",
    values: "true, false",
    of: (source) => isInstanceElsewhere(source),
  },
};

export interface Human {
  readonly name: string;
  readonly proof: "proven" | "claimed";
}

/** `AWSReservedSSO_Admin_0123456789abcdef/alice` → `{ name: "alice", proof: "proven" }` */
function humanOf(record: CloudTrailRecord): Human | undefined {
  const { kind, name, sessionName, parent } = principalOf(record);
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

function isOwnCaller({ record, known }: FactSource): boolean | undefined {
  const account = principalOf(record).account;
  if (account === undefined) return undefined;
  return account === record.recipientAccountId || (known.accounts?.has(account) ?? false);
}

function sessionMinutesOf({ userIdentity, eventTime }: CloudTrailRecord): number | undefined {
  const started = Date.parse(userIdentity.sessionContext?.creationDate ?? "");
  const minutes = Math.floor((Date.parse(eventTime) - started) / 60_000);
  return minutes >= 0 ? minutes : undefined;
}

function isByService(record: CloudTrailRecord): boolean {
  const { type, invokedBy } = record.userIdentity;
  // Older records of the console say that sign-in made the call; behind it is a person.
  if (invokedBy === "signin.amazonaws.com") return false;
  if (type === "AWSService" || invokedBy !== undefined) return true;
  return isServiceAddress(record.sourceIPAddress ?? "");
}

function isInstanceSession(record: CloudTrailRecord): boolean {
  if (record.userIdentity.type !== "AssumedRole") return false;
  const delivery = ["ec2RoleDelivery", "attributes.ec2RoleDelivery"];
  if (delivery.some((key) => textAt(record.json, `userIdentity.sessionContext.${key}`) !== undefined)) return true;
  return isInstanceId(principalOf(record).sessionName ?? "") || isIssuedTo(record, "AWS::EC2::Instance");
}

function isInstanceId(text: string): boolean {
  return /^i-(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(text);
}

/** ECS names a session after the task's id, EKS Pod Identity `eks-CLUSTER-POD-UUID`. */
function isContainerSession(record: CloudTrailRecord): boolean {
  const { kind, sessionName = "" }: Principal = principalOf(record);
  if (kind === "AssumedRole" && /^(?:[0-9a-f]{32}|eks-.{1,100}-[0-9a-f-]{36})$/.test(sessionName)) return true;
  return isIssuedTo(record, "AWS::ECS::") || runsIn(record, "exec-env/aws_ecs") || runsIn(record, "exec-env/aws_eks");
}

/** `inScopeOf.issuerType`: `AWS::Lambda::Function` */
function isIssuedTo({ json }: CloudTrailRecord, type: string): boolean {
  return textAt(json, "userIdentity.inScopeOf.issuerType")?.startsWith(type) ?? false;
}

/** Source: the services' guides to OIDC with AWS: the issuer each of them has. Kubernetes' issuers are not among them. */
const BUILD_SERVICES =
  /:oidc-provider\/(token\.actions\.githubusercontent\.com|gitlab\.com|api\.bitbucket\.org\/.+|agent\.buildkite\.com|oidc\.circleci\.com\/.+|app\.terraform\.io)$/;

function isPipelineSession({ json }: CloudTrailRecord): boolean {
  return BUILD_SERVICES.test(textAt(json, "userIdentity.sessionContext.webIdFederationData.federatedProvider") ?? "");
}

function runsIn({ userAgent }: CloudTrailRecord, mark: string): boolean {
  return userAgent?.slice(0, 1100).toLowerCase().includes(mark) ?? false;
}

function isInstanceElsewhere(source: FactSource): boolean | undefined {
  const { record } = source;
  if (!isInstanceSession(record)) return undefined;
  const home = principalOf(record).account;
  const endpointOf = textAt(record.json, "vpcEndpointAccountId");
  if (endpointOf !== undefined) return endpointOf !== home && !source.known.accounts?.has(endpointOf);
  const kind = sourceKindOf(record);
  if (kind !== "public") return kind && false;
  // An instance has no browser; EC2's own calls for it come from a service's name.
  if (isByBrowser(record)) return true;
  const org = placeOf(source)?.org;
  // Amazon's networks are everybody's: another instance's address would look the same.
  return org === undefined || /amazon|aws/i.test(org) ? undefined : true;
}

function isByBrowser({ userAgent, eventName }: CloudTrailRecord): boolean {
  const kind = toolOf(userAgent)?.kind;
  return eventName === "ConsoleLogin" || kind === "browser" || kind === "console";
}
