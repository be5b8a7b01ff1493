/**
 * The outbox in memory, for tests: same answers as Redis, lost with the process.
 */

import type { DueRow, Outbox, Row } from "../ports/outbox.ts";
import type { Clock } from "../ports.ts";
import { findRow, rowName } from "./row.ts";

/** The rows themselves; the other memory stores write them too. */
export interface HeldRows {
  readonly dueAt: Map<string, number>;
  readonly attempts: Map<string, number>;
  /** Of deliveries, by name. */
  readonly ranks: Map<string, number>;
}

export function heldRows(): HeldRows {
  return { dueAt: new Map(), attempts: new Map(), ranks: new Map() };
}

/** Adds the row, or brings it forward. True when that changed anything: then it is worth a hint. */
export function addRow(rows: HeldRows, row: DueRow): boolean {
  const name = rowName(row);
  const due = rows.dueAt.get(name);
  if (row.rank !== undefined) rows.ranks.set(name, row.rank);
  if (due !== undefined && due <= row.at) return false;
  rows.dueAt.set(name, row.at);
  return true;
}

export function dropRow(rows: HeldRows, row: Row): void {
  rows.dueAt.delete(rowName(row));
  rows.attempts.delete(rowName(row));
}

/** Rows of other kinds, behind the deliveries. */
const LAST = 10;

export function memoryOutbox(rows: HeldRows, clock: Clock): Outbox {
  const leases = new Map<string, { by: string; until: number }>();
  return {
    async due(now, limit) {
      const counts = new Map<Row["kind"], number>();
      return [...rows.dueAt]
        .filter(([, at]) => at <= now)
        .map(([name, at]) => ({ name, at, rank: rows.ranks.get(name) }))
        .sort((a, b) => (a.rank ?? LAST) - (b.rank ?? LAST) || a.at - b.at || (a.name < b.name ? -1 : 1))
        .flatMap(({ name, at, rank }) => {
          const row = findRow(name);
          if (row === undefined) return [];
          const count = (counts.get(row.kind) ?? 0) + 1;
          counts.set(row.kind, count);
          return count > limit ? [] : [{ ...row, at, ...(rank === undefined ? {} : { rank }) }];
        });
    },
    async postpone(row, at) {
      // A row that is done meanwhile must not come back.
      if (rows.dueAt.has(rowName(row))) rows.dueAt.set(rowName(row), at);
    },
    async failed(row) {
      const name = rowName(row);
      if (!rows.dueAt.has(name)) return 0;
      const attempts = (rows.attempts.get(name) ?? 0) + 1;
      rows.attempts.set(name, attempts);
      return attempts;
    },
    async done(row) {
      dropRow(rows, row);
    },
    async lease(row, by, ms) {
      const held = leases.get(rowName(row));
      if (held !== undefined && held.until > clock.now()) return false;
      leases.set(rowName(row), { by, until: clock.now() + ms });
      return true;
    },
    async unlease(row, by) {
      if (leases.get(rowName(row))?.by === by) leases.delete(rowName(row));
    },
  };
}
