/**
 * Hits: what a record says to a correlation that counts it.
 * Pure. All that the correlation and those above it will ask of the record is read when the record comes: a later record may
 * complete what this one was a part of.
 */
import type { Check, Correlation } from "./correlation.ts";
import type { Facts, Seen } from "./facts.ts";
import type { Field } from "./field.ts";
import { scoreValues } from "./score.ts";
import type { Mark, Onward, WindowAdd, WindowMember } from "./state.ts";
import { signsOf } from "./window.ts";

export interface Hit extends Omit<Onward, "to"> {
  readonly correlation: Correlation;
  /** In which it happened. */
  readonly account: string;
  readonly seen: Seen;
  /** Of the member that it adds to a window. */
  readonly id: string;
}

/** Values of a group-by; an absent field is the empty text. */
export function groupOf(groupBy: readonly Field[], facts: Facts): readonly string[] {
  return groupBy.map((field) => field.text(facts) ?? "");
}

/** One hit for each group: a record that matches several rules counts once, unless an alias puts it into two groups. */
export function hitsOf(correlation: Correlation, facts: Facts, bases: readonly string[]): readonly Hit[] {
  const hits: Hit[] = [];
  for (const { group, own } of partsOf(correlation, facts, bases)) {
    const values = valuesOf(correlation.check, facts, own);
    if (!isCounted(correlation.check, values)) continue;
    const seen = facts.seen();
    hits.push({
      correlation,
      account: facts.record.recipientAccountId,
      seen,
      id: seen.sighting.eventID,
      principal: facts.principal().id,
      group,
      values,
      onward: onwardsOf(correlation, facts),
    });
  }
  return hits;
}

interface Part {
  readonly group: readonly string[];
  readonly own: readonly string[];
}

function partsOf({ groupBy }: Correlation, facts: Facts, bases: readonly string[]): readonly Part[] {
  const groupFor = (base: string) => groupBy.map(({ of }) => of(base).text(facts) ?? "");
  const [only] = bases;
  if (only !== undefined && (bases.length === 1 || !groupBy.some(({ isAlias }) => isAlias)))
    return [{ group: groupFor(only), own: bases }];
  const byGroup = new Map<string, { readonly group: readonly string[]; readonly own: string[] }>();
  for (const base of bases) {
    const group = groupFor(base);
    const name = JSON.stringify(group);
    const before = byGroup.get(name);
    if (before === undefined) byGroup.set(name, { group, own: [base] });
    else before.own.push(base);
  }
  return [...byGroup.values()];
}

const NOTHING: readonly Onward[] = [];

/** What the record will say to those that count a correlation. */
function onwardsOf({ name, countedBy }: Correlation, facts: Facts): readonly Onward[] {
  if (countedBy.length === 0) return NOTHING;
  const base = [name];
  return countedBy.flatMap((above) =>
    partsOf(above, facts, base).flatMap(({ group }): readonly Onward[] => {
      const values = valuesOf(above.check, facts, base);
      if (!isCounted(above.check, values)) return [];
      return [{ to: above.name, principal: facts.principal().id, group, values, onward: onwardsOf(above, facts) }];
    }),
  );
}

/** A record without the value that is counted is none of the counted: it may be another call altogether. */
function isCounted(check: Check, values: readonly string[]): boolean {
  return !(check.kind === "count" && check.needsFirst && values[0] === "");
}

/** What the check compares. Of a new value one text, and none when all of its fields are absent. */
function valuesOf(check: Check, facts: Facts, bases: readonly string[]): readonly string[] {
  const textOf = (field: Field): string => field.text(facts) ?? "";
  switch (check.kind) {
    case "count":
      return check.distinct.map(({ field }) => textOf(field));
    case "sequence":
      return scoreValues(bases, []);
    case "score":
      return scoreValues(
        bases,
        check.scoring.spread.map(({ field }) => textOf(field)),
      );
    case "new": {
      const values = check.fields.map(textOf);
      return values.every((value) => value === "") ? [] : [values.join(" · ")];
    }
  }
}

/** What a record, at which a correlation fired, says to those that count that one. */
export function hitsAbove(
  correlation: Correlation,
  account: string,
  seen: Seen,
  onward: readonly Onward[],
): readonly Hit[] {
  return onward.flatMap((one) => {
    const above = correlation.countedBy.find(({ name }) => name === one.to);
    // A record may reach the same window over several correlations, at different times.
    const id = `${seen.sighting.eventID} ${correlation.name}`;
    if (above === undefined) return [];
    const { principal, group, values, onward: further } = one;
    return [{ correlation: above, account, seen, id, principal, group, values, onward: further }];
  });
}

/** What is kept of the record that a member stands for. */
export function seenIn({ at, sighting, values }: WindowMember): Seen {
  return { at, sighting, outcome: values.at(-1) === "failure" ? "failure" : "success" };
}

/** Names a hit's window, or its group. */
export function keyOf({ correlation, account, group }: Hit): string {
  // Record text may hold anything, a separator too: with lengths, no two groups are named alike.
  let key = `${correlation.name}\n${account}`;
  for (const value of group) key += `\n${value.length} ${value}`;
  return key;
}

/** @returns undefined for a correlation that asks for no new value, and for a record that has none. */
export function markOf(hit: Hit, learns: boolean): Mark | undefined {
  const { check, windowMs: forgetMs } = hit.correlation;
  const [value] = hit.values;
  if (check.kind !== "new" || value === undefined) return undefined;
  const { at, sighting } = hit.seen;
  return { key: keyOf(hit), value, eventID: sighting.eventID, at, forgetMs, learningMs: check.learningMs, learns };
}

/**
 * What a hit adds to the window of its correlation. The last of the member's values is the record's outcome, so that whether a
 * window failed as a whole does not depend on which record completed it.
 *
 * @returns undefined for a correlation that keeps no window.
 */
export function windowAddOf(hit: Hit): WindowAdd | undefined {
  const { correlation, id, values, onward } = hit;
  const { check, windowMs, need } = correlation;
  if (check.kind === "new") return undefined;
  const { at, outcome, sighting } = hit.seen;
  const said = [...values, outcome];
  const member = onward.length === 0 ? { id, at, sighting, values: said } : { id, at, sighting, values: said, onward };
  return { key: keyOf(hit), windowMs, member, need, signs: signsOf(check, member) };
}
