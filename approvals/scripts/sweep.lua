-- Ends what is overdue and forgets what is a day older; says when the next one is due.
-- SPDX-License-Identifier: Apache-2.0
local batch, state, event = tonumber(ARGV[5]), ARGV[6], ARGV[7]
local ended, due = {}, nil

local function next_of(index)
	local first = redis.call('ZRANGE', index, 0, 0, 'WITHSCORES')
	local at = tonumber(first[2])
	if at and (not due or at < due) then
		due = at
	end
end

for _, kind in ipairs({'pending', 'approved'}) do
	local index = P .. kind
	for _, id in ipairs(redis.call('ZRANGEBYSCORE', index, '-inf', text(NOW), 'LIMIT', 0, batch)) do
		redis.call('ZREM', index, id)
		if redis.call('HGET', P .. 'a:' .. id, 'state') == kind then
			move(id, state, event)
			ended[#ended + 1] = id
		end
	end
	next_of(index)
end

local past = redis.call('ZRANGEBYSCORE', P .. 'keep', '-inf', text(NOW / 1000), 'LIMIT', 0, batch)
for _, id in ipairs(past) do
	redis.call('DECRBY', P .. 'bytes', tonumber(redis.call('HGET', P .. 'sizes', id)) or 0)
	redis.call('HDEL', P .. 'sizes', id)
	redis.call('ZREM', P .. 'keep', id)
	for _, index in ipairs({'all', 'pending', 'approved', 'spent', 'denied', 'expired',
	                        'cancelled', 'revoked', 'superseded'}) do
		redis.call('ZREM', P .. 'ix:' .. index, id)
	end
end
return answer('done', due and text(math.max(due - NOW, 0)) or '', ended)
