/**
 * Trailhound's own redis-server: a child on a unix socket that only this user can open, every write on disk before
 * its reply. Used when no REDIS_URL is given, by the demo and by the tests.
 *
 * The child has its own process group: Ctrl-C reaches Trailhound, which drains and then stops it. A child that
 * outlived a killed Trailhound is asked to end at the next start; its data is read back from the append-only file.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { findListener, RedisServerError, shutDown, socketPathOf } from "./redis-socket.ts";

export { RedisServerError } from "./redis-socket.ts";

export interface RedisServer {
  /** The unix socket. */
  readonly path: string;
  stop(): Promise<void>;
}

/** A large append-only file takes its time to load. */
const START_MS = 60_000;
const STOP_MS = 5_000;
const IN_USE_MS = 1_000;
const RESPAWN_MS = 500;
const POLL_MS = 20;

/**
 * Starts redis-server with its data in `dir` and resolves when it answers. Should it die, it is started again.
 *
 * @throws RedisServerError when it is not installed, does not start, or another Trailhound uses `dir`.
 */
export async function startRedis(options: { readonly dir: string; readonly binary?: string }): Promise<RedisServer> {
  await mkdir(options.dir, { recursive: true, mode: 0o700 });
  const home = await realpath(options.dir);
  const path = await socketPathOf(home);
  const spawnChild = () => spawnRedis(options.binary ?? "redis-server", home, path);
  await endLeftOver(path, home);

  let child = spawnChild();
  // Whatever ends this process in an orderly way ends the child too.
  const end = () => child.kill("SIGTERM");
  process.once("exit", end);
  try {
    await untilReady(child, home, path);
  } catch (error) {
    process.off("exit", end);
    await endChild(child);
    throw error;
  }

  let stopping = false;
  const respawn = async () => {
    await once(child, "exit");
    await sleep(RESPAWN_MS);
    if (stopping) return;
    child = spawnChild();
    void respawn();
  };
  void respawn();
  const presence = showPresence(path);
  return {
    path,
    async stop() {
      stopping = true;
      process.off("exit", end);
      presence.disconnect();
      await endChild(child);
    },
  };
}

function spawnRedis(binary: string, home: string, path: string): ChildProcess {
  const settings = {
    port: "0",
    unixsocket: path,
    unixsocketperm: "600",
    dir: home,
    pidfile: join(home, "redis.pid"),
    logfile: join(home, "redis.log"),
    loglevel: "warning",
    daemonize: "no",
    appendonly: "yes",
    appendfsync: "always",
    save: "",
    "maxmemory-policy": "noeviction",
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  // What it writes is for this user only, whoever made the folder.
  const umask = process.umask(0o077);
  const child = spawn(binary, args, { stdio: "ignore", detached: true });
  process.umask(umask);
  // `untilReady` tells a binary that cannot be run by its missing pid; without a listener the event ends the process.
  child.on("error", () => {});
  return child;
}

async function untilReady(child: ChildProcess, home: string, path: string): Promise<void> {
  if (child.pid === undefined)
    throw new RedisServerError(
      `cannot run ${child.spawnfile}: install it (apt-get install redis-server, apk add redis, dnf install redis, brew install redis) or set REDIS_URL`,
    );
  for (const deadline = Date.now() + START_MS; Date.now() < deadline; await sleep(POLL_MS)) {
    if (hasEnded(child))
      throw new RedisServerError(`redis-server ended at its start: ${await lastLineOf(join(home, "redis.log"))}`);
    const listener = await findListener(path);
    if (listener !== undefined && listener.pid !== child.pid)
      throw new RedisServerError(`another redis-server (pid ${listener.pid}) has taken over ${path}: start again`);
    if (listener !== undefined && !listener.loading) return;
  }
  throw new RedisServerError(`redis-server did not answer on ${path} within ${START_MS / 1000} s`);
}

/**
 * A server that still answers on our socket was left over by a Trailhound that was killed, and is told to end;
 * unless somebody is connected to it: then `home` is in use.
 */
async function endLeftOver(path: string, home: string): Promise<void> {
  const left = await findListener(path);
  if (left === undefined) return;
  if (left.dir !== home)
    throw new RedisServerError(`the redis-server on ${path} (pid ${left.pid}) keeps its data in ${left.dir}: end it`);
  // The connections of a process that died go within a moment.
  if (!(await becomes(async () => (await findListener(path))?.clients ?? 0, 0, IN_USE_MS)))
    throw new RedisServerError(
      `${home} is in use by another Trailhound (redis-server pid ${left.pid}): stop that one, or choose another folder`,
    );
  await shutDown(path);
  if (!(await becomes(() => findListener(path), undefined, STOP_MS)))
    throw new RedisServerError(`the redis-server left over from the last run (pid ${left.pid}) does not end: kill it`);
}

/** True as soon as `ask` gives `wanted`, false when it does not within `withinMs`. */
async function becomes<T>(ask: () => Promise<T>, wanted: T, withinMs: number): Promise<boolean> {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; await sleep(POLL_MS))
    if ((await ask()) === wanted) return true;
  return false;
}

/** One connection for as long as this process lives: another start in the same folder sees it. */
function showPresence(path: string): Redis {
  const presence = new Redis({ path, connectionName: "trailhound", retryStrategy: () => POLL_MS });
  presence.on("error", () => {});
  return presence;
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || hasEnded(child)) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const late = new AbortController();
  const kill = sleep(STOP_MS, undefined, { signal: late.signal }).then(
    () => child.kill("SIGKILL"),
    () => undefined,
  );
  await ended;
  late.abort();
  await kill;
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function lastLineOf(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text.trim().split("\n").at(-1) || `see ${file}`;
}
