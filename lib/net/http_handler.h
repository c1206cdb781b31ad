/* What a connection that is asked tells, and of what: a call and its handler. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_HTTP_HANDLER_H
#define NET_HTTP_HANDLER_H

#include "lib/http/framing.h"
#include "lib/http/head.h"

/* One request and its answer on some connection; lives until its answer is complete or
 * the caller is gone. */
struct http_call;

/*
 * What the server tells.  `owner` is what http_call_own() set, at first the server's
 * context.  A handler may finish or close its call, and must then return at once.
 */
struct http_handler {
	/* A head has come, and with it the first bytes of the body; all of these are borrowed
	 * until the handler returns.  `is_last`: the body is complete. */
	void (*on_request)(void *ctx, struct http_call *call, const struct head *head,
	                   const struct framing *framing, struct span body, bool is_last);
	/* More of the body; only after on_request, never while paused. */
	void (*on_body)(void *owner, struct span body, bool is_last);
	/* Bytes that are not a request, or a limit (timeouts included).  Answer now if nothing
	 * was sent yet; the connection closes afterwards, and the call is dead on return.
	 * `head` is what could be read, or NULL. */
	void (*on_fault)(void *owner, struct http_call *call, enum fault fault,
	                 const struct head *head);
	/* The answer's backlog is written: send more. */
	void (*on_drained)(void *owner);
	/* The caller hung up (end of stream or error): no answer can reach it. */
	void (*on_gone)(void *owner);
};

#endif
