/**
 * Reports: how findings of AWS's own services are told. Nobody called anything: AWS found it, and it cannot fail.
 * Pure. All of it is our own words.
 */
import { type Plain, words } from "./text.ts";

export interface Report {
  /** Who found what; the targets follow. */
  readonly found: Plain;
  /** The noun of the target that follows first. */
  readonly object?: string;
  readonly joins?: readonly Plain[];
  /** Before the name of whom it concerns. */
  readonly about: Plain;
  /** The targets say no more than `found`. */
  readonly whole?: true;
}

/**
 * How a finding is told; undefined for a call.
 *
 * `"guardduty:GuardDutyFinding"` → GuardDuty reported finding `…` about …
 */
export function findReport(action: string, targets: readonly string[] = []): Report | undefined {
  const known = `${action} ${targets[0] ?? ""}`;
  if (Object.hasOwn(REPORTS, known)) return REPORTS[known];
  return Object.hasOwn(REPORTS, action) ? REPORTS[action] : undefined;
}

/** Whether AWS found it by itself. */
export function isReport({ action }: { readonly action: string }): boolean {
  return Object.hasOwn(REPORTS, action);
}

const REPORTS: Readonly<Record<string, Report>> = {
  "access-analyzer:AccessAnalyzerFinding": {
    found: words`Access Analyzer found access from outside to`,
    object: "resource",
    joins: [words`for`],
    about: words`by`,
  },
  "ce:CostAnomaly": { found: words`AWS found unusual costs`, joins: [words`of`], about: words`by` },
  "guardduty:GuardDutyFinding": { found: words`GuardDuty reported`, object: "finding", about: words`about` },
  "health:HealthEvent": { found: words`AWS Health reported`, object: "event", about: words`for access key` },
  "health:HealthEvent event AWS_RISK_CREDENTIALS_EXPOSED": {
    found: words`AWS found in public`,
    about: words`the access key`,
    whole: true,
  },
  "signin:SigninAnomaly": { found: words`AWS found an unusual sign-in`, about: words`of` },
};
