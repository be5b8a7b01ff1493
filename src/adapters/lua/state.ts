/**
 * Lua of the detector's state: `{ids}:window:<digest>` ids of members by eventTime, `…:members` what each one said, `…:signs`
 * when each sign was seen last (`<kind>:<text>`);
 * `{ids}:known:<digest>` the first and last time of each value of a group, `…:order` values by their last time, `…:told` on
 * which day a value was told as new, and by which record. In the
 * hash, `#since` and `#days` are the group's own.
 */
import { LATENESS_MS, LEARNING_DAYS, MAX_MEMBERS, MAX_VALUES, SETTLE_MS } from "../../detect/state.ts";
import { KEY_TAG } from "./prelude.ts";

/**
 * ARGV: number of adds; per add the digest of the window's key, windowMs, eventTime in ms, the member's id, member (JSON), what is needed
 * (JSON), the number of its signs and these; then per mark the digest of the group's key, the digest of the value, eventID, time, forgetMs, learningMs, '1' when it
 * learns. Gives for each add the places of its window's members in the third list, for each mark '1' or '0' for known, told
 * and learning and the eventID that told it, and that list: neighbours share their members, and each is told once.
 */
export const ASK = `
local call = redis.call
local texts, placed = {}, {}

-- Where the members are in texts: '3 1 2'.
local function placesOf(window, ids)
  local places, missing = placed[window] or {}, {}
  placed[window] = places
  for _, id in ipairs(ids) do
    if not places[id] then missing[#missing + 1] = id end
  end
  if #missing > 0 then
    for i, text in ipairs(call('HMGET', window .. ':members', unpack(missing))) do
      texts[#texts + 1] = text
      places[missing[i]] = #texts
    end
  end
  local found = {}
  for i, id in ipairs(ids) do found[i] = places[id] end
  return table.concat(found, ' ')
end

local function drop(window, ids)
  if #ids == 0 then return end
  for _, id in ipairs(ids) do (placed[window] or {})[id] = nil end
  call('ZREM', window, unpack(ids))
  call('HDEL', window .. ':members', unpack(ids))
end

local needs = {}

-- Without reading members: how many there are, and what their signs add up to.
local function isReached(window, time, windowMs, text)
  local need = needs[text] or cjson.decode(text)
  needs[text] = need
  if need.members > 1 and call('ZCOUNT', window, time - windowMs, time + windowMs) < need.members then return false end
  if #need.sums == 0 then return true end
  local counts = {}
  for _, sign in ipairs(call('ZRANGEBYSCORE', window .. ':signs', time - windowMs, '+inf')) do
    local kind = tonumber(string.match(sign, '^%d+'))
    counts[kind] = (counts[kind] or 0) + 1
  end
  for _, sum in ipairs(need.sums) do
    local reached = 0
    for _, part in ipairs(sum.parts) do
      reached = reached + math.max(0, (counts[part.kind] or 0) - part.free) * part.points
    end
    if reached < sum.least then return false end
  end
  return true
end

local function neighbours(window, time, windowMs)
  local near = call('ZRANGEBYSCORE', window, time - windowMs, time + windowMs)
  while #near > ${MAX_MEMBERS} do
    local first, last = call('ZSCORE', window, near[1]), call('ZSCORE', window, near[#near])
    table.remove(near, time - first > last - time and 1 or #near)
  end
  return placesOf(window, near)
end

local function trim(window, windowMs)
  local newest = tonumber(call('ZRANGE', window, -1, -1, 'WITHSCORES')[2])
  local old = call('ZRANGEBYSCORE', window, '-inf', '(' .. string.format('%d', newest - windowMs - ${LATENESS_MS}))
  drop(window, old)
  local spare = call('ZRANGE', window, 0, ${-MAX_MEMBERS - 1})
  drop(window, spare)
  if #old + #spare > 0 then
    call('ZREMRANGEBYSCORE', window .. ':signs', '-inf', '(' .. call('ZRANGE', window, 0, 0, 'WITHSCORES')[2])
  end
end

-- An hour more than is wanted, so that not every add has to write it.
local function keep(window, kept)
  if call('PTTL', window) >= kept and call('PTTL', window .. ':signs') >= kept then return end
  for _, part in ipairs({'', ':members', ':signs'}) do call('PEXPIRE', window .. part, kept + 3600000) end
end

local function add(digest, windowMs, time, id, member, need, signs)
  local window = '${KEY_TAG}:window:' .. digest
  local isNew = call('ZADD', window, 'NX', time, id) == 1
  if isNew then
    call('HSET', window .. ':members', id, member)
    for _, sign in ipairs(signs) do call('ZADD', window .. ':signs', 'GT', time, sign) end
  end
  local answer = isReached(window, time, windowMs, need) and neighbours(window, time, windowMs) or ''
  if isNew then
    trim(window, windowMs)
    keep(window, windowMs + ${LATENESS_MS})
  end
  return answer
end

local function spanOf(text)
  local first, last = string.match(text or '', '^(%-?%d+) (%-?%d+)$')
  return tonumber(first), tonumber(last)
end

local function daysOf(text)
  local days = {}
  for day in string.gmatch(text or '', '%-?%d+') do days[#days + 1] = tonumber(day) end
  return days
end

local function withDay(days, today)
  for _, day in ipairs(days) do
    if day == today then return days end
  end
  days[#days + 1] = today
  table.sort(days)
  while #days > ${LEARNING_DAYS} do table.remove(days) end
  return days
end

-- The group as it is with this record: the value's first and last time, since when and on which days it learns.
local function learn(known, value, time, forgetMs, learningMs, first, last, since, days)
  if not first or time > last + forgetMs then first, last = time, time
  elseif time >= first - forgetMs then first, last = math.min(first, time), math.max(last, time) end
  since, days = math.min(since or time, time), withDay(days, math.floor(time / 86400000))
  call('HSET', known, value, string.format('%d %d', first, last),
    '#since', string.format('%d', since), '#days', table.concat(days, ' '))
  local order = known .. ':order'
  if call('ZADD', order, last, value) == 1 then
    for _, spare in ipairs(call('ZRANGE', order, 0, ${-MAX_VALUES - 1})) do
      call('ZREM', order, spare)
      call('HDEL', known, spare)
      if spare == value then first, last = nil, nil end
    end
  end
  local kept = math.max(forgetMs, learningMs) + ${LATENESS_MS}
  call('PEXPIRE', known, kept)
  call('PEXPIRE', order, kept)
  return first, last, since, days
end

-- Once a day is enough; the record that told it tells it again when it comes again. Gives whether it is told, and by whom.
local function tellerOf(known, value, eventID, time, forgetMs)
  local told, today = known .. ':told', math.floor(time / 86400000)
  local day, teller = string.match(call('HGET', told, value) or '', '^(%-?%d+) (.*)$')
  if day and tonumber(day) >= today then return tonumber(day) > today or teller ~= eventID, teller end
  if call('HLEN', told) >= ${MAX_VALUES} then call('DEL', told) end
  call('HSET', told, value, string.format('%d %s', today, eventID))
  call('PEXPIRE', told, forgetMs + ${LATENESS_MS})
  return false, eventID
end

local function mark(digest, value, eventID, time, forgetMs, learningMs, learns)
  local known = '${KEY_TAG}:known:' .. digest
  local said = call('HMGET', known, value, '#since', '#days')
  local first, last = spanOf(said[1])
  local since, days = said[2] and tonumber(said[2]), daysOf(said[3])
  if learns == '1' then
    first, last, since, days = learn(known, value, time, forgetMs, learningMs, first, last, since, days)
  end
  local isKnown = first and first <= time - ${SETTLE_MS} and last >= time - forgetMs
  local isYoung = not since or since > time - learningMs or #days < ${LEARNING_DAYS}
  local isLearning = learningMs > 0 and (isYoung or days[#days] >= math.floor(time / 86400000))
  local told, teller = false, ''
  if not isKnown then told, teller = tellerOf(known, value, eventID, time, forgetMs) end
  return {isKnown and '1' or '0', told and '1' or '0', isLearning and '1' or '0', teller}
end

local windows, marks, at = {}, {}, 2
for i = 1, tonumber(ARGV[1]) do
  local signs = {}
  for sign = at + 7, at + 6 + tonumber(ARGV[at + 6]) do signs[#signs + 1] = ARGV[sign] end
  windows[i] = add(
    ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), ARGV[at + 3], ARGV[at + 4], ARGV[at + 5], signs)
  at = at + 7 + #signs
end
for i = at, #ARGV, 7 do
  marks[#marks + 1] = mark(
    ARGV[i], ARGV[i + 1], ARGV[i + 2], tonumber(ARGV[i + 3]), tonumber(ARGV[i + 4]), tonumber(ARGV[i + 5]), ARGV[i + 6])
end
return {windows, marks, texts}
`;
