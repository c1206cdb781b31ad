-- Stands before every script: the clock, the epoch, and the few things they all do.
-- SPDX-License-Identifier: Apache-2.0
--
-- KEYS[1] is the prefix of all keys of the namespace, hash tag included, so that one slot of
-- a Cluster holds them all.  ARGV[1..4]: how the epoch is known, the epoch the caller works
-- under, an id for a new one, the caller's clock in microseconds.  No argument ever becomes
-- part of a script.
local P, MODE, EPOCH, FRESH, OURS = KEYS[1], ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local SKEW = 30 * 1000000

-- Lua would write large numbers as 1.7e+15.
local function text(n)
	return string.format('%.0f', n)
end

local clock = redis.call('TIME')
local NOW = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
local INFO = redis.call('INFO', 'replication')
local REPLICAS = string.match(INFO, 'connected_slaves:(%d+)') or '0'
-- Neither copied to a replica nor promoted from one.
local ALONE = REPLICAS == '0' and string.match(INFO, 'master_replid2:0+%s') ~= nil

-- The id in the namespace goes when its keys are removed.  A server that may have lost what it
-- acknowledged has a new replication id as well.  One that syncs every write needs none, as long
-- as no copy of it can take its place: an id that was given while one could begins with an x.
local function current_epoch()
	local id = redis.call('GET', P .. 'epoch')
	if not id or (MODE == 'kept' and (string.sub(id, 1, 1) == 'x') == ALONE) then
		id = (MODE == 'kept' and ALONE and '' or 'x') .. FRESH
		redis.call('SET', P .. 'epoch', id)
	end
	if MODE == 'kept' then
		return 'kept-' .. id
	end
	return 'repl-' .. string.match(INFO, 'master_replid:(%x+)') .. '-' .. id
end
local CURRENT = current_epoch()

local function answer(status, ...)
	return {status, text(NOW), CURRENT, REPLICAS, ALONE and '1' or '0', ...}
end

if CURRENT ~= EPOCH then
	return answer('epoch')
end
if math.abs(NOW - OURS) > SKEW then
	return answer('skew')
end

local function tell(id, event)
	redis.call('XADD', P .. 'feed', 'MAXLEN', '~', '16384', '*', 'id', id, 'event', event)
end

local function is_one_of(word, list)
	return word and string.find(',' .. list .. ',', ',' .. word .. ',', 1, true) ~= nil
end

-- Everything about an approval outlives its time by a day.
local function keep(id, last)
	local at = text(math.floor(tonumber(last) / 1000) + 86400000)
	for _, kind in ipairs({'a:', 'w:', 'c:'}) do
		redis.call('PEXPIREAT', P .. kind .. id, at)
	end
	redis.call('ZADD', P .. 'keep', at, id)
end

-- A transition that the trail must tell of stands in the list before it comes true, and until
-- somebody says that it is recorded: a reply may be lost, and who waited for it may have died.
local function note(id, event)
	local mark = event .. ' ' .. id .. ' ' .. text(NOW)
	redis.call('ZADD', P .. 'unrecorded', text(NOW), mark)
	return mark
end

-- The one place where a state changes.
local function move(id, state, event)
	local key = P .. 'a:' .. id
	local before = redis.call('HMGET', key, 'state', 'who', 'binding')
	if before[1] then
		redis.call('ZREM', P .. 'ix:' .. before[1], id)
	end
	redis.call('ZADD', P .. 'ix:' .. state, 0, id)
	redis.call('HSET', key, 'state', state)
	redis.call('ZREM', P .. 'pending', id)
	if before[2] then
		redis.call('ZREM', P .. 'q:' .. before[2], id)
	end
	if state ~= 'approved' then
		redis.call('ZREM', P .. 'approved', id)
	end
	local pointer = P .. 'b:' .. (before[3] or '')
	if state ~= 'approved' and state ~= 'denied' and redis.call('GET', pointer) == id then
		redis.call('DEL', pointer)
	end
	tell(id, event)
end

-- id, state, uses left, votes, open questions, signed request, signed decisions.  The id alone
-- where another kind of thing stands under the name: whoever reads it says that it is no record.
local function record(id)
	local key = P .. 'a:' .. id
	local f = redis.pcall('HMGET', key, 'state', 'uses', 'votes', 'review', 'request')
	if f.err then
		return {id}
	end
	if not f[5] then
		return nil
	end
	local out = {id, f[1] or '', f[2] or '0', f[3] or '0', f[4] or '0', f[5]}
	for n = 1, math.min(tonumber(f[3]) or 0, 256) do
		out[#out + 1] = redis.call('HGET', key, 'vote:' .. n) or ''
	end
	return out
end

local function wait(id, waiter, lease)
	if waiter == '' then
		return
	end
	redis.call('ZADD', P .. 'w:' .. id, text(NOW + tonumber(lease)), waiter)
	redis.call('PEXPIREAT', P .. 'w:' .. id,
	           text(math.floor((NOW + tonumber(lease)) / 1000) + 86400000))
end
