/**
 * Lua of intents: one under way for a key, its act row and what the alert shows of it in one step.
 */
import { INTENT_KEPT_MS } from "../bounds.ts";
import { PRELUDE } from "./prelude.ts";

const KEEP_INTENT = `
local function keepIntent(id, record, containment, alert, fence, final, now)
  local key = P .. 'intent:' .. id
  redis.call('HSET', key, 'record', record, 'fence', fence)
  if final == '1' then redis.call('HSETNX', key, 'endedAt', now) else redis.call('HDEL', key, 'endedAt') end
  redis.call('PEXPIRE', key, ${INTENT_KEPT_MS})
  local shown = alertKey(alert)
  if redis.call('EXISTS', shown) == 0 then return end
  -- An older intent of the same alert must not overwrite what a newer one shows.
  if tonumber(redis.call('HGET', shown, 'containmentFence') or 0) > tonumber(fence) then return end
  redis.call('HSET', shown, 'containment', containment, 'containmentFence', fence)
  showAtOnce(alert, now, true)
  keepAlert(alert)
end
`;

/** ARGV: intent id, record, containment (JSON), alert id, fence, '1' when final, now, account:key, openedAt in ms. */
export const INTEND = `${PRELUDE}${KEEP_INTENT}
local id, record, containment, alert, fence, final, now, subject, openedMs = unpack(ARGV)
local newest = P .. 'newest-intent:' .. subject
local last = hash(P .. 'intent:' .. (redis.call('GET', newest) or ''))
if last.record then
  local open = not last.endedAt or tonumber(last.endedAt) > tonumber(openedMs)
  if open or tonumber(last.fence) >= tonumber(fence) then return last.record end
end
redis.call('SET', newest, id, 'PX', ${INTENT_KEPT_MS})
keepIntent(id, record, containment, alert, fence, final, now)
addRow('act:' .. id, now)
return false
`;

/** ARGV: as INTEND up to now, then the row to drop or '', then names and due times of rows to add. */
export const SAVE_INTENT = `${PRELUDE}${KEEP_INTENT}
local id, record, containment, alert, fence, final, now, done = unpack(ARGV)
keepIntent(id, record, containment, alert, fence, final, now)
if done ~= '' then dropRow(done) end
for i = 9, #ARGV, 2 do addRow(ARGV[i], ARGV[i + 1]) end
return 1
`;

/** ARGV: account:key. */
export const CURRENT_FENCE = `${PRELUDE}
local id = redis.call('GET', P .. 'newest-intent:' .. ARGV[1])
return id and redis.call('HGET', P .. 'intent:' .. id, 'fence') or '0'
`;
