/**
 * Rounds: something that is done again and again while the process lives, each time after the one before has ended.
 */
import { setTimeout as sleep } from "node:timers/promises";

export interface Rounds {
  /** Resolves when the last round has ended. */
  stop(): Promise<void>;
}

/** @param round must not reject. */
export function startRounds(everyMs: number, round: () => Promise<void>): Rounds {
  const stopped = new AbortController();
  const rounds = async () => {
    while (!stopped.signal.aborted) {
      await round();
      await sleep(everyMs, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  };
  const done = rounds();
  return {
    async stop() {
      stopped.abort();
      await done;
    },
  };
}
