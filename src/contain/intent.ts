/**
 * Intents: one recorded wish of one operator to disable one key, authenticated so that who can only
 * write to Redis cannot make Trailhound call IAM.
 * Pure. Knows no alert beyond its id.
 */

/** Everything the HMAC covers. Times are UTC ISO 8601. */
export interface IntentFields {
  /** `in_` + 24 hex digits of sha256(account, keyId, verb, fence). */
  readonly id: string;
  readonly verb: "deactivate-access-key";
  readonly alert: string;
  readonly account: string;
  readonly keyId: string;
  readonly userName: string;
  /** Slack user id and team id of who asked. */
  readonly operator: string;
  readonly team: string;
  readonly reason: string;
  readonly requestedAt: string;
  readonly expiresAt: string;
  /** Grows with every intent for this key; a worker that holds a smaller one stops. */
  readonly fence: number;
}

export interface Intent extends IntentFields {
  /** HMAC-SHA256 hex over the canonical JSON of the fields, with the audit key. */
  readonly mac: string;
}
