-- Ends an approval on purpose.
-- SPDX-License-Identifier: Apache-2.0
local id, request, sources, state, event = ARGV[5], ARGV[6], ARGV[7], ARGV[8], ARGV[9]
local f = redis.call('HMGET', P .. 'a:' .. id, 'state', 'request')
if f[2] ~= request or not is_one_of(f[1], sources) then
	return answer('refused')
end
local mark = note(id, event)
move(id, state, event)
return answer('done', mark)
