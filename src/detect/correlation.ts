/**
 * Correlations: when records that rules matched, counted in a window of eventTime, are a finding.
 * Pure. The outcome does not depend on the order of arrival: some window that holds the new record has to meet the condition.
 * Source: Sigma specification 2.1, "Correlation"; `ids.also` is Trailhound's.
 */
import { actionOf, outcomeOf } from "../cloudtrail/record.ts";
import type { Facts } from "./facts.ts";
import { type Field, firstText } from "./field.ts";
import type { Evidence, Level, Sighting } from "./finding.ts";
import type { WindowAdd, WindowMember } from "./state.ts";

/** At least `least` distinct values of a field in the window. */
export interface Distinct {
  readonly field: Field;
  readonly least: number;
}

export interface Correlation {
  readonly kind: "correlation";
  readonly name: string;
  readonly title: string;
  readonly level: Level;
  readonly onFailure: "lower" | "same" | "ignore";
  readonly windowMs: number;
  readonly groupBy: readonly Field[];
  /** Records in the window; 1 where only distinct values count. */
  readonly leastEvents: number;
  readonly distinct: readonly Distinct[];
}

/** A window that meets the condition: its members, the triggering one last. */
export interface Fired {
  readonly members: readonly WindowMember[];
  readonly evidence: readonly Evidence[];
}

/** Most members a finding names: the newest ones. */
export const MAX_NAMED = 100;

export function sightingOf({ record }: Facts): Sighting {
  const { eventID, eventTime: time, awsRegion: region, sourceIPAddress: ip = "" } = record;
  return { eventID, time, action: actionOf(record), region, ip };
}

/** Values of a correlation's group-by: `["arn:aws:iam::111122223333:user/jack"]`; an absent field is the empty text. */
export function groupOf(groupBy: readonly Field[], facts: Facts): readonly string[] {
  return groupBy.map((field) => firstText(field, facts) ?? "");
}

/**
 * What a matched record adds to a correlation's window. The last of `values` is the record's outcome, so that
 * whether a window failed as a whole does not depend on which record completed it.
 */
export function windowAddOf(correlation: Correlation, facts: Facts): WindowAdd {
  const { record } = facts;
  const parts = [correlation.name, record.recipientAccountId, ...groupOf(correlation.groupBy, facts)];
  return {
    key: JSON.stringify(parts),
    windowMs: correlation.windowMs,
    member: {
      sighting: sightingOf(facts),
      values: [...correlation.distinct.map(({ field }) => firstText(field, facts) ?? ""), outcomeOf(record)],
    },
  };
}

/** "failure" when every record of the window failed. */
export function windowOutcome(members: readonly WindowMember[]): "success" | "failure" {
  return members.every(({ values }) => values.at(-1) === "failure") ? "failure" : "success";
}

/**
 * Looks for a window of `windowMs` that holds the triggering record and meets the condition; the earliest such window is taken.
 *
 * @param members neighbours of the triggering record as the state gives them, oldest first.
 */
export function fire(correlation: Correlation, trigger: Sighting, members: readonly WindowMember[]): Fired | undefined {
  const at = Date.parse(trigger.time);
  const times = members.map(({ sighting }) => Date.parse(sighting.time));
  if (!members.some(({ sighting }) => sighting.eventID === trigger.eventID)) return undefined;
  let end = 0;
  for (const [start, from] of times.entries()) {
    if (from > at) return undefined;
    if (from + correlation.windowMs < at) continue;
    const reached = end;
    while (end < times.length && (times[end] ?? 0) <= from + correlation.windowMs) end++;
    // A window that reaches no further than the one before is a part of it, and conditions only ask for more.
    if (end === reached) continue;
    const window = members.slice(start, end);
    if (isMet(correlation, window)) return firedOf(correlation, trigger, window);
  }
  return undefined;
}

function isMet(correlation: Correlation, window: readonly WindowMember[]): boolean {
  if (window.length < correlation.leastEvents) return false;
  return correlation.distinct.every(({ least }, at) => window.length >= least && tally(window, at).size >= least);
}

/** How often each value occurs; absent ones, which are empty, are not counted. */
function tally(window: readonly WindowMember[], at: number): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { values } of window) {
    const value = values[at] ?? "";
    if (value !== "") counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

function firedOf(correlation: Correlation, trigger: Sighting, window: readonly WindowMember[]): Fired {
  const own = window.filter(({ sighting }) => sighting.eventID === trigger.eventID);
  const others = window.filter(({ sighting }) => sighting.eventID !== trigger.eventID);
  const minutes = Math.round(correlation.windowMs / 6000) / 10;
  const { name: selection, distinct } = correlation;
  return {
    members: [...others.slice(1 - MAX_NAMED), ...own],
    evidence: [
      { selection, field: "records", value: `${window.length} within ${minutes} minutes` },
      ...distinct.map(({ field }, at) => ({ selection, field: field.path, value: topOf(tally(window, at)) })),
    ],
  };
}

/** `12 distinct, such as iam:ListUsers, s3:ListBuckets`, most frequent first. */
function topOf(counts: ReadonlyMap<string, number>): string {
  const top = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, 2);
  return `${counts.size} distinct, such as ${top.map(([value]) => value).join(", ")}`;
}
