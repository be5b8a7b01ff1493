/** One SQS body: open, detect, commit. The message is deleted only after this resolves. */
import { createHash } from "node:crypto";
import { type AlertFold, type Doubted, foldOf } from "../src/alert/alert.ts";
import {
  type Doubt,
  type LogFileRef,
  MAX_BODY_BYTES,
  openEnvelope,
  type Reason,
  type Rejected,
} from "../src/cloudtrail/envelope.ts";
import type { CloudTrailRecord } from "../src/cloudtrail/record.ts";
import { isRegion } from "../src/cloudtrail/region.ts";
import type { Detector } from "../src/detect/detector.ts";
import { digestOf } from "../src/detect/finding.ts";
import { ALL_SLICES, type FileProgress } from "../src/ports/alerts.ts";
import type { InboxMessage } from "../src/ports/inbox.ts";
import type { Unreadable } from "../src/ports/quarantine.ts";
import type { Ports } from "../src/ports.ts";

export type MessagePorts = Pick<Ports, "alerts" | "effects" | "intake" | "logFiles" | "clock" | "log">;

/** What may be forged has a detector with a memory of its own: it neither counts beside real records nor teaches anything. */
export interface Detectors {
  readonly sure: Detector;
  readonly doubted: Detector;
  /** Ids of the accounts of the config. */
  readonly accounts: ReadonlySet<string>;
}

/** First characters of an unreadable body that are kept for whoever looks at it. */
const HEAD_CHARS = 4_096;
/** AWS puts one record into a body, or a few. One of thousands must hold up neither its neighbours nor Redis. */
const SLICE = 500;

/**
 * What a body holds is committed in one atomic step: its findings, what could not be read of it, and the outbox rows
 * for what people should see. A body that matches nothing writes nothing. More records than AWS sends are committed
 * in several steps, each of which may come again; so are the log files that a body names.
 */
export async function handleMessage(message: InboxMessage, detectors: Detectors, ports: MessagePorts): Promise<void> {
  await readMessage(message, detectors, ports);
}

/** The same. @returns the ids of what could not be read and lies in quarantine now. */
export async function readMessage(
  message: InboxMessage,
  detectors: Detectors,
  ports: MessagePorts,
): Promise<readonly string[]> {
  const unread: string[] = [];
  const opened = openEnvelope(message.body, detectors.accounts);
  const doubtOf = doubtsOf(opened.doubts, detectors, ports.clock.now());
  for (let from = 0; from === 0 || from < opened.records.length; from += SLICE) {
    message.stopping?.throwIfAborted();
    const records = opened.records.slice(from, from + SLICE);
    const folds = await foldsOf(records, detectors, doubtOf);
    unread.push(...(await commit(folds, from === 0 ? opened.rejected : [], message, ports)));
    noteSeen(records, doubtOf, ports);
  }
  const failures: unknown[] = [];
  for (const ref of opened.logFiles) {
    message.stopping?.throwIfAborted();
    const ids = await readLogFile(ref, message, detectors, ports).catch((error) => void failures.push(error));
    unread.push(...(ids ?? []));
  }
  // The message comes again for that file; the others are done by then.
  if (failures.length > 0) throw failures[0];
  return unread;
}

/** A log file, slice by slice: what a crash leaves undone is done when the message comes again, and nothing else. */
async function readLogFile(
  ref: LogFileRef,
  message: InboxMessage,
  detectors: Detectors,
  ports: MessagePorts,
): Promise<readonly string[]> {
  const answer = await ports.logFiles.open(ref);
  if (answer.kind === "ignored") {
    ports.log.debug({ record: ref }, "file.ignored");
    return [];
  }
  if (answer.kind === "refused") {
    ports.log.warn({ reason: answer.reason, why: answer.why, record: ref }, "file.refused");
    return commit([], [inFile(answer.reason, answer.why, ref)], message, ports);
  }
  const file = digestOf("lf", ref.bucket, ref.key, answer.version);
  // Nobody forged its records, but anybody may name a file of last year.
  const doubtOf = doubtsOf(new Map(), detectors, ports.clock.now());
  const unread: string[] = [];
  let [slices, records, isWhole] = [0, 0, true];
  try {
    const done = await ports.alerts.slicesOf(file);
    if (done >= ALL_SLICES) return [];
    for await (const slice of answer.slices) {
      message.stopping?.throwIfAborted();
      slices += 1;
      records += slice.records.length;
      if (slices <= done) continue;
      const folds = await foldsOf(slice.records, detectors, doubtOf);
      noteSeen(slice.records, doubtOf, ports);
      isWhole &&= !slice.rejected.some(isOfFile);
      const rejected = slice.rejected.map((part) => (isOfFile(part) ? inFile(part.reason, part.text, ref) : part));
      // What a replay shall read again must not count as done.
      const progress = isWhole ? { file, slices } : undefined;
      unread.push(...(await commit(folds, rejected, message, ports, progress)));
    }
  } finally {
    answer.close();
  }
  if (isWhole) await commit([], [], message, ports, { file, slices: ALL_SLICES });
  ports.log.debug({ records, slices }, "file.committed");
  return unread;
}

/** What may be forged is not noted: nobody shall seem to be heard of who is not. */
function noteSeen(records: readonly CloudTrailRecord[], doubtOf: DoubtOf, { intake, clock }: MessagePorts): void {
  const seenAt = new Date(clock.now()).toISOString();
  const sure = records.filter((record) => doubtOf(record) === undefined);
  for (const { recipientAccountId: account, awsRegion: region, eventTime: eventAt } of sure)
    if (/^\d{12}$/.test(account) && isRegion(region)) intake.note({ account, region, eventAt, seenAt });
}

/** Wrong with the file as a whole, or with a part of it that is too large to be kept. */
function isOfFile({ reason, text }: Rejected): boolean {
  return reason === "bad-log-file" || text === "";
}

/** Kept as the notice that names the file: a replay fetches it again. */
function inFile(reason: Reason, why: string, { bucket, key }: LogFileRef): Rejected {
  return { reason, text: JSON.stringify({ s3Bucket: bucket, s3ObjectKey: [key], why }) };
}

async function foldsOf(
  records: readonly CloudTrailRecord[],
  { sure, doubted }: Detectors,
  doubtOf: DoubtOf,
): Promise<readonly AlertFold[]> {
  const findings = [
    ...(await sure.feedAll(records.filter((record) => doubtOf(record) === undefined))),
    ...(await doubted.feedAll(records.filter((record) => doubtOf(record) !== undefined))),
  ];
  const byID = new Map(records.map((record) => [record.eventID, record]));
  return findings.flatMap((finding) => {
    const record = byID.get(finding.eventID);
    return record === undefined ? [] : [foldOf(finding, record, doubtOf(record))];
  });
}

async function commit(
  folds: readonly AlertFold[],
  rejected: readonly Rejected[],
  message: InboxMessage,
  ports: MessagePorts,
  progress?: FileProgress,
): Promise<readonly string[]> {
  const quarantined = rejected.map((part) => unreadableOf(part, message));
  for (const { id, reason } of quarantined)
    ports.log.warn({ id, reason, receiveCount: message.receiveCount }, "body.quarantined");
  if (folds.length === 0 && quarantined.length === 0 && progress === undefined) return [];
  const batch = { folds, quarantined, now: ports.clock.now() };
  const due = await ports.alerts.commit(progress === undefined ? batch : { ...batch, progress });
  ports.log.debug({ findings: folds.length }, "message.committed");
  await ports.effects.hint(due);
  return quarantined.map(({ id }) => id);
}

/** SQS keeps a message for 14 days at most, and AWS's clocks do not run ahead. */
const OLDEST_MS = 14 * 24 * 3600_000;
const AHEAD_MS = 5 * 60_000;

type DoubtOf = (record: CloudTrailRecord) => Doubted | undefined;

/** `doubts` are those that the envelopes gave, by eventID. */
function doubtsOf(doubts: ReadonlyMap<string, Doubt>, { accounts }: Detectors, now: number): DoubtOf {
  return ({ eventID, eventTime, recipientAccountId }) => {
    const age = now - Date.parse(eventTime);
    const doubt = doubts.get(eventID) ?? (age >= -AHEAD_MS && age <= OLDEST_MS ? undefined : "odd-time");
    return doubt && { doubt, receivedMs: now, configured: accounts.has(recipientAccountId) };
  };
}

/**
 * The same text has the same id: it is kept once, however often it comes. A body that inflates to more than SQS
 * delivers would drive all others from the quarantine: of that only the head is kept.
 */
export function unreadableOf(rejected: Rejected, message: Pick<InboxMessage, "receiveCount">): Unreadable {
  const sha256 = createHash("sha256").update(rejected.text).digest("hex");
  const bytes = Buffer.byteLength(rejected.text);
  return {
    id: `qu_${sha256.slice(0, 24)}`,
    reason: rejected.reason,
    head: rejected.text.slice(0, HEAD_CHARS),
    sha256,
    bytes,
    ...(bytes > MAX_BODY_BYTES ? {} : { text: rejected.text }),
    receiveCount: message.receiveCount,
  };
}
