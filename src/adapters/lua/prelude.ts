/**
 * What the Lua scripts share. All keys begin with `{ids}:`, so that they live in one slot of a Redis Cluster.
 * A script decodes all it was given before it writes: Redis does not undo what a failed script wrote.
 */
import { ALERT_KEPT_MS, ASKED_RANK } from "../bounds.ts";

/** The hash tag that Trailhound's and BullMQ's keys carry. */
export const KEY_TAG = "{ids}";

export const PRELUDE = `
local P = '${KEY_TAG}:'
local OUTBOX, ATTEMPTS, RANKS = P .. 'outbox', P .. 'attempts', P .. 'ranks'

local function alertKey(id) return P .. 'alert:' .. id end

local function hash(key)
  local flat, fields = redis.call('HGETALL', key), {}
  for i = 1, #flat, 2 do fields[flat[i]] = flat[i + 1] end
  return fields
end

local function rankOf(id)
  local rank, asked, shown = unpack(redis.call('HMGET', alertKey(id), 'rank', 'askedRev', 'shown'))
  return tonumber(asked or 0) > tonumber(shown or 0) and '${ASKED_RANK}' or rank
end

-- Adds the row or brings it forward; true when that changed anything.
local function addRow(name, at)
  local id = string.match(name, '^deliver:(.*)')
  local rank = id and rankOf(id)
  if rank then redis.call('HSET', RANKS, name, rank) end
  return redis.call('ZADD', OUTBOX, 'LT', 'CH', at, name) == 1
end

local function dropRow(name)
  redis.call('ZREM', OUTBOX, name)
  redis.call('HDEL', ATTEMPTS, name)
  redis.call('HDEL', RANKS, name)
end

local function keepAlert(id)
  local key = alertKey(id)
  for _, part in ipairs({'', ':findings', ':events', ':actions', ':regions', ':addresses'}) do
    redis.call('PEXPIRE', key .. part, ${ALERT_KEPT_MS})
  end
end

-- Due now, whatever the pace of this alert's edits; asked: somebody waits for it.
local function showAtOnce(id, now, asked)
  local key = alertKey(id)
  if redis.call('HGET', key, 'shows') ~= '1' then return end
  local rev = redis.call('HINCRBY', key, 'rev', 1)
  redis.call('HSET', key, 'nextAt', now, 'urgentRev', rev, 'urgentAt', now)
  if asked then redis.call('HSET', key, 'askedRev', rev) end
  addRow('deliver:' .. id, now)
end

local function load(id)
  local key = alertKey(id)
  return {
    redis.call('HGETALL', key), redis.call('HGETALL', key .. ':actions'),
    redis.call('SMEMBERS', key .. ':regions'), redis.call('SMEMBERS', key .. ':addresses'),
  }
end
`;
