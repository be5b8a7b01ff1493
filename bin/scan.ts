/**
 * `ids scan`: the detector over CloudTrail log files, without AWS, Slack or Redis.
 * Wires src/adapters/logfiles.ts to the detector; report.ts writes what people read, scan-options.ts reads the arguments.
 */
import { findLogFiles, readLogFile, type Unreadable } from "../src/adapters/logfiles.ts";
import { actionOf, type CloudTrailRecord } from "../src/cloudtrail/record.ts";
import { targetsOf } from "../src/cloudtrail/target.ts";
import { type Finding, isAtLeast } from "../src/detect/finding.ts";
import { RuleErrors } from "../src/detect/rule-error.ts";
import { knowledgeIn } from "./knowledge.ts";
import { recordDetectorOf } from "./library.ts";
import { openReport, safeJson, shown } from "./report.ts";
import { SCAN_USAGE, type ScanOptions, scanOptionsOf } from "./scan-options.ts";
import { UsageError } from "./usage.ts";

/** What a scan reads from and writes to; `process` is one. */
export interface Streams {
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** @returns the exit code: 0 nothing found, 1 findings, 2 wrong usage or unreadable input. */
export async function scan(argv: readonly string[], streams: Streams = process): Promise<number> {
  try {
    const options = scanOptionsOf(argv);
    if (options !== "help") return await scanFiles(options, streams);
    await put(streams.stdout, SCAN_USAGE);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError) && !(error instanceof RuleErrors)) throw error;
    streams.stderr.write(`ids scan: ${error.message}\n`);
    return 2;
  }
}

/** How far a scan is. */
interface Totals {
  files: number;
  found: { readonly files: number; readonly skipped: number };
  records: number;
  foreign: number;
  findings: number;
  unreadable: number;
}

async function scanFiles(options: ScanOptions, streams: Streams): Promise<number> {
  const totals: Totals = {
    files: 0,
    found: { files: 0, skipped: 0 },
    records: 0,
    foreign: 0,
    findings: 0,
    unreadable: 0,
  };
  const teller = options.format === "text" ? textTeller(options, streams) : ndjsonTeller(streams);
  const progress = openProgress(streams, totals);
  for await (const part of scanned(options, streams.stdin, totals)) {
    if ("why" in part) {
      progress.clear();
      streams.stderr.write(`ids scan: ${shown(part.file, 4096)}: ${part.why}\n`);
    } else if (!(await teller.tell(part))) break;
  }
  progress.stop();
  await teller.end(totals);
  if (totals.unreadable > 0) return 2;
  return totals.findings > 0 ? 1 : 0;
}

interface Found {
  readonly findings: readonly Finding[];
  /** The records that triggered them are among these. */
  readonly records: readonly CloudTrailRecord[];
}

/** The findings to tell, file by file, and what could not be read. */
async function* scanned(
  options: ScanOptions,
  stdin: NodeJS.ReadableStream,
  totals: Totals,
): AsyncGenerator<Found | Unreadable> {
  const knowledge = await knowledgeIn(options.config);
  const detector = await recordDetectorOf({ ...knowledge, rules: [...knowledge.rules, ...options.rules] });
  const { files, unreadable, skipped } = await findLogFiles(options.paths);
  totals.found = { files: files.length, skipped };
  totals.unreadable += unreadable.length;
  yield* unreadable;
  const told = new Set<string>();
  for (const file of files) {
    for await (const part of readLogFile(file, stdin)) {
      if ("why" in part) {
        totals.unreadable++;
        yield part;
        continue;
      }
      const records = part.records.filter(({ eventTime }) => isWithin(Date.parse(eventTime), options));
      const found = await detector.feedAll(records);
      // A record that lies in two files gives the same finding twice, with the same id.
      const findings = found.filter(
        ({ id, level }) => isAtLeast(level, options.level) && !told.has(id) && told.add(id),
      );
      totals.records += records.length;
      totals.foreign += part.foreign;
      totals.findings += findings.length;
      yield { findings, records };
    }
    totals.files++;
  }
}

function isWithin(time: number, { since, until }: ScanOptions): boolean {
  return since <= time && time <= until;
}

/** Writes findings as they come, or keeps them for the end. `tell` is false once nobody reads any more. */
interface Teller {
  tell(found: Found): Promise<boolean>;
  end(totals: Totals): Promise<void>;
}

function ndjsonTeller({ stdout }: Streams): Teller {
  return {
    tell: async ({ findings }) => put(stdout, findings.map((finding) => `${safeJson(finding)}\n`).join("")),
    end: async () => undefined,
  };
}

function textTeller({ level }: ScanOptions, { stdout }: Streams): Teller {
  const report = openReport();
  return {
    async tell({ findings, records }) {
      if (findings.length === 0) return true;
      const triggers = new Map(records.map((one) => [callOf(one.eventID, one.eventTime, actionOf(one)), one]));
      for (const finding of findings) {
        const [only, second] = finding.sightings;
        const trigger = only && !second && triggers.get(callOf(only.eventID, only.time, only.action));
        report.add(finding, trigger ? targetsOf(trigger) : []);
      }
      return true;
    },
    async end(totals) {
      const text = report.told();
      await put(stdout, `${text === "" ? "" : `${text}\n`}${summaryOf(totals, report.principals, level)}\n`);
    },
  };
}

/** Exported records may share an eventID; with time and action it is the one. */
function callOf(eventID: string, time: string, action: string): string {
  return `${eventID} ${time} ${action}`;
}

/** `"12 findings of 2 principals in 4,096 records of 31 files; 1 file could not be read"` */
function summaryOf(totals: Totals, principals: number, level: string): string {
  const { findings, records, foreign, files, unreadable, found } = totals;
  const some = `${counted(findings, "finding")} of ${counted(principals, "principal")}`;
  return [
    `${findings > 0 ? some : `Nothing found at level ${level} or above`} in ${counted(records, "record")} of ${counted(files, "file")}`,
    ...(unreadable > 0 ? [`${counted(unreadable, "input")} could not be read`] : []),
    ...(foreign > 0 ? [`${counted(foreign, "part")} passed over, not CloudTrail records`] : []),
    ...(found.skipped > 0 ? [`${counted(found.skipped, "file")} left out, not named like a log file`] : []),
  ].join("; ");
}

function counted(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}

/** Writes and waits until it is written. @returns false when the reader has gone away (`| head`). */
async function put(stream: NodeJS.WritableStream, text: string): Promise<boolean> {
  if (text === "") return true;
  return new Promise((resolve, reject) => {
    const onError = (error: Error) => ("code" in error && error.code === "EPIPE" ? resolve(false) : reject(error));
    stream.once("error", onError);
    stream.write(text, (error) => {
      if (error) return;
      stream.off("error", onError);
      resolve(true);
    });
  });
}

/** One line on the terminal that is written over; nothing where standard error is none. */
function openProgress({ stderr }: Streams, totals: Totals): { clear(): void; stop(): void } {
  if (stderr.isTTY !== true) return { clear: () => undefined, stop: () => undefined };
  const clear = () => stderr.write("\r\u001b[K");
  const timer = setInterval(() => {
    clear();
    stderr.write(`${totals.files} of ${counted(totals.found.files, "file")}, ${counted(totals.records, "record")}`);
  }, 200);
  return {
    clear,
    stop() {
      clearInterval(timer);
      clear();
    },
  };
}
