/**
 * Hits: what a record says to a correlation that counts it.
 * Pure. All that the correlation and those above it will ask of the record is read when the record comes: a later record may
 * complete what this one was a part of.
 */
import type { Check, Correlation } from "./correlation.ts";
import type { Facts, Seen } from "./facts.ts";
import { type Field, firstText } from "./field.ts";
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
  return groupBy.map((field) => firstText(field, facts) ?? "");
}

/** One hit for each group: a record that matches several rules counts once, unless an alias puts it into two groups. */
export function hitsOf(correlation: Correlation, facts: Facts, bases: readonly string[]): readonly Hit[] {
  const seen = facts.seen();
  return onwardsOf(correlation, facts, bases).map((onward) => ({
    ...onward,
    correlation,
    account: facts.record.recipientAccountId,
    seen,
    id: seen.sighting.eventID,
  }));
}

function onwardsOf(correlation: Correlation, facts: Facts, bases: readonly string[]): readonly Onward[] {
  const groupFor = (base: string) => correlation.groupBy.map(({ of }) => firstText(of(base), facts) ?? "");
  const [only] = bases;
  if (bases.length === 1 && only !== undefined) return [onwardOf(correlation, facts, bases, groupFor(only))];
  const byGroup = new Map<string, { readonly group: readonly string[]; readonly own: string[] }>();
  for (const base of bases) {
    const group = groupFor(base);
    const name = JSON.stringify(group);
    const before = byGroup.get(name);
    if (before === undefined) byGroup.set(name, { group, own: [base] });
    else before.own.push(base);
  }
  return [...byGroup.values()].map(({ group, own }) => onwardOf(correlation, facts, own, group));
}

const NOTHING: readonly Onward[] = [];

function onwardOf(correlation: Correlation, facts: Facts, bases: readonly string[], group: readonly string[]): Onward {
  const { name: to, check, countedBy } = correlation;
  const onward = countedBy.length === 0 ? NOTHING : countedBy.flatMap((above) => onwardsOf(above, facts, [to]));
  return { to, principal: facts.principal().id, group, values: valuesOf(check, facts, bases), onward };
}

/** What the check compares. Of a new value one text, and none when all of its fields are absent. */
function valuesOf(check: Check, facts: Facts, bases: readonly string[]): readonly string[] {
  const textOf = (field: Field): string => firstText(field, facts) ?? "";
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
    return above === undefined ? [] : [{ ...one, correlation: above, account, seen, id }];
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
  const said = { id, at, sighting, values: [...values, outcome] };
  const member = onward.length === 0 ? said : { ...said, onward };
  return { key: keyOf(hit), windowMs, member, need, signs: signsOf(check, member) };
}
