/* The feed wakes who waits.  A wake-up is a hint: whoever is woken asks again. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "approvals/store_state.h"
#include "lib/base/memory.h"

#define BLOCK_US (5 * SECOND_US)

struct store_watch {
	struct table_node node;
	struct list woken;   /* while it is to be called */
	struct list turn;    /* among all that are watched */
	struct store *store; /* NULL: it is gone */
	wake_fn *fn;
	void *owner;
	char id[ULID_LEN + 1]; /* "" for everything */
};

struct store_watch *
store_watch(struct store *s, const char *id, wake_fn *fn, void *owner)
{
	struct store_watch *w = memory_new(sizeof(*w));
	size_t len = strlen(id);

	w->store = s;
	w->fn = fn;
	w->owner = owner;
	memcpy(w->id, id, len < ULID_LEN ? len : ULID_LEN);
	w->node.key = span_cstr(w->id);
	list_init(&w->woken);
	table_add(&s->watches, &w->node);
	list_add_last(&s->watched, &w->turn);
	return w;
}

void
store_unwatch(struct store_watch **watch)
{
	struct store_watch *w = *watch;

	if (!w)
		return;
	*watch = NULL;
	if (w->store)
		table_remove(&w->store->watches, &w->node);
	list_remove(&w->turn);
	list_remove(&w->woken);
	free(w);
}

/* A callback may end any watch, its own too: each leaves the list before it is called. */
static void
call_all(struct list *woken)
{
	while (!list_is_empty(woken)) {
		struct store_watch *w = LIST_ENTRY(woken->next, struct store_watch, woken);

		list_remove(&w->woken);
		w->fn(w->owner);
	}
}

static void
gather(struct store *s, struct span id, struct list *woken)
{
	struct table_node *node = table_find(&s->watches, id);

	for (; node; node = node->next) {
		struct store_watch *w = CONTAINER_OF(node, struct store_watch, node);

		if (span_eq(node->key, id) && !list_is_linked(&w->woken))
			list_add_last(woken, &w->woken);
	}
}

static void
gather_any(void *owner, struct table_node *node)
{
	struct store_watch *w = CONTAINER_OF(node, struct store_watch, node);

	if (!list_is_linked(&w->woken))
		list_add_last(owner, &w->woken);
}

void
watches_wake_all(struct store *s)
{
	struct list woken;

	list_init(&woken);
	table_each(&s->watches, gather_any, &woken);
	call_all(&woken);
}

void
watches_wake(struct store *s, struct span id)
{
	struct list woken;

	list_init(&woken);
	gather(s, id, &woken);
	call_all(&woken);
}

size_t
watches_next(struct store *s, struct span *ids, size_t max)
{
	struct list *last = s->watched.prev;
	size_t count = 0;
	bool is_round = list_is_empty(&s->watched);

	while (!is_round && count < max) {
		struct store_watch *w = LIST_ENTRY(s->watched.next, struct store_watch, turn);

		is_round = &w->turn == last;
		list_remove(&w->turn);
		list_add_last(&s->watched, &w->turn);
		if (w->id[0])
			ids[count++] = w->node.key;
	}
	return count;
}

static void feed_read(struct store *s);

/* Entries are [id, [name, value, ...]]; "id" stands first. */
static void
take_entry(struct store *s, const struct resp *entry, struct list *woken)
{
	struct span at = resp_text(resp_at(entry, 0));
	const struct resp *fields = resp_at(entry, 1);

	if (at.len < sizeof(s->feed_at)) {
		memcpy(s->feed_at, at.ptr, at.len);
		s->feed_at[at.len] = '\0';
	}
	if (span_eq(resp_text(resp_at(fields, 0)), SPAN("id")))
		gather(s, resp_text(resp_at(fields, 1)), woken);
}

static void
take_entries(struct store *s, const struct resp *entries)
{
	struct list woken;

	list_init(&woken);
	for (size_t i = 0; i < resp_count(entries); i++)
		take_entry(s, resp_at(entries, i), &woken);
	if (resp_count(entries))
		gather(s, SPAN(""), &woken);
	call_all(&woken);
}

static void
on_feed(void *owner, const struct resp *reply)
{
	struct store *s = owner;

	if (!reply)
		return;
	/* Somebody has put another thing under the name: the sweep looks again, no loop. */
	if (resp_kind(reply) == RESP_ERROR) {
		s->feed_rests = true;
		return;
	}
	/* [[stream, entries]], or nil when nothing came. */
	take_entries(s, resp_at(resp_at(reply, 0), 1));
	feed_read(s);
}

static void
feed_read(struct store *s)
{
	struct span args[] = {SPAN("XREAD"),   SPAN("COUNT"),        SPAN("1000"),
	                      SPAN("BLOCK"),   SPAN("5000"),         SPAN("STREAMS"),
	                      span_cstr(s->feed), span_cstr(s->feed_at)};
	struct redis_command command = {
		.args = args,
		.count = ARRAY_LEN(args),
		.timeout_us = 2 * BLOCK_US,
	};

	s->feed_rests = false;
	redis_send(s->feed_link, &command, on_feed, s);
}

/* From the newest entry on; what came before is made up for by waking everybody. */
static void
on_newest(void *owner, const struct resp *reply)
{
	struct store *s = owner;
	struct span at = resp_text(resp_at(resp_at(reply, 0), 0));

	if (!reply)
		return;
	memcpy(s->feed_at, "0", sizeof("0"));
	if (at.len && at.len < sizeof(s->feed_at)) {
		memcpy(s->feed_at, at.ptr, at.len);
		s->feed_at[at.len] = '\0';
	}
	watches_wake_all(s);
	feed_read(s);
}

static void
feed_start(struct store *s)
{
	struct span args[] = {SPAN("XREVRANGE"), span_cstr(s->feed), SPAN("+"),
	                      SPAN("-"),         SPAN("COUNT"),      SPAN("1")};

	redis_send(s->feed_link, &(struct redis_command){.args = args, .count = 6}, on_newest, s);
}

static void
on_link(void *owner, enum redis_event event)
{
	struct store *s = owner;

	s->feed_rests = false;
	if (event == REDIS_UP)
		feed_start(s);
}

void
feed_begin(struct store *s, const struct redis_settings *settings)
{
	struct redis_settings own = *settings;

	own.name = SPAN("countersign-feed");
	s->feed_link = redis_new(s->loop, &own, on_link, s);
}

void
feed_poke(struct store *s)
{
	if (s->feed_rests && redis_is_up(s->feed_link))
		feed_start(s);
}

static void
leave_alone(void *owner UNUSED, struct table_node *node)
{
	struct store_watch *w = CONTAINER_OF(node, struct store_watch, node);

	w->store = NULL;
	list_remove(&w->turn);
}

void
feed_end(struct store *s)
{
	redis_close(&s->feed_link);
	table_each(&s->watches, leave_alone, NULL);
	table_clear(&s->watches);
}
