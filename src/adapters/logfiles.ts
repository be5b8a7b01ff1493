/**
 * Log files: CloudTrail records on disk or on standard input, found, unpacked and opened one file at a time.
 * What a file is shows in its content, not in its name: gzip (several members too), one JSON text, or NDJSON.
 * Memory: NDJSON streams chunk by chunk; a single JSON text is held whole, up to MAX_TEXT_BYTES.
 * Source of the names: AWS CloudTrail User Guide, "CloudTrail log file names".
 */
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { openLogFile, type Reason, type Rejected } from "../cloudtrail/envelope.ts";
import type { CloudTrailRecord } from "../cloudtrail/record.ts";

/** The path that stands for standard input. */
export const STANDARD_INPUT = "-";
/** The longest JSON text, or line of NDJSON, that is opened. CloudTrail's own files stay far below. */
const MAX_TEXT_BYTES = 256 * 2 ** 20;
/** Real logs shrink to a tenth, storms of one call to a hundredth; gzip's limit, 1:1032, is for bombs. */
const MAX_RATIO = 200;
const RATIO_COUNTS_FROM_BYTES = 16 * 2 ** 20;
const CHUNK_BYTES = 256 * 2 ** 10;

export interface Unreadable {
  readonly file: string;
  /** For people: what is wrong, and where. */
  readonly why: string;
}

/** One file's content, piece by piece; a file may give records and be partly unreadable. */
export type FilePart = { readonly records: readonly CloudTrailRecord[] } | Unreadable;

export interface FoundFiles {
  /** In the order of the time in their names, then by path. */
  readonly files: readonly string[];
  readonly unreadable: readonly Unreadable[];
  /** Files inside folders whose names are not those of log files. */
  readonly skipped: number;
}

/** A file that is not opened on purpose; the message says why. */
class FileError extends Error {
  override name = "FileError";
}

/**
 * The log files that paths stand for: a file is taken whatever its name, a folder is walked.
 *
 * `["AWSLogs/"]` → `{ files: ["AWSLogs/111122223333/CloudTrail/…_20261120T1000Z_….json.gz", …], unreadable: [], skipped: 3 }`
 *
 * Digest files hold no records and are passed over; links inside folders are not followed.
 */
export async function findLogFiles(paths: readonly string[]): Promise<FoundFiles> {
  const files = new Map<string, string>();
  const unreadable: Unreadable[] = [];
  let skipped = 0;
  async function walk(folder: string): Promise<void> {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && entry.name === "CloudTrail-Digest") continue;
      if (entry.isDirectory()) await visit(path, () => walk(path));
      else if (entry.isFile() && LOG_FILE_NAME.test(entry.name)) files.set(resolve(path), path);
      else skipped++;
    }
  }
  async function visit(path: string, look: () => Promise<void>): Promise<void> {
    await look().catch((error: unknown) => unreadable.push({ file: path, why: whyOf(error) }));
  }
  for (const path of paths) {
    await visit(path, async () => {
      if (path === STANDARD_INPUT) files.set(path, path);
      else if ((await stat(path)).isDirectory()) await walk(path);
      else files.set(resolve(path), path);
    });
  }
  return { files: [...files.values()].sort(byTimeThenPath), unreadable, skipped };
}

const LOG_FILE_NAME = /^[^.].*\.(json|jsonl|ndjson|log|gz)$/i;

function byTimeThenPath(a: string, b: string): number {
  const [timeA, timeB] = [timeInName(a), timeInName(b)];
  if (timeA !== timeB) return timeA < timeB ? -1 : 1;
  return a < b ? -1 : 1;
}

/** `"111122223333_CloudTrail_us-east-1_20261120T1005Z_Xy9.json.gz"` → `"20261120T1005Z"`; `""`, the earliest, without one. */
function timeInName(path: string): string {
  return /_(\d{8}T\d{4,6}Z)_[^/\\]*$/.exec(path)?.[1] ?? "";
}

/** Opens one file, or `stdin` for `-`. Never throws: what cannot be read is a part that says so, the last one of its file. */
export async function* readLogFile(file: string, stdin: NodeJS.ReadableStream): AsyncGenerator<FilePart> {
  let first: string | undefined;
  let more = 0;
  try {
    const source = file === STANDARD_INPUT ? stdin : createReadStream(file, { highWaterMark: CHUNK_BYTES });
    for await (const texts of textsOf(unpacked(bytesOf(source)))) {
      const opened = texts.map(({ text }) => openLogFile(text, { maxBytes: MAX_TEXT_BYTES }));
      yield { records: opened.flatMap(({ records }) => records) };
      for (const [at, { rejected }] of opened.entries()) {
        const wrong = rejected.filter(({ reason }) => WRONG[reason] !== undefined);
        if (first === undefined) first = sayFirst(wrong, texts[at]?.line);
        more += wrong.length;
      }
    }
  } catch (error) {
    yield { file, why: whyOf(error) };
  }
  if (first !== undefined) yield { file, why: more > 1 ? `${first} (and ${more - 1} more parts)` : first };
}

function sayFirst(wrong: readonly Rejected[], line: number | undefined): string | undefined {
  const [first] = wrong;
  if (first === undefined) return undefined;
  return line === undefined ? WRONG[first.reason] : `line ${line} ${WRONG[first.reason]}`;
}

/** What is told of each reason; an event of another service is nothing wrong in an archive of events. */
const WRONG: Readonly<Record<Reason, string | undefined>> = {
  "broken-json": "is not valid JSON: damaged or cut off",
  "too-large": `holds more than ${MAX_TEXT_BYTES / 2 ** 20} MiB in one JSON text`,
  "too-deep": "nests deeper than a CloudTrail record can",
  "too-nested": "wraps envelopes in envelopes too often",
  "not-json": "is not JSON",
  "not-a-record": "holds JSON that is not a CloudTrail record",
  "s3-notification": "names a log file in S3 and holds no records",
  "log-file-notice": "names log files in S3 and holds no records",
  "log-subscription": "holds a CloudWatch Logs subscription, which is not opened",
  "other-event": undefined,
  "sns-confirmation": undefined,
  "too-many-rejected": "holds more than 100 further parts that are not CloudTrail records",
};

async function* bytesOf(source: NodeJS.ReadableStream): AsyncGenerator<Buffer> {
  for await (const chunk of source) yield typeof chunk === "string" ? Buffer.from(chunk) : chunk;
}

/** The bytes as they are, or inflated when they begin like gzip. */
async function* unpacked(source: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const head = await headOf(source);
  let read = 0;
  async function* whole(): AsyncGenerator<Buffer> {
    yield head;
    for await (const chunk of source) {
      read += chunk.length;
      yield chunk;
    }
  }
  if (head[0] !== 0x1f || head[1] !== 0x8b) return yield* whole();
  let inflated = 0;
  // The callback has nothing to do: an error also ends the loop below, through gunzip itself.
  const gunzip = pipeline(Readable.from(whole()), createGunzip({ chunkSize: CHUNK_BYTES }), () => undefined);
  for await (const chunk of bytesOf(gunzip)) {
    inflated += chunk.length;
    if (inflated > RATIO_COUNTS_FROM_BYTES && inflated > (head.length + read) * MAX_RATIO) {
      throw new FileError(`inflates to more than ${MAX_RATIO} times its size, as only a gzip bomb does`);
    }
    yield chunk;
  }
}

/** A pipe may hand over one byte at a time; gzip shows in two. */
async function headOf(source: AsyncGenerator<Buffer>): Promise<Buffer> {
  let head: Buffer = Buffer.alloc(0);
  while (head.length < 2) {
    const next = await source.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  return head;
}

interface Text {
  readonly text: string;
  /** In NDJSON; absent for a text that is the whole file. */
  readonly line?: number;
}

/** The lines of NDJSON as they come, or else the whole as one text. It is NDJSON when its first line is JSON by itself. */
async function* textsOf(source: AsyncIterable<Buffer>): AsyncGenerator<readonly Text[]> {
  let whole: string[] | undefined;
  let held = 0;
  let line = 0;
  for await (const { lines, isLast } of linesOf(source)) {
    const texts: Text[] = [];
    for (const text of lines) {
      line++;
      // An only line, as S3 delivers files, is spared the parsing: it is the same text either way.
      if (line === 1 && !isLast && !isJson(text)) whole = [];
      if (whole === undefined) texts.push({ text, line });
      else whole.push(text);
    }
    if (whole !== undefined) held = checkHeld(lines.reduce((sum, text) => sum + text.length + 1, held));
    else yield texts;
  }
  if (whole !== undefined) yield [{ text: whole.join("\n") }];
}

interface Lines {
  readonly lines: readonly string[];
  readonly isLast: boolean;
}

/** Complete lines, as many as a chunk completes; the last one needs no line end. */
async function* linesOf(source: AsyncIterable<Buffer>): AsyncGenerator<Lines> {
  const decoder = new TextDecoder();
  let open: string[] = [];
  let held = 0;
  for await (const chunk of source) {
    const lines = decoder.decode(chunk, { stream: true }).split("\n");
    const rest = lines.pop() ?? "";
    if (lines.length > 0) {
      lines[0] = open.join("") + lines[0];
      yield { lines, isLast: false };
      open = [];
      held = 0;
    }
    open.push(rest);
    held = checkHeld(held + rest.length);
  }
  yield { lines: [open.join("") + decoder.decode()], isLast: true };
}

function checkHeld(characters: number): number {
  if (characters > MAX_TEXT_BYTES) throw new FileError(WRONG["too-large"]);
  return characters;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const SYSTEM: Readonly<Record<string, string>> = {
  ENOENT: "does not exist",
  EACCES: "may not be read: permission denied",
  Z_DATA_ERROR: "is damaged gzip",
  Z_BUF_ERROR: "is gzip that was cut off",
};

function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? String(error.code) : "";
  return SYSTEM[code] ?? error.message;
}
