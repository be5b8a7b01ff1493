/**
 * The detector: records in, findings out. One detector serves the stream, the command line and the rule cases.
 * Pure but for the state port. A redelivered record gives the same findings again, with the same ids.
 */

import { type CloudTrailRecord, outcomeOf } from "../cloudtrail/record.ts";
import type { Correlation } from "./correlation.ts";
import { type AccountContext, type Facts, factsOf, type Known } from "./facts.ts";
import type { Finding } from "./finding.ts";
import { completedBy } from "./fire.ts";
import { type Hit, hitsAbove, hitsOf, markOf, openCounted, seenIn, windowAddOf } from "./hit.ts";
import { failedFinding, joined, newFinding, ruleFinding, windowFinding } from "./raise.ts";
import type { CompiledRule, CompiledRules } from "./rules.ts";
import type { Answer, DetectorState, Mark, MarkAnswer, Question, WindowAdd, WindowMember } from "./state.ts";

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
  readonly suspects?: Suspects;
}
type Suspects = (principals: readonly string[]) => Promise<ReadonlySet<string>>;

/** A record with its findings, in its place among the others of a batch. */
interface Place {
  readonly facts: Facts;
  readonly findings: Finding[];
}
interface PlacedHit {
  readonly hit: Hit;
  readonly place: Place;
}
/** A correlation that counts a record, and which of its rules the record matched. */
interface Counting {
  readonly correlation: Correlation;
  readonly bases: string[];
}

const NOBODY: ReadonlySet<string> = new Set();

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
      const place: Place = { facts, findings: [] };
      places.push(place);
      evaluate(rules, place, hits);
    }
    // A correlation that fires is a record to those that count it: seldom more than one round.
    while (hits.length > 0) {
      const suspects = context.suspects === undefined ? NOBODY : await suspectsAmong(hits, context.suspects);
      hits = judge(hits, await state.ask(questionOf(hits, suspects)));
    }
    const found: Finding[] = [];
    for (const { findings } of places) for (const finding of findings) found.push(finding);
    return found;
  }
  return { feed: (record) => feedAll([record]), feedAll };
}

/** Every rule on its own: one that throws becomes a finding, the others go on. */
function evaluate(rules: readonly CompiledRule[], place: Place, hits: PlacedHit[]): void {
  const { facts, findings } = place;
  // Most records match no rule: nothing is made before one does.
  let counting: Counting[] | undefined;
  for (const rule of rules) {
    try {
      if (!isTried(rule, facts)) continue;
      if (rule.raises) findings.push(ruleFinding(rule, facts));
      for (const correlation of rule.countedBy) counting = noted(counting, correlation, rule.name);
    } catch (error) {
      findings.push(failedFinding(rule.name, facts, error));
    }
  }
  if (counting !== undefined) addHits(counting, place, hits);
}

function noted(counting: Counting[] | undefined, correlation: Correlation, base: string): Counting[] {
  if (counting === undefined) return [{ correlation, bases: [base] }];
  const before = counting.find((one) => one.correlation === correlation);
  if (before === undefined) counting.push({ correlation, bases: [base] });
  else before.bases.push(base);
  return counting;
}

function addHits(counting: readonly Counting[], place: Place, hits: PlacedHit[]): void {
  const counted = openCounted(place.facts);
  for (const { correlation, bases } of counting) {
    try {
      for (const hit of hitsOf(correlation, bases, counted)) hits.push({ hit, place });
    } catch (error) {
      place.findings.push(failedFinding(correlation.name, place.facts, error));
    }
  }
}

function isTried(rule: CompiledRule, facts: Facts): boolean {
  return rule.matches(facts) && !(rule.onFailure === "ignore" && outcomeOf(facts.record) === "failure");
}

async function suspectsAmong(hits: readonly PlacedHit[], suspects: Suspects): Promise<ReadonlySet<string>> {
  const learning = hits.filter(({ hit }) => hit.correlation.check.kind === "new");
  if (learning.length === 0) return NOBODY;
  return suspects([...new Set(learning.map(({ hit }) => hit.principal))]);
}

/** What the state is asked for all of them, in their order. */
function questionOf(hits: readonly PlacedHit[], suspects: ReadonlySet<string>): Question {
  const adds: WindowAdd[] = [];
  const marks: Mark[] = [];
  for (const { hit } of hits) {
    if (hit.correlation.check.kind === "new") marks.push(markOf(hit, isLearntFrom(hit, suspects)));
    else adds.push(windowAddOf(hit));
  }
  return { adds, marks };
}

function isLearntFrom({ principal, seen }: Hit, suspects: ReadonlySet<string>): boolean {
  return seen.outcome === "success" && !(suspects.size > 0 && suspects.has(principal));
}

/** Puts findings in their places; gives the hits on those correlations that count the ones which fired. */
function judge(hits: readonly PlacedHit[], { windows, marks }: Answer): PlacedHit[] {
  const above: PlacedHit[] = [];
  let [nextWindow, nextMark] = [0, 0];
  for (const { hit, place } of hits) {
    const isMark = hit.correlation.check.kind === "new";
    const judged = isMark
      ? judgeNew(hit, marks[nextMark++], place)
      : judgeWindow(hit, windows[nextWindow++] ?? [], place);
    if (judged.finding !== undefined) tell(place.findings, judged.finding);
    for (const one of judged.next) above.push({ hit: one, place });
  }
  return above;
}

/** One record may complete several windows of a correlation: that is one finding. */
function tell(findings: Finding[], finding: Finding): void {
  const at = findings.findIndex(({ id }) => id === finding.id);
  const before = findings[at];
  if (before === undefined) findings.push(finding);
  else findings[at] = joined(before, finding);
}

interface Judged {
  readonly finding: Finding | undefined;
  readonly next: readonly Hit[];
}
const NOTHING: Judged = { finding: undefined, next: [] };

function judgeWindow(hit: Hit, members: readonly WindowMember[], { facts }: Place): Judged {
  // What is needed is not there: most windows of most records.
  if (members.length === 0) return NOTHING;
  const { correlation, account } = hit;
  const completed = correlation.countedBy.length === 0 ? [] : completedBy(hit, members);
  return {
    finding: correlation.raises ? windowFinding(hit, members, facts) : undefined,
    next: completed.flatMap((one) => hitsAbove(correlation, account, seenIn(one), one.onward ?? [])),
  };
}

/** Whoever counts new values counts each record that has one, whichever of them is the one that tells it. */
function judgeNew(hit: Hit, answer: MarkAnswer | undefined, { facts }: Place): Judged {
  if (answer === undefined || answer.known) return NOTHING;
  const { correlation, account, seen, onward } = hit;
  return {
    finding: correlation.raises ? newFinding(hit, answer, facts) : undefined,
    next: hitsAbove(correlation, account, seen, onward),
  };
}
