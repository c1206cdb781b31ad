-- Ends what is overdue, finds what nobody has recorded, and forgets what is a day older; says
-- when the next one is due, and what is not here of that which the caller waits for.
-- SPDX-License-Identifier: Apache-2.0
local batch, state, event = tonumber(ARGV[5]), ARGV[6], ARGV[7]
local grace, max_bytes = tonumber(ARGV[8]), tonumber(ARGV[9])
local ended, due, bytes = {}, nil, 0

local function next_of(index)
	local first = redis.call('ZRANGE', index, 0, 0, 'WITHSCORES')
	local at = tonumber(first[2])
	if at and (not due or at < due) then
		due = at
	end
end

-- With what they were about, up to a limit: the rest is due in the next turn.
for _, kind in ipairs({'pending', 'approved'}) do
	local index = P .. kind
	for _, id in ipairs(redis.call('ZRANGEBYSCORE', index, '-inf', text(NOW), 'LIMIT', 0, batch)) do
		if bytes > max_bytes then
			break
		end
		if redis.pcall('HGET', P .. 'a:' .. id, 'state') == kind then
			local mark = note(id, event)
			move(id, state, event)
			local one = record(id) or {}
			ended[#ended + 1] = {mark, one}
			bytes = bytes + #(one[6] or '')
		end
		redis.call('ZREM', index, id)
	end
	next_of(index)
end

-- Who takes one has as long as whoever did not record it had, before the next one takes it.
local left, unrecorded = P .. 'unrecorded', {}
for _, mark in ipairs(redis.call('ZRANGEBYSCORE', left, '-inf', text(NOW - grace), 'LIMIT', 0, batch)) do
	if bytes > max_bytes then
		break
	end
	local one = record(string.match(mark, '^%l+ (%w+) ') or '') or {}
	redis.call('ZADD', left, text(NOW), mark)
	unrecorded[#unrecorded + 1] = {mark, one}
	bytes = bytes + #mark + #(one[6] or '')
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

local missing = {}
for i = 10, #ARGV do
	if redis.call('EXISTS', P .. 'a:' .. ARGV[i]) == 0 then
		missing[#missing + 1] = ARGV[i]
	end
end
return answer('done', due and text(math.max(due - NOW, 0)) or '', ended, unrecorded, missing)
