/**
 * User identity: who signed a call, as CloudTrail names it, opened from untrusted JSON.
 * Pure. Nothing here throws. None of the names stands on Object.prototype: what is read is the record's own.
 * Source: AWS CloudTrail User Guide, "CloudTrail userIdentity element".
 */
import { flagOf, type Json, type JsonObject, objectOf, textOf } from "./json.ts";

/** The part of `userIdentity` that Trailhound reads; every field may be missing, none is empty. All untrusted. */
export interface UserIdentity {
  readonly type?: string | undefined;
  readonly principalId?: string | undefined;
  readonly arn?: string | undefined;
  readonly accountId?: string | undefined;
  readonly accessKeyId?: string | undefined;
  readonly userName?: string | undefined;
  readonly invokedBy?: string | undefined;
  readonly identityProvider?: string | undefined;
  readonly credentialId?: string | undefined;
  readonly onBehalfOf?: OnBehalfOf | undefined;
  readonly sessionContext?: SessionContext | undefined;
}

export interface OnBehalfOf {
  readonly userId?: string | undefined;
  readonly identityStoreArn?: string | undefined;
}

export interface SessionContext {
  readonly sessionIssuer?: SessionIssuer | undefined;
  readonly mfaAuthenticated?: boolean | undefined;
  readonly creationDate?: string | undefined;
  readonly sourceIdentity?: string | undefined;
  readonly assumedRoot?: boolean | undefined;
}

export interface SessionIssuer {
  readonly type?: string | undefined;
  readonly principalId?: string | undefined;
  readonly arn?: string | undefined;
  readonly accountId?: string | undefined;
  readonly userName?: string | undefined;
}

/** The fields of a record's `userIdentity` as they stand there, wherever they were read. */
export interface RawIdentity {
  readonly type: Json | undefined;
  readonly principalId: Json | undefined;
  readonly arn: Json | undefined;
  readonly accountId: Json | undefined;
  readonly accessKeyId: Json | undefined;
  readonly userName: Json | undefined;
  readonly invokedBy: Json | undefined;
  readonly identityProvider: Json | undefined;
  readonly credentialId: Json | undefined;
  readonly userId: Json | undefined;
  readonly identityStoreArn: Json | undefined;
  readonly issuerType: Json | undefined;
  readonly issuerPrincipalId: Json | undefined;
  readonly issuerArn: Json | undefined;
  readonly issuerAccountId: Json | undefined;
  readonly issuerUserName: Json | undefined;
  readonly mfaAuthenticated: Json | undefined;
  readonly creationDate: Json | undefined;
  readonly sourceIdentity: Json | undefined;
  readonly assumedRoot: Json | undefined;
}

/** Of a record's `userIdentity`; all absent where there is none. */
export function rawIdentityIn(from: JsonObject | undefined): RawIdentity {
  const behalf = objectOf(from?.["onBehalfOf"]);
  const session = objectOf(from?.["sessionContext"]);
  const issuer = objectOf(session?.["sessionIssuer"]);
  const attributes = objectOf(session?.["attributes"]);
  return {
    type: from?.["type"],
    principalId: from?.["principalId"],
    arn: from?.["arn"],
    accountId: from?.["accountId"],
    accessKeyId: from?.["accessKeyId"],
    userName: from?.["userName"],
    invokedBy: from?.["invokedBy"],
    identityProvider: from?.["identityProvider"],
    credentialId: from?.["credentialId"],
    userId: behalf?.["userId"],
    identityStoreArn: behalf?.["identityStoreArn"],
    issuerType: issuer?.["type"],
    issuerPrincipalId: issuer?.["principalId"],
    issuerArn: issuer?.["arn"],
    issuerAccountId: issuer?.["accountId"],
    issuerUserName: issuer?.["userName"],
    mfaAuthenticated: attributes?.["mfaAuthenticated"],
    creationDate: attributes?.["creationDate"],
    sourceIdentity: session?.["sourceIdentity"],
    assumedRoot: session?.["assumedRoot"],
  };
}

/** In normal form. All fields are there, absent ones as undefined: objects of one shape are read faster. */
export function identityOf(raw: RawIdentity): UserIdentity {
  return {
    type: textOf(raw.type),
    principalId: textOf(raw.principalId),
    arn: textOf(raw.arn),
    accountId: textOf(raw.accountId),
    accessKeyId: textOf(raw.accessKeyId),
    userName: textOf(raw.userName),
    invokedBy: textOf(raw.invokedBy),
    identityProvider: textOf(raw.identityProvider),
    credentialId: textOf(raw.credentialId),
    onBehalfOf: behalfOf(raw),
    sessionContext: sessionOf(raw),
  };
}

function behalfOf(raw: RawIdentity): OnBehalfOf | undefined {
  const userId = textOf(raw.userId);
  const identityStoreArn = textOf(raw.identityStoreArn);
  return userId === undefined && identityStoreArn === undefined ? undefined : { userId, identityStoreArn };
}

function sessionOf(raw: RawIdentity): SessionContext | undefined {
  const sessionIssuer = issuerOf(raw);
  const mfaAuthenticated = flagOf(raw.mfaAuthenticated);
  const creationDate = textOf(raw.creationDate);
  const sourceIdentity = textOf(raw.sourceIdentity);
  const assumedRoot = flagOf(raw.assumedRoot);
  const isThere =
    sessionIssuer !== undefined ||
    mfaAuthenticated !== undefined ||
    creationDate !== undefined ||
    sourceIdentity !== undefined ||
    assumedRoot !== undefined;
  return isThere ? { sessionIssuer, mfaAuthenticated, creationDate, sourceIdentity, assumedRoot } : undefined;
}

function issuerOf(raw: RawIdentity): SessionIssuer | undefined {
  const type = textOf(raw.issuerType);
  const principalId = textOf(raw.issuerPrincipalId);
  const arn = textOf(raw.issuerArn);
  const accountId = textOf(raw.issuerAccountId);
  const userName = textOf(raw.issuerUserName);
  const isThere =
    type !== undefined ||
    principalId !== undefined ||
    arn !== undefined ||
    accountId !== undefined ||
    userName !== undefined;
  return isThere ? { type, principalId, arn, accountId, userName } : undefined;
}
