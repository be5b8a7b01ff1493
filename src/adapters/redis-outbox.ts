/**
 * The outbox in Redis: `{ids}:outbox` rows by due time, `{ids}:attempts` failed attempts by row, `{ids}:ranks` of deliveries,
 * `{ids}:lease:<row>` who works on it.
 */
import type { Redis } from "ioredis";
import type { DueRow, Outbox } from "../ports/outbox.ts";
import { KEY_TAG, PRELUDE } from "./lua/prelude.ts";
import { listOf, scriptOf, textOf } from "./redis-script.ts";
import { findRow, rowName } from "./row.ts";

const OUTBOX = `${KEY_TAG}:outbox`;

/** So many rows are looked through for those of a rarer kind or a lower rank: 100,000 cost less than half a second. */
const PAGES = 100;

/** ARGV: now, limit. Gives name, due time and rank: deliveries of the lowest rank first, else the longest due. */
const due = scriptOf(`${PRELUDE}
local limit, groups, names = tonumber(ARGV[2]), {}, {}
for page = 0, ${PAGES - 1} do
  local found = redis.call('ZRANGEBYSCORE', OUTBOX, '-inf', ARGV[1], 'WITHSCORES', 'LIMIT', page * 1000, 1000)
  local rows = {}
  for i = 1, #found, 2 do rows[#rows + 1] = found[i] end
  local ranks = #rows > 0 and redis.call('HMGET', RANKS, unpack(rows))
  for i = 1, #found, 2 do
    local kind, rank = string.match(found[i], '^[^:]*'), ranks[(i + 1) / 2] or ''
    local name = rank .. kind
    if not groups[name] then
      groups[name] = {kind = kind}
      names[#names + 1] = name
    end
    local group = groups[name]
    if #group < 3 * limit then
      group[#group + 1] = found[i]
      group[#group + 1] = found[i + 1]
      group[#group + 1] = rank
    end
  end
  if #found < 2000 then break end
end
table.sort(names)
local rows, counts = {}, {}
for _, name in ipairs(names) do
  local group = groups[name]
  for i = 1, #group, 3 do
    counts[group.kind] = (counts[group.kind] or 0) + 1
    if counts[group.kind] > limit then break end
    for k = i, i + 2 do rows[#rows + 1] = group[k] end
  end
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

/** `["deliver:al_3f9c", "1767225600000", "1"]` → `[{ kind: "deliver", id: "al_3f9c", at: 1767225600000, rank: 1 }]` */
export function rowsOf(reply: unknown): readonly DueRow[] {
  const flat = listOf(reply).map(textOf);
  return flat.flatMap((name, i) => {
    const row = i % 3 === 0 ? findRow(name) : undefined;
    const [at, rank] = flat.slice(i + 1);
    return row === undefined ? [] : [{ ...row, at: Number(at), ...(rank === "" ? {} : { rank: Number(rank) }) }];
  });
}
