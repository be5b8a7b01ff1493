/**
 * The log: JSON lines with a fixed name in `msg` and data in fields; no secret gets through, whoever logs it.
 * Implements the port Log with pino.
 * Source of the shapes: Slack "Token types"; AWS IAM User Guide, "IAM identifiers"; RFC 9110 §11.6.2.
 */
import { type DestinationStream, destination, pino, stdTimeFunctions } from "pino";
import type { Log } from "./ports.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";

const MAX_CHARACTERS = 4096;
const MAX_DEPTH = 8;
const REDACTED = "[redacted]";

/** Fields that hold a secret by their name. */
const SECRET_NAME =
  /^(secretaccesskey|sessiontoken|password|authorization|cookie|auditkey|.*(token|signing_?secret))$/i;

/** Secrets by their shape, wherever they stand in a text; `$1` is what may stay. */
const SECRET_SHAPES: readonly RegExp[] = [
  /\b(x(?:ox[a-z]|app))[.-][\w.-]{4,}/gi,
  /(authorization["'\\]*\s*[:=]\s*["'\\]*)[^"'\\\r\n]+/gi,
  /\b((?:bearer|basic)\s+)[\w+/=.~-]{8,}/gi,
  /((?:secretAccessKey|sessionToken|security-token|password|x-amz-signature)["'\\]*\s*[:=]\s*["'\\]*)[^\s"'\\,;&]+/gi,
  /((?:redis|rediss|https?):\/\/)[^\s/@]*@/gi,
  // Temporary credentials' session tokens are base64 of a fixed header.
  /()\b(?:IQoJ|FwoG|FQoG)[\w+/=%-]{40,}/g,
];
const SECRET_ACCESS_KEY = /(?<![\w+/=-])[A-Za-z0-9+/]{40}(?![\w+/=-])/g;
const ACCESS_KEY_ID = /\b(AKIA|ASIA)[A-Z0-9]{8,}([A-Z0-9]{4})\b/g;

/** Lines go to standard output, or are appended to `file` (mode 0600). */
export function openLog(level: LogLevel, file?: string): Log {
  // sync: a line is out before the process can die of what it tells.
  const to = file === undefined ? { dest: 1, sync: true } : { dest: file, sync: true, mkdir: true, mode: 0o600 };
  return logTo(destination(to), level);
}

/**
 * `logTo(stream, "info").info({ alert: "al_3f9c", key: "AKIAIOSFODNN7EXAMPLE" }, "alert.posted")` writes
 *   `{"level":"info","time":"2026-11-20T09:14:00.000Z","alert":"al_3f9c","key":"AKIA…MPLE","msg":"alert.posted"}`
 */
export function logTo(stream: DestinationStream, level: LogLevel): Log {
  const lines = pino(
    { level, base: null, timestamp: stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
    stream,
  );
  const at =
    (severity: LogLevel): Log["info"] =>
    (fields, name) => {
      if (lines.isLevelEnabled(severity)) lines[severity](redactFields(fields), name);
    };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

function redactFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  // Access key ids are evidence inside a record and are masked everywhere else.
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, redact(value, name, name === "record", 1)]),
  );
}

function redact(value: unknown, name: string, isRecord: boolean, depth: number): unknown {
  if (typeof value === "string") return SECRET_NAME.test(name) ? REDACTED : redactText(value, isRecord);
  if (value instanceof Error) return redactText(errorText(value), isRecord);
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return value;
  // Covers cycles too.
  if (depth >= MAX_DEPTH) return "…";
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (Array.isArray(value)) return value.map((item) => redact(item, name, isRecord, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [redactText(key, isRecord), redact(item, key, isRecord, depth + 1)]),
  );
}

/** The stack of an error and the messages of its causes. */
function errorText(error: Error): string {
  const cause = error.cause instanceof Error ? `\n  because ${errorText(error.cause)}` : "";
  return `${error.stack ?? error.message}${cause}`;
}

/** `redactText("token xoxb-1234-abcd of AKIAIOSFODNN7EXAMPLE", false)` → `"token xoxb[redacted] of AKIA…MPLE"` */
function redactText(text: string, isRecord: boolean): string {
  // Shapes first, the cut afterwards: half a secret has no shape.
  let clean = text.slice(0, MAX_CHARACTERS * 4);
  for (const shape of SECRET_SHAPES) clean = clean.replace(shape, `$1${REDACTED}`);
  clean = clean.replace(SECRET_ACCESS_KEY, (word) => (isRandom(word) ? REDACTED : word));
  if (!isRecord) clean = clean.replace(ACCESS_KEY_ID, "$1…$2");
  return clean.length > MAX_CHARACTERS ? `${clean.slice(0, MAX_CHARACTERS)}…` : clean;
}

/** A secret access key mixes both cases and digits; a SHA-1 in hex does not. */
function isRandom(word: string): boolean {
  return /[a-z]/.test(word) && /[A-Z]/.test(word) && /\d/.test(word);
}
