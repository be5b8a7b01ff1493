/**
 * Lua of the alert store: folding findings in, and reading alerts back.
 */
import { ALERT_WINDOW_MS } from "../../alert/alert.ts";
import { ALERT_KEPT_MS, FILE_KEPT_MS, MAX_DISTINCT, MAX_PER_SUBJECT } from "../bounds.ts";
import { PRELUDE } from "./prelude.ts";
import { QUARANTINE } from "./quarantine.ts";

/**
 * ARGV: now, number of folds, log file or '', its slices, then per fold its header (JSON) and its chapter (JSON, stored as it is); then per
 * quarantined body its id, JSON and whole text. Gives name, due time and rank of every outbox row that was added or brought forward.
 */
export const COMMIT = `${PRELUDE}${QUARANTINE}
local now, folds = tonumber(ARGV[1]), {}
for i = 1, tonumber(ARGV[2]) do
  folds[i] = cjson.decode(ARGV[3 + 2 * i])
  folds[i].chapter = ARGV[4 + 2 * i]
end
local nextArg = 5 + 2 * #folds

-- The alert that the fold belongs to: its id, or nil when it is held already.
local function findAlert(fold)
  if redis.call('EXISTS', alertKey(fold.alert)) == 1 then return nil end
  local siblings = P .. 'key:' .. fold.key
  local from, to = fold.time - ${ALERT_WINDOW_MS}, fold.time + ${ALERT_WINDOW_MS}
  local found = redis.call('ZRANGEBYSCORE', siblings, from, to, 'WITHSCORES')
  local nearest, id = math.huge, fold.alert
  for i = 1, #found, 2 do
    if redis.call('EXISTS', alertKey(found[i])) == 0 then
      redis.call('ZREM', siblings, found[i])
    else
      -- The same finding may be nearer to an alert that opened after it was counted: ask each of them.
      if redis.call('SISMEMBER', alertKey(found[i]) .. ':findings', fold.finding) == 1 then return nil end
      local distance = math.abs(tonumber(found[i + 1]) - fold.time)
      if distance < nearest then nearest, id = distance, found[i] end
    end
  end
  return id
end

local function open(fold)
  redis.call('ZADD', P .. 'key:' .. fold.key, fold.time, fold.alert)
  redis.call('HSET', alertKey(fold.alert), 'id', fold.alert, 'opening', fold.chapter, 'latestMs', fold.time,
    'seenMs', now, 'shows', '0', 'doubted', fold.doubted and '1' or '0', 'findings', 0, 'events', 0, 'first', fold.at, 'firstMs', fold.happened,
    'last', fold.at, 'lastMs', fold.happened, 'rank', fold.rank, 'rev', 0, 'shown', 0, 'edits', 0)
end

-- Adds to a bounded set.
local function addDistinct(key, value)
  if redis.call('SCARD', key) < ${MAX_DISTINCT} then redis.call('SADD', key, value) end
end

local function countSighting(key, sighting)
  local eventID, at, ms, action, region, ip = unpack(sighting)
  if redis.call('SADD', key .. ':events', eventID) == 0 then return end
  redis.call('HINCRBY', key, 'events', 1)
  local actions = key .. ':actions'
  if redis.call('HEXISTS', actions, action) == 1 or redis.call('HLEN', actions) < ${MAX_DISTINCT} then
    redis.call('HINCRBY', actions, action, 1)
  end
  addDistinct(key .. ':regions', region)
  addDistinct(key .. ':addresses', ip)
  local first, last = unpack(redis.call('HMGET', key, 'firstMs', 'lastMs'))
  if ms < tonumber(first) then redis.call('HSET', key, 'first', at, 'firstMs', ms) end
  if ms > tonumber(last) then redis.call('HSET', key, 'last', at, 'lastMs', ms) end
end

-- A correlation names up to a thousand records and most of them are counted already: ask for all of them at once.
local function countSightings(key, sightings)
  for from = 1, #sightings, 1000 do
    local ids = {}
    for i = from, math.min(from + 999, #sightings) do ids[#ids + 1] = sightings[i][1] end
    for i, held in ipairs(redis.call('SMISMEMBER', key .. ':events', unpack(ids))) do
      if held == 0 then countSighting(key, sightings[from + i - 1]) end
    end
  end
end

local function join(id, fold)
  local key = alertKey(id)
  redis.call('SADD', key .. ':findings', fold.finding)
  local findings = redis.call('HINCRBY', key, 'findings', 1)
  if fold.shows then redis.call('HSET', key, 'shows', '1') end
  if fold.time > tonumber(redis.call('HGET', key, 'latestMs')) then
    redis.call('HSET', key, 'latest', fold.chapter, 'latestMs', fold.time)
  end
  countSightings(key, fold.sightings)
  -- Who makes up records makes up their names, and thousands of them.
  if fold.doubted and findings > ${MAX_DISTINCT} then return end
  local lastMs = redis.call('HGET', key, 'lastMs')
  for _, subject in ipairs(fold.subjects) do
    local listed = P .. 'subject:' .. subject
    redis.call('ZADD', listed, lastMs, id)
    redis.call('ZREMRANGEBYRANK', listed, 0, ${-MAX_PER_SUBJECT - 1})
    redis.call('PEXPIRE', listed, ${ALERT_KEPT_MS})
  end
end

local rows = {}
local function owe(row, due)
  if not addRow(row, due) then return end
  rows[#rows + 1] = row
  rows[#rows + 1] = due
  rows[#rows + 1] = redis.call('HGET', RANKS, row) or ''
end
for _, fold in ipairs(folds) do
  local id = findAlert(fold)
  if id then
    if id == fold.alert then open(fold) end
    join(id, fold)
    keepAlert(id)
    redis.call('PEXPIRE', P .. 'key:' .. fold.key, ${ALERT_KEPT_MS})
    local shows, nextAt = unpack(redis.call('HMGET', alertKey(id), 'shows', 'nextAt'))
    -- What nobody sees need not be looked up; what was, or is about to be, is not asked for again.
    local isAsked = redis.call('ZSCORE', OUTBOX, 'confirm:' .. id) or redis.call('HEXISTS', alertKey(id), 'corroboration') == 1
    local isDoubted = redis.call('HGET', alertKey(id), 'doubted') == '1'
    if isDoubted and shows == '1' and not isAsked then owe('confirm:' .. id, now) end
    if shows == '1' then
      redis.call('HINCRBY', alertKey(id), 'rev', 1)
      owe('deliver:' .. id, math.max(now, tonumber(nextAt or 0)))
    end
  end
end

if ARGV[3] ~= '' then redis.call('SET', P .. 'file:' .. ARGV[3], ARGV[4], 'PX', ${FILE_KEPT_MS}) end
if nextArg <= #ARGV then
  local bodies = {}
  for i = nextArg, #ARGV, 3 do bodies[#bodies + 1] = {ARGV[i], ARGV[i + 1], ARGV[i + 2]} end
  quarantine(bodies, now)
end
return rows
`;

/** ARGV: alert id. */
export const LOAD = `${PRELUDE}
return load(ARGV[1])
`;

/** ARGV: digest of the subject, limit. Alerts that have expired are left out. */
export const LOAD_OF_SUBJECT = `${PRELUDE}
local alerts = {}
for _, id in ipairs(redis.call('ZREVRANGE', P .. 'subject:' .. ARGV[1], 0, tonumber(ARGV[2]) - 1)) do
  alerts[#alerts + 1] = load(id)
end
return alerts
`;

/** ARGV: alert id, what was found (JSON), when to look again or '', now. */
export const CORROBORATE = `${PRELUDE}
local id, found, againAt, now = unpack(ARGV)
dropRow('confirm:' .. id)
if redis.call('EXISTS', alertKey(id)) == 0 then return 0 end
redis.call('HSET', alertKey(id), 'corroboration', found)
if againAt ~= '' then addRow('confirm:' .. id, againAt) end
showAtOnce(id, now)
keepAlert(id)
return 1
`;

/** ARGV: alert id, who, now, now as ISO. Gives {} without such an alert, else whether it is new, by whom and when. */
export const ACKNOWLEDGE = `${PRELUDE}
local id, by, now, at = unpack(ARGV)
local key = alertKey(id)
if redis.call('EXISTS', key) == 0 then return {} end
if redis.call('HSETNX', key, 'acknowledgedBy', by) == 0 then
  return {'already', unpack(redis.call('HMGET', key, 'acknowledgedBy', 'acknowledgedAt'))}
end
redis.call('HSET', key, 'acknowledgedAt', at)
showAtOnce(id, now, true)
keepAlert(id)
return {'acknowledged', by, at}
`;
