/* A clearance and an upstream: the request goes out once, the answer comes back. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROXY_FORWARD_H
#define PROXY_FORWARD_H

#include "proxy/exchange.h"

/* What forwarding tells of a gated call; NULL for those that pass. */
struct forward_events {
	void (*connected)(struct exchange *x);
	void (*answered)(struct exchange *x);  /* the answer is kept: record, then relay */
	void (*failed)(struct exchange *x, enum refusal refusal);
	void (*unknown)(struct exchange *x, enum refusal refusal); /* sent, no usable answer */
	void (*ended)(struct exchange *x, enum ending ending);
};

/* Events of the upstream's connection, for http_client_own(). */
extern const struct http_client_handler forward_handler;

/* Finds a connection for a call that the rules let pass, and sends; `body` came with the
 * head and is borrowed. */
void forward_pass(struct exchange *x, struct span body, bool is_last);
/* A connection of its own for a gated call; events->connected follows. */
void forward_connect(struct exchange *x);

/*
 * The only function that sends a request upstream.  Sends x->out and `body`, but only with
 * a clearance for exactly these; it is spent.  False: it was not, and nothing was sent.
 */
MUST_CHECK bool forward_start(struct exchange *x, struct span body, bool is_last);

/* More of the request's body, after forward_start(). */
void forward_body(struct exchange *x, struct span body, bool is_last);
/* The caller took what waited: more of the answer. */
void forward_on_drained(struct exchange *x);
/* There will be no answer: the caller is told, for a gated call by its events. */
void forward_fail(struct exchange *x, enum refusal refusal);
/* The answer had begun: all that is left is to let the caller see that it is not whole. */
void forward_break_off(struct exchange *x, enum ending ending);
/* The outcome is on record (gated): the answer goes to the caller. */
void forward_relay_kept(struct exchange *x);

#endif
