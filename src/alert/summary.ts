/**
 * Summaries: what Trailhound recorded about a subject, over all its alerts.
 * Pure.
 */
import type { Recorded } from "../identity/identity.ts";
import { mostFrequent, type StoredAlert } from "./alert.ts";

/**
 * Totals over alerts. A record that several alerts hold is counted in each of them.
 *
 * @returns undefined when there is no alert.
 */
export function recordedOf(alerts: readonly StoredAlert[]): Recorded | undefined {
  const [any] = alerts;
  if (any === undefined) return undefined;
  const counts = new Map<string, number>();
  for (const { actions } of alerts)
    for (const [action, count] of Object.entries(actions)) counts.set(action, (counts.get(action) ?? 0) + count);
  return {
    events: alerts.reduce((sum, { events }) => sum + events, 0),
    actions: mostFrequent(Object.fromEntries(counts)),
    regions: [...new Set(alerts.flatMap(({ regions }) => regions))].toSorted(),
    // Findings of AWS's own have none.
    addresses: [...new Set(alerts.flatMap(({ addresses }) => addresses))].filter((ip) => ip !== "").toSorted(),
    first: alerts.reduce((first, alert) => (alert.first < first ? alert.first : first), any.first),
    last: alerts.reduce((last, alert) => (alert.last > last ? alert.last : last), any.last),
  };
}
