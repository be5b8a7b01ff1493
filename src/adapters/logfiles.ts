/**
 * Log files: CloudTrail records on disk or on standard input, found and opened one file at a time.
 * Source of the names: AWS CloudTrail User Guide, "CloudTrail log file names".
 */
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { openLogFile, type Reason } from "../cloudtrail/envelope.ts";
import type { CloudTrailRecord } from "../cloudtrail/record.ts";
import { CHUNK_BYTES, MAX_TEXT_BYTES, type Text, textsOf } from "./logtext.ts";

/** The path that stands for standard input. */
export const STANDARD_INPUT = "-";

export interface Unreadable {
  readonly file: string;
  /** For people: what is wrong, and where. */
  readonly why: string;
}

/** What one file holds, piece by piece; a file may give records and be partly unreadable. */
export type FilePart = Unreadable | Readable;
interface Readable {
  readonly records: readonly CloudTrailRecord[];
  /** Things in JSON between them that are neither records nor other events, and passed over. */
  readonly foreign: number;
}

export interface FoundFiles {
  /** In the order of the time in their names, then by path. */
  readonly files: readonly string[];
  readonly unreadable: readonly Unreadable[];
  /** Files inside folders whose names are not those of log files. */
  readonly skipped: number;
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

/** Opens one file, or `stdin` for `-`. Never throws: what cannot be read is a part that says so. */
export async function* readLogFile(file: string, stdin: NodeJS.ReadableStream): AsyncGenerator<FilePart> {
  const broken: string[] = [];
  let records = 0;
  let foreign = 0;
  try {
    const source = file === STANDARD_INPUT ? stdin : createReadStream(file, { highWaterMark: CHUNK_BYTES });
    for await (const texts of textsOf(source)) {
      const part = open(texts, broken);
      records += part.records.length;
      foreign += part.foreign;
      yield part;
    }
  } catch (error) {
    yield { file, why: whyOf(error) };
  }
  const [first] = broken;
  if (first !== undefined)
    yield { file, why: broken.length === 1 ? first : `${first} (and ${broken.length - 1} more)` };
  else if (records === 0 && foreign > 0) yield { file, why: "holds JSON, but no CloudTrail record" };
}

/** Opens each text; what is no JSON goes into `broken`. */
function open(texts: readonly Text[], broken: string[]): Readable {
  const opened = texts.map(({ text }) => openLogFile(text, { maxBytes: MAX_TEXT_BYTES }));
  for (const [at, { rejected }] of opened.entries()) {
    const line = texts[at]?.line;
    for (const { reason } of rejected) {
      const why = BROKEN[reason];
      if (why !== undefined) broken.push(line === undefined ? why : `line ${line} ${why}`);
    }
  }
  return {
    records: opened.flatMap(({ records }) => records),
    foreign: opened.reduce(
      (sum, { rejected, logFiles }) =>
        sum + logFiles.length + rejected.filter(({ reason }) => FOREIGN.includes(reason)).length,
      0,
    ),
  };
}

const BROKEN: Readonly<Partial<Record<Reason, string>>> = {
  "broken-json": "is not valid JSON: damaged or cut off",
  "too-large": `has more than ${MAX_TEXT_BYTES / 2 ** 20} MiB of JSON in one piece`,
  "too-deep": "nests deeper than a CloudTrail record can",
  "too-nested": "wraps envelopes in envelopes too often",
  "not-json": "is not JSON",
};
/** Not among them: other events of EventBridge, which are at home in an archive. */
const FOREIGN: readonly Reason[] = ["not-a-record", "bad-notification", "bad-gzip", "too-many-rejected"];

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
