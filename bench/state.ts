/**
 * How many records a second pass the detector when its state is in Redis: a redis-server of the bench's own, every write on
 * disk before its reply, as Trailhound starts it. Records come as a receive brings them: ten messages at a time, one in each.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import type { startRedis } from "../src/adapters/redis-server.ts";
import type { redisState } from "../src/adapters/redis-state.ts";
import type { DetectorState } from "../src/detect/state.ts";
import { quantile } from "./measure.ts";

/** Most messages that one receive brings. */
const TOGETHER = 10;
const ROUNDS = 3;

export interface StateParts {
  readonly startRedis: typeof startRedis;
  readonly redisState: typeof redisState;
  /** A detector on this state: what happens to the text of one record. */
  readonly feedOn: (state: DetectorState) => (text: string) => Promise<unknown>;
}

/**
 * Records a second for each stream, each begun with an empty Redis.
 *
 * @throws RedisServerError when redis-server is not installed.
 */
export async function rates(
  streams: readonly (readonly string[])[],
  { startRedis, redisState, feedOn }: StateParts,
): Promise<readonly number[]> {
  const dir = await mkdtemp(join(tmpdir(), "ids-bench-"));
  try {
    const server = await startRedis({ dir });
    const redis = new Redis({ path: server.path });
    try {
      const found: number[] = [];
      for (const texts of streams) {
        const rounds: number[] = [];
        for (let round = 0; round < ROUNDS; round++) {
          await redis.flushall();
          rounds.push(await rateOf(texts, feedOn(redisState(redis))));
        }
        found.push(quantile(rounds, 0.5));
      }
      return found;
    } finally {
      redis.disconnect();
      await server.stop();
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function rateOf(texts: readonly string[], feed: (text: string) => Promise<unknown>): Promise<number> {
  const started = performance.now();
  for (let from = 0; from < texts.length; from += TOGETHER)
    await Promise.all(texts.slice(from, from + TOGETHER).map(feed));
  return (texts.length * 1000) / (performance.now() - started);
}
