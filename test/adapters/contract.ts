/**
 * Runs the same tests against the stores in memory and in a real Redis of their own.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { type MemoryStores, memoryLog, memoryStores } from "../../src/adapters/memory.ts";
import { memoryState } from "../../src/adapters/memory-state.ts";
import { openRedis, type RedisStores } from "../../src/adapters/redis.ts";
import { startRedis } from "../../src/adapters/redis-server.ts";
import type { DetectorState } from "../../src/detect/state.ts";

export type Stores = MemoryStores & { readonly state: DetectorState };

/** A redis-server in a temporary folder, with a plain client beside the stores. */
export interface TestRedis {
  readonly dir: string;
  readonly path: string;
  readonly stores: RedisStores;
  readonly client: Redis;
  stop(): Promise<void>;
}

export async function openTestRedis(): Promise<TestRedis> {
  const dir = await mkdtemp(join(tmpdir(), "ids-test-"));
  const server = await startRedis({ dir });
  const stores = await openRedis({ path: server.path }, { durability: "always", allowUnsafe: false }, memoryLog());
  const client = new Redis({ path: server.path });
  client.on("error", () => {});
  return {
    dir,
    path: server.path,
    stores,
    client,
    async stop() {
      client.disconnect();
      await stores.close();
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** `body` gets a function that gives the stores of the running test, empty at its begin. */
export function contract(port: string, body: (stores: () => Stores) => void): void {
  describe(`${port} in memory`, () => {
    let stores: Stores;
    beforeEach(() => {
      stores = { ...memoryStores(), state: memoryState() };
    });

    body(() => stores);
  });

  describe(`${port} in Redis`, () => {
    let redis: TestRedis;
    before(async () => {
      redis = await openTestRedis();
    });
    beforeEach(async () => {
      await redis.client.flushall();
    });
    after(async () => {
      await redis?.stop();
    });

    body(() => redis.stores);
  });
}
