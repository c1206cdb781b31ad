/* The keys of `limits`, of the process and of a site, and what must hold between them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/config_text.h"
#include "lib/base/clock.h"

enum { SITE_LIMITS = 13 /* rows that may stand on a site */ };

#define MS(n) ((uint64_t)(n)*MS_US)
#define DAY MS(86400000)
#define AT(object, member) .offset = offsetof(struct object, member)
#define TIMEOUT(key, value, text) \
	{.name = #key, .type = KEY_DURATION, AT(limits, key##_us), .bounds = {MS(1), DAY}, \
	 .fallback = value, .help = text}
#define SIZE(key, low, high, value, text) \
	{.name = #key, .type = KEY_SIZE, AT(limits, key), .bounds = {low, high}, \
	 .fallback = value, .help = text}
#define COUNT(key, high, value, text) \
	{.name = #key, .type = KEY_INTEGER, AT(limits, key), .bounds = {1, high}, \
	 .fallback = value, .help = text}

static const struct key limit_keys[] = {
	TIMEOUT(head_timeout, "10s", "From the first byte of a request to the end of its head."),
	TIMEOUT(body_timeout, "30s", "Between two pieces of a body."),
	TIMEOUT(write_timeout, "30s", "How long a peer may take nothing of what we write."),
	TIMEOUT(idle_timeout, "60s", "How long a connection may wait for its next request."),
	TIMEOUT(connect_timeout, "5s", "To connect to the upstream."),
	TIMEOUT(answer_timeout, "60s", "From the end of the request to the upstream's head."),
	TIMEOUT(stream_idle_timeout, "60s", "Between two pieces of an answer."),
	TIMEOUT(drain_timeout, "30s", "How long requests may go on when the program ends."),
	SIZE(head_max, 1 << 10, 256 << 10, "32k", "Bytes of a head."),
	COUNT(headers_max, HEAD_FIELDS_MAX, "100", "Header lines of a head."),
	SIZE(target_max, 64, 256 << 10, "8k", "Bytes of a request target."),
	SIZE(inspected_body_max, 0, UINT64_C(1) << 30, "1m",
	     "Bytes of a body that rules look into."),
	SIZE(held_body_max, 0, UINT64_C(1) << 30, "1m", "Bytes of a body that waits for people."),
	/* Totals of the process from here on. */
	SIZE(held_bytes, 1 << 20, UINT64_C(1) << 40, "256m",
	     "Bytes of all requests that wait in this process."),
	SIZE(stored_bytes, 1 << 20, UINT64_C(1) << 40, "1g",
	     "Bytes of all approvals in the namespace."),
	COUNT(connections, 10000000, "100000", "Connections of callers."),
	COUNT(connections_per_address, 10000000, "1000", "Connections of one caller's address."),
	COUNT(upstream_connections, 1000000, "1000", "Connections to one upstream."),
	COUNT(pending, 10000000, "100000", "Open approvals in the namespace."),
	COUNT(pending_per_requester, 1000000, "20", "Open approvals of one requester."),
};

const struct schema limits_schema = {
	.name = "limits",
	.help = "Limits of the data path.",
	.keys = limit_keys,
	.key_count = ARRAY_LEN(limit_keys),
	.size = sizeof(struct limits),
};

const struct schema site_limits_schema = {
	.name = "a site's limits",
	.help = "Limits of one site, where they differ.",
	.keys = limit_keys,
	.key_count = SITE_LIMITS,
	.size = sizeof(struct limits),
	.elsewhere = limit_keys + SITE_LIMITS,
	.elsewhere_count = ARRAY_LEN(limit_keys) - SITE_LIMITS,
	.elsewhere_says = "is a total of the whole process and stands in the top-level limits",
};

static void
check_limits(struct reader *r, const struct node *n, const struct limits *limits)
{
	const struct node *target = node_find(n, SPAN("target_max"));
	const struct node *head = node_find(n, SPAN("head_max"));
	const struct node *held = node_find(n, SPAN("held_body_max"));
	const struct node *all_held = node_find(n, SPAN("held_bytes"));

	if ((target || head) && limits->target_max > limits->head_max)
		complain(r->why, target ? target : head, "at most head_max",
		         "a target of %llu bytes does not fit into a head of %llu",
		         (unsigned long long)limits->target_max,
		         (unsigned long long)limits->head_max);
	if ((held || all_held) && limits->held_body_max > limits->held_bytes)
		complain(r->why, held ? held : all_held, "at most held_bytes",
		         "a body of %llu bytes does not fit into the %llu of all that is held",
		         (unsigned long long)limits->held_body_max,
		         (unsigned long long)limits->held_bytes);
}

void
config_check_limits(struct config_run *run, const struct node *n, const struct limits *limits)
{
	if (n)
		check_limits(&run->reader, n, limits);
}
