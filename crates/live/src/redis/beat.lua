-- Tells one subscriber which data this server has, so that the subscriber knows that it hears, and that nothing was
-- lost. KEYS: the name of the data, made when there is none. ARGV: the subscriber's channel.
local life = redis.call('GET', KEYS[1])
if not life then
  local clock = redis.call('TIME')
  life = clock[1] .. '.' .. clock[2]
  redis.call('SET', KEYS[1], life)
end
redis.call('PUBLISH', ARGV[1], life)
return life
