-- One waiter less; the last one may take the question with him.
-- SPDX-License-Identifier: Apache-2.0
local id, waiter, cancels, sources, state, event = ARGV[5], ARGV[6], ARGV[7] == '1', ARGV[8], ARGV[9], ARGV[10]
local waiters = P .. 'w:' .. id
local was_here = redis.call('ZREM', waiters, waiter) == 1
redis.call('ZREMRANGEBYSCORE', waiters, '-inf', text(NOW))
if not cancels or not was_here or redis.call('ZCARD', waiters) > 0 or
   not is_one_of(redis.call('HGET', P .. 'a:' .. id, 'state'), sources) then
	return answer('left')
end
local mark = note(id, event)
move(id, state, event)
return answer('cancelled', {mark, record(id) or {}})
