-- Joins the approval that this action has, or opens one.
-- SPDX-License-Identifier: Apache-2.0
local id, binding, who, request = ARGV[5], ARGV[6], ARGV[7], ARGV[8]
local uses, expires, waiter, lease = ARGV[9], ARGV[10], ARGV[11], ARGV[12]
local max_of_requester, max, max_bytes = tonumber(ARGV[13]), tonumber(ARGV[14]), tonumber(ARGV[15])
local ignored, joins = ARGV[16], ARGV[17] == '1'
local pointer = P .. 'b:' .. binding

local function is_live(known)
	local f = redis.pcall('HMGET', P .. 'a:' .. known, 'state', 'epoch', 'expires', 'valid',
	                      'uses', 'review')
	-- Not a record at all: who asks finds that out, and says so.
	if f.err then
		return true
	end
	if f[2] ~= CURRENT then
		return false
	end
	if f[1] == 'approved' then
		return NOW < (tonumber(f[4]) or 0) and (tonumber(f[5]) or 0) > 0 and not f[6]
	end
	return is_one_of(f[1], 'pending,denied') and NOW < (tonumber(f[3]) or 0)
end

local known = joins and redis.pcall('GET', pointer)
if type(known) == 'string' and known ~= ignored and is_live(known) then
	local found = record(known)
	if found then
		wait(known, waiter, lease)
		return answer('found', found)
	end
end

if redis.call('ZCOUNT', P .. 'q:' .. who, text(NOW), '+inf') >= max_of_requester then
	return answer('too-many-of-requester')
end
if redis.call('ZCOUNT', P .. 'pending', text(NOW), '+inf') >= max then
	return answer('too-many')
end
if (tonumber(redis.call('GET', P .. 'bytes')) or 0) + #request > max_bytes then
	return answer('full')
end

local mark = note(id, 'opened')
redis.call('HSET', P .. 'a:' .. id, 'request', request, 'state', 'pending', 'uses', uses,
           'votes', '0', 'epoch', CURRENT, 'expires', expires, 'binding', binding, 'who', who)
redis.call('ZADD', P .. 'ix:pending', 0, id)
redis.call('ZADD', P .. 'ix:all', 0, id)
redis.call('ZADD', P .. 'pending', expires, id)
redis.call('ZADD', P .. 'q:' .. who, expires, id)
redis.call('PEXPIREAT', P .. 'q:' .. who, text(math.floor(tonumber(expires) / 1000) + 86400000))
redis.call('INCRBY', P .. 'bytes', #request)
redis.call('HSET', P .. 'sizes', id, #request)
if joins then
	redis.call('SET', pointer, id)
	redis.call('PEXPIREAT', pointer, text(math.floor(tonumber(expires) / 1000) + 86400000))
end
wait(id, waiter, lease)
keep(id, expires)
tell(id, 'opened')
return answer('opened', mark)
