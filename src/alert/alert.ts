/**
 * Alerts: what people are told. Findings with one dedup key within 24 h of the first are one alert.
 * Pure. The store keeps sets and counters; this file turns them into an Alert, so all judgement is here.
 */

import type { Doubt } from "../cloudtrail/envelope.ts";
import type { CloudTrailRecord } from "../cloudtrail/record.ts";
import type { Containment } from "../contain/outcome.ts";
import {
  digestOf,
  type Evidence,
  type Finding,
  LEVELS,
  type Level,
  type Outcome,
  type Sighting,
} from "../detect/finding.ts";
import { bounded, type Snapshot, snapshotOf } from "./snapshot.ts";
import { subjectsOf } from "./subject.ts";
import type { Corroboration, Trust } from "./trust.ts";

export { RECORD_LIMIT, type Snapshot } from "./snapshot.ts";

export const ALERT_WINDOW_MS = 24 * 3600_000;

/** An account of the config. */
export interface AccountView {
  readonly id: string;
  readonly name?: string;
  readonly owner?: string;
}

/** What opened or last joined an alert: one finding with its triggering record. Stored as JSON. */
export interface Chapter {
  readonly finding: Omit<Finding, "sightings" | "eventIDs" | "eventID">;
  readonly snapshot: Snapshot;
  /** Why the triggering record may be forged. */
  readonly doubt?: Doubt;
}

/** One finding on its way into the store: everything the store needs, judged already. */
export interface AlertFold {
  /** Dedup key: digest of rule, account, outcome and what the rule groups by, which mostly is the principal; of rule and account if it is doubted. */
  readonly key: string;
  /** The id a new alert would get: digest of key and finding id. */
  readonly alert: string;
  /** What the alert is found by: see `subjectsOf` in ./subject.ts. */
  readonly subjects: readonly string[];
  /** False for suppressed and informational findings: counted, not shown. */
  readonly shows: boolean;
  readonly chapter: Chapter;
  readonly sightings: readonly Sighting[];
  /** Which alert of its key it belongs to, in ms: when it happened; when it was received, if that may be made up. */
  readonly time: number;
  /** Of the alert that it would open: see `rankOf`. */
  readonly rank: number;
}

/** What is known for sure of a record that may be forged. */
export interface Doubted {
  readonly doubt: Doubt;
  readonly receivedMs: number;
  /** Whether its account is one of the config. */
  readonly configured: boolean;
}

/** An alert as the store holds it. */
export interface StoredAlert {
  readonly id: string;
  readonly opening: Chapter;
  readonly latest: Chapter;
  /** When the opening record was received. */
  readonly seenAt: string;
  readonly shows: boolean;
  readonly findings: number;
  readonly events: number;
  readonly actions: Readonly<Record<string, number>>;
  readonly regions: readonly string[];
  readonly addresses: readonly string[];
  readonly first: string;
  readonly last: string;
  readonly acknowledged?: { readonly by: string; readonly at: string };
  readonly containment?: Containment;
  /** What was found about a doubted opening. */
  readonly corroboration?: Corroboration;
  /** Where Slack has it. */
  readonly post?: { readonly channel: string; readonly ts: string };
  /** Grows with every change people should see; `shown` is the newest one that Slack has (0: none). */
  readonly rev: number;
  readonly shown: number;
  /** How many times it was edited in Slack. */
  readonly edits: number;
}

export interface AlertAccount extends AccountView {
  readonly configured: boolean;
}

export interface Alert {
  /** `al_` + 24 hex digits. */
  readonly id: string;
  readonly rule: string;
  readonly title: string;
  readonly level: Level;
  readonly outcome: Outcome;
  readonly account: AlertAccount;
  /** Whose key it was, when that is another account than the one it happened in. */
  readonly keyAccount?: AlertAccount;
  readonly principal: string;
  readonly opening: Snapshot;
  readonly latest: Snapshot;
  readonly evidence: readonly Evidence[];
  readonly counters: {
    readonly findings: number;
    readonly events: number;
    /** Most frequent first. */
    readonly actions: readonly { readonly action: string; readonly count: number }[];
    readonly regions: readonly string[];
    readonly addresses: readonly string[];
    readonly first: string;
    readonly last: string;
  };
  /** When Trailhound received the opening record, UTC ISO 8601. */
  readonly seenAt: string;
  readonly acknowledged?: { readonly by: string; readonly at: string };
  readonly containment?: Containment;
  /** There when the opening record may be forged. */
  readonly trust?: Trust;
}

/**
 * One finding on its way into the store, with what its triggering record says. Secrets stay behind here:
 * what is stored and shown later has none that can be told by name or shape.
 */
export function foldOf(finding: Finding, record: CloudTrailRecord, doubted?: Doubted): AlertFold {
  const { rule, account, outcome, group } = finding;
  // What may be forged stays by itself: it neither hides in a real alert nor draws real findings into a forged one. Of what
  // its forger may choose nothing makes another alert: a flood is one message a rule and account.
  const key =
    doubted === undefined
      ? digestOf("dk", rule, account, outcome, ...group)
      : digestOf("dk", rule, doubted.configured ? account : "", "unverified");
  const { sightings, eventIDs: _, eventID: __, ...told } = finding;
  const snapshot = snapshotOf(record);
  const shows = !finding.suppressed && finding.level !== "informational";
  return {
    key,
    alert: digestOf("al", key, finding.id),
    subjects: subjectsOf(finding, record, { ...snapshot, shows, isSure: doubted === undefined }),
    shows,
    time: doubted?.receivedMs ?? (Date.parse(finding.time) || 0),
    rank: rankOf(finding.level, doubted?.doubt),
    chapter: {
      finding: { ...told, evidence: finding.evidence.map((one) => ({ ...one, value: bounded(one.value) })) },
      snapshot,
      ...(doubted === undefined ? {} : { doubt: doubted.doubt }),
    },
    sightings,
  };
}

/** Which alert Slack gets first: `0` critical … `4` informational, then what may be forged, `5` … `9`. */
export function rankOf(level: Level, doubt: Doubt | undefined): number {
  return LEVELS.length - 1 - LEVELS.indexOf(level) + (doubt === undefined ? 0 : LEVELS.length);
}

/** What people are told of a stored alert now. `accounts` are those of the config. */
export function alertOf(stored: StoredAlert, accounts: readonly AccountView[]): Alert {
  const { finding, snapshot, doubt } = stored.opening;
  const { corroboration } = stored;
  const keyAccount = snapshot.key?.account;
  return {
    id: stored.id,
    rule: finding.rule,
    title: finding.title,
    level: finding.level,
    outcome: finding.outcome,
    account: accountOf(finding.account, accounts),
    ...(keyAccount === undefined || keyAccount === finding.account
      ? {}
      : { keyAccount: accountOf(keyAccount, accounts) }),
    principal: finding.principal,
    opening: snapshot,
    latest: stored.latest.snapshot,
    evidence: finding.evidence,
    counters: {
      findings: stored.findings,
      events: stored.events,
      actions: mostFrequent(stored.actions),
      regions: stored.regions.toSorted(),
      addresses: stored.addresses.toSorted(),
      first: stored.first,
      last: stored.last,
    },
    seenAt: stored.seenAt,
    ...(stored.acknowledged === undefined ? {} : { acknowledged: stored.acknowledged }),
    ...(stored.containment === undefined ? {} : { containment: stored.containment }),
    ...(doubt === undefined ? {} : { trust: { doubt, ...(corroboration === undefined ? {} : { corroboration }) } }),
  };
}

function accountOf(id: string, accounts: readonly AccountView[]): AlertAccount {
  const known = accounts.find((account) => account.id === id);
  if (known === undefined) return { id, configured: false };
  const { name, owner } = known;
  return {
    id,
    ...(name === undefined ? {} : { name }),
    ...(owner === undefined ? {} : { owner }),
    configured: true,
  };
}

/** `{ "iam:ListUsers": 4, "iam:CreateUser": 9 }` → most frequent first, then by name. */
export function mostFrequent(
  counts: Readonly<Record<string, number>>,
): readonly { readonly action: string; readonly count: number }[] {
  return Object.entries(counts)
    .map(([action, count]) => ({ action, count }))
    .toSorted((a, b) => b.count - a.count || (a.action < b.action ? -1 : 1));
}

const QUICK_EDITS = 5;

/** How long to wait after this edit before the next one: a storm is one message, not a stream of edits. */
export function nextEditMs(stored: Pick<StoredAlert, "edits">): number {
  return stored.edits < QUICK_EDITS ? 1_000 : 10_000;
}
