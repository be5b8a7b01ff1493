/**
 * Scans: the values of a record's hot fields, found in its JSON text without parsing it.
 * Pure. Nearly all records end here: no rule is about them, and nobody asks for more.
 */
import type { Json } from "./json.ts";
import { openScanner, type Scanner } from "./scanner.ts";

/** What rules ask of records they know nothing about, and what a record is opened by. CloudTrail writes them as scalars. */
export const SCANNED_PATHS = [
  "eventName",
  "eventSource",
  "eventType",
  "eventCategory",
  "errorCode",
  "errorMessage",
  "awsRegion",
  "sourceIPAddress",
  "userAgent",
  "readOnly",
  "managementEvent",
  "recipientAccountId",
  "sessionCredentialFromConsole",
  "vpcEndpointId",
  "userIdentity.type",
  "userIdentity.invokedBy",
  "userIdentity.userName",
  "userIdentity.arn",
  "userIdentity.principalId",
  "userIdentity.accountId",
  "userIdentity.accessKeyId",
  "userIdentity.inScopeOf.issuerType",
  "userIdentity.sessionContext.ec2RoleDelivery",
  "userIdentity.sessionContext.attributes.ec2RoleDelivery",
  "userIdentity.sessionContext.attributes.mfaAuthenticated",
  "userIdentity.sessionContext.sessionIssuer.type",
  "userIdentity.sessionContext.sessionIssuer.userName",
  "userIdentity.sessionContext.sessionIssuer.arn",
  "userIdentity.sessionContext.sessionIssuer.accountId",
  "userIdentity.sessionContext.webIdFederationData.federatedProvider",
  "requestParameters.omitted",
  "requestParameters.serialNumber",
  "responseElements.errorCode",
] as const;
export type ScannedPath = (typeof SCANNED_PATHS)[number];
/** Each record has its own. */
const UNIQUE_PATHS = ["eventID", "eventTime"] as const;

/** What was found in one text. */
export interface Scan {
  /** By place in SCANNED_PATHS: 0 when the field is absent or null, else which value it has; the same number is the same value. */
  readonly ids: readonly number[];
  /** The numbers mean something as long as this is `generationNow()`: a sender can make up any number of values. */
  readonly generation: number;
  /** Where the strings are in the text, with their quotes; undefined when they are not there. */
  readonly eventID: Span | undefined;
  readonly eventTime: Span | undefined;
}
type Span = readonly [from: number, to: number];
