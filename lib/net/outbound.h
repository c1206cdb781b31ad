/* One request to somebody else's HTTP server, waiting for the answer: for commands alone. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_OUTBOUND_H
#define NET_OUTBOUND_H

#include "lib/base/buf.h"

struct outbound_request {
	const char *method;
	const char *base;     /* "https://host", "http://127.0.0.1:9443" or "unix:/path" */
	const char *path;     /* with its query; starts with a slash */
	const char *token;    /* sent as a bearer token; may be NULL */
	const char *content_type; /* of the body; NULL: there is none */
	struct span body;
};

enum { OUTBOUND_ANSWER_MAX = 64 * 1024 * 1024 };

struct outbound_answer {
	int status;
	struct buf body; /* the taker clears it */
};

/*
 * No redirects, no proxies of the environment: a token goes where the base says and nowhere
 * else, and over plain http only to this machine.  Ten seconds to connect, sixty in all.
 * False: no whole answer came, and `why` has a sentence about it.
 */
MUST_CHECK bool outbound_ask(const struct outbound_request *request,
                             struct outbound_answer *ret, struct buf *why);

#endif
