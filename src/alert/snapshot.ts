/**
 * Snapshots: what an alert keeps of one record, without its secrets.
 * Pure. Every string but ids and times is the caller's own: untrusted.
 */
import { accessKeyOf } from "../cloudtrail/accesskey.ts";
import { denialOf, type PolicyType } from "../cloudtrail/denial.ts";
import { isObject } from "../cloudtrail/json.ts";
import { type PrincipalKind, principalOf } from "../cloudtrail/principal.ts";
import { actionOf, type CloudTrailRecord, errorCodeOf, type Json, mfaOf, outcomeOf } from "../cloudtrail/record.ts";
import { targetsOf } from "../cloudtrail/target.ts";
import type { Outcome } from "../detect/finding.ts";
import { withoutSecretFields, withoutSecrets } from "./secret.ts";

/** What one record says about who called, for the alert's fields. All strings but ids and times are untrusted. */
export interface Snapshot {
  readonly eventID: string;
  readonly eventTime: string;
  /** `iam:CreateUser` */
  readonly action: string;
  readonly region: string;
  readonly outcome: Outcome;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  /** There when the call was refused for want of permission: which policy refused it, as far as AWS says. */
  readonly denial?: { readonly policyType?: PolicyType; readonly policyArn?: string };
  readonly principalKind: PrincipalKind;
  readonly principalName: string;
  readonly sessionName?: string;
  readonly key?: { readonly id: string; readonly type: "long-term" | "temporary"; readonly account: string };
  readonly ip?: string;
  readonly userAgent?: string;
  readonly mfa?: boolean;
  /** Short names of what was acted upon, e.g. `user support2`, from requestParameters. */
  readonly targets: readonly string[];
  /** JSON of the record, its long strings cut until it fits RECORD_LIMIT characters. */
  readonly record: string;
}

/** Most characters of a record that an alert keeps; two are kept per alert. */
export const RECORD_LIMIT = 8_000;
/** Most characters of any other text of a snapshot; AWS cuts its own at 1 KB. */
const TEXT_LIMIT = 1_100;

/** What an alert keeps of `record`. */
export function snapshotOf(record: CloudTrailRecord): Snapshot {
  const { kind, name, sessionName } = principalOf(record);
  const key = accessKeyOf(record);
  const denial = denialOf(record);
  const mfa = mfaOf(record);
  const errorCode = errorCodeOf(record);
  return {
    eventID: record.eventID,
    eventTime: record.eventTime,
    action: bounded(actionOf(record)),
    region: bounded(record.awsRegion),
    outcome: outcomeOf(record),
    ...(errorCode === undefined ? {} : { errorCode: bounded(errorCode) }),
    ...(record.errorMessage === undefined ? {} : { errorMessage: bounded(record.errorMessage) }),
    ...(denial === undefined ? {} : { denial: layerOf(denial) }),
    principalKind: kind,
    principalName: bounded(name),
    ...(sessionName === undefined ? {} : { sessionName: bounded(sessionName) }),
    ...(key === undefined ? {} : { key }),
    ...(record.sourceIPAddress === undefined ? {} : { ip: bounded(record.sourceIPAddress) }),
    ...(record.userAgent === undefined ? {} : { userAgent: bounded(record.userAgent) }),
    ...(mfa === undefined ? {} : { mfa }),
    targets: targetsOf(record).map(bounded),
    record: fitted(withoutSecretFields(record.json)),
  };
}

/** Without secrets first: half a secret has no shape to be known by. */
export function bounded(value: string): string {
  return withoutSecrets(value).slice(0, TEXT_LIMIT);
}

function layerOf(denial: {
  readonly policyType?: PolicyType;
  readonly policyArn?: string;
}): NonNullable<Snapshot["denial"]> {
  const { policyType, policyArn } = denial;
  return { ...(policyType && { policyType }), ...(policyArn && { policyArn }) };
}

/** The JSON within RECORD_LIMIT: long strings and lists give way first, so that the shape of the record stays. */
function fitted(json: Json): string {
  const whole = JSON.stringify(json);
  if (whole.length <= RECORD_LIMIT) return whole;
  for (const [characters, items] of [
    [1_000, 100],
    [200, 30],
    [60, 10],
  ] as const) {
    const cut = JSON.stringify(json, (_, value) => shortened(value, characters, items));
    if (cut.length <= RECORD_LIMIT) return cut;
  }
  return whole.slice(0, RECORD_LIMIT);
}

/** `"aaaa…"` of 4,812 characters → `"aaa… (4,812 chars)"`, `[1, 2, 3, 4]` → `[1, 2, "… 2 more"]` */
function shortened(value: Json, characters: number, items: number): Json {
  if (typeof value === "string")
    return value.length <= characters
      ? value
      : `${value.slice(0, characters)}… (${value.length.toLocaleString("en-US")} chars)`;
  if (typeof value !== "object" || value === null) return value;
  const size = Object.keys(value).length;
  if (size <= items) return value;
  const more = `… ${(size - items).toLocaleString("en-US")} more`;
  return isObject(value)
    ? Object.fromEntries([...Object.entries(value).slice(0, items), ["…", more]])
    : [...value.slice(0, items), more];
}
