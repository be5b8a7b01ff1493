/**
 * Scans: the values of a record's hot fields, found in its JSON text without parsing it.
 * Pure. Nearly all records end here: no rule is about them, and nobody asks for more.
 */
import type { Json } from "./json.ts";
import { openScanner, type Scanner, UNPLACED } from "./scanner.ts";

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
  "vpcEndpointAccountId",
  "userIdentity.type",
  "userIdentity.invokedBy",
  "userIdentity.userName",
  "userIdentity.arn",
  "userIdentity.principalId",
  "userIdentity.accountId",
  "userIdentity.accessKeyId",
  "userIdentity.identityProvider",
  "userIdentity.credentialId",
  "userIdentity.onBehalfOf.userId",
  "userIdentity.onBehalfOf.identityStoreArn",
  "userIdentity.inScopeOf.issuerType",
  "userIdentity.sessionContext.sourceIdentity",
  "userIdentity.sessionContext.assumedRoot",
  "userIdentity.sessionContext.ec2RoleDelivery",
  "userIdentity.sessionContext.attributes.ec2RoleDelivery",
  "userIdentity.sessionContext.attributes.mfaAuthenticated",
  "userIdentity.sessionContext.attributes.creationDate",
  "userIdentity.sessionContext.sessionIssuer.type",
  "userIdentity.sessionContext.sessionIssuer.userName",
  "userIdentity.sessionContext.sessionIssuer.arn",
  "userIdentity.sessionContext.sessionIssuer.principalId",
  "userIdentity.sessionContext.sessionIssuer.accountId",
  "userIdentity.sessionContext.webIdFederationData.federatedProvider",
  "requestParameters.omitted",
  "requestParameters.serialNumber",
  // What rules about calls of every minute read.
  "requestParameters.roleArn",
  "requestParameters.externalId",
  "requestParameters.secretId",
  "requestParameters.name",
  "requestParameters.path",
  "requestParameters.withDecryption",
  "requestParameters.bucketName",
  "responseElements.errorCode",
  // An object, where it is a notification of S3's: that is no record, and is not scanned.
  "s3",
] as const;
export type ScannedPath = (typeof SCANNED_PATHS)[number];
/** Each record has its own. */
const UNIQUE_PATHS = ["eventID", "eventTime"] as const;

/** What was found in one text. */
export interface Scan {
  /** Where its numbers stand among those of other texts, from `from`: one for each of SCANNED_PATHS. */
  readonly numbers: Uint16Array;
  readonly from: number;
  /** A sender can make up any number of values: when there are too many, all numbers lose their meaning. */
  readonly generation: number;
  /** Where eventID and eventTime are in the text: see `valueIn`. */
  readonly idFrom: number;
  readonly idTo: number;
  readonly timeFrom: number;
  readonly timeTo: number;
}

/** Texts whose numbers stand together: one allocation for all of them. */
const TOGETHER = 256;

let scanner: Scanner | undefined;
/** The scanner's; numbers of an older one mean nothing any more. */
let generation = 0;
/** By number; those that were asked for. */
let values: (Json | undefined)[] = [];
let numbers = new Uint16Array(0);
let used = 0;

/** @returns undefined when the text has to be parsed before anything can be said of it. */
export function scanOf(text: string): Scan | undefined {
  scanner ??= openScanner(SCANNED_PATHS, UNIQUE_PATHS);
  const isScanned = scanner.scan(text);
  if (scanner.generation !== generation) [generation, values] = [scanner.generation, []];
  if (!isScanned) return undefined;
  if (used === numbers.length) [numbers, used] = [new Uint16Array(TOGETHER * SCANNED_PATHS.length), 0];
  numbers.set(scanner.ids, used);
  const from = used;
  used += SCANNED_PATHS.length;
  const [idFrom = 0, idTo = 0, timeFrom = 0, timeTo = 0] = scanner.places;
  return { numbers, from, generation, idFrom, idTo, timeFrom, timeTo };
}

/** Whether the numbers of a scan still mean what they did. */
export function isFresh(scan: Scan): boolean {
  return scan.generation === generation;
}

/** Place of a path in SCANNED_PATHS; -1 for others. */
export function placeIn(path: string): number {
  return PLACES.get(path) ?? -1;
}
const PLACES: ReadonlyMap<string, number> = new Map(SCANNED_PATHS.map((path, place) => [path, place] as const));

/** The number of a field's value: 0 when the field is absent or null; the same number is the same value. */
export function numberAt({ numbers: all, from }: Scan, place: number): number {
  return all[from + place] ?? 0;
}

/** The value of a field, while the scan is fresh; undefined when it is absent or null. */
export function scannedAt(scan: Scan, place: number): Json | undefined {
  const number = numberAt(scan, place);
  return number === 0 ? undefined : (values[number] ?? decoded(number));
}

function decoded(number: number): Json | undefined {
  const value = scanner?.valueOf(number);
  values[number] = value;
  return value;
}

/**
 * The value at a place of the text that a scan found, in a memory of its own: the text need not be kept for it. Undefined when it is
 * not there.
 *
 * @param otherwise reads it from the parsed text, where the scan could not tell its place.
 */
export function valueIn(
  text: string,
  from: number,
  to: number,
  otherwise: () => Json | undefined,
): Json | undefined {
  if (from === UNPLACED) return otherwise();
  return from === 0 ? undefined : JSON.parse(text.slice(from, to));
}
