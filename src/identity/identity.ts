/**
 * Identities: what `/ids who` can say about a name, an ARN or an access key.
 * Pure.
 */
import type { KeyView } from "../cloudtrail/accesskey.ts";

/** What the question named, before anything was looked up. */
export type Subject =
  | { readonly kind: "key"; readonly keyId: string }
  | { readonly kind: "arn"; readonly arn: string; readonly account: string; readonly userName?: string }
  | { readonly kind: "name"; readonly name: string };

/** One account's answer: the IAM user, when there is one, and its keys. */
export interface Identity {
  readonly account: { readonly id: string; readonly name?: string; readonly owner?: string };
  readonly userName: string;
  readonly arn: string;
  readonly createdAt: string;
  readonly passwordLastUsed?: string;
  readonly keys: readonly KeyView[];
}

/** Totals over the alerts that Trailhound recorded about a subject. */
export interface Recorded {
  readonly events: number;
  readonly actions: readonly { readonly action: string; readonly count: number }[];
  readonly regions: readonly string[];
  readonly addresses: readonly string[];
  readonly first: string;
  readonly last: string;
}
