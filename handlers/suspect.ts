/**
 * Suspects: principals with an open alert. What they do is no habit that anything should be learnt from.
 */
import type { StoredAlert } from "../src/alert/alert.ts";
import { isAtLeast } from "../src/detect/finding.ts";
import type { Ports } from "../src/ports.ts";

/** Newest alerts of a principal that are looked at. */
const ALERTS = 20;
/** What nobody took for so long holds nothing up any more. */
const OPEN_MS = 7 * 24 * 3600_000;

export async function suspectsAmong(
  principals: readonly string[],
  { alerts, clock }: Pick<Ports, "alerts" | "clock">,
): Promise<ReadonlySet<string>> {
  const now = clock.now();
  const suspicious = await Promise.all(
    principals.map(async (principal) => {
      const stored = await alerts.alertsOf(principal, ALERTS);
      return stored.some((alert) => isOpen(alert, now)) ? [principal] : [];
    }),
  );
  return new Set(suspicious.flat());
}

function isOpen({ shows, acknowledged, opening, last }: StoredAlert, now: number): boolean {
  return (
    shows &&
    acknowledged === undefined &&
    isAtLeast(opening.finding.level, "medium") &&
    now - Date.parse(last) < OPEN_MS
  );
}
