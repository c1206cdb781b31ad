-- Takes one use, if what stands here is byte for byte what the caller has verified.
-- SPDX-License-Identifier: Apache-2.0
local id, claim, node, boot, waiter = ARGV[5], ARGV[6], ARGV[7], ARGV[8], ARGV[9]
local sources, created, valid = ARGV[10], tonumber(ARGV[11]), tonumber(ARGV[12])
local uses, request, votes = tonumber(ARGV[13]), ARGV[14], tonumber(ARGV[15])
local key, claims = P .. 'a:' .. id, P .. 'c:' .. id

-- Asked again after a lost reply.
if redis.call('HEXISTS', claims, claim) == 1 then
	return answer('taken')
end
local f = redis.call('HMGET', key, 'state', 'uses', 'votes', 'review', 'request', 'epoch')
if f[5] ~= request or tonumber(f[3]) ~= votes or f[6] ~= CURRENT then
	return answer('changed')
end
for n = 1, votes do
	if redis.call('HGET', key, 'vote:' .. n) ~= ARGV[15 + n] then
		return answer('changed')
	end
end
if not is_one_of(f[1], sources) or f[4] or NOW >= valid or NOW + SKEW < created then
	return answer('refused')
end
if (tonumber(f[2]) or 0) < 1 or redis.call('HLEN', claims) >= uses then
	return answer('refused')
end
local left = redis.call('HINCRBY', key, 'uses', -1)
redis.call('HSET', claims, claim, 'open ' .. node .. ' ' .. boot .. ' ' .. text(NOW))
redis.call('HSET', P .. 'open:' .. node, claim, id .. ' ' .. boot)
redis.call('ZREM', P .. 'w:' .. id, waiter)
keep(id, valid)
if left == 0 then
	move(id, 'spent', 'used-up')
else
	tell(id, 'claimed')
end
return answer('taken')
