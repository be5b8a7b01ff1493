/**
 * Alerts in memory, for tests: same answers as Redis, lost with the process and never expired.
 */
import { ALERT_WINDOW_MS, type AlertFold } from "../alert/alert.ts";
import type { AlertStore, Attempt, Reservation } from "../ports/alerts.ts";
import type { DueRow, Row } from "../ports/outbox.ts";
import { MAX_DISTINCT, MAX_PER_SUBJECT, RESERVATION_MS, SEARCH_MARGIN_MS } from "./bounds.ts";
import { countSighting, type HeldAlert, type HeldAlerts, heldRankOf, openAlert, storedOf } from "./memory-alert.ts";
import { addRow, dropRow, type HeldRows } from "./memory-outbox.ts";
import { type HeldQuarantine, quarantineInto } from "./memory-quarantine.ts";
import { rowName } from "./row.ts";
import { msOf } from "./time.ts";

export function memoryAlerts(alerts: HeldAlerts, quarantine: HeldQuarantine, rows: HeldRows): AlertStore {
  const files = new Map<string, number>();
  return {
    async commit({ folds, quarantined, progress, now }) {
      const hints = new Map<string, DueRow>();
      for (const fold of folds) {
        const alert = foldInto(alerts, fold, now);
        if (alert === undefined) continue;
        const due: DueRow[] = [];
        // What nobody sees need not be looked up; what was, or is about to be, is not asked for again.
        const isAsked = alert.corroboration !== undefined || rows.dueAt.has(`confirm:${alert.id}`);
        if (alert.opening.doubt !== undefined && alert.shows && !isAsked)
          due.push({ kind: "confirm", id: alert.id, at: now });
        if (alert.shows) {
          alert.rev += 1;
          due.push(deliveryOf(alert, Math.max(now, alert.nextAt)));
        }
        for (const row of due) if (addRow(rows, row)) hints.set(rowName(row), row);
      }
      quarantineInto(quarantine, quarantined, now);
      if (progress !== undefined) files.set(progress.file, progress.slices);
      return [...hints.values()];
    },
    async slicesOf(file) {
      return files.get(file) ?? 0;
    },
    async alert(id) {
      const held = alerts.get(id);
      return held === undefined ? undefined : storedOf(held);
    },
    async alertsOf(subject, limit) {
      return [...alerts.values()]
        .filter((alert) => alert.subjects.has(subject))
        .sort((a, b) => activityOf(b, subject) - activityOf(a, subject) || (a.id < b.id ? 1 : -1))
        .slice(0, Math.min(limit, MAX_PER_SUBJECT))
        .map(storedOf);
    },
    async acknowledge(id, by, now) {
      const alert = alerts.get(id);
      if (alert === undefined) return undefined;
      if (alert.acknowledged !== undefined) return { kind: "already", ...alert.acknowledged };
      alert.acknowledged = { by, at: new Date(now).toISOString() };
      showAtOnce(alert, rows, now, "asked");
      return { kind: "acknowledged", ...alert.acknowledged };
    },
    async corroborate(id, found, againAt, now) {
      const alert = alerts.get(id);
      dropRow(rows, { kind: "confirm", id });
      if (alert === undefined) return;
      alert.corroboration = found;
      if (againAt !== undefined) addRow(rows, { kind: "confirm", id, at: againAt });
      showAtOnce(alert, rows, now);
    },
    async reserve(id, by, now) {
      return reserveIn(alerts.get(id), rows, deliverRow(id), by, now);
    },
    async releaseClean(id, by, nextAt) {
      const alert = alerts.get(id);
      if (alert?.reservation?.by === by) release(alert, rows, nextAt);
    },
    async releaseUnsure(id, by, nextAt, missedAt) {
      const alert = alerts.get(id);
      if (alert?.reservation?.by !== by) return;
      alert.unsureSince ??= alert.reservation.at;
      delete alert.missedAt;
      if (missedAt !== undefined) alert.missedAt = missedAt;
      release(alert, rows, nextAt);
    },
    async confirm(id, { channel, ts, rev }, nextAt) {
      const alert = alerts.get(id);
      dropRow(rows, deliverRow(id));
      if (alert === undefined) return;
      if (alert.post?.ts === ts) alert.edits += 1;
      alert.post = { channel, ts };
      alert.shown = Math.max(alert.shown, rev);
      alert.nextAt = nextAt;
      delete alert.reservation;
      delete alert.unsureSince;
      delete alert.missedAt;
      if (alert.rev <= alert.shown) return;
      if (alert.urgent !== undefined && alert.urgent.rev > alert.shown) alert.nextAt = alert.urgent.at;
      addRow(rows, deliveryOf(alert, alert.nextAt));
    },
  };
}

/** Due now, whatever the pace of this alert's edits. */
export function showAtOnce(alert: HeldAlert, rows: HeldRows, now: number, asked?: "asked"): void {
  if (!alert.shows) return;
  alert.rev += 1;
  alert.nextAt = now;
  alert.urgent = { rev: alert.rev, at: now };
  if (asked !== undefined) alert.askedRev = alert.rev;
  addRow(rows, deliveryOf(alert, now));
}

/** @returns undefined when the finding is held already. */
function foldInto(alerts: HeldAlerts, fold: AlertFold, now: number): HeldAlert | undefined {
  const { finding } = fold.chapter;
  const { time } = fold;
  const near = [...alerts.values()]
    .filter((alert) => alert.key === fold.key && Math.abs(alert.openedMs - time) <= ALERT_WINDOW_MS)
    .sort((a, b) => Math.abs(a.openedMs - time) - Math.abs(b.openedMs - time) || a.openedMs - b.openedMs);
  // The same finding may be nearer to an alert that opened after it was counted: ask each of them.
  if (alerts.has(fold.alert) || near.some((alert) => alert.findings.has(finding.id))) return undefined;
  const alert = near[0] ?? openAlert(fold, time, now);
  alerts.set(alert.id, alert);
  alert.findings.add(finding.id);
  alert.shows ||= fold.shows;
  if (time > alert.latestMs) [alert.latest, alert.latestMs] = [fold.chapter, time];
  for (const sighting of fold.sightings) countSighting(alert, sighting);
  // Who makes up records makes up their names, and thousands of them.
  if (fold.chapter.doubt !== undefined && alert.findings.size > MAX_DISTINCT) return alert;
  for (const subject of fold.subjects) alert.subjects.set(subject, msOf(alert.last));
  return alert;
}

function reserveIn(alert: HeldAlert | undefined, rows: HeldRows, row: Row, by: string, now: number): Reservation {
  if (alert === undefined || !alert.shows || (alert.post !== undefined && alert.shown >= alert.rev)) {
    dropRow(rows, row);
    return { kind: "nothing" };
  }
  const { reservation } = alert;
  if (reservation !== undefined && reservation.until > now) return { kind: "busy", until: reservation.until };
  if (alert.nextAt > now) return { kind: "busy", until: alert.nextAt };
  if (reservation !== undefined) {
    // Its worker neither confirmed nor released: it may have died after Slack took the message.
    alert.unsureSince ??= reservation.at;
    delete alert.missedAt;
  }
  alert.reservation = { by, at: now, until: now + RESERVATION_MS };
  const attempt: Attempt = {
    alert: storedOf(alert),
    ...(alert.unsureSince === undefined ? {} : { searchSince: alert.unsureSince - SEARCH_MARGIN_MS }),
    ...(alert.missedAt === undefined ? {} : { missedAt: alert.missedAt }),
  };
  return alert.post === undefined ? { kind: "post", ...attempt } : { kind: "edit", ...attempt, ...alert.post };
}

function release(alert: HeldAlert, rows: HeldRows, nextAt: number): void {
  delete alert.reservation;
  alert.nextAt = nextAt;
  rows.dueAt.set(`deliver:${alert.id}`, nextAt);
}

function activityOf(alert: HeldAlert, subject: string): number {
  return alert.subjects.get(subject) ?? 0;
}

function deliveryOf(alert: HeldAlert, at: number): DueRow {
  return { ...deliverRow(alert.id), at, rank: heldRankOf(alert) };
}

function deliverRow(id: string): Row {
  return { kind: "deliver", id };
}
