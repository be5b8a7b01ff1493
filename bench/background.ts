/**
 * How loud a rule set is on the normal work of the demo company: every finding after the learning period, counted.
 * Deterministic: the same rules and options give the same figures.
 */

import { COMPANY_START, type CompanyOptions, companyRecords } from "../demo/company/company.ts";
import { DAY_MS } from "../demo/company/day.ts";
import { DEV, PROD, VENDORS } from "../demo/company/people.ts";
import { memoryState } from "../src/adapters/memory-state.ts";
import { foldOf } from "../src/alert/alert.ts";
import { type CloudTrailRecord, parseRecord } from "../src/cloudtrail/record.ts";
import { makeDetector } from "../src/detect/detector.ts";
import { type Finding, isAtLeast, type Level } from "../src/detect/finding.ts";
import type { CompiledRules } from "../src/detect/rules.ts";

export type Kind = "reads" | "writes";
const KINDS: readonly Kind[] = ["reads", "writes"];

/** What one rule found at one level, in records of one kind. */
export interface RuleNoise {
  readonly rule: string;
  readonly level: Level;
  readonly kind: Kind;
  readonly count: number;
  /** `"arn:aws:iam::…:role/github-deploy · iam:CreateRole · 2026-11-10T09:12:01Z"`: of the first one. */
  readonly example: string;
}

export interface Noise {
  /** After the learning period. */
  readonly records: Readonly<Record<Kind, number>>;
  readonly learned: number;
  readonly rules: readonly RuleNoise[];
  /** What people would see: alerts that findings of low and above make, folded as the bot folds them. */
  readonly alerts: number;
  /** Findings at low or above for each 1,000 records. */
  readonly rate: Readonly<Record<Kind, number>>;
  readonly high: number;
}

/** Findings at low or above for each 1,000 records after learning; at high or above none at all. */
export const GOALS = { reads: 0, writes: 10, high: 0 } as const;

/** As the company's configuration names them; the one that joins later is not in it yet. */
const KNOWN_VENDORS: ReadonlyMap<string, string> = new Map([
  [VENDORS.posture, "Posture vendor"],
  [VENDORS.monitoring, "Monitoring vendor"],
]);
const BATCH = 100;
const ALERT_MS = DAY_MS;

export async function noiseOf(rules: CompiledRules, company: CompanyOptions, learnDays: number): Promise<Noise> {
  const detector = makeDetector(rules, memoryState(), {
    accounts: [{ id: PROD }, { id: DEV }],
    known: { vendors: KNOWN_VENDORS },
  });
  const heardFrom = COMPANY_START + learnDays * DAY_MS;
  const tally = openTally();
  for (const batch of batchesOf(companyRecords(company))) {
    const records = new Map(batch.map((json) => parseRecord(json)).map((record) => [record.eventID, record]));
    const findings = await detector.feedAll([...records.values()]);
    for (const record of records.values()) tally.record(record, Date.parse(record.eventTime) >= heardFrom);
    for (const finding of findings) {
      const record = records.get(finding.eventID);
      if (record !== undefined && Date.parse(finding.time) >= heardFrom) tally.finding(finding, record);
    }
  }
  return tally.noise();
}

function* batchesOf<T>(items: Iterable<T>): Generator<readonly T[]> {
  let batch: T[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length === BATCH) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

interface Tally {
  record(record: CloudTrailRecord, heard: boolean): void;
  finding(finding: Finding, record: CloudTrailRecord): void;
  noise(): Noise;
}

function openTally(): Tally {
  const records = { reads: 0, writes: 0 };
  const rules = new Map<string, RuleNoise>();
  const openedAt = new Map<string, number>();
  let learned = 0;
  let alerts = 0;
  const kindOf = (record: CloudTrailRecord): Kind => (record.readOnly === true ? "reads" : "writes");

  return {
    record(record, heard) {
      if (heard) records[kindOf(record)]++;
      else learned++;
    },
    finding(finding, record) {
      const { rule, level, principal, time } = finding;
      const kind = kindOf(record);
      const key = JSON.stringify([rule, level, kind]);
      const action = finding.sightings.at(-1)?.action ?? "";
      const before = rules.get(key) ?? { rule, level, kind, count: 0, example: `${principal} · ${action} · ${time}` };
      rules.set(key, { ...before, count: before.count + 1 });
      const fold = foldOf(finding, record);
      const opened = openedAt.get(fold.key);
      if (!fold.shows || (opened !== undefined && Date.parse(time) - opened <= ALERT_MS)) return;
      openedAt.set(fold.key, Date.parse(time));
      alerts++;
    },
    noise() {
      const all = [...rules.values()].sort((a, b) => b.count - a.count || (a.rule < b.rule ? -1 : 1));
      const countOf = (least: Level, kinds: readonly Kind[]) =>
        all
          .filter(({ level, kind }) => isAtLeast(level, least) && kinds.includes(kind))
          .reduce((sum, { count }) => sum + count, 0);
      const rateOf = (kind: Kind) => (1000 * countOf("low", [kind])) / Math.max(1, records[kind]);
      const rate = { reads: rateOf("reads"), writes: rateOf("writes") };
      return { records, learned, rules: all, alerts, rate, high: countOf("high", KINDS) };
    },
  };
}

/** The goals that are missed, in words; empty when all are met. */
export function missedGoals({ rate, high }: Noise): readonly string[] {
  const missed = KINDS.flatMap((kind) =>
    rate[kind] > GOALS[kind]
      ? [`${rate[kind].toFixed(2)} findings per 1,000 ${kind}, at most ${GOALS[kind]} wanted`]
      : [],
  );
  return high > GOALS.high ? [...missed, `${high} at high or above, none wanted`] : missed;
}
