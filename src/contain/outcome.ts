/**
 * Outcomes: how the disabling of a key stands. Expected ends are values, not errors.
 * Pure.
 */
import type { Intent } from "./intent.ts";

export type ContainmentState =
  | { readonly kind: "requested" }
  | { readonly kind: "deactivated"; readonly at: string }
  | { readonly kind: "already-inactive" }
  | { readonly kind: "not-found" }
  /** A guard said no: `why` is our own text. */
  | { readonly kind: "refused"; readonly why: string }
  /** The IAM action our role lacks. */
  | { readonly kind: "denied"; readonly missing: string }
  /** Not done within the intent's life. */
  | { readonly kind: "expired" }
  /** A newer intent for the same key took over. */
  | { readonly kind: "superseded" };

/** One read-back of a contained key: still planned when `at` is absent. */
export interface ReadBack {
  readonly afterMs: number;
  readonly at?: string;
  readonly status?: "Active" | "Inactive" | "gone" | "unreadable";
}

/** How the disabling of one key stands, as people are shown it. */
export interface Containment {
  readonly intent: string;
  readonly keyId: string;
  readonly userName: string;
  /** Slack user id. */
  readonly operator: string;
  /** Written by the operator: free text. */
  readonly reason: string;
  readonly requestedAt: string;
  readonly state: ContainmentState;
  readonly readBacks: readonly ReadBack[];
}

/** Read-backs after a call: IAM is eventually consistent, and a thief may undo it. */
export const READ_BACKS_MS: readonly number[] = [10_000, 300_000];

/** How an intent stands, told from what its HMAC covers and from nothing that only the store says. */
export function containmentOf(
  intent: Intent,
  state: ContainmentState,
  readBacks: readonly ReadBack[] = [],
): Containment {
  const { id, keyId, userName, operator, reason, requestedAt } = intent;
  return { intent: id, keyId, userName, operator, reason, requestedAt, state, readBacks };
}

export function isFinal(state: ContainmentState): boolean {
  return state.kind !== "requested";
}
