/**
 * Lua of reserve → post → confirm: one worker at a time may speak to Slack about an alert, and one that vanished
 * without a word leaves the mark that makes the next one search first. Source: reliability.md B.6.
 */
import { RESERVATION_MS, SEARCH_MARGIN_MS } from "../bounds.ts";
import { PRELUDE } from "./prelude.ts";

/** ARGV: alert id, worker, now. */
export const RESERVE = `${PRELUDE}
local id, by, now = ARGV[1], ARGV[2], tonumber(ARGV[3])
local key, row = alertKey(id), 'deliver:' .. ARGV[1]
local alert = hash(key)
if alert.shows ~= '1' or (alert.ts and tonumber(alert.shown) >= tonumber(alert.rev)) then
  dropRow(row)
  return {'nothing'}
end
local held, paced = tonumber(alert.reservedUntil or 0), tonumber(alert.nextAt or 0)
if held > now then return {'busy', held} end
if paced > now then return {'busy', paced} end
if alert.reservedUntil then
  -- Its worker neither confirmed nor released: it may have died after Slack took the message.
  redis.call('HSETNX', key, 'unsureSince', alert.reservedAt)
  redis.call('HDEL', key, 'missedAt')
end
redis.call('HSET', key, 'reservedBy', by, 'reservedAt', now, 'reservedUntil', now + ${RESERVATION_MS})
local unsureSince, missedAt = unpack(redis.call('HMGET', key, 'unsureSince', 'missedAt'))
if unsureSince then unsureSince = tonumber(unsureSince) - ${SEARCH_MARGIN_MS} end
return {alert.ts and 'edit' or 'post', load(id), unsureSince or '', missedAt or '', alert.channel or '', alert.ts or ''}
`;

/** ARGV: alert id, worker, when to try again, '1' when Slack may have it, when it was searched for in vain or ''. */
export const RELEASE = `${PRELUDE}
local id, by, nextAt, unsure, missedAt = unpack(ARGV)
local key = alertKey(id)
local holder, reservedAt = unpack(redis.call('HMGET', key, 'reservedBy', 'reservedAt'))
if holder ~= by then return 0 end
if unsure == '1' then
  redis.call('HSETNX', key, 'unsureSince', reservedAt)
  redis.call('HDEL', key, 'missedAt')
  if missedAt ~= '' then redis.call('HSET', key, 'missedAt', missedAt) end
end
redis.call('HDEL', key, 'reservedBy', 'reservedAt', 'reservedUntil')
redis.call('HSET', key, 'nextAt', nextAt)
redis.call('ZADD', OUTBOX, nextAt, 'deliver:' .. id)
return 1
`;

/** ARGV: alert id, channel, ts, revision that Slack shows, earliest next edit. */
export const CONFIRM = `${PRELUDE}
local id, channel, ts, rev, nextAt = unpack(ARGV)
local key, row = alertKey(id), 'deliver:' .. ARGV[1]
local alert = hash(key)
dropRow(row)
if not alert.id then return 0 end
if alert.ts == ts then redis.call('HINCRBY', key, 'edits', 1) end
local shown = math.max(tonumber(alert.shown), tonumber(rev))
if tonumber(alert.urgentRev or 0) > shown then nextAt = alert.urgentAt end
redis.call('HSET', key, 'channel', channel, 'ts', ts, 'shown', shown, 'nextAt', nextAt)
redis.call('HDEL', key, 'reservedBy', 'reservedAt', 'reservedUntil', 'unsureSince', 'missedAt')
if tonumber(alert.rev) > shown then addRow(row, nextAt) end
return 1
`;
