/**
 * Hits: what a record says to a correlation that counts it.
 * Pure. All that the correlation and those above it will ask of the record is read when the record comes: a later record may
 * complete what this one was a part of.
 */
import { memoOf } from "../cloudtrail/memo.ts";
import type { Check, Correlation, GroupField } from "./correlation.ts";
import type { Facts, Seen } from "./facts.ts";
import type { Field } from "./field.ts";
import { basesText } from "./sequence.ts";
import type { Mark, Onward, WindowAdd, WindowMember } from "./state.ts";
import { signsOf } from "./window.ts";

export interface Hit extends Omit<Onward, "to"> {
  readonly correlation: Correlation;
  /** In which it happened. */
  readonly account: string;
  readonly seen: Seen;
  /** Of the member that it adds to a window. */
  readonly id: string;
  /** Account and group as one text. */
  readonly groupName: string;
}

/** Values of a group-by; an absent field is the empty text. */
export function groupOf(groupBy: readonly Field[], facts: Facts): readonly string[] {
  return groupBy.map((field) => field.text(facts) ?? "");
}

/** A record to the correlations that count it: what one asks of it others ask as well, so each list of fields is read once. */
export interface Counted {
  readonly facts: Facts;
  shared: { readonly groupBy: readonly GroupField[]; readonly group: Group }[] | undefined;
}

export function openCounted(facts: Facts): Counted {
  return { facts, shared: undefined };
}

/** One hit for each group: a record that matches several rules counts once, unless an alias puts it into two groups. */
export function hitsOf(correlation: Correlation, bases: readonly string[], counted: Counted): readonly Hit[] {
  if (correlation.isAliased)
    return partsOf(correlation, bases, counted).flatMap(
      ({ group, own }) => hitIn(correlation, group, own, counted) ?? NO_HITS,
    );
  const hit = hitIn(correlation, sharedGroup(correlation.groupBy, counted), bases, counted);
  return hit === undefined ? NO_HITS : [hit];
}

function hitIn(
  correlation: Correlation,
  { group, groupName }: Group,
  bases: readonly string[],
  counted: Counted,
): Hit | undefined {
  const { facts } = counted;
  const values = valuesOf(correlation.check, facts, bases);
  if (!isCounted(correlation.check, values)) return undefined;
  const seen = facts.seen();
  return {
    correlation,
    account: facts.record.recipientAccountId,
    seen,
    id: seen.sighting.eventID,
    principal: facts.principal().id,
    group,
    groupName,
    values,
    onward: onwardsOf(correlation, counted),
  };
}

/** Of a correlation with aliases: a group may be that of several rules. */
function partsOf({ groupBy }: Correlation, bases: readonly string[], { facts }: Counted): readonly Part[] {
  const byName = new Map<string, { readonly group: Group; readonly own: string[] }>();
  for (const base of bases) {
    const group = groupFor(groupBy, base, facts);
    const before = byName.get(group.groupName);
    if (before === undefined) byName.set(group.groupName, { group, own: [base] });
    else before.own.push(base);
  }
  return [...byName.values()];
}

function sharedGroup(groupBy: readonly GroupField[], counted: Counted): Group {
  for (const one of counted.shared ?? []) if (one.groupBy === groupBy) return one.group;
  const group = groupFor(groupBy, "", counted.facts);
  if (counted.shared === undefined) counted.shared = [{ groupBy, group }];
  else counted.shared.push({ groupBy, group });
  return group;
}

function groupFor(groupBy: readonly GroupField[], base: string, facts: Facts): Group {
  const [only] = groupBy;
  // Mostly it is one field.
  const group =
    groupBy.length === 1 && only !== undefined
      ? [only.of(base).text(facts) ?? ""]
      : groupBy.map(({ of }) => of(base).text(facts) ?? "");
  return { group, groupName: nameOf(facts.record.recipientAccountId, group) };
}

/** What the record will say to those that count a correlation. */
function onwardsOf({ name, countedBy }: Correlation, counted: Counted): readonly Onward[] {
  if (countedBy.length === 0) return NOTHING;
  const base = [name];
  const onwards: Onward[] = [];
  for (const above of countedBy) {
    if (!above.isAliased) addOnward(onwards, above, sharedGroup(above.groupBy, counted), base, counted);
    else for (const { group } of partsOf(above, base, counted)) addOnward(onwards, above, group, base, counted);
  }
  return onwards;
}

function addOnward(
  onwards: Onward[],
  above: Correlation,
  { group }: Group,
  base: readonly string[],
  counted: Counted,
): void {
  const values = valuesOf(above.check, counted.facts, base);
  if (!isCounted(above.check, values)) return;
  const principal = counted.facts.principal().id;
  onwards.push({ to: above.name, principal, group, values, onward: onwardsOf(above, counted) });
}

interface Group {
  readonly group: readonly string[];
  readonly groupName: string;
}
interface Part {
  readonly group: Group;
  readonly own: readonly string[];
}

const NOTHING: readonly Onward[] = [];
const NONE: readonly string[] = [];
const NO_HITS: readonly Hit[] = [];

/** A record without the value that is counted, or that must not be new, is none of the counted: it may be another call altogether. */
function isCounted(check: Check, values: readonly string[]): boolean {
  if (check.kind === "new") return values.length > 0;
  return !(check.kind === "count" && check.needsFirst && values[0] === "");
}

/**
 * What the check compares, and at the end the record's outcome, so that whether a window failed as a whole does not depend on which
 * record completed it. Of a new value one text alone, and none when all of its fields are absent.
 */
function valuesOf(check: Check, facts: Facts, bases: readonly string[]): readonly string[] {
  switch (check.kind) {
    case "count":
      return textsOf(check.distinct, facts);
    case "sequence":
      return [basesText(bases), facts.seen().outcome];
    case "score":
      return [basesText(bases), ...textsOf(check.scoring.spread, facts)];
    case "new": {
      const [only] = check.fields;
      if (check.fields.length === 1 && only !== undefined) {
        const text = only.text(facts) ?? "";
        return text === "" ? NONE : [text];
      }
      const values = check.fields.map((field) => field.text(facts) ?? "");
      return values.every((value) => value === "") ? NONE : [values.join(" · ")];
    }
  }
}

/** The outcome behind them. */
function textsOf(listed: readonly { readonly field: Field }[], facts: Facts): readonly string[] {
  const { outcome } = facts.seen();
  const [only] = listed;
  // Mostly it is one: a list of two needs no other list.
  if (listed.length === 1 && only !== undefined) return [only.field.text(facts) ?? "", outcome];
  return [...listed.map(({ field }) => field.text(facts) ?? ""), outcome];
}

/** What a record, at which a correlation fired, says to those that count that one. */
export function hitsAbove(
  correlation: Correlation,
  account: string,
  seen: Seen,
  onward: readonly Onward[],
): readonly Hit[] {
  const hits: Hit[] = [];
  // A record may reach the same window over several correlations, at different times.
  const id = `${seen.sighting.eventID} ${correlation.name}`;
  for (const { to, principal, group, values, onward: further } of onward) {
    const above = correlation.countedBy.find(({ name }) => name === to);
    if (above === undefined) continue;
    const groupName = nameOf(account, group);
    hits.push({ correlation: above, account, seen, id, principal, group, groupName, values, onward: further });
  }
  return hits;
}

/** What is kept of the record that a member stands for. */
export function seenIn({ at, sighting, values }: WindowMember): Seen {
  return { at, sighting, outcome: values.at(-1) === "failure" ? "failure" : "success" };
}

/** Record text may hold anything, a separator too: with lengths, no two groups are named alike. */
function nameOf(account: string, group: readonly string[]): string {
  const [only] = group;
  if (only === undefined || group.length > 1) return nameFor(account, group);
  const known = NAMES.get(only);
  if (known?.account === account) return known.name;
  const name = nameFor(account, group);
  if (known === undefined && name.length <= LONGEST_NAME) NAMES.add(only, { account, name });
  return name;
}

function nameFor(account: string, group: readonly string[]): string {
  let name = account;
  for (const value of group) name += `\n${value.length} ${value}`;
  return name;
}

/** Of groups of one value, by that: a text made anew would have to be hashed anew, too. */
const NAMES = memoOf<string, { readonly account: string; readonly name: string }>(4_096);
const LONGEST_NAME = 1_024;

/** What a hit asks of a group's known values. @param hit one of a correlation that asks for a new value. */
export function markOf({ correlation, groupName: group, seen, values }: Hit, learns: boolean): Mark {
  const { name, check, windowMs: forgetMs } = correlation;
  const learningMs = check.kind === "new" ? check.learningMs : 0;
  const [value = ""] = values;
  return { correlation: name, group, value, eventID: seen.sighting.eventID, at: seen.at, forgetMs, learningMs, learns };
}

/** What a hit adds to the window of its correlation. @param hit one of a correlation that keeps windows. */
export function windowAddOf({ correlation, groupName: group, id, values, onward, seen }: Hit): WindowAdd {
  const { name, check, windowMs, need } = correlation;
  const { at, sighting } = seen;
  const member = onward.length === 0 ? { id, at, sighting, values } : { id, at, sighting, values, onward };
  return { correlation: name, group, windowMs, member, need, signs: signsOf(check, member) };
}
