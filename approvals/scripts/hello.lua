-- What there is to know after a connect: the answer that every script begins with.
-- SPDX-License-Identifier: Apache-2.0
return answer('done')
