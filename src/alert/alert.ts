/**
 * Alerts: what people are told. Findings with one dedup key within 24 h of the first are one alert.
 * Pure. The store keeps sets and counters; this file turns them into an Alert, so all judgement is here.
 */
import type { Containment } from "../contain/outcome.ts";
import type { Evidence, Finding, Level, Outcome, Sighting } from "../detect/finding.ts";

export const ALERT_WINDOW_MS = 24 * 3600_000;

/** What one record says about who called, for the alert's fields. All strings but ids and times are untrusted. */
export interface Snapshot {
  readonly eventID: string;
  readonly eventTime: string;
  /** `iam:CreateUser` */
  readonly action: string;
  readonly region: string;
  readonly outcome: Outcome;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  readonly principalKind: string;
  readonly principalName: string;
  readonly sessionName?: string;
  readonly key?: { readonly id: string; readonly type: "long-term" | "temporary"; readonly account: string };
  readonly ip?: string;
  readonly userAgent?: string;
  readonly mfa?: boolean;
  /** Short names of what was acted upon, e.g. `user support2`, from requestParameters. */
  readonly targets: readonly string[];
  /** Raw JSON of the record, cut at RECORD_LIMIT characters. */
  readonly record: string;
}

/** What opened or last joined an alert: one finding with its triggering record. Stored as JSON. */
export interface Chapter {
  readonly finding: Omit<Finding, "sightings" | "eventIDs">;
  readonly snapshot: Snapshot;
}

/** One finding on its way into the store: everything the store needs, judged already. */
export interface AlertFold {
  /** Dedup key: digest of rule, account, principal, outcome and the rule's own group-by. */
  readonly key: string;
  /** The id a new alert would get: digest of key and finding id. */
  readonly alert: string;
  /** Principal id and access key id, for `/ids who`. */
  readonly subjects: readonly string[];
  /** False for suppressed and informational findings: counted, not shown. */
  readonly shows: boolean;
  readonly chapter: Chapter;
  readonly sightings: readonly Sighting[];
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
  /** Where Slack has it. */
  readonly post?: { readonly channel: string; readonly ts: string };
  /** Grows with every change people should see; `shown` is the newest one that Slack has (0: none). */
  readonly rev: number;
  readonly shown: number;
  /** How many times it was edited in Slack. */
  readonly edits: number;
}

export interface Alert {
  /** `al_` + 24 hex digits. */
  readonly id: string;
  readonly rule: string;
  readonly title: string;
  readonly level: Level;
  readonly outcome: Outcome;
  readonly account: {
    readonly id: string;
    readonly name?: string;
    readonly owner?: string;
    readonly configured: boolean;
  };
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
}
