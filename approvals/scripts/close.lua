-- A claim came to its end.  One whose outcome is not known stops the uses that are left.
-- SPDX-License-Identifier: Apache-2.0
local id, claim, node, ending = ARGV[5], ARGV[6], ARGV[7], ARGV[8]
redis.call('HDEL', P .. 'open:' .. node, claim)
if redis.call('EXISTS', P .. 'a:' .. id) == 0 or redis.call('HEXISTS', P .. 'c:' .. id, claim) == 0 then
	return answer('absent')
end
redis.call('HSET', P .. 'c:' .. id, claim, ending .. ' ' .. node .. ' ' .. text(NOW))
if ending == 'unknown' then
	redis.call('HSET', P .. 'a:' .. id, 'review', '1')
end
tell(id, 'closed')
return answer('done')
