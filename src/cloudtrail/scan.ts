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
/** In an event of EventBridge's the record is its `detail`. */
const IN_EVENT = SCANNED_PATHS.map((path) => `detail.${path}`);
/** What EventBridge says of where it came from; and a name that is in no event. */
const AROUND = ["detail-type", "source", "account", "region", "eventId"] as const;
/** What each record has of its own; only where it stands in the text is known. */
export const PLACED_PATHS = [
  "eventID",
  "eventTime",
  "requestParameters",
  "responseElements",
  "additionalEventData",
] as const;
export type PlacedPath = (typeof PLACED_PATHS)[number];

/** What was found in one text. */
export interface Scan {
  /** Where its numbers stand among those of other texts, from `from`: one for each of SCANNED_PATHS. */
  readonly numbers: Uint16Array;
  readonly from: number;
  /** A sender can make up any number of values: when there are too many, all numbers lose their meaning. */
  readonly generation: number;
  /** In the same way where PLACED_PATHS stand in the text, and at last the record: see `textIn`. */
  readonly places: Uint32Array;
  readonly placesFrom: number;
}

/** What EventBridge says of a record; "" for what it does not say. */
export interface EventScan {
  readonly scan: Scan;
  readonly type: string;
  readonly source: string;
  readonly account: string;
  readonly region: string;
}

/** Texts whose numbers stand together: one allocation for all of them. */
const TOGETHER = 256;

/** What the scanner found last of a record. */
interface Found {
  readonly ids: Uint16Array;
  readonly places: Uint32Array;
}

let scanner: Scanner | undefined;
/** Of its ids those of a record by itself, and of one in an event. */
let ofRecord: Found = { ids: new Uint16Array(0), places: new Uint32Array(0) };
let ofDetail = ofRecord;
/** The scanner's; numbers of an older one mean nothing any more. */
let generation = 0;
/** By number; those that were asked for. */
let values: (Json | undefined)[] = [];
let numbers = new Uint16Array(0);
let places = new Uint32Array(0);
let used = TOGETHER;

/** Of a text that is one record. @returns undefined when it has to be parsed before anything can be said of it. */
export function scanOf(text: string): Scan | undefined {
  if (scanned(text) === undefined) return undefined;
  const scan = scanAt(ofRecord);
  // What stands there is the event's.
  scan.places[scan.placesFrom + RECORD_AT] = 0;
  scan.places[scan.placesFrom + RECORD_AT + 1] = text.length;
  return scan;
}

/** Of an event with a record in it. @returns undefined for any other text, and for one that has to be parsed to know. */
export function eventScanOf(text: string): EventScan | undefined {
  const found = scanned(text);
  if (found === undefined || isRecord(found)) return undefined;
  const detailFrom = ofDetail.places[RECORD_AT];
  if (detailFrom === 0 || detailFrom === UNPLACED) return undefined;
  return {
    scan: scanAt(ofDetail),
    type: textAt(AROUND_AT, found),
    source: textAt(AROUND_AT + 1, found),
    account: textAt(AROUND_AT + 2, found),
    region: textAt(AROUND_AT + 3, found),
  };
}
/** Where a record's own place stands among those of one text; each is two numbers. */
const RECORD_AT = 2 * PLACED_PATHS.length;
const PLACES_SIZE = RECORD_AT + 2;
const PLACED_AT: ReadonlyMap<string, number> = new Map(PLACED_PATHS.map((path, place) => [path, 2 * place] as const));
const AROUND_AT = 2 * SCANNED_PATHS.length;
const OTHER_ID_AT = AROUND_AT + AROUND.indexOf("eventId");
const NAME_AT = SCANNED_PATHS.indexOf("eventName");
const S3_AT = SCANNED_PATHS.indexOf("s3");

function scanned(text: string): Scanner | undefined {
  scanner ??= opened();
  const isScanned = scanner.scan(text);
  if (scanner.generation !== generation) [generation, values] = [scanner.generation, []];
  return isScanned ? scanner : undefined;
}

function opened(): Scanner {
  const inEvent = PLACED_PATHS.map((path) => `detail.${path}`);
  const made = openScanner([...SCANNED_PATHS, ...IN_EVENT, ...AROUND], [...PLACED_PATHS, ...inEvent, "detail"]);
  const foundFrom = (id: number, place: number): Found => ({
    ids: made.ids.subarray(id, id + SCANNED_PATHS.length),
    places: made.places.subarray(place, place + PLACES_SIZE),
  });
  ofRecord = foundFrom(0, 0);
  ofDetail = foundFrom(SCANNED_PATHS.length, RECORD_AT);
  return made;
}

/** Named as a record is, whatever else it holds, or as a notification of S3's. */
function isRecord({ ids, places }: Scanner): boolean {
  return ids[NAME_AT] !== 0 || ids[S3_AT] !== 0 || ids[OTHER_ID_AT] !== 0 || places[0] !== 0;
}

/** A copy, since the next text is scanned to the same place. */
function scanAt({ ids, places: found }: Found): Scan {
  if (used === TOGETHER) {
    numbers = new Uint16Array(TOGETHER * SCANNED_PATHS.length);
    places = new Uint32Array(TOGETHER * PLACES_SIZE);
    used = 0;
  }
  const from = used * SCANNED_PATHS.length;
  const placesFrom = used * PLACES_SIZE;
  used++;
  numbers.set(ids, from);
  places.set(found, placesFrom);
  return { numbers, from, generation, places, placesFrom };
}

function textAt(at: number, { ids }: Scanner): string {
  const number = ids[at] ?? 0;
  const value = number === 0 ? "" : (values[number] ?? decoded(number));
  return typeof value === "string" ? value : "";
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

export function isPlacedPath(path: string): path is PlacedPath {
  return PLACED_AT.has(path);
}

/** The JSON text of the record that was scanned, which may be a part of the whole. */
export function recordTextIn(text: string, { places: all, placesFrom }: Scan): string {
  return text.slice(all[placesFrom + RECORD_AT], all[placesFrom + RECORD_AT + 1]);
}

/** The JSON text of a field, "" when it is absent or null; undefined where the scan could not tell its place. */
export function textIn(text: string, { places: all, placesFrom }: Scan, path: PlacedPath): string | undefined {
  const at = placesFrom + (PLACED_AT.get(path) ?? 0);
  const from = all[at] ?? 0;
  return from === UNPLACED ? undefined : text.slice(from, all[at + 1]);
}
