/**
 * Redis: where all state lives. Opens the connection with limits that never let a call hang, refuses a Redis that
 * would lose alerts, and hands out the stores.
 * Source: reliability.md B.1; against a hung Redis only `commandTimeout` helps. A command that timed out may still
 * run: every write is idempotent by its id.
 */
import { Redis } from "ioredis";
import type { DetectorState } from "../detect/state.ts";
import type { AlertStore } from "../ports/alerts.ts";
import type { AuditStore, ContainmentStore } from "../ports/containments.ts";
import type { Outbox } from "../ports/outbox.ts";
import type { QuarantineStore } from "../ports/quarantine.ts";
import type { Intake } from "../ports/vitals.ts";
import type { Log } from "../ports.ts";
import { redisIntake } from "./intake.ts";
import { KEY_TAG } from "./lua/prelude.ts";
import { redisAlerts } from "./redis-alerts.ts";
import { redisAudit } from "./redis-audit.ts";
import { findAccessFault, findRedisFault, findSchemaFault, type RedisDemands } from "./redis-check.ts";
import { redisContainments } from "./redis-containments.ts";
import { redisOutbox } from "./redis-outbox.ts";
import { redisQuarantine } from "./redis-quarantine.ts";
import { redisState } from "./redis-state.ts";

/** A server by its `redis://` or `rediss://` URL, or by its unix socket. */
export type RedisTarget = { readonly url: string } | { readonly path: string };

/** Where Redis is and how a lost connection comes back; limits on commands depend on who asks. */
export interface RedisConnection {
  readonly path?: string;
  readonly host?: string;
  readonly port?: number;
  readonly db?: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: Readonly<Record<string, never>>;
  readonly connectTimeout: number;
  /** Milliseconds until the next try; null ends the connection. */
  readonly retryStrategy: (times: number) => number | null;
}

export interface RedisStores {
  readonly alerts: AlertStore;
  readonly quarantine: QuarantineStore;
  readonly outbox: Outbox;
  readonly containments: ContainmentStore;
  readonly audit: AuditStore;
  readonly state: DetectorState;
  readonly intake: Intake;
  /** For BullMQ's own connections. */
  readonly connection: RedisConnection;
  /** Why this Redis may not be used any more, or undefined. Rejects when it does not answer. */
  check(): Promise<string | undefined>;
  /** Rejects when nothing could be written now: Redis is away, hangs, is full, cannot write its file or is a replica. */
  writable(): Promise<void>;
  close(): Promise<void>;
}

export class RedisError extends Error {
  override readonly name = "RedisError";
}

/** Slack gives a request 3 s: what waits for Redis must have time left to say that it does not answer. */
export const COMMAND_TIMEOUT_MS = 2_000;
const CONNECT_TIMEOUT_MS = 3_000;
/** A connection that owes an answer for so long is dead, though nobody said so: it is made anew. */
const SOCKET_TIMEOUT_MS = 5_000;
const MAX_RECONNECT_MS = 1_000;
/** No call waits longer than that, and none for a connection. */
export const LIMITS = {
  commandTimeout: COMMAND_TIMEOUT_MS,
  socketTimeout: SOCKET_TIMEOUT_MS,
  maxRetriesPerRequest: 1,
  enableOfflineQueue: false,
} as const;

/** @throws RedisError when it cannot be reached or must not be used; `allowUnsafe` turns the latter into a warning. */
export async function openRedis(
  target: RedisTarget,
  options: RedisDemands & { readonly allowUnsafe: boolean },
  log: Log,
): Promise<RedisStores> {
  const connection = connectionOf(target);
  const redis = new Redis({
    ...connection,
    ...LIMITS,
    lazyConnect: true,
  });
  redis.on("error", (error) => log.warn({ err: error.message }, "redis.failed"));
  try {
    await redis.connect();
    const schema = await findSchemaFault(redis);
    if (schema !== undefined) throw new RedisError(schema);
    const fault = findAccessFault(connection.host, connection.password) ?? (await findRedisFault(redis, options));
    if (fault !== undefined && !options.allowUnsafe) throw new RedisError(fault);
    if (fault !== undefined) log.warn({ fault }, "redis.unsafe");
  } catch (error) {
    redis.disconnect();
    if (error instanceof RedisError) throw error;
    throw new RedisError(`cannot use redis at ${nameOf(connection)}`, { cause: error });
  }
  const intake = redisIntake(redis);
  return {
    alerts: redisAlerts(redis),
    quarantine: redisQuarantine(redis),
    outbox: redisOutbox(redis),
    containments: redisContainments(redis),
    audit: redisAudit(redis),
    state: redisState(redis),
    intake,
    connection,
    async check() {
      return (await findSchemaFault(redis)) ?? (options.allowUnsafe ? undefined : await findRedisFault(redis, options));
    },
    async writable() {
      // PING succeeds on a full Redis. This is refused wherever a write would be, and writes nothing by itself.
      await redis.setrange(`${KEY_TAG}:writable`, 0, "");
    },
    async close() {
      await intake.close();
      redis.disconnect();
    },
  };
}

/** `{ url: "redis://:secret@db.example.com:6380/1" }` → `{ host: "db.example.com", port: 6380, password: "secret", db: 1, … }` */
function connectionOf(target: RedisTarget): RedisConnection {
  const common = {
    connectTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: (times: number) => Math.min(100 * times, MAX_RECONNECT_MS),
  };
  if ("path" in target) return { ...common, path: target.path };
  const url = parseUrl(target.url);
  const db = Number(url.pathname.slice(1) || "0");
  if (!Number.isInteger(db)) throw new RedisError(`REDIS_URL: "${url.pathname}" is not the number of a database`);
  return {
    ...common,
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: Number(url.port || "6379"),
    db,
    ...(url.username === "" ? {} : { username: decodeURIComponent(url.username) }),
    ...(url.password === "" ? {} : { password: decodeURIComponent(url.password) }),
    ...(url.protocol === "rediss:" ? { tls: {} } : {}),
  };
}

/** The URL may hold a password: no message ever repeats it. */
function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "redis:" || url?.protocol === "rediss:") return url;
  throw new RedisError("REDIS_URL is not a redis:// or rediss:// URL");
}

function nameOf(connection: RedisConnection): string {
  return connection.path ?? `${connection.host}:${connection.port}`;
}
