-- Everybody who has a lease. KEYS: the leases, what instances say of themselves.
-- Returns for each the instance, what it says, and 1 if its lease runs, else 0.
local time = redis.call('TIME')
local clock = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local leases, found = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES'), {}
for index = 1, #leases, 2 do
  local alive = tonumber(leases[index + 1]) > clock and 1 or 0
  found[#found + 1] = { leases[index], redis.call('HGET', KEYS[2], leases[index]) or '', alive }
end
return found
