/* The defaults of every limit. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/net/limits.h"

#include "lib/base/clock.h"

const struct limits limits_default = {
	.head_timeout_us = 10 * SECOND_US,
	.body_timeout_us = 30 * SECOND_US,
	.write_timeout_us = 30 * SECOND_US,
	.idle_timeout_us = 60 * SECOND_US,
	.connect_timeout_us = 5 * SECOND_US,
	.answer_timeout_us = 60 * SECOND_US,
	.stream_idle_timeout_us = 60 * SECOND_US,
	.drain_timeout_us = 30 * SECOND_US,
	.head_max = 32 << 10,
	.headers_max = 100,
	.target_max = 8 << 10,
	.inspected_body_max = 1 << 20,
	.held_body_max = 1 << 20,
	.held_bytes = 256 << 20,
	.stored_bytes = UINT64_C(1) << 30,
	.connections = 100000,
	.connections_per_address = 1000,
	.upstream_connections = 1000,
	.pending = 100000,
	.pending_per_requester = 20,
};

struct head_limits
limits_of_head(const struct limits *l)
{
	return (struct head_limits){
		.head_max = l->head_max,
		.target_max = l->target_max,
		.headers_max = l->headers_max,
	};
}
