/* The states of an exchange: how long each may last, and which may follow. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROXY_EXCHANGE_STATE_H
#define PROXY_EXCHANGE_STATE_H

#include "lib/net/limits.h"

enum exchange_state {
	EXCHANGE_READING,    /* a body comes in that rules look into, or that people are asked about */
	EXCHANGE_JUDGING,    /* the rules, and for a gated call the store, are asked */
	EXCHANGE_WAITING,    /* people are: the hold */
	EXCHANGE_CONNECTING, /* cleared (or granted, if gated); a connection is being made */
	EXCHANGE_CLAIMING,   /* the claim is taken, then the intent made durable */
	EXCHANGE_FORWARDING, /* sent, or being sent; the head of the answer is awaited */
	EXCHANGE_COMPLETING, /* gated: the outcome is made durable before the caller sees it */
	EXCHANGE_RELAYING,   /* the answer is on its way to the caller */
	EXCHANGE_DONE,
	EXCHANGE_STATES
};

const char *exchange_state_name(enum exchange_state state);
/* In microseconds; 0: no deadline of ours. */
int64_t exchange_state_allowance(enum exchange_state state, const struct limits *limits);
bool exchange_state_may_follow(enum exchange_state from, enum exchange_state to);

#endif
