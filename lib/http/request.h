/* The one canonical request: judged, shown, bound, hashed and serialised; nothing else exists. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include "lib/base/arena.h"
#include "lib/http/framing.h"
#include "lib/http/head.h"
#include "lib/http/options.h"

enum method {
	METHOD_GET,
	METHOD_HEAD,
	METHOD_POST,
	METHOD_PUT,
	METHOD_PATCH,
	METHOD_DELETE,
	METHOD_OPTIONS,
	METHOD_COUNT
};

const char *method_name(enum method method);
/* The value of Allow in a 405: "GET, HEAD, ...". */
const char *methods_allowed(void);
/* Case-sensitive; false for methods we do not take. */
MUST_CHECK bool method_read(struct span name, enum method *ret);

struct request {
	enum method method;
	bool is_head;
	bool is_asterisk;   /* OPTIONS * */
	unsigned minor;     /* of the caller's HTTP version */
	struct span host;   /* lower case, without port; an IP literal keeps its brackets */
	uint16_t port;      /* 0 when the authority had none or the scheme's default */
	struct span path;   /* canonical, starts with '/', or "*" */
	struct span query;  /* without '?' */
	bool has_query;     /* "/a?" and "/a" are two targets */
	struct framing framing;
	const struct head *head; /* the fields, in received order */
};

/*
 * Canonicalises the authority (request target in absolute form, or Host).  Split from the
 * rest because the host picks the site, and the site the options.  `is_tls` gives the
 * default port and the scheme an absolute target must name.
 */
MUST_CHECK enum fault request_read_host(struct request *r, const struct head *h, bool is_tls,
                                        struct arena *arena);

/* Host and port as the caller named them, without the scheme's default; in `arena` where
 * there is a port. */
struct span request_authority(const struct request *r, struct arena *arena);

/*
 * The rest: method, path, query, framing, and what fields may not do: override the method
 * or the path, name end-to-end fields in Connection, bring a body where none may be.
 * Spans point into the head where the bytes are canonical already, else into `arena`.
 */
MUST_CHECK enum fault request_read(struct request *r, const struct head *h,
                                   const struct request_options *options,
                                   struct arena *arena);

#endif
