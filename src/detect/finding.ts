/**
 * Findings: a rule or correlation that matched, with the evidence for it.
 * Pure. A finding's id is a function of its content: a redelivered record gives the same id again.
 * Source: OCSF class 2004 (Detection Finding) for the notion; the shape is ours.
 */
import { hash } from "node:crypto";

/** Sigma's levels, lowest first. */
export const LEVELS = ["informational", "low", "medium", "high", "critical"] as const;
export type Level = (typeof LEVELS)[number];
export type Outcome = "success" | "failure";

/** Which selection, field and value made a rule match. `value` is record text: untrusted. */
export interface Evidence {
  readonly selection: string;
  readonly field: string;
  readonly value: string;
}

/** What an alert counts of one record of a finding. All but the times are untrusted text. */
export interface Sighting {
  readonly eventID: string;
  readonly time: string;
  readonly action: string;
  readonly region: string;
  readonly ip: string;
}

export interface Finding {
  /** `fi_` + 24 hex digits of sha256(rule, account, group, triggering eventID). */
  readonly id: string;
  /** The rule's `name`. */
  readonly rule: string;
  /** As told: a failed attempt reads "… (tried, failed)". Written by the rule's author, not by the record. */
  readonly title: string;
  readonly level: Level;
  /** The triggering record: the one that brought it about. */
  readonly eventID: string;
  /** All its records. */
  readonly eventIDs: readonly string[];
  /** eventTime of the triggering record. */
  readonly time: string;
  readonly account: string;
  /** Canonical principal id (see cloudtrail/principal.ts). Untrusted text. */
  readonly principal: string;
  readonly outcome: Outcome;
  readonly evidence: readonly Evidence[];
  readonly suppressed: boolean;
  /** What splits its alerts: the principal, where the rule does not group by something else, and the values of its own group-by. */
  readonly group: readonly string[];
  /** One per eventID, same order. */
  readonly sightings: readonly Sighting[];
}

export function isAtLeast(level: Level, least: Level): boolean {
  return LEVELS.indexOf(level) >= LEVELS.indexOf(least);
}

/** One level down; informational stays. `"high"` → `"medium"`. */
export function lowered(level: Level): Level {
  return LEVELS[Math.max(0, LEVELS.indexOf(level) - 1)] ?? "informational";
}

/** A short, stable id: `digestOf("fi", "rule", "1111…")` → `"fi_3f9c…"` (24 hex digits of sha256 over length-prefixed parts). */
export function digestOf(prefix: string, ...parts: readonly string[]): string {
  const text = parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join("");
  return `${prefix}_${hash("sha256", text).slice(0, 24)}`;
}
