/**
 * Suspects: principals with an open alert that is medium or higher and surely not made up. What they do is no habit that
 * anything should be learnt from.
 */
import type { StoredAlert } from "../src/alert/alert.ts";
import { suspectSubject } from "../src/alert/subject.ts";
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
      const stored = await alerts.alertsOf(suspectSubject(principal), ALERTS);
      return stored.some((alert) => isOpen(alert, now)) ? [principal] : [];
    }),
  );
  return new Set(suspicious.flat());
}

function isOpen({ acknowledged, last }: StoredAlert, now: number): boolean {
  return acknowledged === undefined && now - Date.parse(last) < OPEN_MS;
}
