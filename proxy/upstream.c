/* Connections to one upstream. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "proxy/upstream.h"

#include <stdlib.h>

#include "lib/base/list.h"
#include "lib/base/memory.h"

struct upstream {
	struct http_clients *clients;
	struct address address;
	struct list idle; /* the last used first: its congestion window and caches are warm */
	uint64_t open, open_max;
	bool is_retired;
};

struct upstream *
upstream_new(struct http_clients *clients, const struct address *address,
             uint64_t connections_max)
{
	struct upstream *u = memory_new(sizeof(*u));

	u->clients = clients;
	u->address = *address;
	u->open_max = connections_max;
	list_init(&u->idle);
	return u;
}

void
upstream_retire(struct upstream *u)
{
	struct http_client *client;

	u->is_retired = true;
	while ((client = upstream_take_idle(u)))
		upstream_drop(u, &client);
}

void
upstream_free(struct upstream *u)
{
	if (!u)
		return;
	upstream_retire(u);
	free(u);
}

/* The peer closed a connection that idled, or sent what nobody asked for. */
static void
on_idle_down(void *owner, struct http_client *client, enum client_end end UNUSED,
             enum fault fault UNUSED)
{
	list_remove(http_client_node(client));
	upstream_drop(owner, &client);
}

static const struct http_client_handler idle_handler = {.on_down = on_idle_down};

struct http_client *
upstream_take_idle(struct upstream *u)
{
	struct list *node = u->idle.next;

	if (list_is_empty(&u->idle))
		return NULL;
	list_remove(node);
	return http_client_of_node(node);
}

struct http_client *
upstream_connect(struct upstream *u)
{
	struct http_client *client;

	if (u->open >= u->open_max)
		return NULL;
	client = http_client_connect(u->clients, &u->address);
	if (client)
		u->open++;
	return client;
}

void
upstream_give_back(struct upstream *u, struct http_client **client)
{
	if (u->is_retired || !http_client_is_reusable(*client)) {
		upstream_drop(u, client);
		return;
	}
	http_client_own(*client, &idle_handler, u);
	http_client_resume(*client);
	list_add_first(&u->idle, http_client_node(*client));
	*client = NULL;
}

void
upstream_cut(struct upstream *u, struct http_client **client)
{
	if (!*client)
		return;
	u->open--;
	http_client_abort(client);
}

void
upstream_drop(struct upstream *u, struct http_client **client)
{
	if (!*client)
		return;
	u->open--;
	http_client_close(client);
}
