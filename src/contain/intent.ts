/**
 * Intents: one recorded wish of one operator to disable one key, authenticated so that who can only
 * write to Redis cannot make Trailhound call IAM.
 * Pure. Knows no alert beyond its id.
 */
import { createHash } from "node:crypto";
import { canonicalJson, isMacOf, macOf } from "./canonical.ts";

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

/** What was not called within this time is not called any more: the world has moved on since the click. */
export const INTENT_LIFE_MS = 5 * 60_000;

const VERB = "deactivate-access-key";

/**
 * `makeIntent({ account: "111122223333", keyId: "AKIA…", fence: 1, requestedAt: "2026-11-20T10:00:00.000Z", … }, key)`
 *   → the same with `id: "in_…"`, `verb`, `expiresAt: "2026-11-20T10:05:00.000Z"` and `mac`.
 */
export function makeIntent(wish: Omit<IntentFields, "id" | "verb" | "expiresAt">, key: Buffer): Intent {
  const expiresAt = new Date(Date.parse(wish.requestedAt) + INTENT_LIFE_MS).toISOString();
  const fields: IntentFields = { ...wish, id: idOf(wish), verb: VERB, expiresAt };
  return { ...fields, mac: macOf(fields, key) };
}

/** False for an intent that was written or changed by anyone without the key, an unknown field included. */
export function isGenuine(intent: Intent, key: Buffer): boolean {
  const { mac, ...fields } = intent;
  return isMacOf(mac, fields, key);
}

function idOf(wish: Pick<IntentFields, "account" | "keyId" | "fence">): string {
  const parts = canonicalJson([wish.account, wish.keyId, VERB, wish.fence]);
  return `in_${createHash("sha256").update(parts).digest("hex").slice(0, 24)}`;
}
