/**
 * Raise: the findings that rules and correlations give, and how they are told.
 * Pure. The same match gives the same finding, with the same id.
 */
import { actionOf } from "../cloudtrail/record.ts";
import type { Correlation } from "./correlation.ts";
import { evidenceOf } from "./evidence.ts";
import type { Facts } from "./facts.ts";
import { digestOf, type Evidence, type Finding, type Level, lowered, type Outcome, type Sighting } from "./finding.ts";
import { fire, windowOutcome } from "./fire.ts";
import { groupOf, type Hit } from "./hit.ts";
import { type CompiledRule, RULE_FAILED } from "./rules.ts";
import type { MarkAnswer, WindowMember } from "./state.ts";

export function ruleFinding(rule: CompiledRule, facts: Facts): Finding {
  const told = asTold(rule, facts.seen().outcome);
  const group = [facts.principal().id, ...groupOf(rule.groupBy, facts)];
  return findingOf(facts, told, group, evidenceOf(rule, facts), [facts.seen().sighting]);
}

/**
 * @param facts of the record that brought the hit: a late one may complete what happens after it.
 * @returns undefined when the correlation does not fire.
 */
export function windowFinding(hit: Hit, members: readonly WindowMember[], facts: Facts): Finding | undefined {
  const { correlation } = hit;
  const fired = fire(hit, members);
  if (fired === undefined) return undefined;
  const outcome = outcomeTold(correlation, members, fired.members);
  if (correlation.onFailure === "ignore" && outcome === "failure") return undefined;
  const sightings = fired.members.map(({ sighting }) => sighting);
  // A score that reaches a higher level is an alert of its own.
  const { level } = fired;
  const told = asTold(level === undefined ? correlation : { ...correlation, level }, outcome);
  return findingOf(facts, told, [...hit.group, ...(level === undefined ? [] : [level])], fired.evidence, sightings);
}

/** A score that takes failures as they are is one alert, whether the last sign was a success or not: it failed where anything did. */
function outcomeTold(
  { check, onFailure }: Correlation,
  members: readonly WindowMember[],
  counted: readonly WindowMember[],
): Outcome {
  if (check.kind !== "score" || onFailure !== "same") return windowOutcome(counted);
  return members.some((member) => windowOutcome([member]) === "failure") ? "failure" : "success";
}

/** @returns undefined for a value that is known, or was told today. */
export function newFinding(hit: Hit, { known, told: isTold, learning }: MarkAnswer, facts: Facts): Finding | undefined {
  const { correlation, seen } = hit;
  const { check, windowMs, name } = correlation;
  if (known || isTold || check.kind !== "new") return undefined;
  const told = asTold(correlation, seen.outcome);
  const days = Math.round(windowMs / 86_400_000);
  // Without a learning period nobody knows whether the days before were seen at all.
  const before = check.learningMs === 0 ? "not seen before" : `not seen in ${days} days`;
  const since = learning ? "not seen before, but little is known yet" : before;
  const value = `${hit.values[0] ?? ""} (${since})`.slice(0, 256);
  const evidence = [{ selection: name, field: check.fields.map(({ path }) => path).join(", "), value }];
  // While it learns it is a signal, which must not open the alert of what comes later.
  const level = learning ? "informational" : told.level;
  const group = [...hit.group, ...(learning ? ["learning"] : [])];
  return findingOf(facts, { ...told, level }, group, evidence, [seen.sighting]);
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
  facts: Facts,
  told: AsTold,
  group: readonly string[],
  evidence: readonly Evidence[],
  sightings: readonly Sighting[],
): Finding {
  const { recipientAccountId: account, eventID, eventTime: time } = facts.record;
  return {
    id: digestOf("fi", told.rule, account, ...group, eventID),
    ...told,
    eventID,
    eventIDs: sightings.map(({ eventID }) => eventID),
    time,
    account,
    principal: facts.principal().id,
    evidence,
    suppressed: false,
    group,
    sightings,
  };
}

/** Two findings of one id as one that names the records of both, the later one's last. */
export function joined(before: Finding, later: Finding): Finding {
  const own = new Set(later.eventIDs);
  const sightings = [...before.sightings.filter(({ eventID }) => !own.has(eventID)), ...later.sightings];
  return { ...later, sightings, eventIDs: sightings.map(({ eventID }) => eventID) };
}

/** One a day for each rule and account, however many records it fails on: Trailhound's own trouble, not the principal's doing. */
export function failedFinding(rule: string, facts: Facts, error: unknown): Finding {
  const told: AsTold = {
    rule: RULE_FAILED,
    title: `Rule ${rule} could not be evaluated`,
    level: "low",
    outcome: "failure",
  };
  const why = error instanceof Error ? error.message : String(error);
  const evidence = [{ selection: rule, field: actionOf(facts.record), value: why.slice(0, 256) }];
  const finding = findingOf(facts, told, [rule], evidence, [facts.seen().sighting]);
  const day = facts.record.eventTime.slice(0, 10);
  return { ...finding, id: digestOf("fi", RULE_FAILED, finding.account, rule, day), principal: "trailhound" };
}
