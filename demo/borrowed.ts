/**
 * A Redis that the demo does not run itself (REDIS_URL): borrowed only when it is empty, given back empty.
 */
import { Redis } from "ioredis";

export interface BorrowedRedis {
  /** Removes what a bot left there, and nothing else. */
  clear(): Promise<void>;
  giveBack(): Promise<void>;
}

/** Every key of Trailhound carries this tag. */
const OURS = "*{ids}*";

/** @throws Error when it does not answer, or when it holds keys: they could be somebody's alerts. */
export async function borrowRedis(url: string): Promise<BorrowedRedis> {
  const redis = new Redis(url, { maxRetriesPerRequest: 0, commandTimeout: 3_000, retryStrategy: () => null });
  redis.on("error", () => undefined);
  const keys = await redis.dbsize().catch((cause: unknown) => {
    redis.disconnect();
    throw new Error("REDIS_URL does not answer; unset it and the demo runs its own", { cause });
  });
  if (keys > 0) {
    redis.disconnect();
    throw new Error(`REDIS_URL holds ${keys} keys; the demo needs an empty database: name another, such as …/9`);
  }
  const clear = async () => {
    for await (const found of redis.scanStream({ match: OURS, count: 1_000 })) {
      const names: readonly string[] = found;
      if (names.length > 0) await redis.unlink(...names);
    }
  };
  return {
    clear,
    async giveBack() {
      await clear();
      redis.disconnect();
    },
  };
}
