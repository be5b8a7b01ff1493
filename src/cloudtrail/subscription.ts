/**
 * Subscriptions: what CloudWatch Logs sends on of a log group that CloudTrail writes to.
 * Pure. Source: Amazon CloudWatch Logs User Guide, "Log group-level subscription filters".
 */
import { gunzipSync } from "node:zlib";
import { isObject, type JsonObject, textAt, valueAt } from "./json.ts";

/** The most that a body of 1 MiB may become: real logs shrink to a tenth, gzip's limit of 1:1032 is for bombs. */
const MAX_INFLATED = 64 * 2 ** 20;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** The JSON text in `awslogs.data`, or why there is none. @returns undefined when the value is no such thing. */
export function packedTextOf(value: JsonObject): { readonly text: string } | "bad-gzip" | undefined {
  const data = textAt(value, "awslogs.data");
  if (data === undefined) return undefined;
  if (!BASE64.test(data)) return "bad-gzip";
  const packed = Buffer.from(data, "base64");
  try {
    const { buffer, engine } = gunzipSync(packed, { maxOutputLength: MAX_INFLATED, info: true }) as unknown as {
      readonly buffer: Buffer;
      readonly engine: { readonly bytesWritten: number };
    };
    // Node passes over zeros that follow the stream: what is not read is not believed.
    return engine.bytesWritten === packed.length ? { text: buffer.toString() } : "bad-gzip";
  } catch {
    return "bad-gzip";
  }
}

/** The messages of a DATA_MESSAGE, each the JSON of one record. @returns undefined when the value is no such thing. */
export function messagesOf(value: JsonObject): readonly string[] | undefined {
  const events = valueAt(value, "logEvents");
  if (textAt(value, "messageType") !== "DATA_MESSAGE" || !Array.isArray(events)) return undefined;
  return events.map((event) => (isObject(event) ? textAt(event, "message") : undefined) ?? JSON.stringify(event));
}

/** CloudWatch Logs names the account whose log group it was: whether that is one of ours. */
export function isOwned(value: JsonObject, accounts: ReadonlySet<string>): boolean {
  return accounts.has(textAt(value, "owner") ?? "");
}
