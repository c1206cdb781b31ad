/* Every limit of the data path, by the name it has in the configuration (DESIGN.md 4). */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_LIMITS_H
#define NET_LIMITS_H

#include <stdint.h>

#include "lib/http/head.h"

struct limits {
	int64_t head_timeout_us, body_timeout_us, write_timeout_us, idle_timeout_us;
	int64_t connect_timeout_us, answer_timeout_us, stream_idle_timeout_us, drain_timeout_us;
	uint64_t head_max, headers_max, target_max;
	uint64_t inspected_body_max, held_body_max;
	/* Totals of the process; not settable on a site. */
	uint64_t held_bytes, stored_bytes;
	uint64_t connections, connections_per_address, upstream_connections;
	uint64_t pending, pending_per_requester;
};

/* The defaults of DESIGN.md section 4. */
extern const struct limits limits_default;

struct head_limits limits_of_head(const struct limits *l);

#endif
