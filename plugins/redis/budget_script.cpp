#include "budget_script.hpp"

namespace tapedeck::redis {

// The state of an account is one value, packed:
//   run of which run of the server it is: one that was read from a file is older than what has been spent;
//   e when it was made (the epoch); u, why: nobody leaves before u; h hosts; b limits; l requests under way
//   host:  t last heard; c contributed what it knew of before e; and while it waits: p priority, s since, a when it
//          asks again, x until when its place is kept, n for which limit
//   limit: k kind, c capacity, w window, n units of answered requests that count, f units under way, L of all that
//          left, F of all that were answered, i index of a fixed window, q log of a sliding one (first, last,
//          amount, ...), o and r the most that hosts had spent and known before e, g granted in the time of grace
//   lease: t granted, a units by limit
// The arithmetic of a limit is that of host/net/budget_window.cpp.
const char *const kBudgetScript = R"lua(
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local place = 0
local function text() place = place + 1; return ARGV[place] end
local function number() return tonumber(text()) end

local host, take, priority = text(), number(), number()
local lease = host .. '/' .. text()
local epoch, hold, why = number(), number(), text()
local patience, grace, lifetime = number(), number(), number()

local state
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') or ''
local kept = redis.call('GET', KEYS[1])
if kept then
  local fine, unpacked = pcall(cmsgpack.unpack, kept)
  if fine and type(unpacked) == 'table' and unpacked.v == 1 and unpacked.run == run then state = unpacked end
end
if not state then state = {v = 1, run = run, e = now, u = 0, why = '', h = {}, b = {}, l = {}} end

local function roll(b)
  if b.k == 1 then
    local i = math.floor(now / b.w)
    if i > b.i then b.n = 0; b.o = 0; b.r = 0 end
    if i > b.i or i < b.i - 1 then b.i = i end
    return
  end
  local q, gone = b.q, 0
  while gone < #q and q[gone + 2] + b.w <= now do b.n = b.n - q[gone + 3]; gone = gone + 3 end
  if gone > 0 then
    local rest = {}
    for j = gone + 1, #q do rest[#rest + 1] = q[j] end
    b.q = rest
  end
end

local function add(b, amount, at)
  if amount <= 0 then return end
  if b.k == 1 then
    if math.floor(at / b.w) >= b.i then b.n = b.n + amount end
    return
  end
  if at + b.w <= now then return end
  b.n = b.n + amount
  local q = b.q
  local last = #q
  if last > 0 and at - q[last - 2] <= b.w / 256 then
    q[last - 1] = math.max(q[last - 1], at)
    q[last] = q[last] + amount
  else
    q[last + 1] = at; q[last + 2] = at; q[last + 3] = amount
  end
end

local function correct(b, target)
  target = math.max(target, b.f) - b.f
  if target >= b.n then return add(b, target - b.n, now) end
  local surplus = b.n - target
  b.n = target
  if b.k == 1 then return end
  local q, j = b.q, 3
  while surplus > 0 and j <= #q do
    local part = math.min(surplus, q[j])
    q[j] = q[j] - part
    surplus = surplus - part
    j = j + 3
  end
end

local function wait_for(b, amount)
  local spent = b.n + b.f
  if amount == 0 or spent + amount <= b.c then return 0 end
  if b.f + amount > b.c then return 20000 end
  if b.k == 1 then return (b.i + 1) * b.w - now end
  local excess, q = spent + amount - b.c, b.q
  for j = 3, #q, 3 do
    if q[j] >= excess then return q[j - 1] + b.w - now end
    excess = excess - q[j]
  end
  return 20000
end

local function finish(id, at)
  local l = state.l[id]
  if not l then return end
  for name, amount in pairs(l.a) do
    local b = state.b[name]
    if b then
      b.f = b.f - amount
      b.F = b.F + amount
      add(b, amount, math.max(at, l.t))
    end
  end
  state.l[id] = nil
end

local limits, longest = {}, 0
for n = 1, number() do
  local name, kind, capacity, window = text(), number(), number(), number()
  local b = state.b[name]
  if not b then
    b = {k = kind, c = capacity, w = window, n = 0, f = 0, L = 0, F = 0, i = math.floor(now / window), q = {}, o = 0, r = 0, g = 0}
    state.b[name] = b
  end
  roll(b)
  b.c = capacity
  if b.k ~= kind or b.w ~= window then
    local spent = b.n
    b.k = kind; b.w = window; b.i = math.floor(now / window); b.q = {}; b.n = 0
    add(b, spent, now)
  end
  limits[n] = {b = b, name = name, amount = number(), alone = number(), own = number(), known = number()}
end
for name, b in pairs(state.b) do
  roll(b)
  longest = math.max(longest, b.w)
end

for _ = 1, number() do
  local id = host .. '/' .. text()
  finish(id, now - number())
end
for id, l in pairs(state.l) do
  if now - l.t > lifetime then finish(id, l.t + lifetime) end
end

local me = state.h[host] or {}
state.h[host] = me
me.t = now
local contributes = epoch ~= state.e and me.c ~= state.e
me.c = state.e
for _, l in ipairs(limits) do
  local b = l.b
  if contributes then
    local before = math.max(b.o, b.r)
    b.o = b.o + l.own
    b.r = math.max(b.r, l.known)
    add(b, math.max(b.o, b.r) - before, now)
  else
    add(b, l.alone, now)
    b.L = b.L + l.alone
    b.F = b.F + l.alone
  end
end

for _ = 1, number() do
  local l, used, amount, finished, index = limits[number()], number(), number(), number(), text()
  if l then
    local b = l.b
    used = math.min(used, b.c)
    if index == '' then correct(b, math.max(b.n + b.f, used + b.f))
    elseif b.k == 0 or tonumber(index) == b.i then correct(b, used + b.L - finished - amount) end
  end
end

if hold > 0 and now + hold > state.u then state.u = now + hold; state.why = why end

local hosts = 0
for name, h in pairs(state.h) do
  if now - h.t > math.max(3 * grace, 5000000) then state.h[name] = nil else hosts = hosts + 1 end
end

local granted, wait = 0, 0
if take == 1 and state.l[lease] then
  granted = 1
elseif take == 1 then
  local short = ''
  wait = math.max(state.u - now, 0)
  for _, l in ipairs(limits) do
    local b, w = l.b, wait_for(l.b, l.amount)
    if l.amount > 0 and now < state.e + grace and b.g + l.amount > b.c / 10 then w = math.max(w, state.e + grace - now) end
    if w > wait then wait = w; short = l.name end
  end
  local since = (me.x and now <= me.x and me.p == priority) and me.s or now
  for name, h in pairs(state.h) do
    if name ~= host and h.x and now <= h.x and (h.p < priority or (h.p == priority and h.s < since)) then
      for _, l in ipairs(limits) do
        if l.name == h.n and l.amount > 0 then wait = math.max(wait, math.max(h.a - now, 0) + 5000) end
      end
    end
  end
  if wait > 0 then
    if short ~= '' then
      me.p = priority; me.s = since; me.n = short
      me.a = now + math.min(wait, patience)
      me.x = me.a + 500000
    end
  else
    granted = 1
    me.p = nil; me.s = nil; me.a = nil; me.x = nil; me.n = nil
    local taken = {t = now, a = {}}
    for _, l in ipairs(limits) do
      local b = l.b
      b.f = b.f + l.amount
      b.L = b.L + l.amount
      if now < state.e + grace then b.g = b.g + l.amount end
      if l.amount > 0 then taken.a[l.name] = l.amount end
    end
    state.l[lease] = taken
  end
end

local life = math.floor((math.max(longest, state.u - now, lifetime) + 600000000) / 1000)
redis.call('SET', KEYS[1], cmsgpack.pack(state), 'PX', string.format('%.0f', life))
local out = {granted, state.e, wait, hosts, math.max(state.u - now, 0), state.why}
for _, l in ipairs(limits) do
  local b = l.b
  out[#out + 1] = b.n + b.f
  out[#out + 1] = b.f
  out[#out + 1] = b.F
  out[#out + 1] = b.i
end
return out
)lua";

}  // namespace tapedeck::redis
