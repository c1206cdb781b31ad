/* Where a body ends: every Content-Length and Transfer-Encoding rule in one place. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_FRAMING_H
#define HTTP_FRAMING_H

#include "lib/http/head.h"

enum body_kind {
	BODY_NONE,
	BODY_SIZED,   /* `length` bytes; may be 0 */
	BODY_CHUNKED,
	BODY_TO_END,  /* answers only: until the peer closes */
	BODY_TUNNEL,  /* answers only: a 101 */
};

struct framing {
	enum body_kind kind;
	uint64_t length;     /* BODY_SIZED, or where has_length: also what HEAD leaves out */
	bool has_length;     /* there was a Content-Length */
	bool persists;       /* the peer lets the connection live on (RFC 9112 section 9.3) */
	bool wants_continue; /* Expect: 100-continue */
};

/* Requests: lengths and codings, Expect, Connection options.  Whether the method may have a
 * body is for request_read() to say. */
MUST_CHECK enum fault framing_of_request(const struct head *h, struct framing *ret);
/* Answers to `method`; RFC 9112 section 6.3.  `is_head`: the request was HEAD. */
MUST_CHECK enum fault framing_of_answer(const struct head *h, bool is_head,
                                        struct framing *ret);

#endif
