/**
 * The outbox's one retry brain: runs the handler of a due row, and when it throws puts the row off with growing delay.
 * A row leaves the outbox only by its handler's own doing; nothing is given up.
 */

import type { Row } from "../src/ports/outbox.ts";
import type { Ports } from "../src/ports.ts";

export type RowHandlers = Readonly<Record<Row["kind"], (id: string) => Promise<void>>>;

const MAX_DELAY_MS = 60_000;

export async function handleRow(
  row: Row,
  handlers: RowHandlers,
  ports: Pick<Ports, "outbox" | "clock" | "log">,
): Promise<void> {
  try {
    await handlers[row.kind](row.id);
  } catch (error) {
    const attempts = await ports.outbox.failed(row);
    const delayMs = delayMsAfter(attempts);
    await ports.outbox.postpone(row, ports.clock.now() + delayMs);
    ports.log.warn({ row: `${row.kind}:${row.id}`, attempts, delayMs, err: errorText(error) }, "effect.failed");
  }
}

/** 1 s, 2 s, 4 s … a minute. */
export function delayMsAfter(attempts: number): number {
  return Math.min(MAX_DELAY_MS, 1_000 * 2 ** Math.min(attempts, 10));
}

function errorText(error: unknown): string {
  return error instanceof Error
    ? `${error.message}${error.cause instanceof Error ? `: ${error.cause.message}` : ""}`
    : String(error);
}
