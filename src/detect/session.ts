/**
 * Session: facts about what the credentials of a call were issued to, and where they are used.
 * Pure. Source: CloudTrail User Guide, "userIdentity element"; how services name their sessions was observed.
 */
import { textOf } from "../cloudtrail/json.ts";
import { type CloudTrailRecord, scalarAt } from "../cloudtrail/record.ts";
import type { FactGroup, FactSource } from "./fact.ts";
import { isServiceAddress, placeOf, sourceKindOf } from "./network.ts";
import { toolOf } from "./tool.ts";

/** Where records say how an instance got its credentials. */
const DELIVERY = [
  "userIdentity.sessionContext.ec2RoleDelivery",
  "userIdentity.sessionContext.attributes.ec2RoleDelivery",
] as const;

export const SESSION_FACTS: FactGroup = {
  "ids.session_age_minutes": {
    says: "whole minutes from the start of the session to the call; absent for calls without a session",
    values: "`3`",
    of: ({ record }) => sessionMinutesOf(record),
  },
  "ids.role_chaining": {
    says: "a role session assumes a role (AssumeRole by AssumedRole)",
    values: "true, false",
    from: ["eventName", "eventSource", "userIdentity.type"],
    of: ({ record }) =>
      record.userIdentity.type === "AssumedRole" &&
      /^sts\./.test(record.eventSource) &&
      record.eventName === "AssumeRole",
  },
  "ids.invoked_by_service": {
    says: "an AWS service made the call, on its own or for the principal",
    values: "true, false",
    from: ["sourceIPAddress", "userIdentity.type", "userIdentity.invokedBy"],
    of: ({ record }) => isByService(record),
  },
  "ids.from_instance": {
    says: "the session has the credentials of an EC2 instance: its name is an instance id, or the record says how the instance got them",
    values: "true, false",
    from: [
      "userIdentity.arn",
      "userIdentity.principalId",
      "userIdentity.type",
      "userIdentity.inScopeOf.issuerType",
      ...DELIVERY,
    ],
    of: (source) => isInstanceSession(source),
  },
  "ids.from_lambda": {
    says: "the credentials were issued to a Lambda function (inScopeOf), or the user agent says that the call was made in one",
    values: "true, false",
    from: ["userAgent", "userIdentity.inScopeOf.issuerType"],
    of: ({ record }) => isIssuedTo(record, "AWS::Lambda::") || runsIn(record, "exec-env/aws_lambda"),
  },
  "ids.from_container": {
    says: "the credentials were issued to an ECS task or an EKS pod (inScopeOf, session name), or the user agent says so",
    values: "true, false",
    of: (source) => isContainerSession(source),
  },
  "ids.from_pipeline": {
    says: "the session was opened with the OIDC token of a build service (GitHub Actions, GitLab, Bitbucket, Buildkite, CircleCI, HCP Terraform), as AWS wrote it",
    values: "true, false",
    from: ["userIdentity.sessionContext.webIdFederationData.federatedProvider"],
    of: ({ record }) => isPipelineSession(record),
  },
  "ids.from_cloudshell": {
    says: "the user agent says that the call was made in CloudShell",
    values: "true, false",
    from: ["userAgent"],
    of: ({ record }) => runsIn(record, "exec-env/cloudshell"),
  },
  "ids.instance_credentials_outside": {
    says: "credentials of an EC2 instance used by somebody else: through another account's VPC endpoint, in a browser, or (GeoIP) from a network that is not Amazon's. False from private addresses and services; absent where the record cannot tell, as from an instance's public address, and for other sessions",
    values: "true, false",
    of: (source) => isInstanceElsewhere(source),
  },
};

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
  const address = record.sourceIPAddress ?? "";
  // The console's own servers call from "AWS Internal", too, with the session of whoever sits before it.
  return isServiceAddress(address) && (type === undefined || !address.startsWith("AWS Internal"));
}

function isInstanceSession(source: FactSource): boolean {
  const { record } = source;
  if (record.userIdentity.type !== "AssumedRole") return false;
  if (DELIVERY.some((path) => textOf(scalarAt(record, path)) !== undefined)) return true;
  return isInstanceId(source.principal().sessionName ?? "") || isIssuedTo(record, "AWS::EC2::Instance");
}

/** AWS gives 17 digits, before 2016 it gave 8; ids that somebody made unreadable have what they have. */
function isInstanceId(text: string): boolean {
  return /^i-[0-9a-f]{8,17}$/i.test(text);
}

/** ECS names a session after the task's id, EKS Pod Identity `eks-CLUSTER-POD-UUID`. */
function isContainerSession(source: FactSource): boolean {
  const { record } = source;
  const { kind, sessionName = "" } = source.principal();
  if (kind === "AssumedRole" && /^(?:[0-9a-f]{32}|eks-.{1,100}-[0-9a-f-]{36})$/.test(sessionName)) return true;
  return isIssuedTo(record, "AWS::ECS::") || runsIn(record, "exec-env/aws_ecs") || runsIn(record, "exec-env/aws_eks");
}

/** `inScopeOf.issuerType`: `AWS::Lambda::Function` */
function isIssuedTo(record: CloudTrailRecord, type: string): boolean {
  return textOf(scalarAt(record, "userIdentity.inScopeOf.issuerType"))?.startsWith(type) ?? false;
}

/** Source: the services' guides to OIDC with AWS: the issuer each of them has. Kubernetes' issuers are not among them. */
const BUILD_SERVICES =
  /:oidc-provider\/(token\.actions\.githubusercontent\.com|gitlab\.com|api\.bitbucket\.org\/.+|agent\.buildkite\.com|oidc\.circleci\.com\/.+|app\.terraform\.io)$/;

function isPipelineSession(record: CloudTrailRecord): boolean {
  const provider = scalarAt(record, "userIdentity.sessionContext.webIdFederationData.federatedProvider");
  return BUILD_SERVICES.test(textOf(provider) ?? "");
}

function runsIn({ userAgent }: CloudTrailRecord, mark: string): boolean {
  return userAgent?.slice(0, 1100).toLowerCase().includes(mark) ?? false;
}

function isInstanceElsewhere(source: FactSource): boolean | undefined {
  const { record } = source;
  if (!isInstanceSession(source)) return undefined;
  const endpointOf = textOf(scalarAt(record, "vpcEndpointAccountId"));
  if (endpointOf !== undefined)
    return endpointOf !== source.principal().account && !source.known.accounts?.has(endpointOf);
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
