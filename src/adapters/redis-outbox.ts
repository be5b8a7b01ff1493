/**
 * The outbox in Redis: `{ids}:outbox` rows by due time, `{ids}:attempts` failed attempts by row,
 * `{ids}:lease:<row>` who works on it.
 */
import type { Redis } from "ioredis";
import type { DueRow, Outbox } from "../ports.ts";
import { KEY_TAG, PRELUDE } from "./lua/prelude.ts";
import { listOf, scriptOf, textOf } from "./redis-script.ts";
import { findRow, rowName } from "./row.ts";

const OUTBOX = `${KEY_TAG}:outbox`;

const failed = scriptOf(`${PRELUDE}
if not redis.call('ZSCORE', OUTBOX, ARGV[1]) then return 0 end
return redis.call('HINCRBY', ATTEMPTS, ARGV[1], 1)
`);

const done = scriptOf(`${PRELUDE}
dropRow(ARGV[1])
return 1
`);

const unlease = scriptOf(`${PRELUDE}
local key = P .. 'lease:' .. ARGV[1]
if redis.call('GET', key) == ARGV[2] then return redis.call('DEL', key) end
return 0
`);

export function redisOutbox(redis: Redis): Outbox {
  return {
    async due(now, limit) {
      return rowsOf(await redis.zrangebyscore(OUTBOX, "-inf", now, "WITHSCORES", "LIMIT", 0, limit));
    },
    async postpone(row, at) {
      // XX: a row that is done meanwhile must not come back.
      await redis.zadd(OUTBOX, "XX", at, rowName(row));
    },
    async failed(row) {
      return Number(await failed(redis, [rowName(row)]));
    },
    async done(row) {
      await done(redis, [rowName(row)]);
    },
    async lease(row, by, ms) {
      return (await redis.set(`${KEY_TAG}:lease:${rowName(row)}`, by, "PX", ms, "NX")) === "OK";
    },
    async unlease(row, by) {
      await unlease(redis, [rowName(row), by]);
    },
  };
}

/** `["deliver:al_3f9c", "1767225600000"]` → `[{ kind: "deliver", id: "al_3f9c", at: 1767225600000 }]` */
export function rowsOf(reply: unknown): readonly DueRow[] {
  const flat = listOf(reply).map(textOf);
  return flat.flatMap((name, i) => {
    const row = i % 2 === 0 ? findRow(name) : undefined;
    return row === undefined ? [] : [{ ...row, at: Number(flat[i + 1]) }];
  });
}
