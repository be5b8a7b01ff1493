/**
 * CloudTrail's own memory, LookupEvents.
 */
import type { CloudTrailRecord } from "../cloudtrail/record.ts";

/** One page of history: what LookupEvents said of one account and region. */
export type TrailAnswer =
  /** Newest first. `more`: older ones were left behind at the limit of pages. */
  | { readonly kind: "ok"; readonly records: readonly CloudTrailRecord[]; readonly more: boolean }
  /** `missing` is the action our role lacks: `cloudtrail:LookupEvents`, or `sts:AssumeRole`. */
  | { readonly kind: "denied"; readonly missing: string }
  /** Throttled to the end, timed out, no network, a region that is not enabled. */
  | { readonly kind: "unavailable"; readonly why: string };

export interface TrailQuery {
  readonly account: string;
  readonly region: string;
  /** LookupEvents takes one. `Username` is an IAM user's name or a role's session name. */
  readonly attribute: { readonly key: "AccessKeyId" | "EventId" | "Username" | "ResourceName"; readonly value: string };
  /** Milliseconds since 1970; CloudTrail keeps 90 days. */
  readonly since: number;
  /** Pages of 50 records at most. */
  readonly pages: number;
}

/** CloudTrail's own memory of management events. At most 2 requests a second per account and region: it queues. */
export interface Trail {
  lookup(query: TrailQuery, signal?: AbortSignal): Promise<TrailAnswer>;
}
