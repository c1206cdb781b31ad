/* Connections that ask: one request and its answer at a time, over a stream to an upstream. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_HTTP_CLIENT_H
#define NET_HTTP_CLIENT_H

#include "lib/http/framing.h"
#include "lib/net/address.h"
#include "lib/net/limits.h"
#include "lib/net/loop.h"

struct http_client;
/* What the connections of one loop share: limits, and room to read heads in. */
struct http_clients;

enum client_end {
	CLIENT_UNREACHED, /* never connected: not a byte was sent */
	CLIENT_CLOSED,    /* the peer closed or broke the connection */
	CLIENT_FAULT,     /* what it sent is not an answer */
};

/* A handler may close its client, and must then return at once. */
struct http_client_handler {
	void (*on_up)(void *owner);
	/* The final answer; interim ones are dropped.  All borrowed until the return. */
	void (*on_answer)(void *owner, const struct head *head, const struct framing *framing,
	                  struct span body, bool is_last);
	void (*on_body)(void *owner, struct span body, bool is_last);
	/* The request's backlog is written. */
	void (*on_drained)(void *owner);
	/* The connection is of no more use.  Close it. */
	void (*on_down)(void *owner, struct http_client *c, enum client_end end,
	                enum fault fault);
};

struct http_clients *http_clients_new(struct loop *loop, const struct limits *limits);
/* Other limits from now on. */
void http_clients_limit(struct http_clients *clients, const struct limits *limits);
void http_clients_free(struct http_clients *clients);

/* Connects; on_up or on_down follows once it is owned, never before the return.  NULL: no
 * descriptor is left. */
MUST_CHECK struct http_client *http_client_connect(struct http_clients *clients,
                                                   const struct address *to);
/* Whom events go to from now on.  A connection may change hands between exchanges; while
 * it idles only on_down can come. */
void http_client_own(struct http_client *c, const struct http_client_handler *handler,
                     void *owner);

/* A place in a list of the owner's, and the way back. */
struct list *http_client_node(struct http_client *c);
struct http_client *http_client_of_node(struct list *node);

/* Begins an exchange: `head` and the first of the body in one write.  `is_head`: HEAD was
 * asked, so the answer has no body.  Returns as http_client_send() does. */
MUST_CHECK bool http_client_begin(struct http_client *c, struct span head, struct span body,
                                  bool is_chunked, bool is_head, bool is_last);
/* More of the body.  False: wait for on_drained before sending more. */
MUST_CHECK bool http_client_send(struct http_client *c, struct span body, bool is_last);

bool http_client_has_room(const struct http_client *c);

/* Stops and starts on_body. */
void http_client_pause(struct http_client *c);
void http_client_resume(struct http_client *c);

/* After the last byte of an answer: whether another request may follow (the request was
 * wholly sent, the peer keeps the connection, and sent nothing beyond its answer). */
bool http_client_is_reusable(const struct http_client *c);

void http_client_close(struct http_client **c);
/* With a reset: the peer must not take a request that was cut short for complete. */
void http_client_abort(struct http_client **c);
const char *http_client_why(const struct http_client *c);

#endif
