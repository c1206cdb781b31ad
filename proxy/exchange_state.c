/* The states of an exchange. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "proxy/exchange_state.h"

#include "lib/base/clock.h"

/* The store and the trail have deadlines of their own; these only catch what hangs. */
#define STORE_TIMEOUT_US (10 * SECOND_US)
#define RECORD_TIMEOUT_US (15 * SECOND_US)

static int64_t
by_connection(const struct limits *l UNUSED)
{
	return 0;
}

static int64_t
by_body(const struct limits *l)
{
	return l->body_timeout_us;
}

static int64_t
by_store(const struct limits *l UNUSED)
{
	return STORE_TIMEOUT_US;
}

static int64_t
by_record(const struct limits *l UNUSED)
{
	return RECORD_TIMEOUT_US;
}

static int64_t
by_connect(const struct limits *l)
{
	return l->connect_timeout_us;
}

static int64_t
by_answer(const struct limits *l)
{
	return l->answer_timeout_us;
}

static int64_t
by_stream(const struct limits *l)
{
	return l->stream_idle_timeout_us;
}

#define MAY(state) (1u << EXCHANGE_##state)

/* clang-format off */

/* The whole machine: how long each state may last, and which states may follow.  What is
 * done when one lasts longer stands in door.c. */
static const struct stage {
	const char *name;
	int64_t (*allowance)(const struct limits *limits); /* 0: no deadline of ours */
	unsigned next;
} stages[EXCHANGE_STATES] = {
	[EXCHANGE_READING]    = {"reading",    by_body,       MAY(JUDGING) | MAY(DONE)},
	[EXCHANGE_JUDGING]    = {"judging",    by_store,      MAY(READING) | MAY(WAITING) | MAY(CONNECTING) | MAY(FORWARDING) | MAY(JUDGING) | MAY(DONE)},
	[EXCHANGE_WAITING]    = {"waiting",    by_connection, MAY(JUDGING) | MAY(DONE)},
	[EXCHANGE_CONNECTING] = {"connecting", by_connect,    MAY(FORWARDING) | MAY(CLAIMING) | MAY(DONE)},
	[EXCHANGE_CLAIMING]   = {"claiming",   by_record,     MAY(FORWARDING) | MAY(JUDGING) | MAY(CLAIMING) | MAY(DONE)},
	[EXCHANGE_FORWARDING] = {"forwarding", by_answer,     MAY(COMPLETING) | MAY(RELAYING) | MAY(CONNECTING) | MAY(DONE)},
	[EXCHANGE_COMPLETING] = {"completing", by_record,     MAY(RELAYING) | MAY(DONE)},
	[EXCHANGE_RELAYING]   = {"relaying",   by_stream,     MAY(RELAYING) | MAY(DONE)},
	[EXCHANGE_DONE]       = {"done",       by_connection, 0},
};
/* clang-format on */

const char *
exchange_state_name(enum exchange_state state)
{
	return stages[state].name;
}

int64_t
exchange_state_allowance(enum exchange_state state, const struct limits *limits)
{
	return stages[state].allowance(limits);
}

bool
exchange_state_may_follow(enum exchange_state from, enum exchange_state to)
{
	return stages[from].next & (1u << to);
}
