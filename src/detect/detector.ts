/**
 * The detector: records in, findings out. One detector serves the stream, the command line and the rule cases.
 * Pure but for the state port. A redelivered record gives the same findings again, with the same ids.
 */

import { principalOf } from "../cloudtrail/principal.ts";
import { actionOf, type CloudTrailRecord, outcomeOf } from "../cloudtrail/record.ts";
import {
  type Correlation,
  fire,
  groupOf,
  type Hit,
  hitsOf,
  markOf,
  newValueOf,
  sightingOf,
  windowOutcome,
} from "./correlation.ts";
import { evidenceOf } from "./evidence.ts";
import { type AccountContext, type Facts, factsOf, type Known } from "./facts.ts";
import { digestOf, type Evidence, type Finding, type Level, lowered, type Outcome, type Sighting } from "./finding.ts";
import { type CompiledRule, type CompiledRules, RULE_FAILED } from "./rules.ts";
import type { DetectorState, Mark, MarkAnswer, WindowAdd, WindowMember } from "./state.ts";
import { windowAddOf } from "./window.ts";

export interface Detector {
  feed(record: CloudTrailRecord): Promise<readonly Finding[]>;
  /** Findings in the order of the records; the state is asked once for all of them. */
  feedAll(records: readonly CloudTrailRecord[]): Promise<readonly Finding[]>;
}

export interface DetectorContext {
  /** One's own accounts: what they share with each other is shared with nobody foreign. */
  readonly accounts: readonly AccountContext[];
  /** What else is known about the world: vendors, places of addresses. */
  readonly known?: Omit<Known, "accounts">;
  /** Which of these principals have an open alert: nothing is learnt from what they do. Without it nobody has. */
  readonly suspects?: (principals: readonly string[]) => Promise<ReadonlySet<string>>;
}

/** What a record gives, in its place among the others of a batch. */
interface Place {
  readonly facts: Facts;
  /** Those that may match. */
  readonly rules: readonly CompiledRule[];
  readonly findings: Finding[];
}
const NO_HITS: readonly PlacedHit[] = [];
interface PlacedHit extends Hit {
  readonly place: Place;
}

/** What a correlation was told by the state. */
type Told =
  | { readonly kind: "window"; readonly members: readonly WindowMember[] }
  | { readonly kind: "mark"; readonly answer: MarkAnswer };

export function makeDetector(compiled: CompiledRules, state: DetectorState, context: DetectorContext): Detector {
  const accounts = new Map(context.accounts.map((account) => [account.id, account]));
  const known: Known = { ...context.known, accounts: new Set(accounts.keys()) };

  async function feedAll(records: readonly CloudTrailRecord[]): Promise<readonly Finding[]> {
    const places: Place[] = [];
    let hits: PlacedHit[] = [];
    for (const record of records) {
      const rules = compiled.router(record, known.geo);
      // Most records: no rule is about them.
      if (rules.length === 0) continue;
      const facts = factsOf(record, accounts.get(record.recipientAccountId), known);
      const place: Place = { facts, rules, findings: [] };
      places.push(place);
      hits.push(...evaluate(place));
    }
    const suspects = await suspectsAmong(hits, context);
    // A correlation that fires is a record to those that count it: seldom more than one round.
    while (hits.length > 0) hits = judge(hits, await answersTo(hits, state, suspects));
    return places.flatMap(({ findings }) => findings);
  }
  return { feed: (record) => feedAll([record]), feedAll };
}

/** Every rule on its own: one that throws becomes a finding, the others go on. */
function evaluate(place: Place): readonly PlacedHit[] {
  const { facts, rules, findings } = place;
  // Most records match no rule: nothing is made before one does.
  let counted: Map<Correlation, string[]> | undefined;
  for (const rule of rules) {
    try {
      if (!isTried(rule, facts)) continue;
      if (rule.raises) findings.push(ruleFinding(rule, facts));
      counted ??= new Map();
      note(counted, rule.countedBy, rule.name);
    } catch (error) {
      findings.push(failedFinding(rule.name, facts, error));
    }
  }
  return counted === undefined ? NO_HITS : hitsIn(counted, place);
}

function note(counted: Map<Correlation, string[]>, correlations: readonly Correlation[], base: string): void {
  for (const correlation of correlations) {
    const bases = counted.get(correlation);
    if (bases === undefined) counted.set(correlation, [base]);
    else bases.push(base);
  }
}

function hitsIn(counted: ReadonlyMap<Correlation, readonly string[]>, place: Place): readonly PlacedHit[] {
  const hits: PlacedHit[] = [];
  for (const [correlation, bases] of counted) {
    try {
      for (const hit of hitsOf(correlation, place.facts, bases)) hits.push({ ...hit, place });
    } catch (error) {
      place.findings.push(failedFinding(correlation.name, place.facts, error));
    }
  }
  return hits;
}

function isTried(rule: CompiledRule, facts: Facts): boolean {
  return rule.matches(facts) && !(rule.onFailure === "ignore" && outcomeOf(facts.record) === "failure");
}

async function suspectsAmong(hits: readonly PlacedHit[], { suspects }: DetectorContext): Promise<ReadonlySet<string>> {
  const learning = hits.filter(({ correlation }) => correlation.check.kind === "new");
  if (learning.length === 0 || suspects === undefined) return new Set();
  return suspects([...new Set(learning.map(({ facts }) => principalOf(facts.record).id))]);
}

async function answersTo(
  hits: readonly PlacedHit[],
  state: DetectorState,
  suspects: ReadonlySet<string>,
): Promise<ReadonlyMap<PlacedHit, Told>> {
  const adds: { readonly hit: PlacedHit; readonly add: WindowAdd }[] = [];
  const marks: { readonly hit: PlacedHit; readonly mark: Mark }[] = [];
  for (const hit of hits) {
    const add = windowAddOf(hit);
    if (add !== undefined) adds.push({ hit, add });
    if (hit.correlation.check.kind !== "new") continue;
    const { record } = hit.facts;
    const isSuspect = suspects.size > 0 && suspects.has(principalOf(record).id);
    const mark = markOf(hit, outcomeOf(record) === "success" && !isSuspect);
    if (mark !== undefined) marks.push({ hit, mark });
  }
  if (adds.length + marks.length === 0) return new Map();
  const answer = await state.ask({ adds: adds.map(({ add }) => add), marks: marks.map(({ mark }) => mark) });
  const told = new Map<PlacedHit, Told>();
  for (const [i, { hit }] of adds.entries()) told.set(hit, { kind: "window", members: answer.windows[i] ?? [] });
  for (const [i, { hit }] of marks.entries()) {
    const one = answer.marks[i];
    if (one !== undefined) told.set(hit, { kind: "mark", answer: one });
  }
  return told;
}

/** Puts findings in their places; gives the hits of those correlations that count the ones which fired. */
function judge(hits: readonly PlacedHit[], told: ReadonlyMap<PlacedHit, Told>): PlacedHit[] {
  const fired = new Map<Place, Map<Correlation, string[]>>();
  for (const hit of hits) {
    const answer = told.get(hit);
    const finding = answer === undefined ? undefined : findingOfHit(hit, answer);
    if (finding === undefined) continue;
    const { correlation, place } = hit;
    if (correlation.raises) place.findings.push(finding);
    const counted = fired.get(place) ?? new Map<Correlation, string[]>();
    fired.set(place, counted);
    note(counted, correlation.countedBy, correlation.name);
  }
  return [...fired].flatMap(([place, counted]) => hitsIn(counted, place));
}

/** @returns undefined when the correlation does not fire. */
function findingOfHit(hit: PlacedHit, told: Told): Finding | undefined {
  return told.kind === "window" ? windowFinding(hit, told.members) : newFinding(hit, told.answer);
}

function ruleFinding(rule: CompiledRule, facts: Facts): Finding {
  const told = asTold(rule, outcomeOf(facts.record));
  return findingOf(facts, told, groupOf(rule.groupBy, facts), evidenceOf(rule, facts), [sightingOf(facts)]);
}

function windowFinding(hit: PlacedHit, members: readonly WindowMember[]): Finding | undefined {
  // What is needed is not there: most windows of most records.
  if (members.length === 0) return undefined;
  const { correlation, facts } = hit;
  const fired = fire(correlation, sightingOf(facts), members);
  if (fired === undefined) return undefined;
  const outcome = windowOutcome(fired.members);
  if (correlation.onFailure === "ignore" && outcome === "failure") return undefined;
  const sightings = fired.members.map(({ sighting }) => sighting);
  // A score that reaches a higher level is an alert of its own.
  const { level } = fired;
  const told = asTold(level === undefined ? correlation : { ...correlation, level }, outcome);
  return findingOf(facts, told, [...othersOf(hit), ...(level === undefined ? [] : [level])], fired.evidence, sightings);
}

function newFinding(hit: PlacedHit, { known, told: isTold, learning }: MarkAnswer): Finding | undefined {
  const { correlation, facts } = hit;
  const { check, windowMs, name } = correlation;
  if (known || isTold || check.kind !== "new") return undefined;
  const told = asTold(correlation, outcomeOf(facts.record));
  const days = Math.round(windowMs / 86_400_000);
  const since = learning ? "not seen before, but little is known yet" : `not seen in ${days} days`;
  const value = `${newValueOf(check.fields, facts) ?? ""} (${since})`.slice(0, 256);
  const evidence = [{ selection: name, field: check.fields.map(({ path }) => path).join(", "), value }];
  // While it learns it is a signal, which must not open the alert of what comes later.
  const level = learning ? "informational" : told.level;
  const group = [...othersOf(hit), ...(learning ? ["learning"] : [])];
  return findingOf(facts, { ...told, level }, group, evidence, [sightingOf(facts)]);
}

/** Group values beside the principal: what splits alerts further. */
function othersOf({ correlation, group }: Hit): readonly string[] {
  return group.filter((_, at) => correlation.groupBy[at]?.name !== "ids.principal");
}

/** How a match is told: who found it, under which title and level, with which outcome. */
interface AsTold {
  readonly rule: string;
  readonly title: string;
  readonly level: Level;
  readonly outcome: Outcome;
}

/** A failed attempt is told one level lower, unless the rule says `ids.on_failure: same`. */
function asTold({ name: rule, title, level, onFailure }: CompiledRule | Correlation, outcome: Outcome): AsTold {
  if (outcome === "success" || onFailure === "same") return { rule, title, level, outcome };
  return { rule, title: `${title} (tried, failed)`, level: lowered(level), outcome };
}

function findingOf(
  { record }: Facts,
  told: AsTold,
  group: readonly string[],
  evidence: readonly Evidence[],
  sightings: readonly Sighting[],
): Finding {
  const account = record.recipientAccountId;
  return {
    id: digestOf("fi", told.rule, account, ...group, record.eventID),
    ...told,
    eventIDs: sightings.map(({ eventID }) => eventID),
    time: record.eventTime,
    account,
    principal: principalOf(record).id,
    evidence,
    suppressed: false,
    group,
    sightings,
  };
}

/** One a day for each rule and account, however many records it fails on: Trailhound's own trouble, not the principal's doing. */
function failedFinding(rule: string, facts: Facts, error: unknown): Finding {
  const told: AsTold = {
    rule: RULE_FAILED,
    title: `Rule ${rule} could not be evaluated`,
    level: "low",
    outcome: "failure",
  };
  const why = error instanceof Error ? error.message : String(error);
  const evidence = [{ selection: rule, field: actionOf(facts.record), value: why.slice(0, 256) }];
  const finding = findingOf(facts, told, [rule], evidence, [sightingOf(facts)]);
  const day = facts.record.eventTime.slice(0, 10);
  return { ...finding, id: digestOf("fi", RULE_FAILED, finding.account, rule, day), principal: "trailhound" };
}
