-- Adds one signed decision, if nothing has changed since its signer looked.
-- SPDX-License-Identifier: Apache-2.0
local id, request, votes, vote = ARGV[5], ARGV[6], tonumber(ARGV[7]), ARGV[8]
local sources, state, event = ARGV[9], ARGV[10], ARGV[11]
local valid, expires = ARGV[12], tonumber(ARGV[13])
local key = P .. 'a:' .. id
local f = redis.call('HMGET', key, 'state', 'votes', 'request', 'epoch')
if not f[3] then
	return answer('absent')
end
if f[4] ~= CURRENT or f[3] ~= request or not is_one_of(f[1], sources) or tonumber(f[2]) ~= votes then
	return answer('changed')
end
if NOW >= expires then
	return answer('late')
end
redis.call('HSET', key, 'votes', text(votes + 1), 'vote:' .. text(votes + 1), vote)
if state == 'approved' then
	redis.call('HSET', key, 'valid', valid)
	move(id, state, event)
	redis.call('ZADD', P .. 'approved', valid, id)
	keep(id, valid)
elseif state ~= f[1] then
	move(id, state, event)
else
	tell(id, event)
end
return answer('done')
