-- Renews an instance's lease by this server's clock. KEYS: the leases, what instances say of themselves.
-- ARGV: the instance, how long the lease lasts in milliseconds, what it says.
-- Returns 1 if there was a lease to renew, else 0, and the clock in milliseconds.
local time = redis.call('TIME')
local clock = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local added = redis.call('ZADD', KEYS[1], string.format('%.0f', clock + tonumber(ARGV[2])), ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
return { 1 - added, clock }
