/**
 * Effects through BullMQ: jobs that hint at due rows. The truth is the outbox; a job carries a row's name and nothing
 * else, and losing one, or all of BullMQ's keys, costs the two seconds until the sweep hints again.
 * Source: reliability.md B.4. One retry brain: BullMQ never repeats a job by itself, the outbox decides.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { type Job, Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import type { DueRow, Effects, Row } from "../ports/outbox.ts";
import type { Clock, Log } from "../ports.ts";
import { ASKED_RANK } from "./bounds.ts";
import { KEY_TAG } from "./lua/prelude.ts";
import { COMMAND_TIMEOUT_MS, LIMITS, type RedisConnection } from "./redis.ts";
import { findRow, rowName } from "./row.ts";

/** Which queue runs a kind of row. Acts and read-backs never wait behind Slack, neither behind CloudTrail's slow look-ups. */
const QUEUE_OF = {
  deliver: "deliver",
  confirm: "look",
  act: "act",
  verify: "act",
  replay: "look",
} as const satisfies Record<Row["kind"], string>;
const QUEUES = ["deliver", "look", "act"] as const;

export const BULL_PREFIX = `${KEY_TAG}:bull`;
/** Slack takes one post a second and channel; edits count here, too, so that a channel is never a stream. */
const PACE_MS = 1_000;
const CONCURRENCY = 10;
/** Longer than the longest blocking read (10 s): a connection silent for that long is dead and made anew. */
const WORKER_TIMEOUT_MS = 15_000;
/** A worker that takes nothing for so long while a row is overdue is replaced. */
const STUCK_MS = 60_000;

interface Hint {
  /** Name of the row. */
  readonly row: string;
}
type Handle = (row: Row) => Promise<void>;

interface LaneOptions {
  readonly name: (typeof QUEUES)[number];
  readonly paceMs: number;
}

/** One queue with its worker. */
interface Lane {
  hint(rows: readonly DueRow[]): Promise<void>;
  start(handle: Handle): void;
  close(): Promise<void>;
  /** Lets go of connections that would otherwise be tried again for ever. */
  cut(): void;
}

/** @param paceMs at least so long from one delivery to the next, whichever process makes them. */
export function openEffects(connection: RedisConnection, clock: Clock, log: Log, paceMs = PACE_MS): Effects {
  const lanes = new Map(QUEUES.map((name) => [name, openLane({ name, paceMs }, connection, clock, log)]));
  return {
    async hint(rows) {
      const hints = [...lanes].map(([name, lane]) => lane.hint(rows.filter(({ kind }) => QUEUE_OF[kind] === name)));
      await Promise.all(hints);
    },
    start(handle) {
      for (const lane of lanes.values()) lane.start(handle);
    },
    async stop(withinMs) {
      // BullMQ waits for running jobs as long as they take, and for ever when Redis is away: then the process has to end.
      if (await within(withinMs, Promise.all([...lanes.values()].map((lane) => lane.close())))) return;
      log.warn({ withinMs }, "effects.cut-off");
      for (const lane of lanes.values()) lane.cut();
    },
  };
}

function openLane({ name, paceMs }: LaneOptions, connection: RedisConnection, clock: Clock, log: Log): Lane {
  const failed = (error: Error) => log.warn({ queue: name, err: error.message }, "effects.failed");
  const client = new Redis({ ...connection, ...LIMITS });
  client.on("error", failed);
  /** A queue of BullMQ's whose first words were lost, since Redis died at that moment, never speaks again: it is made anew. */
  let isLost = false;
  let queue = openQueue();
  function openQueue(): Queue<Hint> {
    const made = new Queue<Hint>(name, {
      connection: client,
      prefix: BULL_PREFIX,
      streams: { events: { maxLen: 1000 } },
      defaultJobOptions: { attempts: 1, removeOnComplete: true, removeOnFail: true },
    });
    made.on("error", failed);
    made.waitUntilReady().catch(() => {
      isLost = true;
    });
    return made;
  }

  let handle: Handle | undefined;
  let worker: Worker<Hint> | undefined;
  let takenAt = clock.now();
  const run = async (job: Job<Hint>) => {
    takenAt = clock.now();
    const row = findRow(job.data.row);
    if (row !== undefined) await handle?.(row);
  };
  const startWorker = () => {
    takenAt = clock.now();
    worker = openWorker({ name, paceMs }, connection, run, log);
  };

  return {
    async hint(rows) {
      if (rows.length === 0) return;
      const now = clock.now();
      const overdue = rows.some(({ at }) => at < now - STUCK_MS);
      if (worker !== undefined && overdue && takenAt < now - STUCK_MS) {
        log.warn({ queue: name }, "effects.worker-replaced");
        worker.close().catch(failed);
        startWorker();
      }
      try {
        if (client.status !== "ready") throw new Error("redis is not connected");
        if (isLost) {
          isLost = false;
          queue.close().catch(failed);
          queue = openQueue();
        }
        const added = queue.addBulk(rows.map((row) => jobOf(row, now)));
        if (!(await within(COMMAND_TIMEOUT_MS, added))) throw new Error("redis does not answer");
      } catch (error) {
        log.warn({ queue: name, rows: rows.length, err: String(error) }, "effects.not-hinted");
      }
    },
    start(given) {
      handle = given;
      startWorker();
    },
    async close() {
      await worker?.close();
      await queue.close();
      client.disconnect();
    },
    cut() {
      worker?.disconnect().catch(failed);
      client.disconnect();
    },
  };
}

function openWorker(
  { name, paceMs }: LaneOptions,
  connection: RedisConnection,
  run: (job: Job<Hint>) => Promise<void>,
  log: Log,
) {
  const worker = new Worker<Hint>(name, run, {
    connection: { ...connection, maxRetriesPerRequest: null, socketTimeout: WORKER_TIMEOUT_MS },
    prefix: BULL_PREFIX,
    concurrency: CONCURRENCY,
    // Counted in Redis for all processes; who waits for it holds no reservation, and of those that wait the lowest rank is next.
    ...(name === "deliver" ? { limiter: { max: 1, duration: paceMs } } : {}),
    lockDuration: 10_000,
    stalledInterval: 3_000,
    // The default gives a job up when its worker was killed twice.
    maxStalledCount: 1000,
    drainDelay: 5,
    // The default waits 15 s after a lost connection before it takes the next job.
    runRetryDelay: 1_000,
    removeOnComplete: { count: 0 },
    removeOnFail: { count: 0 },
  });
  worker.on("error", (error) => log.warn({ queue: name, err: error.message }, "effects.failed"));
  worker.on("failed", (job, error) => log.warn({ row: job?.data.row, err: error.message }, "effect.threw"));
  worker.on("stalled", (job) => log.warn({ queue: name, job }, "effect.stalled"));
  return worker;
}

/**
 * One job for a row and a due time, however often it is hinted. BullMQ refuses ids with ":", and takes priority 0 first:
 * what has no rank is hinted by whom a person waits for.
 */
function jobOf(row: DueRow, now: number) {
  const id = rowName(row).replaceAll(":", "-");
  return {
    name: row.kind,
    data: { row: rowName(row) },
    opts: {
      jobId: `${id}-${row.at}`,
      delay: Math.max(0, row.at - now),
      priority: (row.rank ?? ASKED_RANK) - ASKED_RANK,
    },
  };
}

/** True when `work` was done within `ms`. */
async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  const over = new AbortController();
  const late = sleep(ms, false, { signal: over.signal }).catch(() => false);
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    over.abort();
  }
}
