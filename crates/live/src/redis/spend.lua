-- Takes one from a purse. KEYS: the purse: the microsecond at which it is full again; it goes when it is.
-- ARGV: how much it holds, and the microseconds after which there is one more.
-- Returns 0 if there was one, else the microseconds until there is.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local every = tonumber(ARGV[2])
local holds = tonumber(ARGV[1]) * every
-- Never later than from an empty purse: the clock may have been set back since.
local full = math.min(math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now), now + holds) + every
local wait = full - now - holds
if wait > 0 then
  return wait
end
redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', math.ceil((full - now) / 1000))
return 0
