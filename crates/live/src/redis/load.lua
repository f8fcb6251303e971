-- Version and body of each document, all of the same moment. KEYS: the documents.
local found = {}
for index, key in ipairs(KEYS) do
  found[index] = redis.call('HMGET', key, 'v', 'b')
end
return found
