/* What the files of the HTTP server share: a connection and where its machine stands. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_HTTP_CONNECTION_H
#define NET_HTTP_CONNECTION_H

#include "lib/base/list.h"
#include "lib/http/chunked.h"
#include "lib/net/http_handler.h"
#include "lib/net/limits.h"
#include "lib/net/loop.h"
#include "lib/net/stream.h"

enum call_state {
	CALL_IDLE,   /* between requests, not a byte of the next one here */
	CALL_HEAD,   /* some of a head is here */
	CALL_BODY,   /* the body is coming; the answer may have begun */
	CALL_ANSWER, /* the request is complete, the answer is awaited or under way */
	CALL_FLUSH,  /* the answer is queued and its call over */
	CALL_LINGER, /* closing: reads and drops, so that the peer can take the answer */
	CALL_STATES
};

struct http_call {
	struct list node;      /* in the list of those with the same deadline */
	struct mono since;
	struct http_server *server;
	struct stream *stream;
	struct address *peer;
	void *owner;           /* NULL: not owned */
	uintptr_t memo;
	struct buf early;      /* a partial head, or bytes behind the request in hand */
	struct framing framing;
	struct chunked decoder;
	uint64_t left;         /* BODY_SIZED: bytes to come; CALL_LINGER: bytes to drop */
	struct mono lingers_until;
	enum call_state state;
	enum body_kind answer; /* how the answer is framed */
	bool is_paused : 1;    /* by the owner */
	bool closes : 1;
	bool has_answered : 1; /* the head of the answer is written */
	bool in_handler : 1;   /* events find the call where it is after the handler returns */
	bool ignores_body : 1;
	bool has_news : 1;     /* `early` has bytes that the parser has not seen */
	bool is_head : 1;      /* the request is HEAD: no answer to it has a body */
};

/* One deadline for each list; a list is in order of age, so its first is the next due. */
enum deadline { DEADLINE_IDLE, DEADLINE_HEAD, DEADLINE_BODY, DEADLINE_WRITE, DEADLINE_LINGER,
	        DEADLINE_NONE, DEADLINE_COUNT };

struct http_server {
	struct loop *loop;
	const struct limits *limits;
	const struct http_handler *handler;
	void *ctx;
	struct census *census;
	struct listener *listeners[32];
	size_t listener_count;
	size_t connections;
	bool is_draining;
	bool takes_utf8;
	struct list waiting[DEADLINE_COUNT];
	struct timer *timers[DEADLINE_COUNT];
	struct clockwork {
		struct http_server *server;
		enum deadline deadline;
	} clockworks[DEADLINE_COUNT];
	struct head head; /* of whichever message is being read right now */
};

/* A new connection; takes the descriptor and the peer's address over. */
void connection_new(struct http_server *s, int fd, struct address *peer);
/* The connection is over; nothing is told to the owner. */
void connection_destroy(struct http_call *call);
/* The same, and the owner is told that the caller is gone. */
void connection_lose(struct http_call *call);
/* Bytes that are not a request, or a deadline: the owner answers, the connection ends. */
void connection_fault(struct http_call *call, enum fault fault, const struct head *head);
/* The owner has given the whole answer. */
void connection_finish_answer(struct http_call *call);

/* Which deadline counts in the state it is in; and its clock starts anew. */
enum deadline connection_deadline(const struct http_call *call);
void connection_restart_clock(struct http_call *call);
/* Microseconds that a deadline allows. */
int64_t deadline_allowance(const struct http_server *s, enum deadline deadline);

#endif
