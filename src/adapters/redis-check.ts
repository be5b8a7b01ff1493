/**
 * Is this Redis fit to hold security state? Asked at start and every minute after.
 * Source: reliability.md B.1; measured there: without an append-only file a kill -9 lost 37,000 acknowledged writes,
 * and eviction turned 3,856 jobs into empty ones.
 */
import type { Redis } from "ioredis";
import { KEY_TAG } from "./lua/prelude.ts";

/** Grows when what the keys mean changes; an older Trailhound refuses a newer schema instead of guessing. */
export const SCHEMA = 1;

export interface RedisDemands {
  /** "always": a reply means it is on disk. "delayed": SQS messages are deleted 3 s later, so `everysec` will do. */
  readonly durability: "always" | "delayed";
}

/**
 * Why this Redis must not be used and what to do, or undefined when it may be.
 *
 * `maxmemory-policy allkeys-lru` → `"redis maxmemory-policy is allkeys-lru: it would drop alerts when memory is short; set it to noeviction"`
 */
export async function findRedisFault(redis: Redis, demands: RedisDemands): Promise<string | undefined> {
  const info = infoOf(await redis.info());
  const version = info.get("redis_version") ?? "0";
  if (isOlder(version, 6, 2)) return `redis is version ${version}; Trailhound needs 6.2 or newer`;
  const policy = (await findConfig(redis, "maxmemory-policy")) ?? info.get("maxmemory_policy") ?? "unknown";
  if (policy !== "noeviction")
    return `redis maxmemory-policy is ${policy}: it would drop alerts when memory is short; set it to noeviction`;
  if (info.get("aof_enabled") !== "1")
    return "redis keeps no append-only file: a crash would lose alerts; set appendonly yes";
  if (demands.durability === "always") {
    const fsync = (await findConfig(redis, "appendfsync")) ?? "not readable (CONFIG is forbidden)";
    if (fsync !== "always")
      return `redis appendfsync is ${fsync}: a power cut would lose what was acknowledged; set it to always, or set redis.durability to delayed`;
  }
  return undefined;
}

/** Why the data in this Redis cannot be used, or undefined. Marks an empty Redis with our schema. */
export async function findSchemaFault(redis: Redis): Promise<string | undefined> {
  await redis.set(`${KEY_TAG}:schema`, SCHEMA, "NX");
  const found = Number(await redis.get(`${KEY_TAG}:schema`));
  if (found === SCHEMA) return undefined;
  return `redis holds schema ${found} and this Trailhound knows ${SCHEMA}: start the version that wrote it, or a newer one`;
}

/** Whoever reaches Redis can read alerts: off this machine, a password is the least. */
export function findAccessFault(host: string | undefined, password: string | undefined): string | undefined {
  if (host === undefined || password || isLoopback(host)) return undefined;
  return `redis at ${host} is asked without a password: set one (requirepass or an ACL user) and put it into REDIS_URL`;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** Managed Redis often forbids CONFIG: undefined then. */
async function findConfig(redis: Redis, name: string): Promise<string | undefined> {
  try {
    const pair: unknown = await redis.config("GET", name);
    return Array.isArray(pair) && typeof pair[1] === "string" ? pair[1] : undefined;
  } catch (error) {
    if (error instanceof Error && /NOPERM|unknown command|not allowed|restricted/i.test(error.message))
      return undefined;
    throw error;
  }
}

/** `"redis_version:7.0.15\r\n# Memory\r\n…"` → `Map { redis_version → "7.0.15", … }` */
function infoOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split("\r\n").flatMap((line): [string, string][] => {
      const at = line.indexOf(":");
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1)]];
    }),
  );
}

function isOlder(version: string, major: number, minor: number): boolean {
  const [x = 0, y = 0] = version.split(".").map(Number);
  return x < major || (x === major && y < minor);
}
