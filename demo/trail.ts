/**
 * CloudTrail of the demo's world: keeps records, shows them to LookupEvents and hands them to EventBridge, both after
 * a short delay. Real CloudTrail takes minutes; EventBridge usually less.
 * Source: CloudTrail API Reference, LookupEvents; EventBridge User Guide for the envelope.
 */
import { randomUUID } from "node:crypto";
import type { JsonObject } from "../src/cloudtrail/record.ts";
import { ACCOUNT } from "./cast.ts";
import { objectOf, textOf } from "./json.ts";

export interface TrailOptions {
  readonly delayMs: number;
  /** Takes one SQS body. */
  readonly send: (body: string) => Promise<void>;
}

export interface Lookup {
  readonly region: string;
  readonly attribute?: { readonly key: string; readonly value: string };
  /** Milliseconds since 1970. */
  readonly from?: number;
  readonly to?: number;
  readonly limit: number;
  readonly token?: string;
}

export interface DemoTrail {
  put(record: JsonObject): void;
  /** Newest first. @throws RangeError for a token that this query did not give. */
  lookup(query: Lookup): { readonly records: readonly JsonObject[]; readonly nextToken?: string };
  /** Resolves when every record put so far has been delivered. */
  settled(): Promise<void>;
  /** Delivers nothing any more. */
  stop(): void;
}

export function openTrail(options: TrailOptions): DemoTrail {
  const visible: JsonObject[] = [];
  const timers = new Set<NodeJS.Timeout>();
  const deliveries = new Set<Promise<void>>();
  const deliver = async (record: JsonObject) => {
    visible.unshift(record);
    await options.send(JSON.stringify(envelopeOf(record)));
  };
  return {
    put(record) {
      const delivery = new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => {
          timers.delete(timer);
          deliver(record).then(resolve, reject);
        }, options.delayMs);
        timers.add(timer);
      });
      deliveries.add(delivery);
      // A queue that is gone (the demo stops) is no reason to fail; a test that waits sees it through settled().
      delivery.catch(() => undefined).finally(() => deliveries.delete(delivery));
    },
    lookup(query) {
      const fitting = visible.filter((record) => fits(record, query));
      const start = query.token === undefined ? 0 : Number(query.token.replace(/^page-/, ""));
      if (!Number.isInteger(start) || start < 0 || start > fitting.length) throw new RangeError("invalid token");
      const end = start + query.limit;
      const records = fitting.slice(start, end);
      return end < fitting.length ? { records, nextToken: `page-${end}` } : { records };
    },
    async settled() {
      await Promise.all(deliveries);
    },
    stop() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}

/** What an EventBridge rule puts into its SQS target. */
export function envelopeOf(record: JsonObject): JsonObject {
  return {
    version: "0",
    id: randomUUID(),
    "detail-type": "AWS API Call via CloudTrail",
    source: `aws.${textOf(record, "eventSource").split(".")[0]}`,
    account: ACCOUNT.id,
    time: record["eventTime"] ?? null,
    region: record["awsRegion"] ?? null,
    resources: [],
    detail: record,
  };
}

/** The user name, or the session name of a role: what LookupEvents calls Username. */
export function usernameOf(record: JsonObject): string {
  const identity = objectOf(record, "userIdentity");
  const principalId = textOf(identity, "principalId");
  return textOf(identity, "userName") || principalId.slice(principalId.indexOf(":") + 1);
}

function fits(record: JsonObject, query: Lookup): boolean {
  const time = Date.parse(textOf(record, "eventTime"));
  if (record["awsRegion"] !== query.region) return false;
  if (query.from !== undefined && time < query.from) return false;
  if (query.to !== undefined && time > query.to) return false;
  if (query.attribute === undefined) return true;
  const { key, value } = query.attribute;
  switch (key) {
    case "AccessKeyId":
      return textOf(objectOf(record, "userIdentity"), "accessKeyId") === value;
    case "EventId":
      return record["eventID"] === value;
    case "EventName":
      return record["eventName"] === value;
    case "EventSource":
      return record["eventSource"] === value;
    case "ReadOnly":
      return String(record["readOnly"]) === value;
    case "Username":
      return usernameOf(record) === value;
    case "ResourceName":
      return Object.values(objectOf(record, "requestParameters")).includes(value);
    default:
      return false;
  }
}
