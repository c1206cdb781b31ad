/* Stands between a store and Redis, and loses one answer when it is told to. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/approvals/lossy.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "approvals/scripts.h"
#include "lib/base/memory.h"
#include "lib/net/resp.h"

enum { CHUNK = 1 << 20, BACKLOG = 16 };

struct pair {
	struct list node;
	struct lossy *lossy;
	int near, far;
	struct watch *near_watch, *far_watch;
	struct resp_reader *commands, *answers;
	uint64_t asked, answered;
	uint64_t mute_at; /* the answer that is lost, and all that follow; 0: none */
	bool is_over;
};

static void
pair_free(struct pair *p)
{
	list_remove(&p->node);
	watch_free(&p->near_watch);
	watch_free(&p->far_watch);
	close(p->near);
	close(p->far);
	resp_reader_free(&p->commands);
	resp_reader_free(&p->answers);
	free(p);
}

/* Not from within its own callback: what is over is freed with the next link. */
static void
end(struct pair *p)
{
	p->is_over = true;
	watch_free(&p->near_watch);
	watch_free(&p->far_watch);
	shutdown(p->near, SHUT_RDWR);
	shutdown(p->far, SHUT_RDWR);
}

/* The bytes that came, or an empty span when it has ended. */
static struct span
take(int fd)
{
	static char chunk[CHUNK];
	ssize_t len = recv(fd, chunk, sizeof(chunk), 0);

	return span_of(chunk, len > 0 ? (size_t)len : 0);
}

static void
give(int fd, struct span bytes)
{
	while (bytes.len) {
		ssize_t sent = send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);

		if (sent <= 0)
			return;
		bytes = span_from(bytes, (size_t)sent);
	}
}

static uint64_t
count(struct resp_reader *reader, struct span bytes)
{
	struct resp *one;
	uint64_t seen = 0;
	bool is_resp = resp_reader_feed(reader, bytes);

	assert(is_resp);
	for (; (one = resp_reader_next(reader)) != NULL; seen++)
		resp_free(one);
	return seen;
}

static void
on_command(void *owner)
{
	struct pair *p = owner;
	struct lossy *l = p->lossy;
	struct span bytes = take(p->near);

	if (!bytes.len) {
		end(p);
		return;
	}
	p->asked += count(p->commands, bytes);
	if (l->word[0] && memmem(bytes.ptr, bytes.len, l->word, strlen(l->word))) {
		p->mute_at = p->asked;
		l->word[0] = '\0';
	}
	give(p->far, bytes);
}

static void
on_answer(void *owner)
{
	struct pair *p = owner;
	struct lossy *l = p->lossy;
	struct span bytes = take(p->far);

	if (!bytes.len) {
		end(p);
		return;
	}
	p->answered += count(p->answers, bytes);
	if (!p->mute_at)
		give(p->near, bytes);
	else if (p->answered >= p->mute_at)
		l->is_lost = true;
}

static void
on_link(void *owner)
{
	struct lossy *l = owner;
	struct pair *p = memory_new(sizeof(*p));
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	int connected;

	LIST_EACH(&l->pairs, node) {
		struct pair *old = LIST_ENTRY(node, struct pair, node);

		if (old->is_over)
			pair_free(old);
	}
	snprintf(un.sun_path, sizeof(un.sun_path), "%s", l->house->redis.socket);
	p->lossy = l;
	p->commands = resp_reader_new(CHUNK);
	p->answers = resp_reader_new(CHUNK);
	p->near = accept4(l->listener, NULL, NULL, SOCK_CLOEXEC);
	p->far = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert(p->near >= 0 && p->far >= 0);
	connected = connect(p->far, (const struct sockaddr *)&un, sizeof(un));
	assert(connected == 0);
	list_add_last(&l->pairs, &p->node);
	p->near_watch = watch_new(l->house->loop, p->near, on_command, p);
	p->far_watch = watch_new(l->house->loop, p->far, on_answer, p);
}

/* A script that is not there yet would be asked for twice. */
static void
load_scripts(struct house *h)
{
	const struct span *const scripts[] = {
		&script_hello,  &script_open,   &script_look,  &script_list,
		&script_decide, &script_claim,  &script_close, &script_leave,
		&script_cancel, &script_sweep,  &script_recorded,
	};

	for (size_t i = 0; i < ARRAY_LEN(scripts); i++) {
		char *text = memory_cstr(*scripts[i]);

		redis_server_say(&h->redis, (const char *[]){"SCRIPT", "LOAD", text, NULL});
		free(text);
	}
}

void
lossy_begin(struct lossy *l, struct house *h)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	int bound;

	*l = (struct lossy){.house = h};
	load_scripts(h);
	list_init(&l->pairs);
	snprintf(l->socket, sizeof(l->socket), "%s/lossy.sock", h->redis.directory);
	snprintf(l->address, sizeof(l->address), "unix:%s", l->socket);
	snprintf(h->redis.address, sizeof(h->redis.address), "%s", l->address);
	snprintf(un.sun_path, sizeof(un.sun_path), "%s", l->socket);
	l->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bound = bind(l->listener, (const struct sockaddr *)&un, sizeof(un));
	assert(bound == 0);
	bound = listen(l->listener, BACKLOG);
	assert(bound == 0);
	l->watch = watch_new(h->loop, l->listener, on_link, l);
}

void
lossy_end(struct lossy *l)
{
	while (!list_is_empty(&l->pairs))
		pair_free(LIST_ENTRY(l->pairs.next, struct pair, node));
	watch_free(&l->watch);
	close(l->listener);
}

void
lossy_arm(struct lossy *l, const char *word)
{
	l->is_lost = false;
	snprintf(l->word, sizeof(l->word), "%s", word);
}

void
lossy_wait(struct lossy *l)
{
	while (!l->is_lost)
		house_tick(l->house);
}

void
lossy_cut(struct lossy *l)
{
	LIST_EACH(&l->pairs, node) {
		struct pair *p = LIST_ENTRY(node, struct pair, node);

		if (p->mute_at && !p->is_over)
			end(p);
	}
}
