/**
 * The intake: notes of the newest record per account and region, gathered in memory and written now and then.
 */
import type { Redis } from "ioredis";
import type { Seen } from "../health/health.ts";
import type { Intake } from "../ports/vitals.ts";
import { MAX_SEEN } from "./bounds.ts";
import { NOTE } from "./lua/intake.ts";
import { KEY_TAG } from "./lua/prelude.ts";
import { scriptOf } from "./redis-script.ts";
import { msOf } from "./time.ts";

const EVERY_MS = 10_000;
const note = scriptOf(NOTE);

export function redisIntake(redis: Redis, everyMs = EVERY_MS): Intake {
  const held = heldSeen();
  let timer: NodeJS.Timeout | undefined;
  const write = async () => {
    timer = undefined;
    const seen = held.all();
    held.clear();
    if (seen.length === 0) return;
    const args = seen.flatMap((one) => [nameOf(one), msOf(one.eventAt), msOf(one.seenAt)]);
    // What Redis does not take now comes again with the next records.
    await note(redis, args).catch(() => undefined);
  };
  return {
    note(seen) {
      held.note(seen);
      timer ??= setTimeout(write, everyMs);
    },
    async seen() {
      const written = Object.entries(await redis.hgetall(`${KEY_TAG}:seen`)).flatMap(seenOf);
      return newestFirst(heldSeen([...written, ...held.all()]).all());
    },
    async close() {
      clearTimeout(timer);
      await write();
    },
  };
}

export function memoryIntake(): Intake {
  const held = heldSeen();
  return { note: held.note, seen: async () => newestFirst(held.all()), async close() {} };
}

/** The newest of each account and region; what is too much is not held. */
function heldSeen(seen: readonly Seen[] = []) {
  const byName = new Map<string, Seen>();
  const note = (one: Seen) => {
    const before = byName.get(nameOf(one));
    if (before === undefined ? byName.size < MAX_SEEN : before.eventAt <= one.eventAt) byName.set(nameOf(one), one);
  };
  seen.forEach(note);
  return {
    note,
    all: () => [...byName.values()],
    clear: () => byName.clear(),
  };
}

function nameOf({ account, region }: Seen): string {
  return `${account} ${region}`;
}

function seenOf([name, times]: readonly [string, string]): readonly Seen[] {
  const [account = "", region = ""] = name.split(" ");
  const [eventAt, seenAt] = times.split(" ").map((ms) => new Date(Number(ms)).toISOString());
  return eventAt === undefined || seenAt === undefined ? [] : [{ account, region, eventAt, seenAt }];
}

function newestFirst(seen: readonly Seen[]): readonly Seen[] {
  return seen.toSorted((a, b) => (a.seenAt < b.seenAt ? 1 : -1));
}
