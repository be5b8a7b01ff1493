/**
 * Lua of the quarantine: `{ids}:quarantine` ids by the time they came first, `:notes` what is known of each (JSON),
 * `:texts` whole texts, `:order` ids in the order in which their texts came, `:bytes` the sum of those.
 */
import { MAX_QUARANTINED, MAX_QUARANTINED_BYTES, QUARANTINE_KEPT_MS } from "../bounds.ts";
import { PRELUDE } from "./prelude.ts";

const KEYS = `
local KEPT = P .. 'quarantine'
local NOTES, TEXTS, ORDER, BYTES = KEPT .. ':notes', KEPT .. ':texts', KEPT .. ':order', KEPT .. ':bytes'

local function dropText(id)
  local size = redis.call('HSTRLEN', TEXTS, id)
  if redis.call('HDEL', TEXTS, id) == 1 then redis.call('DECRBY', BYTES, size) end
end

local function forget(id)
  dropText(id)
  redis.call('HDEL', NOTES, id)
  redis.call('ZREM', KEPT, id)
  redis.call('LREM', ORDER, 1, id)
end
`;

/** After PRELUDE: `quarantine({{id, note, text}, …}, now)`. A text that is kept already stays, an empty one is none; its note is renewed. */
export const QUARANTINE = `${KEYS}
local function quarantine(bodies, now)
  for _, body in ipairs(bodies) do
    local id, note, text = unpack(body)
    if redis.call('ZADD', KEPT, 'NX', now, id) == 1 and text ~= '' then
      redis.call('RPUSH', ORDER, id)
      redis.call('HSET', TEXTS, id, text)
      redis.call('INCRBY', BYTES, #text)
    end
    redis.call('HSET', NOTES, id, note)
  end
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEPT, '-inf', now - ${QUARANTINE_KEPT_MS}, 'LIMIT', 0, 1000)) do forget(id) end
  for _, id in ipairs(redis.call('ZRANGE', KEPT, 0, ${-MAX_QUARANTINED - 1})) do forget(id) end
  while tonumber(redis.call('GET', BYTES) or 0) > ${MAX_QUARANTINED_BYTES} do
    local id = redis.call('LPOP', ORDER)
    if not id then break end
    dropText(id)
  end
  for _, key in ipairs({KEPT, NOTES, TEXTS, ORDER, BYTES}) do redis.call('PEXPIRE', key, ${QUARANTINE_KEPT_MS}) end
end
`;

const ITEM = `
local function item(id)
  local note = redis.call('HGET', NOTES, id)
  if not note then return nil end
  return {note, redis.call('ZSCORE', KEPT, id), redis.call('HEXISTS', TEXTS, id)}
end
`;

/** ARGV: limit. Gives note, time and whether it is whole of each, newest first. */
export const LIST = `${PRELUDE}${KEYS}${ITEM}
local items = {}
for _, id in ipairs(redis.call('ZREVRANGE', KEPT, 0, tonumber(ARGV[1]) - 1)) do items[#items + 1] = item(id) end
return items
`;

/** ARGV: id. */
export const FIND = `${PRELUDE}${KEYS}${ITEM}
return item(ARGV[1]) or {}
`;

/** ARGV: id, now. */
export const REPLAY = `${PRELUDE}${KEYS}
if redis.call('HEXISTS', TEXTS, ARGV[1]) == 0 then return 0 end
addRow('replay:' .. ARGV[1], ARGV[2])
return 1
`;

/** ARGV: id. */
export const DROP = `${PRELUDE}${KEYS}
forget(ARGV[1])
dropRow('replay:' .. ARGV[1])
return 1
`;
