/* One link to a Redis server. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/net/redis.h"

#include <stdlib.h>

#include "lib/base/digest.h"
#include "lib/base/list.h"
#include "lib/base/log.h"
#include "lib/base/memory.h"
#include "lib/net/redis_call.h"
#include "lib/net/stream.h"

#define BACKOFF_LEAST (50 * MS_US)
#define BACKOFF_MOST (2 * SECOND_US)

struct redis {
	struct loop *loop;
	struct address address;
	char *username, *password, *name;
	int64_t command_timeout_us;
	size_t reply_max;
	redis_fn *fn;
	void *owner;
	struct stream *stream;
	struct resp_reader *reader;
	struct list calls;   /* answers come in this order */
	struct list lost;    /* to be told NULL when this turn ends */
	struct timer *retry;
	struct timer *overdue;
	int64_t backoff_us;
	bool is_up;
	bool is_telling;     /* a deferred tell_lost() is under way */
	bool was_logged;     /* this outage stands in the log */
	struct redis **self; /* what a deferred call finds us by */
};


bool
redis_is_up(const struct redis *redis)
{
	return redis->is_up;
}

/* Between half and the whole of the step, so that a fleet does not knock in one beat. */
static int64_t
jittered(int64_t step_us)
{
	uint32_t noise;

	random_fill(&noise, sizeof(noise));
	return step_us / 2 + (int64_t)(noise % (uint64_t)(step_us / 2));
}

static void
tell_lost(void *arg)
{
	struct redis **self = arg, *redis = *self;

	if (!redis) {
		free(self);
		return;
	}
	redis->is_telling = false;
	while (!list_is_empty(&redis->lost)) {
		struct redis_call *call = LIST_ENTRY(redis->lost.next, struct redis_call, node);

		list_remove(&call->node);
		redis_call_reply(call, NULL);
	}
}

static void
lose(struct redis *redis, struct redis_call *call)
{
	list_remove(&call->node);
	list_add_last(&redis->lost, &call->node);
	if (!redis->is_telling)
		loop_defer(redis->loop, tell_lost, redis->self);
	redis->is_telling = true;
}

/* The link is useless: everything in flight has an unknown outcome. */
static void
break_link(struct redis *redis, const char *why)
{
	bool was_up = redis->is_up;

	if (!redis->was_logged)
		log_warning("store.unreachable", "redis at %s: %s; trying again",
		            redis->address.text, why);
	redis->was_logged = true;
	redis->is_up = false;
	if (redis->stream)
		stream_close(&redis->stream);
	resp_reader_free(&redis->reader);
	timer_clear(redis->overdue);
	while (!list_is_empty(&redis->calls)) {
		struct redis_call *call = LIST_ENTRY(redis->calls.next, struct redis_call, node);

		list_remove(&call->node);
		redis_call_reply(call, NULL);
	}
	timer_set(redis->retry, jittered(redis->backoff_us));
	redis->backoff_us *= 2;
	if (redis->backoff_us > BACKOFF_MOST)
		redis->backoff_us = BACKOFF_MOST;
	if (was_up)
		redis->fn(redis->owner, REDIS_DOWN);
}

static void
on_overdue(void *owner)
{
	struct redis *redis = owner;

	break_link(redis, "no answer in time");
}

static void
watch_deadline(struct redis *redis)
{
	const struct redis_call *first;
	int64_t left;

	if (list_is_empty(&redis->calls)) {
		timer_clear(redis->overdue);
		return;
	}
	first = LIST_ENTRY(redis->calls.next, struct redis_call, node);
	left = first->deadline.us - clock_mono().us;
	timer_set(redis->overdue, left > MS_US ? left : MS_US);
}

/* Queues the call and writes its bytes; a link that breaks here tells it later. */
static void
put(struct redis *redis, struct redis_call *call, const struct buf *bytes)
{
	struct iovec part = {bytes->ptr, bytes->len};
	bool is_first = list_is_empty(&redis->calls);

	call->deadline = mono_after(clock_mono(), call->timeout_us);
	list_add_last(&redis->calls, &call->node);
	if (bytes->is_over || !stream_write(redis->stream, &part, 1)) {
		/* The stream says no more: the deadline ends the link, soon. */
		lose(redis, call);
		timer_set(redis->overdue, MS_US);
		return;
	}
	if (is_first)
		watch_deadline(redis);
}

static void
send_now(struct redis *redis, const struct redis_command *command, reply_fn *fn, void *owner)
{
	struct redis_call *call = redis_call_new(command, redis->command_timeout_us, fn, owner);
	struct buf bytes = BUF_INIT(COMMAND_MAX);

	if (call->script)
		redis_call_write(call, true, &bytes);
	else
		resp_command(&bytes, command->args, command->count);
	put(redis, call, &bytes);
	buf_clear(&bytes);
}

void
redis_send(struct redis *redis, const struct redis_command *command, reply_fn *fn, void *owner)
{
	struct redis_call *call;

	if (redis->is_up) {
		send_now(redis, command, fn, owner);
		return;
	}
	call = redis_call_new(command, redis->command_timeout_us, fn, owner);
	list_init(&call->node);
	lose(redis, call);
}

/* True when the call was sent anew and its answer is yet to come. */
static bool
send_in_full(struct redis *redis, struct redis_call *call, const struct resp *reply)
{
	struct buf bytes = BUF_INIT(COMMAND_MAX);

	if (!call->script || !resp_is_error(reply, "NOSCRIPT"))
		return false;
	redis_call_write(call, false, &bytes);
	put(redis, call, &bytes);
	buf_clear(&bytes);
	return true;
}

static void
take_reply(struct redis *redis, const struct resp *reply)
{
	struct redis_call *call = LIST_ENTRY(redis->calls.next, struct redis_call, node);

	list_remove(&call->node);
	watch_deadline(redis);
	if (!send_in_full(redis, call, reply))
		redis_call_reply(call, reply);
}

/* A master that has become a replica, or is about to load: not a server for us. */
static bool
is_turned_away(const struct resp *reply)
{
	return resp_is_error(reply, "READONLY") || resp_is_error(reply, "LOADING") ||
	       resp_is_error(reply, "MASTERDOWN");
}

static void
take_replies(struct redis *redis)
{
	struct resp_reader *reader = redis->reader;
	struct resp *reply;

	/* A callback may break the link, which ends this reader. */
	while (redis->reader == reader && (reply = resp_reader_next(reader)) != NULL) {
		bool is_stray = list_is_empty(&redis->calls);
		bool is_away = is_turned_away(reply);

		if (!is_stray)
			take_reply(redis, reply);
		resp_free(reply);
		if (redis->reader == reader && (is_stray || is_away))
			break_link(redis, is_away ? "the server is not a master any more"
			                          : "an answer that nobody asked for");
	}
	if (redis->reader == reader && reader && resp_reader_is_broken(reader))
		break_link(redis, "the answer is not RESP");
}

static void
on_readable(struct redis *redis)
{
	char *bytes = loop_receive_buffer(redis->loop);
	ssize_t len;

	while (redis->stream) {
		len = stream_read(redis->stream, bytes, LOOP_RECEIVE);
		if (len == STREAM_AGAIN)
			return;
		if (len < 0) {
			break_link(redis, len == STREAM_EOF ? "closed by the server"
			                                    : stream_why(redis->stream));
			return;
		}
		if (!resp_reader_feed(redis->reader, span_of(bytes, (size_t)len))) {
			break_link(redis, "the answer is not RESP, or too long");
			return;
		}
		take_replies(redis);
	}
}

/* The words of a reply end with a NUL; errors are short lines of the server's. */
static const char *
role_fault(const struct resp *reply)
{
	return resp_kind(reply) == RESP_ERROR ? resp_text(reply).ptr
	                                      : "the server is not a master";
}

static void
on_role(void *owner, const struct resp *reply)
{
	struct redis *redis = owner;

	if (!reply)
		return;
	if (!span_eq(resp_text(resp_at(reply, 0)), SPAN("master"))) {
		break_link(redis, role_fault(reply));
		return;
	}
	redis->is_up = true;
	redis->backoff_us = BACKOFF_LEAST;
	if (redis->was_logged)
		log_info("store.reached", "redis at %s answers again", redis->address.text);
	redis->was_logged = false;
	redis->fn(redis->owner, REDIS_UP);
}

static void
on_login(void *owner, const struct resp *reply)
{
	struct redis *redis = owner;

	if (reply && resp_kind(reply) == RESP_ERROR)
		break_link(redis, "the user name or the password is refused");
}

static void
on_ignored(void *owner UNUSED, const struct resp *reply UNUSED)
{
}

static void
greet(struct redis *redis)
{
	struct span login[3] = {SPAN("AUTH")};
	struct span name[] = {SPAN("CLIENT"), SPAN("SETNAME"), span_cstr(redis->name)};
	struct span role[] = {SPAN("ROLE")};
	size_t count = 1;

	if (redis->username[0])
		login[count++] = span_cstr(redis->username);
	login[count++] = span_cstr(redis->password);
	if (redis->password[0])
		send_now(redis, &(struct redis_command){.args = login, .count = count}, on_login,
		         redis);
	send_now(redis, &(struct redis_command){.args = name, .count = 3}, on_ignored, redis);
	send_now(redis, &(struct redis_command){.args = role, .count = 1}, on_role, redis);
}

static void
on_stream(void *owner, enum stream_event event)
{
	struct redis *redis = owner;

	switch (event) {
	case STREAM_UP:
		redis->reader = resp_reader_new(redis->reply_max);
		greet(redis);
		return;
	case STREAM_READ:
		on_readable(redis);
		return;
	case STREAM_DRAINED:
		return;
	case STREAM_DOWN:
		break_link(redis, stream_why(redis->stream));
		return;
	}
}

static void
connect_now(void *owner)
{
	struct redis *redis = owner;

	redis->stream = stream_connect(redis->loop, &redis->address, on_stream, redis);
	if (redis->stream)
		timer_set(redis->overdue, redis->command_timeout_us);
	else
		break_link(redis, "no descriptor is left");
}

struct redis *
redis_new(struct loop *loop, const struct redis_settings *settings, redis_fn *fn, void *owner)
{
	struct redis *redis = memory_new(sizeof(*redis));

	*redis = (struct redis){
		.loop = loop,
		.address = settings->address,
		.username = memory_cstr(settings->username),
		.password = memory_cstr(settings->password),
		.name = memory_cstr(settings->name),
		.command_timeout_us = settings->command_timeout_us,
		.reply_max = settings->reply_max,
		.fn = fn,
		.owner = owner,
		.backoff_us = BACKOFF_LEAST,
		.self = memory_new(sizeof(redis->self)),
	};
	*redis->self = redis;
	list_init(&redis->calls);
	list_init(&redis->lost);
	redis->retry = timer_new(loop, connect_now, redis);
	redis->overdue = timer_new(loop, on_overdue, redis);
	connect_now(redis);
	return redis;
}

void
redis_close(struct redis **redis_at)
{
	struct redis *redis = *redis_at;

	if (!redis)
		return;
	*redis_at = NULL;
	if (redis->stream)
		stream_close(&redis->stream);
	resp_reader_free(&redis->reader);
	redis_calls_drop(&redis->calls);
	redis_calls_drop(&redis->lost);
	timer_free(&redis->retry);
	timer_free(&redis->overdue);
	memory_wipe(redis->password, strlen(redis->password));
	free(redis->username);
	free(redis->password);
	free(redis->name);
	/* A call that is deferred finds that we are gone, and frees what it came by. */
	*redis->self = NULL;
	if (!redis->is_telling)
		free(redis->self);
	free(redis);
}
