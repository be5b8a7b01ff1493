/**
 * Plans: may this key be disabled, what would that do, and what would it not do. Decides and changes nothing.
 * Pure: the caller reads IAM and hands in what it found.
 */

/** One key of the user as the dialog shows it. */
export interface KeyView {
  readonly id: string;
  readonly status: "Active" | "Inactive";
  readonly createdAt: string;
  readonly ageDays: number;
  readonly lastUsed?: { readonly at: string; readonly service: string; readonly region: string };
}

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
