/**
 * Activity: what records of CloudTrail's history add up to.
 * Pure.
 */
import { isDenied } from "../cloudtrail/denial.ts";
import { principalOf } from "../cloudtrail/principal.ts";
import { actionOf, type CloudTrailRecord } from "../cloudtrail/record.ts";

/** Most frequent first. */
export type Counts = readonly { readonly value: string; readonly count: number }[];

/** Untrusted text in all values. */
export interface Activity {
  readonly events: number;
  readonly denied: number;
  readonly first: string;
  readonly last: string;
  /** What changes something first. */
  readonly actions: Counts;
  readonly regions: Counts;
  readonly addresses: Counts;
  readonly userAgents: Counts;
  /** Principal ids; more than one when several people or accounts share a name. */
  readonly principals: Counts;
  /** Names that whoever assumed a role gave his session. */
  readonly sessions: Counts;
}

/** @returns undefined without a record. */
export function activityOf(records: readonly CloudTrailRecord[]): Activity | undefined {
  const [any] = records;
  if (any === undefined) return undefined;
  const times = records.map(({ eventTime }) => eventTime).toSorted();
  const principals = records.map(principalOf);
  return {
    events: records.length,
    denied: records.filter(isDenied).length,
    first: times[0] ?? any.eventTime,
    last: times.at(-1) ?? any.eventTime,
    actions: [
      ...countsOf(records.filter(({ readOnly }) => readOnly === false).map(actionOf)),
      ...countsOf(records.filter(({ readOnly }) => readOnly !== false).map(actionOf)),
    ],
    regions: countsOf(records.map(({ awsRegion }) => awsRegion)),
    addresses: countsOf(records.map(({ sourceIPAddress }) => sourceIPAddress)),
    userAgents: countsOf(records.map(({ userAgent }) => userAgent)),
    principals: countsOf(principals.map(({ id }) => id)),
    sessions: countsOf(principals.map(({ sessionName }) => sessionName)),
  };
}

function countsOf(values: readonly (string | undefined)[]): Counts {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== undefined && value !== "") counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .toSorted((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
}
