/**
 * Trust: whether what opened an alert surely happened. A forged SQS message may alert; it must not get a key disabled.
 * Pure. Source: reliability.md C17, the trust ladder.
 */
import type { Doubt } from "../cloudtrail/envelope.ts";

/** What was found when a doubted record was looked up. */
export type Corroboration =
  /** CloudTrail has this record: same id, call, principal and key. */
  | { readonly kind: "cloudtrail"; readonly at: string }
  /** IAM knows the key, and that it is this principal's. Whether the call happened is not known. `last`: nobody looks again. */
  | { readonly kind: "iam"; readonly at: string; readonly last: boolean }
  /** CloudTrail has a record of this id that says something else. */
  | { readonly kind: "contradicted"; readonly at: string }
  /** Neither knows it. */
  | { readonly kind: "absent"; readonly at: string; readonly last: boolean }
  /** Nobody could be asked; `why` is our own words. */
  | { readonly kind: "unreadable"; readonly at: string; readonly why: string };

/** Doubts about what opened an alert, and what became of them. */
export interface Trust {
  readonly doubt: Doubt;
  /** Absent: not looked up yet. */
  readonly corroboration?: Corroboration;
}

/** CloudTrail takes up to 15 minutes until LookupEvents has a record; then it is not there. */
export const PATIENCE_MS = 20 * 60_000;

/** Whether an alert may offer containment: nothing is doubted, or CloudTrail or IAM confirmed it. */
export function isTrusted(trust: Trust | undefined): boolean {
  const kind = trust?.corroboration?.kind;
  return trust === undefined || kind === "cloudtrail" || kind === "iam";
}

/** Whether people should be told that it may not have happened: CloudTrail's own record alone ends that. */
export function isDoubted(trust: Trust | undefined): boolean {
  return trust !== undefined && trust.corroboration?.kind !== "cloudtrail";
}

/** Whether looking again can change anything. */
export function isSettled({ corroboration }: Trust): boolean {
  switch (corroboration?.kind) {
    case "cloudtrail":
    case "contradicted":
    case "unreadable":
      return true;
    case "iam":
    case "absent":
      return corroboration.last;
    default:
      return false;
  }
}
