/* Permission to send one request upstream, as a type. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROXY_CLEARANCE_H
#define PROXY_CLEARANCE_H

#include "lib/base/digest.h"

/*
 * Made in judge.c alone: for a call that the rules let pass after its verdict, for a gated
 * one after verdict, claim and durable intent.  Spent by forward_start(), which compares
 * it with the very bytes it is about to send.
 */
struct clearance {
	bool is_given;
	bool is_gated;
	uint64_t stamp;       /* ungated: span_hash() of the head, and of a body that was judged */
	struct digest digest; /* gated: SHA-256 of head and body */
};

#endif
