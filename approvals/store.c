/* Approvals in Redis, as seen by one thread: the wiring. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "approvals/store.h"

#include <stdio.h>
#include <stdlib.h>

#include "approvals/scripts.h"
#include "approvals/store_op.h"
#include "approvals/store_record.h"
#include "lib/base/log.h"
#include "lib/base/memory.h"

enum { REPLY_MAX = 128 * 1024 * 1024, NAME_LONGEST = 200, WHY_LONGEST = 500 };
#define COMMAND_TIMEOUT (5 * SECOND_US)

static void
init_scripts(struct store *s)
{
	const struct span texts[SCRIPT_COUNT] = {
		[SCRIPT_HELLO] = script_hello,   [SCRIPT_OPEN] = script_open,
		[SCRIPT_LOOK] = script_look,     [SCRIPT_LIST] = script_list,
		[SCRIPT_DECIDE] = script_decide, [SCRIPT_CLAIM] = script_claim,
		[SCRIPT_CLOSE] = script_close,   [SCRIPT_LEAVE] = script_leave,
		[SCRIPT_CANCEL] = script_cancel, [SCRIPT_SWEEP] = script_sweep,
		[SCRIPT_RECORDED] = script_recorded,
	};

	for (size_t i = 0; i < SCRIPT_COUNT; i++)
		redis_script_init(&s->scripts[i], texts[i]);
}

static void
say_ready(const struct store *s)
{
	log_info("store.ready", "epoch %s%s", s->epoch, s->is_kept ? ", every write is synced" : "");
}

static void
set_ready(struct store *s, bool is_ready)
{
	if (s->is_ready == is_ready)
		return;
	s->is_ready = is_ready;
	if (!is_ready)
		store_links_fall(s->links);
	else if (store_links_rise(s->links))
		say_ready(s);
}

static void
become_ready(struct store *s)
{
	set_ready(s, true);
	if (s->was_lost)
		store_record_store(s, RECORD_STORE_BACK, NULL);
	s->was_lost = false;
	recover_resume(s);
	errands_resume(s);
	claims_resume(s);
	watches_wake_all(s);
}

static void
on_hello(void *owner, const struct resp *reply)
{
	struct store *s = owner;
	struct answer a = store_answer(s, reply);

	if (a.kind == ANSWER_LOST)
		return;
	if (a.kind == ANSWER_ERROR) {
		log_error("store.refused", "a script failed: %.*s", SPAN_ARG(resp_text(reply)));
		return;
	}
	/* Anything else says hello again by itself. */
	if (s->epoch[0])
		become_ready(s);
}

void
store_say_hello(struct store *s)
{
	set_ready(s, false);
	s->epoch[0] = '\0';
	store_run(s, SCRIPT_HELLO, NULL, 0, on_hello, s);
}

/* CONFIG GET gives name, value, name, value. */
static bool
is_set(const struct resp *reply, struct span name, struct span value)
{
	for (size_t i = 0; i + 1 < resp_count(reply); i += 2) {
		if (span_eq(resp_text(resp_at(reply, i)), name))
			return span_eq(resp_text(resp_at(reply, i + 1)), value);
	}
	return false;
}

/* Without the right to ask, nothing is assumed. */
static void
on_config(void *owner, const struct resp *reply)
{
	struct store *s = owner;

	if (!reply)
		return;
	s->is_kept = is_set(reply, SPAN("appendonly"), SPAN("yes")) &&
	             is_set(reply, SPAN("appendfsync"), SPAN("always"));
	store_say_hello(s);
}

static void
on_link(void *owner, enum redis_event event)
{
	struct span ask[] = {SPAN("CONFIG"), SPAN("GET"), SPAN("append*")};
	struct store *s = owner;

	if (event == REDIS_UP) {
		redis_send(s->link, &(struct redis_command){.args = ask, .count = 3}, on_config, s);
		return;
	}
	if (s->is_ready)
		store_record_store(s, RECORD_STORE_LOST, NULL);
	s->was_lost = s->was_lost || s->is_ready;
	set_ready(s, false);
}

/* "redis://HOST[:PORT]" or "unix:/PATH". */
static bool
read_address(struct span redis, struct address *ret, struct buf *why)
{
	static const char scheme[] = "redis://";
	struct buf text = BUF_INIT(ADDRESS_TEXT);
	bool is_read;

	if (span_starts(redis, SPAN("unix:")))
		return address_read(redis, ret, why);
	if (!span_starts(redis, SPAN(scheme))) {
		buf_addf(why, "a Redis address is redis://HOST:PORT or unix:/PATH");
		return false;
	}
	redis = span_from(redis, sizeof(scheme) - 1);
	if (span_ends(redis, SPAN("/")))
		redis.len--;
	buf_add(&text, redis);
	if (!span_contains(redis, ':') || span_ends(redis, SPAN("]")))
		buf_add(&text, SPAN(":6379"));
	is_read = address_read(buf_span(&text), ret, why);
	buf_clear(&text);
	return is_read;
}

static char *
joined(const char *first, const char *second, const char *third)
{
	struct buf text = BUF_INIT(NAME_LONGEST * 3);
	char *copy;

	buf_addf(&text, "%s%s%s", first, second, third);
	copy = memory_cstr(buf_span(&text));
	buf_clear(&text);
	return copy;
}

static struct store *
store_make(struct loop *loop, const struct store_settings *settings, struct audit_ring *ring)
{
	struct store *s = memory_new(sizeof(*s));

	s->loop = loop;
	s->ring = ring;
	s->keys = settings->keys;
	s->limits = *settings->limits;
	s->links = settings->links;
	store_links_join(s->links);
	s->namespace = memory_cstr(settings->namespace);
	/* Braces make the hash tag: all keys of a namespace in one slot of a Cluster. */
	s->prefix = joined("{", s->namespace, "}:");
	s->feed = joined(s->prefix, "feed", "");
	s->node = memory_cstr(span_cstr(settings->node));
	s->boot = memory_cstr(span_cstr(settings->boot));
	list_init(&s->ops);
	list_init(&s->parked);
	list_init(&s->errands);
	list_init(&s->granted_order);
	list_init(&s->watched);
	list_init(&s->deciding);
	init_scripts(s);
	return s;
}

struct store *
store_new(struct loop *loop, const struct store_settings *settings, struct audit_ring *ring)
{
	struct store *s = store_make(loop, settings, ring);
	struct buf why = BUF_INIT(WHY_LONGEST);
	struct redis_settings to = {
		.username = settings->username,
		.password = settings->password,
		.name = SPAN("countersign"),
		.command_timeout_us = COMMAND_TIMEOUT,
		.reply_max = REPLY_MAX,
	};

	s->spent = spent_log_open(loop, settings->state_dir, settings->boot, &why);
	if (!s->spent || !read_address(settings->redis, &to.address, &why)) {
		log_error("store.unusable", "%s", buf_cstr(&why));
		buf_clear(&why);
		store_free(&s);
		return NULL;
	}
	buf_clear(&why);
	s->link = redis_new(loop, &to, on_link, s);
	feed_begin(s, &to);
	sweep_begin(s);
	return s;
}

void
store_limit(struct store *s, const struct limits *limits)
{
	s->limits = *limits;
}

void
store_free(struct store **store)
{
	struct store *s = *store;

	if (!s)
		return;
	*store = NULL;
	set_ready(s, false);
	store_links_leave(s->links);
	timer_free(&s->sweep);
	timer_free(&s->waking);
	feed_end(s);
	redis_close(&s->link);
	errands_clear(s);
	granted_clear(s);
	ops_drop(s);
	store_forged_clear(s);
	spent_log_close(&s->spent);
	free(s->namespace);
	free(s->prefix);
	free(s->feed);
	free(s->node);
	free(s->boot);
	free(s);
}

bool
store_is_up(const struct store *s)
{
	return s->is_ready;
}

const char *
store_epoch_kind(const struct store *s)
{
	return s->is_kept ? "kept" : "replication-id";
}
