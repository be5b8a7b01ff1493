/**
 * The running bot's store, for commands beside it: the Redis of REDIS_URL, or the one that `ids serve` keeps in its data
 * folder. It is looked at and never started: that is the bot's.
 */
import { readFile, realpath } from "node:fs/promises";
import { join, resolve } from "node:path";
import { openRedis, type RedisStores, type RedisTarget } from "../src/adapters/redis.ts";
import { findListener, socketPathOf } from "../src/adapters/redis-socket.ts";
import { type Config, parseConfig } from "../src/config.ts";
import type { Log } from "../src/ports.ts";

const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** @throws ConfigError, or an Error that names the file that cannot be read. */
export async function readConfig(path: string): Promise<Config> {
  const file = resolve(path);
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new Error(`${file} cannot be read; name the configuration with --config`, { cause });
  });
  return parseConfig(text, file);
}

/** @returns undefined when nothing answers: no bot runs here and REDIS_URL is not set. @throws RedisError for a Redis that must not be used. */
export async function findStore(config: Config, redisUrl: string | undefined): Promise<RedisStores | undefined> {
  const target = redisUrl === undefined || redisUrl === "" ? await ownRedis(config) : targetOf(redisUrl);
  if (target === undefined) return undefined;
  const durability = config.redis.durability === "strict" ? "always" : "delayed";
  return openRedis(target, { durability, allowUnsafe: true }, SILENT);
}

async function ownRedis(config: Config): Promise<RedisTarget | undefined> {
  const home = await realpath(join(config.data, "redis")).catch(() => undefined);
  if (home === undefined) return undefined;
  const path = await socketPathOf(home);
  return (await findListener(path)) === undefined ? undefined : { path };
}

function targetOf(redisUrl: string): RedisTarget {
  return /^rediss?:/.test(redisUrl) ? { url: redisUrl } : { path: redisUrl };
}
