/**
 * Outbox rows as names: one string a row, the same in Redis, in memory and in a BullMQ job.
 */
import type { Row } from "../ports/outbox.ts";

/** `{ kind: "deliver", id: "al_3f9c" }` → `"deliver:al_3f9c"` */
export function rowName(row: Row): string {
  return `${row.kind}:${row.id}`;
}

/**
 * `"verify:in_3f9c:10000"` → `{ kind: "verify", id: "in_3f9c:10000" }`
 *
 * @returns undefined for a name that no row has: Redis may hold what an older or newer version wrote.
 */
export function findRow(name: string): Row | undefined {
  const at = name.indexOf(":");
  const kind = name.slice(0, at);
  return isKind(kind) ? { kind, id: name.slice(at + 1) } : undefined;
}

const KINDS: readonly string[] = ["deliver", "confirm", "act", "verify", "replay"] satisfies readonly Row["kind"][];

function isKind(kind: string): kind is Row["kind"] {
  return KINDS.includes(kind);
}
