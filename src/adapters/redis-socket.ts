/**
 * The unix socket of Trailhound's own redis-server: where it lies, and who answers there.
 */
import { createHash } from "node:crypto";
import { lstat, mkdir } from "node:fs/promises";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";

export class RedisServerError extends Error {
  override readonly name = "RedisServerError";
}

/** sockaddr_un holds 104 bytes on macOS, 108 on Linux. */
const MAX_SOCKET_PATH = 100;
const ANSWER_MS = 5_000;

/** Who answers on a socket. */
export interface Listener {
  readonly pid: number;
  /** Where it keeps its data. */
  readonly dir: string;
  /** Still reading its append-only file. */
  readonly loading: boolean;
  /** Connections besides the one that asks. */
  readonly clients: number;
}

/**
 * `redis.sock` in `home`, or, where that path is too long for a socket, in a folder of this user under the
 * temporary one; the same for the same `home`, so that the next start finds what the last one left.
 *
 * @throws RedisServerError when that folder belongs to somebody else: it could be a trap.
 */
export async function socketPathOf(home: string): Promise<string> {
  const near = join(home, "redis.sock");
  if (Buffer.byteLength(near) <= MAX_SOCKET_PATH) return near;
  const folder = join(tmpdir(), `trailhound-${createHash("sha256").update(home).digest("hex").slice(0, 16)}`);
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== process.getuid?.() || (found.mode & 0o077) !== 0)
    throw new RedisServerError(`${folder} is not a folder that only this user can open: remove it`);
  return join(folder, "redis.sock");
}

/**
 * @returns undefined when nobody listens at `path`.
 * @throws RedisServerError when somebody does and does not answer within ANSWER_MS.
 */
export async function findListener(path: string): Promise<Listener | undefined> {
  if (!(await isListening(path))) return undefined;
  const redis = new Redis({
    path,
    commandTimeout: ANSWER_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: null,
    enableReadyCheck: false,
    disableClientInfo: true,
  });
  redis.on("error", () => {});
  try {
    const info = await redis.info();
    const clients =
      String(await redis.client("LIST"))
        .trim()
        .split("\n").length - 1;
    const dir: unknown = await redis.config("GET", "dir");
    return {
      pid: Number(/^process_id:(\d+)/m.exec(info)?.[1]),
      dir: Array.isArray(dir) ? String(dir[1]) : "",
      loading: !/^loading:0/m.test(info),
      clients,
    };
  } catch (error) {
    // It may have ended just now: then nobody listens, which is an answer.
    if (!(await isListening(path))) return undefined;
    throw new RedisServerError(`the redis-server on ${path} does not answer: end it (its pid is in redis.pid)`, {
      cause: error,
    });
  } finally {
    redis.disconnect();
  }
}

/** Asks the server at `path` to end. Every acknowledged write is on disk already. */
export async function shutDown(path: string): Promise<void> {
  const redis = new Redis({ path, commandTimeout: ANSWER_MS, maxRetriesPerRequest: 0, retryStrategy: null });
  redis.on("error", () => {});
  // The connection drops instead of a reply.
  await redis.shutdown("NOSAVE").catch(() => undefined);
  redis.disconnect();
}

function isListening(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
