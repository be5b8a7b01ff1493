/**
 * CloudTrail's history in memory, for tests: records by account, and the questions that were asked.
 */
import type { CloudTrailRecord } from "../cloudtrail/record.ts";
import type { Trail, TrailAnswer, TrailQuery } from "../ports/trail.ts";

export interface MemoryTrail extends Trail {
  /** What CloudTrail has, in any order. */
  readonly records: CloudTrailRecord[];
  readonly asked: TrailQuery[];
  /** Answers by region that are not `ok`. */
  readonly failures: Map<string, Exclude<TrailAnswer, { readonly kind: "ok" }>>;
}

const PAGE = 50;

export function memoryTrail(): MemoryTrail {
  const records: CloudTrailRecord[] = [];
  const asked: TrailQuery[] = [];
  const failures: MemoryTrail["failures"] = new Map();
  return {
    records,
    asked,
    failures,
    async lookup(query) {
      asked.push(query);
      const failure = failures.get(query.region);
      if (failure !== undefined) return failure;
      const found = records
        .filter((record) => isOf(record, query))
        .toSorted((a, b) => (a.eventTime < b.eventTime ? 1 : -1));
      const limit = query.pages * PAGE;
      return { kind: "ok", records: found.slice(0, limit), more: found.length > limit };
    },
  };
}

function isOf(record: CloudTrailRecord, { account, region, attribute, since }: TrailQuery): boolean {
  if (record.recipientAccountId !== account || record.awsRegion !== region) return false;
  if (Date.parse(record.eventTime) < since) return false;
  const { userIdentity } = record;
  switch (attribute.key) {
    case "AccessKeyId":
      return userIdentity.accessKeyId === attribute.value;
    case "EventId":
      return record.eventID === attribute.value;
    case "Username":
      return (userIdentity.userName ?? userIdentity.arn?.split("/").at(-1)) === attribute.value;
    case "ResourceName":
      return JSON.stringify(record.requestParameters ?? {}).includes(JSON.stringify(attribute.value));
  }
}
