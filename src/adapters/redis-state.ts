/**
 * The detector's windows in Redis: `{ids}:window:<digest>` eventIDs by eventTime, `…:members` what each one said.
 * One Lua call an `add`, whatever the number of members.
 */
import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import { type DetectorState, LATENESS_MS, MAX_MEMBERS, type WindowMember } from "../detect/state.ts";
import { KEY_TAG } from "./lua/prelude.ts";
import { listOf, scriptOf, textOf } from "./redis-script.ts";
import { msOf } from "./time.ts";

/** ARGV, per member: digest of the window's key, windowMs, eventTime in ms, eventID, member (JSON). */
const add = scriptOf(`
local function drop(window, ids)
  if #ids == 0 then return end
  redis.call('ZREM', window, unpack(ids))
  redis.call('HDEL', window .. ':members', unpack(ids))
end

local answers = {}
for i = 1, #ARGV, 5 do
  local window, windowMs, time = '${KEY_TAG}:window:' .. ARGV[i], tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2])
  local members = window .. ':members'
  if redis.call('ZADD', window, 'NX', time, ARGV[i + 3]) == 1 then
    redis.call('HSET', members, ARGV[i + 3], ARGV[i + 4])
  end
  local near = redis.call('ZRANGEBYSCORE', window, time - windowMs, time + windowMs)
  while #near > ${MAX_MEMBERS} do
    local first, last = redis.call('ZSCORE', window, near[1]), redis.call('ZSCORE', window, near[#near])
    table.remove(near, time - first > last - time and 1 or #near)
  end
  answers[#answers + 1] = #near > 0 and redis.call('HMGET', members, unpack(near)) or {}
  local newest = tonumber(redis.call('ZRANGE', window, -1, -1, 'WITHSCORES')[2])
  drop(window, redis.call('ZRANGEBYSCORE', window, '-inf', '(' .. string.format('%d', newest - windowMs - ${LATENESS_MS})))
  drop(window, redis.call('ZRANGE', window, 0, ${-MAX_MEMBERS - 1}))
  redis.call('PEXPIRE', window, windowMs + ${LATENESS_MS})
  redis.call('PEXPIRE', members, windowMs + ${LATENESS_MS})
end
return answers
`);

export function redisState(redis: Redis): DetectorState {
  return {
    async add(adds) {
      if (adds.length === 0) return [];
      const args = adds.flatMap(({ key, windowMs, member }) => [
        createHash("sha256").update(key).digest("hex"),
        windowMs,
        msOf(member.sighting.time),
        member.sighting.eventID,
        JSON.stringify(member),
      ]);
      return listOf(await add(redis, args)).map((members) => listOf(members).map(memberOf));
    },
  };
}

function memberOf(text: unknown): WindowMember {
  const member: WindowMember = JSON.parse(textOf(text));
  return member;
}
