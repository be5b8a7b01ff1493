/**
 * Correlations: when records that rules matched are together a finding: so many in a window of eventTime, one after the
 * other, or a value that was never seen.
 * Pure. The outcome does not depend on the order of arrival: some window that holds the new record has to meet the condition.
 * Source: Sigma specification 2.1, "Correlation"; `new_value`, `ids.also` and `ids.learning` are Trailhound's.
 */
import type { Facts } from "./facts.ts";
import { type Field, firstText } from "./field.ts";
import type { Evidence, Level, Sighting } from "./finding.ts";
import { canScore, type Scoring, scoreOf } from "./score.ts";
import { isSequence, stepsEvidence } from "./sequence.ts";
import type { Mark, Need, WindowMember } from "./state.ts";

/** At least `least` distinct values of a field in the window. */
export interface Distinct {
  readonly field: Field;
  readonly least: number;
}

export type Check =
  /** Records in the window (1 where only distinct values count), and distinct values. */
  | { readonly kind: "count"; readonly leastEvents: number; readonly distinct: readonly Distinct[] }
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
  readonly groupBy: readonly GroupField[];
  readonly check: Check;
  /** What a window has to come to before the check can hold. */
  readonly need: Need;
  /** False for a base of other correlations, unless one of them says `generate: true`. */
  readonly raises: boolean;
  /** The correlations that take this one's findings for their records. */
  readonly countedBy: readonly Correlation[];
}

/** A record that a correlation has to do with, and which of its rules it matched. */
export interface Hit {
  readonly correlation: Correlation;
  readonly facts: Facts;
  readonly bases: readonly string[];
  /** Values of the correlation's group-by: `["arn:aws:iam::111122223333:user/jack"]`; an absent field is the empty text. */
  readonly group: readonly string[];
}

/** A window that meets the condition: its members, the triggering one last. */
export interface Fired {
  readonly members: readonly WindowMember[];
  readonly evidence: readonly Evidence[];
  /** Where the window says it: the level that a score reached. */
  readonly level?: Level;
}

/** Most members a finding names: the newest ones. */
export const MAX_NAMED = 100;

/** Values of a rule's own group-by; an absent field is the empty text. */
export function groupOf(groupBy: readonly Field[], facts: Facts): readonly string[] {
  return groupBy.map((field) => firstText(field, facts) ?? "");
}

/** One hit for each group: a record that matches several rules counts once, unless an alias puts it into two groups. */
export function hitsOf(correlation: Correlation, facts: Facts, bases: readonly string[]): readonly Hit[] {
  const groupFor = (base: string) => correlation.groupBy.map(({ of }) => firstText(of(base), facts) ?? "");
  const [only] = bases;
  if (bases.length === 1 && only !== undefined) return [{ correlation, facts, bases, group: groupFor(only) }];
  const byGroup = new Map<string, Hit>();
  for (const base of bases) {
    const group = groupFor(base);
    const name = JSON.stringify(group);
    const known = byGroup.get(name)?.bases ?? [];
    byGroup.set(name, { correlation, facts, bases: [...known, base], group });
  }
  return [...byGroup.values()];
}

/** Names a hit's window, or its group. */
export function keyOf({ correlation, facts, group }: Hit): string {
  // Record text may hold anything, a separator too: with lengths, no two groups are named alike.
  let key = `${correlation.name}\n${facts.record.recipientAccountId}`;
  for (const value of group) key += `\n${value.length} ${value}`;
  return key;
}

/** @returns undefined for a correlation that asks for no new value, and for a record that has none. */
export function markOf(hit: Hit, learns: boolean): Mark | undefined {
  const { check, windowMs: forgetMs } = hit.correlation;
  if (check.kind !== "new") return undefined;
  const value = newValueOf(check.fields, hit.facts);
  if (value === undefined) return undefined;
  const { at, sighting } = hit.facts.seen();
  const { eventID } = sighting;
  return { key: keyOf(hit), value, eventID, at, forgetMs, learningMs: check.learningMs, learns };
}

/** What makes a value of several fields; undefined when all of them are absent. */
export function newValueOf(fields: readonly Field[], facts: Facts): string | undefined {
  const values = fields.map((field) => firstText(field, facts) ?? "");
  if (values.every((value) => value === "")) return undefined;
  return values.join(" · ");
}

/** "failure" when every record of the window failed. */
export function windowOutcome(members: readonly WindowMember[]): "success" | "failure" {
  return members.every(({ values }) => values.at(-1) === "failure") ? "failure" : "success";
}

/**
 * Looks for a window of `windowMs` that holds the triggering record and meets the condition; the earliest such window is taken.
 *
 * @param members neighbours of the triggering record as the state gives them, oldest first.
 */
export function fire(correlation: Correlation, trigger: Sighting, members: readonly WindowMember[]): Fired | undefined {
  // Conditions only ask for more: what all neighbours together do not meet, no window of them does. Most records end here.
  const { check, name } = correlation;
  if (check.kind === "score" ? !canScore(check.scoring, members) : !isMet(check, members)) return undefined;
  if (!members.some(({ sighting }) => sighting.eventID === trigger.eventID)) return undefined;
  const at = Date.parse(trigger.time);
  let end = 0;
  for (const [start, { at: from }] of members.entries()) {
    if (from > at) return undefined;
    if (from + correlation.windowMs < at) continue;
    const reached = end;
    while (end < members.length && (members[end]?.at ?? 0) <= from + correlation.windowMs) end++;
    // A window that reaches no further than the one before is a part of it, and conditions only ask for more.
    if (end === reached) continue;
    const window = members.slice(start, end);
    if (check.kind !== "score") {
      if (isMet(check, window)) return firedOf(correlation, trigger, window);
      continue;
    }
    const scored = scoreOf(name, check.scoring, window);
    if (scored !== undefined) return { ...namedOf(trigger, window), ...scored };
  }
  return undefined;
}

function isMet(check: Check, window: readonly WindowMember[]): boolean {
  switch (check.kind) {
    case "count":
      if (window.length < check.leastEvents) return false;
      return check.distinct.every(({ least }, at) => hasDistinct(window, at, least));
    case "sequence":
      return isSequence(check.bases, check.ordered, window);
    default:
      return false;
  }
}

/** As tally, but only as far as it takes. */
function hasDistinct(window: readonly WindowMember[], at: number, least: number): boolean {
  if (window.length < least) return false;
  const seen = new Set<string>();
  for (const { values } of window) {
    const value = values[at] ?? "";
    if (value !== "" && seen.add(value).size >= least) return true;
  }
  return seen.size >= least;
}

/** How often each value occurs; absent ones, which are empty, are not counted. */
function tally(window: readonly WindowMember[], at: number): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { values } of window) {
    const value = values[at] ?? "";
    if (value !== "") counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

function firedOf({ name, check, windowMs }: Correlation, trigger: Sighting, window: readonly WindowMember[]): Fired {
  const { members } = namedOf(trigger, window);
  if (check.kind === "sequence") return { members, evidence: stepsEvidence(name, check.bases, check.ordered, window) };
  const minutes = Math.round(windowMs / 6000) / 10;
  const distinct = check.kind === "count" ? check.distinct : [];
  return {
    members,
    evidence: [
      { selection: name, field: "records", value: `${window.length} within ${minutes} minutes` },
      ...distinct.map(({ field }, at) => ({ selection: name, field: field.path, value: topOf(tally(window, at)) })),
    ],
  };
}

/** The newest of a window, the triggering one last. */
function namedOf(trigger: Sighting, window: readonly WindowMember[]): Pick<Fired, "members"> {
  const own = window.filter(({ sighting }) => sighting.eventID === trigger.eventID);
  const others = window.filter(({ sighting }) => sighting.eventID !== trigger.eventID);
  return { members: [...others.slice(1 - MAX_NAMED), ...own] };
}

/** `12 distinct, such as iam:ListUsers, s3:ListBuckets`, most frequent first. */
function topOf(counts: ReadonlyMap<string, number>): string {
  const top = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, 2);
  return `${counts.size} distinct, such as ${top.map(([value]) => value).join(", ")}`;
}
