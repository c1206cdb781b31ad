/* Heads to bytes: one serialiser that looks again at every byte it writes. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_WRITE_H
#define HTTP_WRITE_H

#include "lib/base/buf.h"
#include "lib/http/request.h"

/* A field of our own. */
struct own_field {
	struct span name;
	struct span value;
};

/* Whether a field of the caller goes on; asked for those that no flag of fields.def
 * decides (configured identity headers, our tokens). */
typedef bool keep_field_fn(const void *ctx, const struct head *h, const struct field *f);

struct write_request {
	const struct request *request;
	struct span host;             /* what stands in Host; port included */
	const struct own_field *own;  /* written last */
	size_t own_count;
	keep_field_fn *keep;          /* may be NULL: keep */
	const void *keep_ctx;
	enum body_kind body;          /* BODY_NONE, BODY_SIZED or BODY_CHUNKED */
	uint64_t length;              /* BODY_SIZED: counted, not copied from the caller */
	bool closes;                  /* Connection: close, for a connection of its own */
};

/*
 * METHOD path?query HTTP/1.1, Host, the surviving fields in received order in one
 * spelling, our own, framing.  Never: hop-by-hop, forwarding, Countersign-*, Expect, nor a
 * field that one of our own has the name of (Via excepted).
 * False: a byte that may not stand there (a bug; nothing may be sent) or `to` is full;
 * what `to` held before is unchanged then.  `to` is asked for room for every field of the
 * caller, also those that do not go on.
 */
MUST_CHECK bool write_request(struct buf *to, const struct write_request *w);

struct write_answer {
	int status;
	const struct head *upstream;  /* whose end-to-end fields are relayed; NULL: our own answer */
	const struct own_field *own;
	size_t own_count;
	enum body_kind body;          /* BODY_TO_END: delimited by close (HTTP/1.0 callers) */
	uint64_t length;
	bool omits_length;            /* 1xx, 204, 304: no framing field at all */
	bool closes;
	unsigned minor;               /* the caller's version; the status line says HTTP/1.1 */
};

MUST_CHECK bool write_answer(struct buf *to, const struct write_answer *w);

/* "Unassigned" where there is none. */
const char *status_reason(int status);

#endif
