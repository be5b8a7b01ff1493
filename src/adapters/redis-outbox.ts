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

/** So many rows are looked through for those of a rarer kind: 100,000 cost 0.1 s. */
const PAGES = 100;

/** ARGV: now, limit. Gives name and due time, the longest due first. */
const due = scriptOf(`${PRELUDE}
local limit, rows, counts = tonumber(ARGV[2]), {}, {}
for page = 0, ${PAGES - 1} do
  local found = redis.call('ZRANGEBYSCORE', OUTBOX, '-inf', ARGV[1], 'WITHSCORES', 'LIMIT', page * 1000, 1000)
  for i = 1, #found, 2 do
    local kind = string.match(found[i], '^[^:]*')
    counts[kind] = (counts[kind] or 0) + 1
    if counts[kind] <= limit then
      rows[#rows + 1] = found[i]
      rows[#rows + 1] = found[i + 1]
    end
  end
  if #found < 2000 then break end
end
return rows
`);

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
      return rowsOf(await due(redis, [now, limit]));
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
