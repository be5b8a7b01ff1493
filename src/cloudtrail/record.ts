/**
 * CloudTrail records: what AWS wrote about one call, opened from untrusted JSON.
 * Pure. Nothing here throws on an odd record; only a value that is no record at all is refused.
 * Source: AWS CloudTrail User Guide, "CloudTrail record contents".
 */

export type Json = string | number | boolean | null | JsonObject | readonly Json[];
export interface JsonObject {
  readonly [key: string]: Json;
}

/** The part of `userIdentity` that Trailhound reads; every field may be missing. */
export interface UserIdentity {
  readonly type?: string;
  readonly principalId?: string;
  readonly arn?: string;
  readonly accountId?: string;
  readonly accessKeyId?: string;
  readonly userName?: string;
  readonly invokedBy?: string;
  readonly identityProvider?: string;
  readonly credentialId?: string;
  readonly onBehalfOf?: { readonly userId?: string; readonly identityStoreArn?: string };
  readonly sessionContext?: SessionContext;
}

export interface SessionContext {
  readonly sessionIssuer?: SessionIssuer;
  readonly mfaAuthenticated?: boolean;
  readonly creationDate?: string;
  readonly sourceIdentity?: string;
  readonly assumedRoot?: boolean;
}

export interface SessionIssuer {
  readonly type?: string;
  readonly principalId?: string;
  readonly arn?: string;
  readonly accountId?: string;
  readonly userName?: string;
}

/**
 * One record in the form the rest of Trailhound reads. Fields keep AWS's spelling; a field of an
 * unexpected type is absent here and still in `json`, which is the record exactly as it came.
 */
export interface CloudTrailRecord {
  readonly eventID: string;
  /** UTC ISO 8601 as AWS wrote it, e.g. `2026-11-20T10:02:03Z`. */
  readonly eventTime: string;
  readonly eventSource: string;
  readonly eventName: string;
  readonly awsRegion: string;
  /** Where it happened: 12 digits, or "unknown" when the record names no account. */
  readonly recipientAccountId: string;
  readonly eventType?: string;
  readonly sourceIPAddress?: string;
  readonly userAgent?: string;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  readonly readOnly?: boolean;
  readonly userIdentity: UserIdentity;
  readonly requestParameters?: JsonObject;
  readonly responseElements?: JsonObject;
  readonly additionalEventData?: JsonObject;
  readonly json: JsonObject;
}
