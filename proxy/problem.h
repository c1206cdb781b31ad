/* Why a caller gets no for an answer, in the form that his site has chosen. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROXY_PROBLEM_H
#define PROXY_PROBLEM_H

#include "approvals/store.h"
#include "lib/base/emit.h"
#include "lib/base/pointer_set.h"
#include "proxy/site.h"

/* What is said; everything is borrowed. */
struct problem {
	const char *word;  /* ends the type: urn:countersign:problem:<word> */
	const char *title;
	int status;
	struct span rule;
	struct span reason;                /* a person's, for a denial */
	const struct approval_view *view;  /* with an approval: its members, and the ticket */
	struct span ticket;
	const char *next;                  /* what the caller can do; NULL: not said */
	unsigned retry_after_s;
	struct span rpc_id;                /* JSON text; empty: null */
};

/* Content-Type of each form, and the status its answers have. */
struct span problem_type(enum error_format format);
int problem_status(enum error_format format, int status);

void problem_write(const struct problem *p, enum error_format format, struct buf *to);
/* Its members alone, for an answer that is no error. */
void problem_members(const struct problem *p, struct emit *e);

/* The id of a JSON-RPC request, as JSON text in `body`; empty when there is none to name:
 * no request, several, or an id that is neither number nor string.  `id`: "/id" alone. */
struct span problem_rpc_id(struct span body, const struct pointer_set *id, struct arena *arena);

#endif
