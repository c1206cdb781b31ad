/* Connections that are asked: heads, bodies and answers of HTTP/1 in order, with keep-alive. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_HTTP_SERVER_H
#define NET_HTTP_SERVER_H

#include "lib/http/write.h"
#include "lib/net/http_handler.h"
#include "lib/net/limits.h"
#include "lib/net/listener.h"
#include "lib/net/loop.h"

struct http_server;
struct census;

/* One per loop.  `limits` must outlive it; `census` (lib/net/census.h) counts connections
 * over all loops and may be NULL. */
struct http_server *http_server_new(struct loop *loop, const struct limits *limits,
                                    const struct http_handler *handler, void *ctx);
void http_server_count_in(struct http_server *s, struct census *census);
/* Other limits from now on, for connections that are there too. */
void http_server_limit(struct http_server *s, const struct limits *limits);
/* Whether field values may hold UTF-8; the owner narrows it where the request says to whom it
 * goes. */
void http_server_take_utf8(struct http_server *s, bool takes_utf8);
/* Takes the listener over and starts it.  May be called for several. */
void http_server_listen(struct http_server *s, struct listener *listener);
/* No new requests: idle connections close now, the others after their answer. */
void http_server_drain(struct http_server *s);
void http_server_free(struct http_server *s);

void http_call_own(struct http_call *call, void *owner);
/* Whether http_call_own() was called for this call: on_fault may come before it. */
bool http_call_is_owned(const struct http_call *call);
const struct address *http_call_peer(const struct http_call *call);
/* Whether the connection will take another request after this answer. */
bool http_call_persists(const struct http_call *call);
/* Close after this answer; before the head is written. */
void http_call_close_after(struct http_call *call);
/* A word that belongs to the connection and outlives the call: for what is worth
 * remembering between requests (which token named this caller).  Zero at first. */
uintptr_t *http_call_memo(struct http_call *call);

/* How the body of the answer is delimited; the head given to http_call_send() says the
 * same.  Chunk lines are written here. */
void http_call_frame(struct http_call *call, enum body_kind kind);

/*
 * `head` (first call only, else empty) and a piece of body, in one write.  `is_last` ends
 * the answer and with it the call: the pointer is dead on return.  Returns whether there
 * is room for more now; if not, on_drained follows.
 */
bool http_call_send(struct http_call *call, struct span head, struct span body, bool is_last);

/* Stops and starts on_body. */
void http_call_pause(struct http_call *call);
void http_call_resume(struct http_call *call);
/* 100 Continue, if the caller waits for it. */
void http_call_continue(struct http_call *call);

/* Whether the caller hung up behind bytes that are not read yet. */
bool http_call_has_ended(const struct http_call *call);

/* Cuts the connection; the call is dead on return and nothing is called back. */
void http_call_abort(struct http_call *call);

/* A whole answer of our own: status, one content type, body. */
void http_call_answer(struct http_call *call, int status, const struct own_field *own,
                      size_t own_count, struct span body);

#endif
