/* The caller's door of one worker. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "proxy/proxy.h"

#include <stdlib.h>

#include "lib/base/memory.h"
#include "lib/base/pointer_set.h"
#include "proxy/claim.h"
#include "proxy/door.h"
#include "proxy/gate.h"

/* The head of an answer: upstreams may send as much as callers. */
enum { ANSWER_HEAD_MAX = 256 * 1024 };
/* The facts of a body in one piece that is never given back. */
enum { BODY_ARENA = 16 * 1024 };

static bool
takes_utf8(const struct proxy_policy *policy)
{
	for (size_t i = 0; i < policy->site_count; i++) {
		if (policy->sites[i].options.takes_utf8)
			return true;
	}
	return false;
}

/* One may end others: each is taken off a list of its own before it is told. */
static void
each_gated(struct proxy *p, void (*tell)(struct exchange *x))
{
	struct list told;

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
			tell(x);
	}
}

struct proxy *
proxy_new(const struct proxy_settings *settings)
{
	struct proxy *p = memory_new(sizeof(*p));
	const struct proxy_policy *policy = settings->policy;
	size_t first;

	p->loop = settings->loop;
	p->workers = settings->workers;
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
	p->body_arena.block = BODY_ARENA;
	p->rpc_id = pointer_set_new();
	if (!pointer_set_add(p->rpc_id, SPAN("/id"), &first))
		memory_exhausted();
	p->clients = http_clients_new(p->loop, policy->limits);
	p->regime = regime_new(policy, p->clients, p->workers, 1);
	p->server = http_server_new(p->loop, policy->limits, &door_handler, p);
	http_server_count_in(p->server, p->shared->census);
	http_server_take_utf8(p->server, takes_utf8(policy));
	return p;
}

void
proxy_adopt(struct proxy *p, const struct proxy_policy *policy)
{
	struct regime *before = p->regime;

	p->regime = regime_new(policy, p->clients, p->workers, before->number + 1);
	http_server_limit(p->server, policy->limits);
	http_clients_limit(p->clients, policy->limits);
	http_server_take_utf8(p->server, takes_utf8(policy));
	regime_retire(before);
	regime_unref(&before);
	each_gated(p, gate_on_adopted);
}

void
proxy_listen(struct proxy *p, struct listener *listener)
{
	http_server_listen(p->server, listener);
}

void
proxy_drain(struct proxy *p)
{
	p->is_draining = true;
	http_server_drain(p->server);
	each_gated(p, gate_on_drain);
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
		exchange_free_parts(x);
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
	regime_unref(&p->regime);
	http_clients_free(p->clients);
	buf_clear(&p->scratch);
	pointer_set_free(p->rpc_id);
	arena_clear(&p->body_arena);
	free(p);
}
