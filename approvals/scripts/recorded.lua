-- The trail tells of it: nobody else needs to.
-- SPDX-License-Identifier: Apache-2.0
redis.call('ZREM', P .. 'unrecorded', ARGV[5])
return answer('done')
