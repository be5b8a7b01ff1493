/**
 * Notifications: what S3 and CloudTrail say about new objects → the log files they name.
 * Pure. All of it is the sender's word: which bucket may be read is decided where it is fetched.
 * Source: Amazon S3 User Guide, "Event message structure" and "EventBridge event message structure"; AWS CloudTrail User
 * Guide, "Configuring Amazon SNS notifications for CloudTrail".
 */
import { type Json, type JsonObject, objectAt, textAt, valueAt } from "./json.ts";

/** A log file in S3 that a notification names. */
export interface LogFileRef {
  readonly bucket: string;
  /** As S3 knows it: URL-decoded. */
  readonly key: string;
}

/** What a notification tells: new files, nothing of interest ("ignored"), or undefined when it is no notification of this kind. */
export type Told = readonly LogFileRef[] | "ignored" | undefined;

/** One of S3's own `Records`: its key is URL-encoded, with `+` for a space. */
export function s3RecordOf(value: JsonObject): Told {
  const bucket = textAt(value, "s3.bucket.name");
  const key = textAt(value, "s3.object.key");
  if (objectAt(value, "s3") === undefined || bucket === undefined || key === undefined) return undefined;
  if (!(textAt(value, "eventName") ?? "").startsWith("ObjectCreated:")) return "ignored";
  return [{ bucket, key: decoded(key) }];
}

/** S3's event through EventBridge: its key is not encoded. */
export function s3EventOf(event: JsonObject): Told {
  if (textAt(event, "source") !== "aws.s3") return undefined;
  if (textAt(event, "detail-type") !== "Object Created") return "ignored";
  const bucket = textAt(event, "detail.bucket.name");
  const key = textAt(event, "detail.object.key");
  return bucket === undefined || key === undefined ? undefined : [{ bucket, key }];
}

/** CloudTrail's own notice: `{ s3Bucket: "logs", s3ObjectKey: ["AWSLogs/…json.gz"] }` */
export function trailNoticeOf(value: JsonObject): Told {
  const bucket = textAt(value, "s3Bucket");
  const keys: Json | undefined = valueAt(value, "s3ObjectKey");
  if (bucket === undefined || !Array.isArray(keys)) return undefined;
  const named = keys.filter((key): key is string => typeof key === "string" && key !== "");
  return named.length === keys.length ? named.map((key) => ({ bucket, key })) : undefined;
}

/** A key that is not encoded as S3 does it stays as it is: there is no such file, and that will be told. */
function decoded(key: string): string {
  try {
    return decodeURIComponent(key.replace(/\+/g, " "));
  } catch {
    return key;
  }
}
