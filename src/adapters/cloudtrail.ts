/**
 * CloudTrail's history: LookupEvents behind the port Trail, at the pace that AWS allows.
 * Source: CloudTrail API Reference, LookupEvents: 2 requests a second per account and region, 50 records a page.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { CloudTrailClient, type Event, LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import { parseJson } from "../cloudtrail/json.ts";
import { type CloudTrailRecord, parseRecord, RecordError } from "../cloudtrail/record.ts";
import type { Trail, TrailAnswer, TrailQuery } from "../ports/trail.ts";
import type { Log } from "../ports.ts";
import { CredentialsError, type CredentialsOf } from "./credentials.ts";

export interface TrailOptions {
  readonly log: Log;
  /** How long one page may take. */
  readonly requestTimeoutMs: number;
  readonly credentialsOf: CredentialsOf;
}

/** Two a second, and a little less: AWS counts on its own clock. */
const PACE_MS = 520;
/** Throttled in spite of that, by somebody else's questions: tried again for so long. */
const ATTEMPTS = 4;
const PAGE = 50;
const MAX_RECORD_BYTES = 2 ** 20;

/** What may be asked for one account and region: a client, and when the next request may leave. */
interface Lane {
  readonly client: CloudTrailClient;
  freeAt: number;
}

export function openTrail(options: TrailOptions): Trail {
  const lanes = new Map<string, Lane>();

  function laneOf(account: string, region: string): Lane {
    const name = `${account} ${region}`;
    const known = lanes.get(name);
    if (known !== undefined) return known;
    const credentials = options.credentialsOf(account);
    const lane: Lane = { client: new CloudTrailClient({ region, maxAttempts: 1, credentials }), freeAt: 0 };
    lanes.set(name, lane);
    return lane;
  }

  async function page(lane: Lane, query: TrailQuery, token: string | undefined, signal: AbortSignal | undefined) {
    for (let attempt = 1; ; attempt += 1) {
      await turn(lane, signal);
      const limit = AbortSignal.timeout(options.requestTimeoutMs);
      const command = new LookupEventsCommand({
        LookupAttributes: [{ AttributeKey: query.attribute.key, AttributeValue: query.attribute.value }],
        StartTime: new Date(query.since),
        MaxResults: PAGE,
        ...(token === undefined ? {} : { NextToken: token }),
      });
      try {
        return await lane.client.send(command, {
          abortSignal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
        });
      } catch (error) {
        if (attempt >= ATTEMPTS || !isThrottled(error)) throw error;
        lane.freeAt = Math.max(lane.freeAt, Date.now() + PACE_MS * 2 ** attempt * (0.5 + Math.random() / 2));
      }
    }
  }

  return {
    async lookup(query, signal) {
      const records: CloudTrailRecord[] = [];
      let token: string | undefined;
      try {
        const lane = laneOf(query.account, query.region);
        for (let pages = 0; pages < query.pages; pages += 1) {
          const answer = await page(lane, query, token, signal);
          records.push(...(answer.Events ?? []).flatMap(recordOf));
          token = answer.NextToken;
          if (token === undefined) break;
        }
        return { kind: "ok", records, more: token !== undefined };
      } catch (error) {
        const answer = answerOf(error);
        options.log.warn({ account: query.account, region: query.region, answer: answer.kind }, "trail.failed");
        return answer;
      }
    },
  };
}

/** Waits for the lane's next turn; those who wait stand in line. */
async function turn(lane: Lane, signal: AbortSignal | undefined): Promise<void> {
  const now = Date.now();
  const at = Math.max(now, lane.freeAt);
  lane.freeAt = at + PACE_MS;
  if (at > now) await sleep(at - now, undefined, signal === undefined ? {} : { signal });
}

/** What is no record is left out: CloudTrail's answer holds what callers wrote. */
function recordOf({ CloudTrailEvent: text }: Event): readonly CloudTrailRecord[] {
  const parsed = parseJson(text ?? "", MAX_RECORD_BYTES);
  if (parsed.kind !== "value") return [];
  try {
    return [parseRecord(parsed.value)];
  } catch (error) {
    if (error instanceof RecordError) return [];
    throw error;
  }
}

function isThrottled(error: unknown): boolean {
  return error instanceof Error && /Throttl|TooManyRequests|RequestLimitExceeded/.test(error.name);
}

function answerOf(error: unknown): Exclude<TrailAnswer, { kind: "ok" }> {
  if (error instanceof CredentialsError) return error.answer;
  const name = error instanceof Error ? error.name : "";
  if (/AccessDenied|NotAuthorized/.test(name)) return { kind: "denied", missing: "cloudtrail:LookupEvents" };
  if (isThrottled(error)) return { kind: "unavailable", why: "CloudTrail throttles" };
  if (/UnrecognizedClient|OptInRequired|InvalidClientTokenId/.test(name))
    return { kind: "unavailable", why: "the region is not enabled, or the credentials are not accepted there" };
  if (/Abort|Timeout/.test(name)) return { kind: "unavailable", why: "timed out" };
  return { kind: "unavailable", why: error instanceof Error ? `${name}: ${error.message}` : "unknown error" };
}
