/**
 * CloudTrail records: what AWS wrote about one call, opened from untrusted JSON.
 * Pure. Nothing here throws on an odd record; only a value that is no record at all is refused.
 * Source: AWS CloudTrail User Guide, "CloudTrail record contents".
 */
import { createHash } from "node:crypto";
import {
  flagOf,
  isDeeper,
  isObject,
  type Json,
  type JsonObject,
  MAX_DEPTH,
  objectOf,
  ownValue,
  textAt,
  textOf,
  valueAt,
} from "./json.ts";
import { memoOf } from "./memo.ts";
import { isFresh, placeIn, type Scan, type ScannedPath, scannedAt } from "./scan.ts";
import { identityOf, rawIdentityIn, type UserIdentity } from "./useridentity.ts";

export type { Json, JsonObject } from "./json.ts";
export type { SessionContext, SessionIssuer, UserIdentity } from "./useridentity.ts";

/**
 * One record in the form the rest of Trailhound reads. Fields keep AWS's spelling; a field of an
 * unexpected type, or an empty one, is absent here and still in `json`, which is the record exactly as it came.
 * `eventID`, `eventTime` and `recipientAccountId` are safe by form; every other string is untrusted.
 */
export interface CloudTrailRecord {
  /** AWS's id (up to 128 letters, digits and `_.:-`), else `ev_` + 32 hex digits of the content's sha256. */
  readonly eventID: string;
  /** UTC ISO 8601 as AWS wrote it, e.g. `2026-11-20T10:02:03Z`; UNKNOWN_TIME when the record has no readable time. */
  readonly eventTime: string;
  /** `iam.amazonaws.com`; "" when the record names none. */
  readonly eventSource: string;
  /** `CreateUser`; "" for records that name no call, such as Insights. */
  readonly eventName: string;
  /** `eu-west-1`; "" when the record names none. */
  readonly awsRegion: string;
  /** Where it happened: 12 digits, or "unknown" when the record names no account. */
  readonly recipientAccountId: string;
  readonly eventType?: string | undefined;
  readonly sourceIPAddress?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly errorCode?: string | undefined;
  readonly errorMessage?: string | undefined;
  readonly readOnly?: boolean | undefined;
  readonly userIdentity: UserIdentity;
  readonly requestParameters?: JsonObject | undefined;
  readonly responseElements?: JsonObject | undefined;
  readonly additionalEventData?: JsonObject | undefined;
  readonly json: JsonObject;
  /** A field of `json`, without parsing the others for it, absent where all was parsed from the start: see `fieldIn`. */
  readonly field?: ((name: string) => Json | undefined) | undefined;
  /** Values that are known without asking `json`, which is parsed when first asked for; absent where it was parsed from the start. */
  readonly scan?: Scan | undefined;
}

/** The eventTime of a record without a readable one, so that an eventTime always parses. */
export const UNKNOWN_TIME = "1970-01-01T00:00:00Z";

/** A value that is no CloudTrail record; the message says why. */
export class RecordError extends Error {
  override name = "RecordError";
}

/**
 * Opens one record.
 *
 * `{ eventID: "c2f1…", eventName: "CreateUser", eventTime: "2026-11-20T10:02:03Z", … }` → the same, in normal form
 *
 * An aggregated record's `eventId`, `accountId` and `timeWindow.windowStart` stand in for eventID,
 * recipientAccountId and eventTime; a missing recipientAccountId is taken from `userIdentity.accountId`.
 *
 * @throws RecordError when the value is no JSON object, nests deeper than MAX_DEPTH, or has neither eventName nor eventID.
 */
export function parseRecord(value: unknown): CloudTrailRecord {
  if (!isObject(value)) throw new RecordError(`a record is a JSON object, not ${kindOf(value)}`);
  if (isDeeper(value, MAX_DEPTH)) throw new RecordError(`record nests deeper than ${MAX_DEPTH} levels`);
  const eventName = textOf(value["eventName"]);
  if (eventName === undefined && eventIDIn(value) === undefined)
    throw new RecordError("record has neither eventName nor eventID");
  const userIdentity = identityOf(rawIdentityIn(objectOf(value["userIdentity"])));
  // All fields are there, absent ones as undefined: records of one shape are read faster.
  return {
    eventID: safeIDOf(value),
    eventTime: safeTimeOf(value),
    eventSource: textOf(value["eventSource"]) ?? "",
    eventName: eventName ?? "",
    awsRegion: textOf(value["awsRegion"]) ?? "",
    recipientAccountId: safeAccountOf(value, userIdentity),
    eventType: textOf(value["eventType"]),
    sourceIPAddress: textOf(value["sourceIPAddress"]),
    userAgent: textOf(value["userAgent"]),
    errorCode: textOf(value["errorCode"]),
    errorMessage: textOf(value["errorMessage"]),
    readOnly: flagOf(value["readOnly"]),
    userIdentity,
    requestParameters: objectOf(value["requestParameters"]),
    responseElements: objectOf(value["responseElements"]),
    additionalEventData: objectOf(value["additionalEventData"]),
    json: value,
    field: undefined,
    scan: undefined,
  };
}

/**
 * What was called: `"iam:CreateAccessKey"`. Untrusted text.
 * A missing part reads "unknown": an Insight of CloudTrail's is `"unknown:unknown"`.
 */
export function actionOf(record: CloudTrailRecord): string {
  const { eventName, eventSource } = record;
  const known = ACTIONS.get(eventName);
  if (known?.eventSource === eventSource) return known.action;
  const action = `${serviceOf(record) || "unknown"}:${eventName || "unknown"}`;
  // A sender may write names of any length: those of AWS are short.
  if (known === undefined && eventName.length + eventSource.length <= LONGEST_CALL)
    ACTIONS.add(eventName, { eventSource, action });
  return action;
}

/** By eventName: few are called most, and mostly of one service. The same text again is compared at a glance. */
const ACTIONS = memoOf<string, { readonly eventSource: string; readonly action: string }>(2_000);
const LONGEST_CALL = 256;

/** `"iam"` of `iam.amazonaws.com`; "" when the record names no source. Untrusted text. */
export function serviceOf(record: CloudTrailRecord): string {
  const { eventSource } = record;
  return eventSource.endsWith(SERVICE_DOMAIN) ? eventSource.slice(0, -SERVICE_DOMAIN.length) : eventSource;
}

/**
 * Whether the call did what it asked for. A failed sign-in carries no errorCode, only an errorMessage
 * (`Failed authentication`) and `responseElements.ConsoleLogin: "Failure"`; its siblings (CheckMfa,
 * CredentialVerification …) answer under their own name. Some services put errorCode into responseElements.
 */
export function outcomeOf(record: CloudTrailRecord): "success" | "failure" {
  if (errorCodeOf(record) !== undefined) return "failure";
  if (record.eventSource !== "signin.amazonaws.com" && record.eventName !== "ConsoleLogin") return "success";
  if (record.errorMessage !== undefined) return "failure";
  const answer =
    textAt(record.responseElements, record.eventName) ??
    textAt(fieldIn(record, "serviceEventDetails"), record.eventName);
  return answer === "Failure" ? "failure" : "success";
}

/** The error the service answered with, e.g. `"AccessDenied"`; undefined when the call succeeded. */
export function errorCodeOf(record: CloudTrailRecord): string | undefined {
  return record.errorCode ?? textOf(scalarAt(record, "responseElements.errorCode"));
}

/** A field of the record's JSON, without parsing the others for it where that is possible. Undefined: absent or null. */
export function fieldIn(record: Pick<CloudTrailRecord, "json" | "field">, name: string): Json | undefined {
  return (record.field === undefined ? ownValue(record.json, name) : record.field(name)) ?? undefined;
}

/** The value at a path, without parsing the record for it where that is possible. Undefined: absent or null. */
export function scalarAt(record: Pick<CloudTrailRecord, "json" | "scan">, path: ScannedPath): Json | undefined {
  const { scan } = record;
  if (scan !== undefined && isFresh(scan)) return scannedAt(scan, placeIn(path));
  return valueAt(record.json, path) ?? undefined;
}

/** eventTime in ms since 1970. */
export function timeOf({ eventTime }: Pick<CloudTrailRecord, "eventTime">): number {
  // Date.parse takes ten times as long, and AWS writes this form.
  if (eventTime.length !== PLAIN_LENGTH || eventTime < "1") return Date.parse(eventTime);
  const at = (from: number): number => 10 * (eventTime.charCodeAt(from) - 48) + eventTime.charCodeAt(from + 1) - 48;
  return Date.UTC(100 * at(0) + at(2), at(5) - 1, at(8), at(11), at(14), at(17));
}

/** Whether a second factor was used: sign-ins say it of the call, other calls of the session. Undefined: not recorded. */
export function mfaOf(record: CloudTrailRecord): boolean | undefined {
  const used = textAt(record.additionalEventData, "MFAUsed")?.toLowerCase();
  return used === "yes" || used === "no" ? used === "yes" : record.userIdentity.sessionContext?.mfaAuthenticated;
}

/** Twelve digits. */
export function isAccountId(text: string | undefined): text is string {
  if (text?.length !== 12) return false;
  // Every record is asked several times: a regular expression takes three times as long.
  for (let at = 0; at < 12; at++) {
    const code = text.charCodeAt(at);
    if (code < 48 || code > 57) return false;
  }
  return true;
}

const SERVICE_DOMAIN = ".amazonaws.com";
const EVENT_ID = /^[\w.:-]{1,128}$/;
const TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d{1,9})?Z?$/;

/** What AWS writes on nearly every day of the year; sure to be a time, without asking Date.parse. */
const PLAIN_LENGTH = UNKNOWN_TIME.length;
const PLAIN_TIME = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;

/** Whether an eventTime is as AWS writes it. */
export function isPlainTime(text: string | undefined): text is string {
  return text !== undefined && PLAIN_TIME.test(text);
}

/** AWS's own form is kept; the forms of exports (`2026-11-20 10:02:03.000`, also UTC) are brought into it. */
export function safeTimeOf(value: JsonObject): string {
  const text = textOf(value["eventTime"]) ?? textAt(value, "timeWindow.windowStart");
  if (isPlainTime(text)) return text;
  const [, day, clock, fraction = ""] = TIME.exec(text ?? "") ?? [];
  const time = `${day}T${clock}${fraction.slice(0, 4)}Z`;
  return Number.isNaN(Date.parse(time)) ? UNKNOWN_TIME : time;
}

export function safeAccountOf(value: JsonObject, { accountId }: UserIdentity): string {
  const recipient = textOf(value["recipientAccountId"]);
  if (isAccountId(recipient)) return recipient;
  return [textOf(value["accountId"]), accountId].find(isAccountId) ?? "unknown";
}

export function isEventID(text: string | undefined): text is string {
  return text !== undefined && EVENT_ID.test(text);
}

export function safeIDOf(value: JsonObject): string {
  const eventID = eventIDIn(value);
  return isEventID(eventID) ? eventID : contentId(value);
}

function eventIDIn(value: JsonObject): string | undefined {
  return textOf(value["eventID"]) ?? textOf(value["eventId"]);
}

/** The same content gives the same id, in whatever order its keys came. */
function contentId(record: JsonObject): string {
  const sorted = (_key: string, value: Json) =>
    isObject(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;
  return `ev_${createHash("sha256").update(JSON.stringify(record, sorted)).digest("hex").slice(0, 32)}`;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "an array" : typeof value;
}
