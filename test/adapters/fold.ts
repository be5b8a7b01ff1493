/**
 * Folds for the store tests: one finding each, of one record unless said otherwise.
 */
import type { AlertFold } from "../../src/alert/alert.ts";
import type { Doubt } from "../../src/cloudtrail/envelope.ts";
import type { Sighting } from "../../src/detect/finding.ts";

export const NOON = Date.parse("2026-11-20T12:00:00Z");
export const HOUR = 3600_000;

export interface FoldParts {
  /** Finding id; the eventID too unless `sightings` says otherwise. */
  readonly id: string;
  /** eventTime in ms; NOON by default. */
  readonly at?: number;
  readonly key?: string;
  readonly shows?: boolean;
  readonly subjects?: readonly string[];
  readonly sightings?: readonly Sighting[];
  readonly action?: string;
  readonly doubt?: Doubt;
  readonly rank?: number;
}

/** `foldOf({ id: "a" })`: finding `fi_a` of key `key-1`, which would open the alert `al_key-1_a`. */
export function foldOf(parts: FoldParts): AlertFold {
  const {
    id,
    doubt,
    at = NOON,
    key = "key-1",
    shows = true,
    subjects = [],
    action = "iam:CreateUser",
    rank = 2,
  } = parts;
  const time = iso(at);
  const region = "eu-central-1";
  const { sightings = [{ eventID: id, time, action, region, ip: "192.0.2.1" }] } = parts;
  return {
    key,
    alert: `al_${key}_${id}`,
    subjects,
    shows,
    time: at,
    rank,
    sightings,
    chapter: {
      finding: {
        id: `fi_${id}`,
        rule: "aws_iam_user_created",
        title: "IAM user created",
        level: "medium",
        time,
        account: "111122223333",
        principal: "arn:aws:iam::111122223333:user/deploy-bot",
        outcome: "success",
        evidence: [],
        suppressed: false,
        group: [],
      },
      snapshot: {
        eventID: id,
        eventTime: time,
        action,
        region,
        outcome: "success",
        principalKind: "IAMUser",
        principalName: "deploy-bot",
        targets: [],
        record: "{}",
      },
      ...(doubt === undefined ? {} : { doubt }),
    },
  };
}

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}
