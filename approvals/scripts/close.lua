-- A claim came to its end.  One whose outcome is not known stops the uses that are left.  Asked
-- to keep it, it stays among the open ones until its end is recorded.
-- SPDX-License-Identifier: Apache-2.0
local id, claim, node, ending, keeps = ARGV[5], ARGV[6], ARGV[7], ARGV[8], ARGV[9] == '1'
if redis.call('EXISTS', P .. 'a:' .. id) == 0 or redis.call('HEXISTS', P .. 'c:' .. id, claim) == 0 then
	redis.call('HDEL', P .. 'open:' .. node, claim)
	return answer('absent')
end
redis.call('HSET', P .. 'c:' .. id, claim, ending .. ' ' .. node .. ' ' .. text(NOW))
if ending == 'unknown' then
	redis.call('HSET', P .. 'a:' .. id, 'review', '1')
end
if not keeps then
	redis.call('HDEL', P .. 'open:' .. node, claim)
	tell(id, 'closed')
end
return answer('done')
