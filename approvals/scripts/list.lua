-- A page of approvals, the newest first.
-- SPDX-License-Identifier: Apache-2.0
local index, cursor, page, max_bytes = ARGV[5], ARGV[6], tonumber(ARGV[7]), tonumber(ARGV[8])
local from = cursor == '' and '+' or '(' .. cursor
local ids = redis.call('ZREVRANGEBYLEX', P .. 'ix:' .. index, from, '-', 'LIMIT', 0, page)
local found, bytes, last = {}, 0, #ids == page and ids[page] or ''
for _, id in ipairs(ids) do
	local one = record(id)
	if one then
		found[#found + 1] = one
		bytes = bytes + #(one[6] or '')
	end
	if bytes > max_bytes then
		last = id
		break
	end
end
return answer('found', last, found)
