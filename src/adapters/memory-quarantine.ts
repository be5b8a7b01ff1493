/**
 * The quarantine in memory, for tests: same answers as Redis.
 */
import type { KeptUnreadable, QuarantineStore, Unreadable } from "../ports/quarantine.ts";
import { MAX_QUARANTINED, MAX_QUARANTINED_BYTES } from "./bounds.ts";
import { addRow, dropRow, type HeldRows } from "./memory-outbox.ts";
import { rowName } from "./row.ts";

interface Held {
  readonly item: Omit<Unreadable, "text">;
  readonly since: number;
  readonly text?: string;
}
export type HeldQuarantine = Map<string, Held>;

export function memoryQuarantine(held: HeldQuarantine, rows: HeldRows): QuarantineStore {
  const newest = () => [...held.values()].toSorted((a, b) => b.since - a.since || (a.item.id < b.item.id ? 1 : -1));
  return {
    async list(limit) {
      return newest().slice(0, limit).map(keptOf);
    },
    async count() {
      return held.size;
    },
    async find(id) {
      const found = held.get(id);
      return found === undefined ? undefined : keptOf(found);
    },
    async text(id) {
      return held.get(id)?.text;
    },
    async replay(id, now) {
      if (held.get(id)?.text === undefined) return false;
      addRow(rows, { kind: "replay", id, at: now });
      return true;
    },
    async isOwed(id) {
      return rows.dueAt.has(rowName({ kind: "replay", id }));
    },
    async drop(id) {
      held.delete(id);
      dropRow(rows, { kind: "replay", id });
    },
  };
}

/** As the commit does it. */
export function quarantineInto(held: HeldQuarantine, bodies: readonly Unreadable[], now: number): void {
  for (const { text, ...item } of bodies) {
    const before = held.get(item.id);
    held.set(
      item.id,
      before === undefined ? { item, since: now, ...(text === undefined ? {} : { text }) } : { ...before, item },
    );
  }
  for (const id of [...held.keys()].slice(0, -MAX_QUARANTINED)) held.delete(id);
  let bytes = [...held.values()].reduce((sum, { text = "" }) => sum + Buffer.byteLength(text), 0);
  for (const [id, { text, ...rest }] of held) {
    if (bytes <= MAX_QUARANTINED_BYTES) break;
    bytes -= Buffer.byteLength(text ?? "");
    held.set(id, rest);
  }
}

function keptOf({ item, since, text }: Held): KeptUnreadable {
  return { ...item, since: new Date(since).toISOString(), whole: text !== undefined };
}
