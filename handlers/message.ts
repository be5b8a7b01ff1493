/** One SQS body: open, detect, commit. The message is deleted only after this resolves. */
import { createHash } from "node:crypto";
import { foldOf } from "../src/alert/alert.ts";
import { type Doubt, openEnvelope, type Rejected } from "../src/cloudtrail/envelope.ts";
import type { CloudTrailRecord } from "../src/cloudtrail/record.ts";
import type { Detector } from "../src/detect/detector.ts";
import type { InboxMessage, Ports, Unreadable } from "../src/ports.ts";

export type MessagePorts = Pick<Ports, "alerts" | "effects" | "clock" | "log">;

/** First characters of an unreadable body that are kept for whoever looks at it. */
const HEAD_CHARS = 4_096;

/**
 * Everything a message caused is committed in one atomic step: its findings, what could not be read of it, and the
 * outbox rows for what people should see. A message that matches nothing writes nothing.
 */
export async function handleMessage(message: InboxMessage, detector: Detector, ports: MessagePorts): Promise<void> {
  const opened = openEnvelope(message.body);
  const findings = await detector.feedAll(opened.records);
  const now = ports.clock.now();
  const byID = new Map(opened.records.map((record) => [record.eventID, record]));
  const folds = findings.flatMap((finding) => {
    const record = byID.get(finding.eventIDs.at(-1) ?? "");
    return record === undefined ? [] : [foldOf(finding, record, doubtOf(record, opened.doubts, now))];
  });
  const quarantined = opened.rejected.map((rejected) => unreadableOf(rejected, message));
  for (const { id, reason } of quarantined)
    ports.log.warn({ id, reason, receiveCount: message.receiveCount }, "body.quarantined");
  if (folds.length === 0 && quarantined.length === 0) return;

  const due = await ports.alerts.commit({ folds, quarantined, now });
  ports.log.debug({ records: opened.records.length, findings: findings.length }, "message.committed");
  await ports.effects.hint(due);
}

/** SQS keeps a message for 14 days at most, and AWS's clocks do not run ahead. */
const OLDEST_MS = 14 * 24 * 3600_000;
const AHEAD_MS = 5 * 60_000;

function doubtOf(record: CloudTrailRecord, doubts: ReadonlyMap<string, Doubt>, now: number): Doubt | undefined {
  const age = now - Date.parse(record.eventTime);
  return doubts.get(record.eventID) ?? (age >= -AHEAD_MS && age <= OLDEST_MS ? undefined : "odd-time");
}

/** The same text has the same id: it is kept once, however often it comes. */
export function unreadableOf(rejected: Rejected, message: Pick<InboxMessage, "receiveCount">): Unreadable {
  const sha256 = createHash("sha256").update(rejected.text).digest("hex");
  return {
    id: `qu_${sha256.slice(0, 24)}`,
    reason: rejected.reason,
    head: rejected.text.slice(0, HEAD_CHARS),
    sha256,
    bytes: Buffer.byteLength(rejected.text),
    text: rejected.text,
    receiveCount: message.receiveCount,
  };
}
