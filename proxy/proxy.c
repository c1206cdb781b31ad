/* The caller's door of one worker. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "proxy/proxy.h"

#include <stdlib.h>

#include "lib/base/memory.h"
#include "proxy/claim.h"
#include "proxy/door.h"
#include "proxy/exchange.h"
#include "proxy/gate.h"
#include "proxy/worker.h"

/* The head of an answer: upstreams may send as much as callers. */
enum { ANSWER_HEAD_MAX = 256 * 1024 };

struct proxy *
proxy_new(const struct proxy_settings *settings)
{
	struct proxy *p = memory_new(sizeof(*p));
	const struct proxy_policy *policy = settings->policy;
	uint64_t share = policy->limits->upstream_connections / settings->workers;

	p->loop = settings->loop;
	p->policy = policy;
	p->shared = settings->shared;
	p->audit = settings->audit;
	p->ring = settings->ring;
	p->store = settings->store;
	p->hooks = &door_hooks;
	p->scratch = BUF_INIT(ANSWER_HEAD_MAX);
	list_init(&p->under_way);
	list_init(&p->spares);
	list_init(&p->asking);
	random_fill(&p->stamp_seed, sizeof(p->stamp_seed));
	p->clients = http_clients_new(p->loop, policy->limits);
	p->upstreams = memory_new_array(policy->site_count, sizeof(*p->upstreams));
	for (size_t i = 0; i < policy->site_count; i++)
		p->upstreams[i] = upstream_new(p->clients, &policy->sites[i].upstream,
		                               share ? share : 1);
	p->server = http_server_new(p->loop, policy->limits, &door_handler, p);
	http_server_count_in(p->server, p->shared->census);
	for (size_t i = 0; i < policy->site_count; i++) {
		if (policy->sites[i].options.takes_utf8)
			http_server_take_utf8(p->server);
	}
	return p;
}

void
proxy_listen(struct proxy *p, struct listener *listener)
{
	http_server_listen(p->server, listener);
}

void
proxy_drain(struct proxy *p)
{
	struct list told;

	p->is_draining = true;
	http_server_drain(p->server);
	/* One may end others: each is taken off a list of its own before it is told. */
	list_init(&told);
	while (!list_is_empty(&p->under_way)) {
		struct list *node = p->under_way.next;

		list_remove(node);
		list_add_last(&told, node);
	}
	while (!list_is_empty(&told)) {
		struct exchange *x = LIST_ENTRY(told.next, struct exchange, node);

		list_remove(&x->node);
		list_add_last(&p->under_way, &x->node);
		if (x->gate)
			gate_on_drain(x);
	}
}

bool
proxy_is_idle(const struct proxy *p)
{
	return list_is_empty(&p->under_way);
}

static void
free_spares(struct proxy *p)
{
	while (!list_is_empty(&p->spares)) {
		struct exchange *x = LIST_ENTRY(p->spares.next, struct exchange, node);

		list_remove(&x->node);
		timer_free(&x->timer);
		arena_clear(&x->arena);
		buf_clear(&x->out);
		free(x);
	}
}

void
proxy_free(struct proxy *p)
{
	if (!p)
		return;
	p->is_draining = p->is_ending = true;
	http_server_free(p->server);
	while (!list_is_empty(&p->under_way)) {
		struct exchange *x = LIST_ENTRY(p->under_way.next, struct exchange, node);

		if (x->gate)
			claim_on_end(x);
		exchange_finish(x, ENDING_PROCESS_ENDED);
	}
	free_spares(p);
	for (size_t i = 0; i < p->policy->site_count; i++)
		upstream_free(p->upstreams[i]);
	free(p->upstreams);
	http_clients_free(p->clients);
	buf_clear(&p->scratch);
	free(p);
}
