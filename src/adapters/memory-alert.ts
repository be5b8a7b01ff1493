/**
 * One alert in memory, for tests: how it is held, opened, counted and given.
 */
import type { AlertFold, Chapter, StoredAlert } from "../alert/alert.ts";
import type { Corroboration } from "../alert/trust.ts";
import type { Containment } from "../contain/outcome.ts";
import type { Sighting } from "../detect/finding.ts";
import { ASKED_RANK, MAX_DISTINCT } from "./bounds.ts";
import { msOf } from "./time.ts";

/** One alert while it is held: the only mutable thing here. */
export interface HeldAlert {
  readonly id: string;
  readonly key: string;
  readonly openedMs: number;
  readonly rank: number;
  readonly opening: Chapter;
  readonly seenAt: string;
  /** Subject → newest activity under it, in ms. */
  readonly subjects: Map<string, number>;
  readonly findings: Set<string>;
  readonly events: Set<string>;
  readonly actions: Map<string, number>;
  readonly regions: Set<string>;
  readonly addresses: Set<string>;
  latest: Chapter;
  latestMs: number;
  shows: boolean;
  first: string;
  last: string;
  acknowledged?: { readonly by: string; readonly at: string };
  corroboration?: Corroboration;
  containment?: { readonly fence: number; readonly value: Containment };
  post?: { readonly channel: string; readonly ts: string };
  rev: number;
  shown: number;
  edits: number;
  /** Slack is not asked before this time. */
  nextAt: number;
  /** The newest change that does not wait for `nextAt`. */
  urgent?: { readonly rev: number; readonly at: number };
  /** The newest change that somebody waits for. */
  askedRev?: number;
  reservation?: { readonly by: string; readonly at: number; readonly until: number };
  /** When the first attempt was reserved of which Slack may have something. */
  unsureSince?: number;
  missedAt?: number;
}

export type HeldAlerts = Map<string, HeldAlert>;

export function openAlert(fold: AlertFold, openedMs: number, now: number): HeldAlert {
  return {
    id: fold.alert,
    key: fold.key,
    openedMs,
    opening: fold.chapter,
    latest: fold.chapter,
    latestMs: openedMs,
    rank: fold.rank,
    seenAt: new Date(now).toISOString(),
    subjects: new Map(),
    findings: new Set(),
    events: new Set(),
    actions: new Map(),
    regions: new Set(),
    addresses: new Set(),
    shows: fold.shows,
    first: fold.chapter.finding.time,
    last: fold.chapter.finding.time,
    rev: 0,
    shown: 0,
    edits: 0,
    nextAt: 0,
  };
}

export function heldRankOf({ rank, askedRev = 0, shown }: HeldAlert): number {
  return askedRev > shown ? ASKED_RANK : rank;
}

export function countSighting(alert: HeldAlert, { eventID, time, action, region, ip }: Sighting): void {
  if (alert.events.has(eventID)) return;
  alert.events.add(eventID);
  const count = alert.actions.get(action);
  if (count !== undefined || alert.actions.size < MAX_DISTINCT) alert.actions.set(action, (count ?? 0) + 1);
  if (alert.regions.size < MAX_DISTINCT) alert.regions.add(region);
  if (alert.addresses.size < MAX_DISTINCT) alert.addresses.add(ip);
  if (msOf(time) < msOf(alert.first)) alert.first = time;
  if (msOf(time) > msOf(alert.last)) alert.last = time;
}

export function storedOf(alert: HeldAlert): StoredAlert {
  return {
    id: alert.id,
    opening: alert.opening,
    latest: alert.latest,
    seenAt: alert.seenAt,
    shows: alert.shows,
    findings: alert.findings.size,
    events: alert.events.size,
    actions: Object.fromEntries(alert.actions),
    regions: [...alert.regions].sort(),
    addresses: [...alert.addresses].sort(),
    first: alert.first,
    last: alert.last,
    rev: alert.rev,
    shown: alert.shown,
    edits: alert.edits,
    ...(alert.acknowledged === undefined ? {} : { acknowledged: alert.acknowledged }),
    ...(alert.containment === undefined ? {} : { containment: alert.containment.value }),
    ...(alert.corroboration === undefined ? {} : { corroboration: alert.corroboration }),
    ...(alert.post === undefined ? {} : { post: alert.post }),
  };
}
