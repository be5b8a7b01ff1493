/**
 * Subjects: what a stored alert is found by. A question is looked up as the subject that it names.
 * Pure. Names are record text; the subjects that Trailhound makes begin with a character that no question has.
 */
import type { CloudTrailRecord } from "../cloudtrail/record.ts";
import { type Finding, isAtLeast } from "../detect/finding.ts";
import type { Snapshot } from "./snapshot.ts";

/** The subject of all alerts that are shown. */
export const SHOWN_ALERTS = "*";

/** The subject of alerts of keys that end so: `"MPLE"` → `"…MPLE"` */
export function endSubject(lastFour: string): string {
  return `…${lastFour}`;
}

/** The subject of alerts that make a principal suspicious: shown, medium or higher, and surely not made up. */
export function suspectSubject(principal: string): string {
  return `!${principal}`;
}

/** IAM's longest. What is longer can be no answer to `/ids who`. */
const LONGEST_ARN = 2_048;
/** Addresses that one finding puts its alert under: the newest ones. */
const ADDRESSES = 20;
/** How our own subjects begin. */
const OURS = /^[*…!]/;

export interface SubjectParts extends Pick<Snapshot, "key" | "principalName" | "sessionName"> {
  readonly shows: boolean;
  /** Whether its record was surely not made up. */
  readonly isSure: boolean;
}

/**
 * What an alert is found by: the ARNs of principal and session, their names, access key and the key's last four,
 * addresses; `*` if it is shown; its principal as a suspect.
 */
export function subjectsOf(
  finding: Finding,
  record: CloudTrailRecord,
  { key, principalName, sessionName = "", shows, isSure }: SubjectParts,
): readonly string[] {
  const { principal, level, sightings } = finding;
  const addresses = [...new Set(sightings.map(({ ip }) => ip))].slice(-ADDRESSES);
  const told = [principal, record.userIdentity.arn ?? "", principalName, sessionName, key?.id ?? "", ...addresses];
  const isSuspicious = shows && isSure && isAtLeast(level, "medium");
  const ours = [
    ...(key === undefined ? [] : [endSubject(key.id.slice(-4))]),
    ...(shows ? [SHOWN_ALERTS] : []),
    ...(isSuspicious ? [suspectSubject(principal)] : []),
  ];
  const all = [...told.filter((subject) => subject !== "" && !OURS.test(subject)), ...ours];
  return [...new Set(all)].filter((subject) => subject.length <= LONGEST_ARN);
}
