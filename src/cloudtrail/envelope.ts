/**
 * Envelopes: the many wrappings in which CloudTrail records reach the queue or lie in files, opened.
 * Pure. Never throws and never loses anything silently: what is no record is rejected with its text and a reason,
 * and its neighbours are still opened.
 * Source: the documentation of CloudTrail, EventBridge, SNS, S3 and CloudWatch Logs for what each of them sends.
 */

import { type Doubt, doubtOfEvent, type EventSource } from "./doubt.ts";
import { isObject, type Json, type JsonObject, objectAt, parseJson, textAt, valueAt } from "./json.ts";
import { type LogFileRef, s3EventOf, s3RecordOf, type Told, trailNoticeOf } from "./notification.ts";
import type { Reason, Rejected } from "./reason.ts";
import { type CloudTrailRecord, parseRecord, RecordError } from "./record.ts";
import { signalsOf } from "./signal.ts";
import { isOwned, messagesOf, packedTextOf } from "./subscription.ts";
import { openEventText, openText } from "./textrecord.ts";

export type { Doubt } from "./doubt.ts";
export type { LogFileRef } from "./notification.ts";
export type { Reason, Rejected } from "./reason.ts";

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
/** S3 names one file in a notification, CloudTrail a few. */
const MAX_LOG_FILES = 1_000;

/**
 * Opens the body of one SQS message.
 *
 * `'{"detail-type":"AWS API Call via CloudTrail","detail":{"eventID":"c2f1…",…}}'`
 *   → `{ records: [{ eventID: "c2f1…", … }], rejected: [], ignored: 0 }`
 * `"CloudTrail validation message."` → `{ records: [], rejected: [], ignored: 1 }`
 *
 * `accounts`: whose log groups vouch for the records in them; nobody's without it.
 */
export function openEnvelope(body: string, accounts: ReadonlySet<string> = new Set()): Opened {
  const limits: Limits = { maxBytes: MAX_BODY_BYTES, nesting: 0, doubt: "no-envelope", accounts };
  const event = eventPart(body, limits);
  return event === undefined ? collect(partsOfText(body, limits), body) : only(event);
}

function only({ record, doubt }: RecordPart): Opened {
  const doubts = doubt === undefined ? SURE : new Map([[record.eventID, doubt]]);
  return { records: [record], doubts, logFiles: NONE, rejected: NONE, ignored: 0 };
}
const SURE: Opened["doubts"] = new Map();
const NONE: readonly never[] = [];

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

interface RecordPart {
  readonly record: CloudTrailRecord;
  readonly doubt: Doubt | undefined;
}

/** One thing found inside an envelope; "ignored" is a notice that carries nothing. */
type Part = RecordPart | LogFileRef | Rejected | "ignored";
type Parts = Generator<Part, void, undefined>;

interface Limits {
  readonly maxBytes: number;
  /** How many envelopes are around this one. */
  readonly nesting: number;
  /** What a bare record has against it here; undefined where we fetched it ourselves. */
  readonly doubt: Doubt | undefined;
  readonly accounts: ReadonlySet<string>;
}

/** A hostile body of half a million nothings must not become as many entries in quarantine. */
function collect(parts: Parts, text: string): Opened {
  const records: CloudTrailRecord[] = [];
  const doubts = new Map<string, Doubt>();
  const logFiles: LogFileRef[] = [];
  const rejected: Rejected[] = [];
  let ignored = 0;
  const refuse = (part: Rejected) => {
    if (rejected.length < MAX_REJECTED) rejected.push(part);
    else rejected[MAX_REJECTED] = { reason: "too-many-rejected", text };
  };
  for (const part of parts) {
    if (part === "ignored") ignored++;
    else if ("record" in part) {
      records.push(part.record);
      if (part.doubt !== undefined) doubts.set(part.record.eventID, part.doubt);
    } else if ("reason" in part) refuse(part);
    else if (logFiles.length < MAX_LOG_FILES) logFiles.push(part);
    else refuse({ reason: "bad-notification", text: JSON.stringify(part) });
  }
  return { records, doubts, logFiles, rejected, ignored };
}

function* partsOfFile(texts: readonly string[], maxBytes: number): Parts {
  for (const text of texts) {
    if (text.trim() === "") continue;
    const record = isWithin(text, maxBytes) ? openText(text) : undefined;
    // Most are a record by themselves, which nobody asks for more than a scan tells.
    if (record !== undefined) yield { record, doubt: undefined };
    else if (isJsonLike(text))
      yield* partsOfText(text, { maxBytes, nesting: 0, doubt: undefined, accounts: new Set() });
    else yield { reason: "not-json", text };
  }
}

function isJsonLike(text: string): boolean {
  return /^[\s\uFEFF]*["[{]/.test(text);
}

/** An event around a record of CloudTrail's, as nearly all bodies are: opened without parsing it. */
function eventPart(text: string, { maxBytes, doubt }: Pick<Limits, "maxBytes" | "doubt">): RecordPart | undefined {
  const told = isWithin(text, maxBytes) ? openEventText(text) : undefined;
  if (told === undefined) return undefined;
  // In a file that we fetched ourselves nobody forged the event around a record.
  return { record: told.record, doubt: doubt && doubtOfEvent(told.event, told.record) };
}

/** A character is at most three bytes: mostly nothing has to be counted. */
function isWithin(text: string, maxBytes: number): boolean {
  return 3 * text.length <= maxBytes || Buffer.byteLength(text) <= maxBytes;
}

function* partsOfText(text: string, limits: Limits): Parts {
  if (!isJsonLike(text)) return yield "ignored";
  const event = limits.nesting > MAX_NESTING ? undefined : eventPart(text, limits);
  if (event !== undefined) return yield event;
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
  if (isRecordLike(value)) return yield recordOr(value, value, limits.doubt);
  if (textAt(value, "detail-type") !== undefined) return yield* partsOfEvent(value, limits);
  const told = s3RecordOf(value) ?? trailNoticeOf(value);
  if (told !== undefined) return yield* filesOf(told);
  const held = heldBy(value);
  if (typeof held === "string") return yield* partsOfText(held, inside);
  if (held !== undefined) return yield* partsOfValue(held, inside);
  yield* partsOfSubscription(value, inside);
}

function* filesOf(told: Exclude<Told, undefined>): Parts {
  if (told === "ignored") yield told;
  else yield* told;
}

function* partsOfSubscription(value: JsonObject, inside: Limits): Parts {
  const packed = packedTextOf(value);
  if (packed === "bad-gzip") return yield refuse("bad-gzip", value);
  if (packed !== undefined) return yield* partsOfText(packed.text, { ...inside, maxBytes: Number.POSITIVE_INFINITY });
  const messages = messagesOf(value);
  if (messages === undefined) return yield isNotice(value) ? "ignored" : refuse(reasonFor(value), value);
  for (const message of messages)
    for (const part of partsOfText(message, inside)) yield isOwned(value, inside.accounts) ? vouchedFor(part) : part;
}

/** CloudTrail writes bare records into a log group: an event among them has to fit its record as anywhere else. */
function vouchedFor(part: Part): Part {
  return part !== "ignored" && "record" in part && part.doubt === "no-envelope" ? { ...part, doubt: undefined } : part;
}

/** S3's notifications carry eventName and eventVersion too, and an `s3` that no record of CloudTrail has. */
function isRecordLike(value: JsonObject): boolean {
  if (objectAt(value, "s3") !== undefined) return false;
  return ["eventName", "eventID", "eventId"].some((key) => textAt(value, key) !== undefined);
}

function recordOr(
  value: unknown,
  whole: JsonObject,
  doubt: Doubt | undefined | ((record: CloudTrailRecord) => Doubt | undefined),
): Part {
  try {
    const record = parseRecord(value);
    return { record, doubt: typeof doubt === "function" ? doubt(record) : doubt };
  } catch (error) {
    if (error instanceof RecordError) return refuse("not-a-record", whole);
    throw error;
  }
}

/** An EventBridge event. The detail decides, not its detail-type, of which AWS has several spellings. */
function* partsOfEvent(event: JsonObject, { doubt }: Limits): Parts {
  const detail = objectAt(event, "detail");
  const type = textAt(event, "detail-type") ?? "";
  // In a file that we fetched ourselves nobody forged the event around a record.
  const doubtOf = (record: CloudTrailRecord) =>
    doubt === undefined ? undefined : doubtOfEvent(sourceIn(event), record);
  if (textAt(detail, "eventVersion") !== undefined || type.endsWith(" via CloudTrail"))
    return yield recordOr(detail, event, doubtOf);
  const told = s3EventOf(event);
  if (told !== undefined) return yield* filesOf(told);
  const signals = signalsOf(event);
  if (signals !== undefined) {
    for (const signal of signals) yield recordOr(signal, event, doubtOf);
    return;
  }
  if (textAt(event, "source") === "aws.events" && type === "Scheduled Event") return yield "ignored";
  yield refuse(textAt(event, "source") === "aws.s3" ? "bad-notification" : "other-event", event);
}

function sourceIn(event: JsonObject): EventSource {
  const [source = "", account = "", region = ""] = ["source", "account", "region"].map((key) => textAt(event, key));
  return { source, account, region };
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
  if (objectAt(value, "s3") !== undefined || textAt(value, "s3Bucket") !== undefined) return "bad-notification";
  if (/^(Subscription|Unsubscribe)Confirmation$/.test(textAt(value, "Type") ?? "")) return "sns-confirmation";
  return "not-a-record";
}

/** JSON.stringify cannot overflow here: the text that the value came from passed the depth limit. */
function refuse(reason: Reason, value: unknown): Rejected {
  return { reason, text: JSON.stringify(value) };
}
