/**
 * Doubts: whether the EventBridge event around a record fits it. Whoever may send to the queue can make up both; who
 * makes up one of them is found out here.
 * Pure. Source: Amazon EventBridge User Guide, "AWS service events delivered via AWS CloudTrail".
 */
import { memoOf } from "./memo.ts";
import { type CloudTrailRecord, serviceOf } from "./record.ts";

/** What EventBridge says of where a record came from; untrusted, "" for what it does not say. */
export interface EventSource {
  readonly source: string;
  readonly account: string;
  readonly region: string;
}

/** Why a record may not have come from CloudTrail: its finding is told as unverified until CloudTrail or IAM confirms it. */
export type Doubt =
  /** It came without the EventBridge event that CloudTrail's records come in. */
  | "no-envelope"
  /** The event names another account than the record in it. */
  | "other-account"
  /** The event names another service or region than the record in it, or a source that is not AWS's. */
  | "other-source"
  /** Its time lies in the future, or longer ago than SQS keeps a message. */
  | "odd-time";

/** Services that EventBridge calls otherwise than CloudTrail does. */
const ALIASES: Readonly<Record<string, string>> = {
  monitoring: "cloudwatch",
  email: "ses",
  "streams.dynamodb": "dynamodb",
};

/** `{ source: "aws.iam", account, region }` around a record of IAM in the same account and region → undefined */
export function doubtOfEvent({ source, account, region }: EventSource, record: CloudTrailRecord): Doubt | undefined {
  if (account !== record.recipientAccountId) return "other-account";
  if (!source.startsWith("aws.")) return "other-source";
  if (region === "" || region !== record.awsRegion) return "other-source";
  return isSourceOf(source, record) ? undefined : "other-source";
}

function isSourceOf(source: string, record: CloudTrailRecord): boolean {
  const { eventSource } = record;
  const known = KNOWN.get(eventSource);
  if (known === source) return true;
  const service = serviceOf(record);
  const names = [service, ALIASES[service], service.split(".")[0], service.split(".").at(-1)];
  // Insights and aggregated records name no service.
  const fits = service === "" || names.includes(source.slice("aws.".length));
  if (fits && known === undefined && eventSource.length + source.length <= LONGEST) KNOWN.add(eventSource, source);
  return fits;
}

/** By eventSource, the source that fits it: a few hundred services make all events. */
const KNOWN = memoOf<string, string>(1_000);
const LONGEST = 200;
