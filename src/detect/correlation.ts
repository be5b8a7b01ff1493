/**
 * Correlations: when records that rules matched are together a finding: so many in a window of eventTime, one after the
 * other, or a value that was never seen. What a record says to them stands in hit.ts, when they fire in fire.ts.
 * Source: Sigma specification 2.1, "Correlation"; `new_value`, `ids.also`, `ids.steady` and `ids.learning` are Trailhound's.
 */
import type { Field } from "./field.ts";
import type { Level } from "./finding.ts";
import type { Scoring } from "./score.ts";
import type { Need } from "./state.ts";

/** At least `least` distinct values of a field in the window. */
export interface Distinct {
  readonly field: Field;
  readonly least: number;
}

export type Check =
  /** Records in the window (1 where only distinct values count), and distinct values. `needsFirst`: only records that have the first of them. */
  | {
      readonly kind: "count";
      readonly leastEvents: number;
      readonly distinct: readonly Distinct[];
      readonly needsFirst: boolean;
      /** So many records that come at a steady interval; undefined where any will do. */
      readonly steady: number | undefined;
    }
  /** A record of each rule, in this order when `ordered`. */
  | { readonly kind: "sequence"; readonly bases: readonly string[]; readonly ordered: boolean }
  /** Signs that add up to one of its levels. */
  | { readonly kind: "score"; readonly scoring: Scoring }
  /** Values, taken together, that the group did not have within the window. */
  | { readonly kind: "new"; readonly fields: readonly Field[]; readonly learningMs: number };

/** A field that groups records; an alias is another field for each rule. */
export interface GroupField {
  readonly name: string;
  readonly of: (base: string) => Field;
}

export interface Correlation {
  readonly kind: "correlation";
  readonly name: string;
  readonly title: string;
  readonly level: Level;
  readonly onFailure: "lower" | "same" | "ignore";
  readonly windowMs: number;
  /** The same list for all that group by the same fields without aliases. */
  readonly groupBy: readonly GroupField[];
  /** Whether one of them is an alias. */
  readonly isAliased: boolean;
  readonly check: Check;
  /** What a window has to come to before the check can hold. */
  readonly need: Need;
  /** False for a base of other correlations, unless one of them says `generate: true`. */
  readonly raises: boolean;
  /** The correlations that take this one's findings for their records. */
  readonly countedBy: readonly Correlation[];
}
