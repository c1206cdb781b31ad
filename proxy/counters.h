/* What all workers of a process count together. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROXY_COUNTERS_H
#define PROXY_COUNTERS_H

#include <stdatomic.h>

#include "lib/net/census.h"

struct shares;

/* Rows of counters.def: COUNTER(NAME, "metric_name", "outcome", "help"). */
enum proxy_counter {
#define COUNTER(name, metric, label, help) COUNT_##name,
#include "proxy/counters.def"
#undef COUNTER
	PROXY_COUNTERS
};

/* Shared by all workers of a process; each number is changed with relaxed atomics. */
struct proxy_shared {
	struct census *census;
	struct shares *shares;           /* proxy/share.h: who holds what of held_bytes */
	_Atomic uint64_t held_bytes;     /* of bodies that wait, against limits.held_bytes */
	_Atomic uint64_t waiting;        /* calls held right now */
	_Atomic uint64_t under_way;      /* exchanges */
	_Atomic uint64_t counters[PROXY_COUNTERS];
};

#endif
