/**
 * The sweep: hints every overdue row of the outbox again, every two seconds.
 * A timer in this process and not a BullMQ schedule: it is the net under BullMQ and must not hang on it. Every
 * process sweeps; hinting a row twice is one job.
 */
import type { Ports } from "../ports.ts";
import { type Rounds, startRounds } from "./rounds.ts";

const EVERY_MS = 2_000;
const ROWS_A_ROUND = 1_000;

export function startSweep(ports: Pick<Ports, "outbox" | "effects" | "clock" | "log">, everyMs = EVERY_MS): Rounds {
  return startRounds(everyMs, () => sweep(ports));
}

async function sweep({ outbox, effects, clock, log }: Pick<Ports, "outbox" | "effects" | "clock" | "log">) {
  try {
    const rows = await outbox.due(clock.now(), ROWS_A_ROUND);
    if (rows.length > 0) await effects.hint(rows);
  } catch (error) {
    log.warn({ err: String(error) }, "sweep.failed");
  }
}
