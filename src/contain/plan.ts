/**
 * Plans: may this key be disabled, what would that do, and what would it not do. Decides and changes nothing.
 * Pure: the caller reads IAM and hands in what it found.
 */
import type { KeyView } from "../cloudtrail/accesskey.ts";

export type Plan =
  | {
      readonly kind: "possible" | "already-inactive";
      readonly account: { readonly id: string; readonly name?: string };
      readonly userName: string;
      readonly userArn: string;
      readonly key: KeyView;
      readonly otherKeys: readonly KeyView[];
    }
  | {
      readonly kind: "refused";
      readonly why: Refusal;
      /** What to do instead, one step a line; our own text. */
      readonly steps: readonly string[];
    };

export type Refusal =
  | "root-key"
  | "foreign-account"
  | "unconfigured-account"
  | "protected-principal"
  | "temporary-key"
  | "owner-changed"
  | "key-gone"
  | "iam-denied"
  | "iam-unavailable";
