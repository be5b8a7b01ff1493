/**
 * Envelopes: the many wrappings in which CloudTrail records reach the queue or lie in files, opened.
 * Pure. Never throws and never loses anything silently: what is no record is rejected with its text and a reason,
 * and its neighbours are still opened.
 * Source: the documentation of CloudTrail, EventBridge, SNS, S3 and CloudWatch Logs for what each of them sends.
 */
import { isObject, type Json, type JsonObject, objectAt, parseJson, textAt, valueAt } from "./json.ts";
import { type CloudTrailRecord, parseRecord, RecordError } from "./record.ts";

export type Reason =
  /** Begins like JSON and is none: cut off, or damaged. */
  | "broken-json"
  /** More than the allowed bytes. */
  | "too-large"
  /** Brackets nest deeper than 64 levels. */
  | "too-deep"
  /** Envelopes within envelopes, more than 8. */
  | "too-nested"
  /** Text that is no JSON, in a log file; in a queue such text is a notice and is only counted. */
  | "not-json"
  /** JSON that is neither a CloudTrail record nor an envelope known here. */
  | "not-a-record"
  /** S3's notice of a new object, direct or through EventBridge: names a log file, holds no records. */
  | "s3-notification"
  /** CloudTrail's own notice of new log files. */
  | "log-file-notice"
  /** A CloudWatch Logs subscription. */
  | "log-subscription"
  /** An EventBridge event that carries no CloudTrail record, e.g. a GuardDuty finding. */
  | "other-event"
  /** SNS asks to confirm a subscription, or tells of its end. */
  | "sns-confirmation"
  /** More than 100 rejected parts: the rest of them is kept as this one, with the whole text. */
  | "too-many-rejected";

export interface Rejected {
  readonly reason: Reason;
  /** The rejected part, whole. Untrusted. */
  readonly text: string;
}

/** A log file in S3 that a notification names. All of it is the sender's word. */
export interface LogFileRef {
  readonly bucket: string;
  /** As S3 knows it: URL-decoded. */
  readonly key: string;
}

/** Why a record may not have come from CloudTrail: its finding is told as unverified until CloudTrail or IAM confirms it. */
export type Doubt =
  /** It came without the EventBridge event that CloudTrail's records come in. */
  | "no-envelope"
  /** The event names another account than the record in it. */
  | "other-account"
  /** The event names another source or region than the record in it, or a source that is not AWS's. */
  | "other-source"
  /** Its time lies in the future, or longer ago than SQS keeps a message. */
  | "odd-time";

export interface Opened {
  readonly records: readonly CloudTrailRecord[];
  /** By eventID, the records among `records` that their envelope does not vouch for. */
  readonly doubts: ReadonlyMap<string, Doubt>;
  readonly logFiles: readonly LogFileRef[];
  readonly rejected: readonly Rejected[];
  /** Notices that carry nothing: test events, control messages, heartbeats, plain text. */
  readonly ignored: number;
}

/** The most that SQS delivers. */
export const MAX_BODY_BYTES = 2 ** 20;
const MAX_NESTING = 8;
const MAX_REJECTED = 100;

/**
 * Opens the body of one SQS message.
 *
 * `'{"detail-type":"AWS API Call via CloudTrail","detail":{"eventID":"c2f1…",…}}'`
 *   → `{ records: [{ eventID: "c2f1…", … }], rejected: [], ignored: 0 }`
 * `"CloudTrail validation message."` → `{ records: [], rejected: [], ignored: 1 }`
 */
export function openEnvelope(body: string): Opened {
  return collect(partsOfText(body, { maxBytes: MAX_BODY_BYTES, nesting: 0 }), body);
}

/**
 * Opens a log file: one JSON text of any shape that a body may have, or one such text a line (NDJSON).
 * `maxBytes` is what the caller is ready to hold in memory. An empty file is no error; text that is no JSON is.
 */
export function openLogFile(text: string, limits: { readonly maxBytes: number }): Opened {
  const whole = collect(partsOfFile([text], limits.maxBytes), text);
  const why = whole.rejected[0]?.reason;
  if (whole.records.length > 0 || (why !== "broken-json" && why !== "too-deep")) return whole;
  const lines = collect(partsOfFile(text.split("\n"), limits.maxBytes), text);
  // One damaged text spread over many lines gives a record in none: report it as the one thing that it is.
  return lines.records.length > 0 ? lines : whole;
}

/** One thing found inside an envelope; "ignored" is a notice that carries nothing. */
type Part = CloudTrailRecord | Rejected | "ignored";
type Parts = Generator<Part, void, undefined>;

interface Limits {
  readonly maxBytes: number;
  /** How many envelopes are around this one. */
  readonly nesting: number;
}

/** A hostile body of half a million nothings must not become as many entries in quarantine. */
function collect(parts: Parts, text: string): Opened {
  const records: CloudTrailRecord[] = [];
  const rejected: Rejected[] = [];
  let ignored = 0;
  for (const part of parts) {
    if (part === "ignored") ignored++;
    else if ("eventID" in part) records.push(part);
    else if (rejected.length < MAX_REJECTED) rejected.push(part);
    else rejected[MAX_REJECTED] = { reason: "too-many-rejected", text };
  }
  return { records, doubts: new Map(), logFiles: [], rejected, ignored };
}

function* partsOfFile(texts: readonly string[], maxBytes: number): Parts {
  for (const text of texts) {
    if (text.trim() === "") continue;
    if (isJsonLike(text)) yield* partsOfText(text, { maxBytes, nesting: 0 });
    else yield { reason: "not-json", text };
  }
}

function isJsonLike(text: string): boolean {
  return /^[\s\uFEFF]*["[{]/.test(text);
}

function* partsOfText(text: string, limits: Limits): Parts {
  if (!isJsonLike(text)) return yield "ignored";
  const parsed = parseJson(text.replace(/^\uFEFF/, ""), limits.maxBytes);
  if (parsed.kind === "value") yield* partsOfValue(parsed.value, limits);
  else yield { reason: parsed.why, text };
}

function* partsOfValue(value: unknown, limits: Limits): Parts {
  if (limits.nesting > MAX_NESTING) return yield refuse("too-nested", value);
  const inside = { ...limits, nesting: limits.nesting + 1 };
  if (Array.isArray(value)) {
    for (const item of value) yield* partsOfValue(item, inside);
    return;
  }
  if (!isObject(value)) return yield refuse("not-a-record", value);
  if (isRecordLike(value)) return yield recordOr(value, value);
  if (textAt(value, "detail-type") !== undefined) return yield partOfEvent(value);
  const held = heldBy(value);
  if (typeof held === "string") yield* partsOfText(held, inside);
  else if (held !== undefined) yield* partsOfValue(held, inside);
  else yield isNotice(value) ? "ignored" : refuse(reasonFor(value), value);
}

/** S3's notifications carry eventName and eventVersion too, and an `s3` that no record of CloudTrail has. */
function isRecordLike(value: JsonObject): boolean {
  if (objectAt(value, "s3") !== undefined) return false;
  return ["eventName", "eventID", "eventId"].some((key) => textAt(value, key) !== undefined);
}

function recordOr(record: unknown, whole: JsonObject): Part {
  try {
    return parseRecord(record);
  } catch (error) {
    if (error instanceof RecordError) return refuse("not-a-record", whole);
    throw error;
  }
}

/** An EventBridge event. The detail decides, not its detail-type, of which AWS has several spellings. */
function partOfEvent(event: JsonObject): Part {
  const detail = objectAt(event, "detail");
  const type = textAt(event, "detail-type") ?? "";
  const source = textAt(event, "source");
  if (textAt(detail, "eventVersion") !== undefined || type.endsWith(" via CloudTrail")) return recordOr(detail, event);
  if (source === "aws.events" && type === "Scheduled Event") return "ignored";
  return refuse(source === "aws.s3" ? "s3-notification" : "other-event", event);
}

/** What an envelope holds: an SNS message's text, a log file's records, LookupEvents' items or the text of one. */
function heldBy(value: JsonObject): string | readonly Json[] | undefined {
  const text = textAt(value, "Type") === "Notification" ? textAt(value, "Message") : textAt(value, "CloudTrailEvent");
  return text ?? [valueAt(value, "Records"), valueAt(value, "Events")].find(isList);
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function isNotice(value: JsonObject): boolean {
  return textAt(value, "Event") === "s3:TestEvent" || textAt(value, "messageType") === "CONTROL_MESSAGE";
}

function reasonFor(value: JsonObject): Reason {
  if (objectAt(value, "s3") !== undefined) return "s3-notification";
  if (textAt(value, "s3Bucket") !== undefined) return "log-file-notice";
  if (textAt(value, "messageType") === "DATA_MESSAGE" || objectAt(value, "awslogs")) return "log-subscription";
  if (/^(Subscription|Unsubscribe)Confirmation$/.test(textAt(value, "Type") ?? "")) return "sns-confirmation";
  return "not-a-record";
}

/** JSON.stringify cannot overflow here: the text that the value came from passed the depth limit. */
function refuse(reason: Reason, value: unknown): Rejected {
  return { reason, text: JSON.stringify(value) };
}
