-- One commit: all of it, or nothing of it. Redis runs a script to its end before anything else.
--
-- KEYS: the last version, the deadlines, then the documents that are read, then those that are written.
-- ARGV: how many are read, how many are written; the prefix of sets of what an instance holds; the channel of moved
--       deadlines; the highest version that the caller knows of; the list of rooms and what the names of their
--       documents begin with; per document its expected version; per document that is written "1" or "0" for whether it stays, its body, deadline and lease ("" for none); per event its
--       channel and body.
-- Returns "moved", or "done" and the versions reached.

local reads, writes = tonumber(ARGV[1]), tonumber(ARGV[2])
local held, bell = ARGV[3], ARGV[4]
local rooms, room = ARGV[6], ARGV[7]
local first, fields = 2, 7

for index = 1, reads + writes do
  local version = redis.call('HGET', KEYS[first + index], 'v') or '0'
  if version ~= ARGV[fields + index] then
    return { 'moved' }
  end
end

-- Versions go on from the last one, but never from below the clock's microseconds or what the caller has seen: a
-- server that lost its data, or some of it, gives none a second time.
local clock = redis.call('TIME')
local version = math.max(
  tonumber(redis.call('GET', KEYS[1]) or '0'),
  tonumber(ARGV[5]),
  tonumber(clock[1]) * 1000000 + tonumber(clock[2])
)

local before = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')[2]
local reached, at = { 'done' }, fields + reads + writes
for index = 1, writes do
  local document = KEYS[first + reads + index]
  local stays, body, deadline, lease = ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4]
  at = at + 4
  local earlier = redis.call('HGET', document, 'l')
  if earlier then
    redis.call('SREM', held .. earlier, document)
  end
  redis.call('DEL', document)
  if string.sub(document, 1, #room) == room then
    if stays == '1' then
      redis.call('ZADD', rooms, 0, document)
    else
      redis.call('ZREM', rooms, document)
    end
  end
  if stays == '1' then
    version = version + 1
    local text = string.format('%.0f', version)
    redis.call('HSET', document, 'v', text, 'b', body)
    if lease ~= '' then
      redis.call('HSET', document, 'l', lease)
      redis.call('SADD', held .. lease, document)
    end
    reached[index + 1] = text
  else
    deadline = ''
    reached[index + 1] = '0'
  end
  if deadline ~= '' then
    redis.call('ZADD', KEYS[2], deadline, document)
  else
    redis.call('ZREM', KEYS[2], document)
  end
end
redis.call('SET', KEYS[1], string.format('%.0f', version))

while at < #ARGV do
  redis.call('PUBLISH', ARGV[at + 1], ARGV[at + 2])
  at = at + 2
end
if redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')[2] ~= before then
  redis.call('PUBLISH', bell, '')
end
return reached
