/**
 * What the Lua scripts share. All keys begin with `{ids}:`, so that they live in one slot of a Redis Cluster.
 * A script decodes all it was given before it writes: Redis does not undo what a failed script wrote.
 */
import { ALERT_KEPT_MS } from "../bounds.ts";

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

-- Adds the row or brings it forward; true when that changed anything.
local function addRow(name, at)
  local id = string.match(name, '^deliver:(.*)')
  local rank = id and redis.call('HGET', alertKey(id), 'rank')
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

-- A person's change: due now, whatever the pace of edits.
local function showAtOnce(id, now)
  local key = alertKey(id)
  if redis.call('HGET', key, 'shows') ~= '1' then return end
  local rev = redis.call('HINCRBY', key, 'rev', 1)
  redis.call('HSET', key, 'nextAt', now, 'urgentRev', rev, 'urgentAt', now)
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
