/**
 * CloudTrail records: what AWS wrote about one call, opened from untrusted JSON.
 * Pure. Nothing here throws on an odd record; only a value that is no record at all is refused.
 * Source: AWS CloudTrail User Guide, "CloudTrail record contents".
 */
import { createHash } from "node:crypto";
import { flagAt, isDeeper, isObject, type Json, type JsonObject, MAX_DEPTH, objectAt, textAt } from "./json.ts";

export type { Json, JsonObject } from "./json.ts";

/** The part of `userIdentity` that Trailhound reads; every field may be missing, none is empty. All untrusted. */
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
  const eventName = textAt(value, "eventName");
  const eventID = textAt(value, "eventID") ?? textAt(value, "eventId");
  if (eventName === undefined && eventID === undefined)
    throw new RecordError("record has neither eventName nor eventID");
  const userIdentity = identityOf(value);
  return present<CloudTrailRecord>({
    eventID: eventID !== undefined && EVENT_ID.test(eventID) ? eventID : contentId(value),
    eventTime: timeOf(textAt(value, "eventTime") ?? textAt(value, "timeWindow.windowStart")),
    eventSource: textAt(value, "eventSource") ?? "",
    eventName: eventName ?? "",
    awsRegion: textAt(value, "awsRegion") ?? "",
    recipientAccountId:
      [textAt(value, "recipientAccountId"), textAt(value, "accountId"), userIdentity.accountId].find(isAccountId) ??
      "unknown",
    eventType: textAt(value, "eventType"),
    sourceIPAddress: textAt(value, "sourceIPAddress"),
    userAgent: textAt(value, "userAgent"),
    errorCode: textAt(value, "errorCode"),
    errorMessage: textAt(value, "errorMessage"),
    readOnly: flagAt(value, "readOnly"),
    userIdentity,
    requestParameters: objectAt(value, "requestParameters"),
    responseElements: objectAt(value, "responseElements"),
    additionalEventData: objectAt(value, "additionalEventData"),
    json: value,
  });
}

/**
 * What was called: `"iam:CreateAccessKey"`. Untrusted text.
 * A missing part reads "unknown": an Insight of CloudTrail's is `"unknown:unknown"`.
 */
export function actionOf(record: CloudTrailRecord): string {
  return `${serviceOf(record) || "unknown"}:${record.eventName || "unknown"}`;
}

/** `"iam"` of `iam.amazonaws.com`; "" when the record names no source. Untrusted text. */
export function serviceOf(record: CloudTrailRecord): string {
  return record.eventSource.replace(/\.amazonaws\.com$/, "");
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
  const answers = [record.responseElements, objectAt(record.json, "serviceEventDetails")];
  return answers.some((answer) => textAt(answer, record.eventName) === "Failure") ? "failure" : "success";
}

/** The error the service answered with, e.g. `"AccessDenied"`; undefined when the call succeeded. */
export function errorCodeOf(record: CloudTrailRecord): string | undefined {
  return record.errorCode ?? textAt(record.responseElements, "errorCode");
}

/** Whether a second factor was used: sign-ins say it of the call, other calls of the session. Undefined: not recorded. */
export function mfaOf(record: CloudTrailRecord): boolean | undefined {
  const used = textAt(record.additionalEventData, "MFAUsed")?.toLowerCase();
  return used === "yes" || used === "no" ? used === "yes" : record.userIdentity.sessionContext?.mfaAuthenticated;
}

/** Twelve digits. */
export function isAccountId(text: string | undefined): text is string {
  return text !== undefined && /^\d{12}$/.test(text);
}

const EVENT_ID = /^[\w.:-]{1,128}$/;
const TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d{1,9})?Z?$/;

/** AWS's own form is kept; the forms of exports (`2026-11-20 10:02:03.000`, also UTC) are brought into it. */
function timeOf(text: string | undefined): string {
  const [, day, clock, fraction = ""] = TIME.exec(text ?? "") ?? [];
  const time = `${day}T${clock}${fraction.slice(0, 4)}Z`;
  return Number.isNaN(Date.parse(time)) ? UNKNOWN_TIME : time;
}

/** The same content gives the same id, in whatever order its keys came. */
function contentId(record: JsonObject): string {
  const sorted = (_key: string, value: Json) =>
    isObject(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;
  return `ev_${createHash("sha256").update(JSON.stringify(record, sorted)).digest("hex").slice(0, 32)}`;
}

function identityOf(record: JsonObject): UserIdentity {
  const from = objectAt(record, "userIdentity");
  const onBehalfOf = objectAt(from, "onBehalfOf");
  const session = objectAt(from, "sessionContext");
  return present<UserIdentity>({
    type: textAt(from, "type"),
    principalId: textAt(from, "principalId"),
    arn: textAt(from, "arn"),
    accountId: textAt(from, "accountId"),
    accessKeyId: textAt(from, "accessKeyId"),
    userName: textAt(from, "userName"),
    invokedBy: textAt(from, "invokedBy"),
    identityProvider: textAt(from, "identityProvider"),
    credentialId: textAt(from, "credentialId"),
    onBehalfOf:
      onBehalfOf &&
      present({ userId: textAt(onBehalfOf, "userId"), identityStoreArn: textAt(onBehalfOf, "identityStoreArn") }),
    sessionContext: session && sessionOf(session),
  });
}

function sessionOf(from: JsonObject): SessionContext {
  const issuer = objectAt(from, "sessionIssuer");
  return present<SessionContext>({
    sessionIssuer:
      issuer &&
      present<SessionIssuer>({
        type: textAt(issuer, "type"),
        principalId: textAt(issuer, "principalId"),
        arn: textAt(issuer, "arn"),
        accountId: textAt(issuer, "accountId"),
        userName: textAt(issuer, "userName"),
      }),
    mfaAuthenticated: flagAt(from, "attributes.mfaAuthenticated"),
    creationDate: textAt(from, "attributes.creationDate"),
    sourceIdentity: textAt(from, "sourceIdentity"),
    assumedRoot: flagAt(from, "assumedRoot"),
  });
}

/** A frozen object without the fields that are undefined: absent means absent. */
function present<T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): T {
  const kept: Partial<T> = {};
  for (const key in fields) if (fields[key] !== undefined) kept[key] = fields[key];
  return Object.freeze(kept) as T;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "an array" : typeof value;
}
