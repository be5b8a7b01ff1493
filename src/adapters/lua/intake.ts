/**
 * Lua of the intake: `{ids}:seen` account and region → the times of the newest record, `{ids}:seen:order` the same
 * names by when it came.
 */
import { MAX_SEEN, SEEN_KEPT_MS } from "../bounds.ts";
import { KEY_TAG } from "./prelude.ts";

/** ARGV: name, event time, time it came (ms each), … A newer record replaces an older one, whichever worker tells it. */
export const NOTE = `
local SEEN, ORDER = '${KEY_TAG}:seen', '${KEY_TAG}:seen:order'
for i = 1, #ARGV, 3 do
  local name, eventAt, seenAt = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local before = redis.call('HGET', SEEN, name)
  if not before or tonumber(string.match(before, '^%-?%d+')) <= tonumber(eventAt) then
    redis.call('HSET', SEEN, name, eventAt .. ' ' .. seenAt)
    redis.call('ZADD', ORDER, seenAt, name)
  end
end
local spare = redis.call('ZRANGE', ORDER, 0, ${-MAX_SEEN - 1})
for _, name in ipairs(spare) do
  redis.call('HDEL', SEEN, name)
  redis.call('ZREM', ORDER, name)
end
for _, key in ipairs({SEEN, ORDER}) do redis.call('PEXPIRE', key, ${SEEN_KEPT_MS}) end
return 0
`;
