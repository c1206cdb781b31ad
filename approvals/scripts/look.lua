-- Reads one approval by its id, and counts who waits for it.
-- SPDX-License-Identifier: Apache-2.0
local id, waiter, lease = ARGV[5], ARGV[6], ARGV[7]
local found = record(id)
if not found then
	return answer('absent')
end
if is_one_of(found[2], 'pending,approved') then
	wait(id, waiter, lease)
end
return answer('found', found)
