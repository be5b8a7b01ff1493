/**
 * The detector: records in, findings out. One detector serves the stream, the command line and the rule cases.
 * Pure but for the state port. A redelivered record gives the same findings again, with the same ids.
 */

import { principalOf } from "../cloudtrail/principal.ts";
import { actionOf, type CloudTrailRecord, outcomeOf } from "../cloudtrail/record.ts";
import { type Correlation, fire, groupOf, sightingOf, windowAddOf, windowOutcome } from "./correlation.ts";
import { evidenceOf } from "./evidence.ts";
import { type AccountContext, type Facts, factsOf } from "./facts.ts";
import { digestOf, type Evidence, type Finding, type Level, lowered, type Outcome, type Sighting } from "./finding.ts";
import { type CompiledRule, type CompiledRules, RULE_FAILED } from "./rules.ts";
import type { DetectorState, WindowAdd, WindowMember } from "./state.ts";

export interface Detector {
  feed(record: CloudTrailRecord): Promise<readonly Finding[]>;
  /** Findings in the order of the records; the state is asked once for all of them. */
  feedAll(records: readonly CloudTrailRecord[]): Promise<readonly Finding[]>;
}

/** A record counted by a correlation: what goes into the window, and what is needed to tell of it. */
interface Counted {
  readonly correlation: Correlation;
  readonly facts: Facts;
  readonly add: WindowAdd;
}

/** What one record gives: findings, and correlations that have to look at their windows first. */
type Result = Finding | Counted;
const isCounted = (result: Result): result is Counted => "add" in result;
const isFinding = (result: Result): result is Finding => !isCounted(result);

export function makeDetector(
  compiled: CompiledRules,
  state: DetectorState,
  context: { readonly accounts: readonly AccountContext[] },
): Detector {
  const accounts = new Map(context.accounts.map((account) => [account.id, account]));
  const feedAll = async (records: readonly CloudTrailRecord[]): Promise<readonly Finding[]> => {
    const results = records.flatMap((record) =>
      evaluate(compiled, factsOf(record, accounts.get(record.recipientAccountId))),
    );
    const counted = results.filter(isCounted);
    if (counted.length === 0) return results.filter(isFinding);
    const windows = await state.add(counted.map(({ add }) => add));
    const told = new Map(counted.map((one, at) => [one, windowFinding(one, windows[at] ?? [])]));
    return results.flatMap((result) => (isCounted(result) ? (told.get(result) ?? []) : [result]));
  };
  return { feed: (record) => feedAll([record]), feedAll };
}

/** Every rule on its own: one that throws becomes a finding, the others go on. */
function evaluate(compiled: CompiledRules, facts: Facts): readonly Result[] {
  const results: Result[] = [];
  const counted: Correlation[] = [];
  for (const rule of compiled.router(facts.record)) {
    try {
      if (!isTried(rule, facts)) continue;
      if (rule.raises) results.push(ruleFinding(rule, facts));
      counted.push(...rule.countedBy);
    } catch (error) {
      results.push(failedFinding(rule.name, facts, error));
    }
  }
  for (const correlation of new Set(counted)) {
    try {
      results.push({ correlation, facts, add: windowAddOf(correlation, facts) });
    } catch (error) {
      results.push(failedFinding(correlation.name, facts, error));
    }
  }
  return results;
}

function isTried(rule: CompiledRule, facts: Facts): boolean {
  return rule.matches(facts) && !(rule.onFailure === "ignore" && outcomeOf(facts.record) === "failure");
}

function ruleFinding(rule: CompiledRule, facts: Facts): Finding {
  const told = asTold(rule, outcomeOf(facts.record));
  return findingOf(facts, told, groupOf(rule.groupBy, facts), evidenceOf(rule, facts), [sightingOf(facts)]);
}

/** @returns `[]` when no window meets the condition. */
function windowFinding({ correlation, facts, add }: Counted, members: readonly WindowMember[]): readonly Finding[] {
  const fired = fire(correlation, add.member.sighting, members);
  if (fired === undefined) return [];
  const outcome = windowOutcome(fired.members);
  if (correlation.onFailure === "ignore" && outcome === "failure") return [];
  const others = correlation.groupBy.filter(({ path }) => path !== "ids.principal");
  const sightings = fired.members.map(({ sighting }) => sighting);
  return [findingOf(facts, asTold(correlation, outcome), groupOf(others, facts), fired.evidence, sightings)];
}

/** How a match is told: who found it, under which title and level, with which outcome. */
interface Told {
  readonly rule: string;
  readonly title: string;
  readonly level: Level;
  readonly outcome: Outcome;
}

/** A failed attempt is told one level lower, unless the rule says `ids.on_failure: same`. */
function asTold({ name: rule, title, level, onFailure }: CompiledRule | Correlation, outcome: Outcome): Told {
  if (outcome === "success" || onFailure === "same") return { rule, title, level, outcome };
  return { rule, title: `${title} (tried, failed)`, level: lowered(level), outcome };
}

function findingOf(
  { record }: Facts,
  told: Told,
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
  const told: Told = {
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
