/* What a gated call needs beyond others. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "proxy/gated.h"

#include <stdlib.h>

#include "lib/base/memory.h"

void
gated_take(struct gated *g, const struct requirement *r)
{
	g->hold_for_us = r->hold_for_us;
	g->uses = r->uses;
	g->pending_status = r->pending_status;
	g->rejects = r->rejects;
	g->keeps_on_disconnect = r->keeps_on_disconnect;
}

/* An unnamed caller's ticket is "id.secret": told again with every answer about it. */
static void
keep_secret(struct gated *g, struct span ticket)
{
	size_t dot = span_find(ticket, '.');

	if (dot < ticket.len && ticket.len - dot - 1 < sizeof(g->secret))
		memcpy(g->secret, ticket.ptr + dot + 1, ticket.len - dot - 1);
}

struct gated *
gated_new(const struct head *head, const struct requirement *r)
{
	struct gated *g = memory_new(sizeof(*g));
	unsigned char random[CLAIM_ID_LEN / 2];
	struct buf text = BUF_INIT(CLAIM_ID_LEN);

	list_init(&g->asking);
	keep_secret(g, head_value(head, FIELD_COUNTERSIGN_TICKET));
	g->prefer = prefer_read(head);
	gated_take(g, r);
	random_fill(random, sizeof(random));
	hex_add(&text, span_of(random, sizeof(random)));
	memcpy(g->waiter, buf_cstr(&text), CLAIM_ID_LEN);
	buf_clear(&text);
	return g;
}

void
gated_keep_view(struct gated *g, const struct approval_view *view)
{
	if (!view || !view->id[0])
		return;
	g->view = *view;
	g->view.reason = g->view.rule = g->view.site = SPAN_NONE;
	g->view.detail = NULL;
}

void
gated_free(struct gated **gated)
{
	struct gated *g = *gated;

	buf_clear(&g->answer);
	buf_clear(&g->answer_body);
	free(g);
	*gated = NULL;
}
