/* A listening socket of one loop. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/net/listener.h"

#include <errno.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/base/memory.h"

enum { LISTEN_BACKLOG = 4096, ACCEPTS_PER_TURN = 64 };

/* How long accepting rests when there are no descriptors left. */
#define ACCEPT_PAUSE_US (100 * MS_US)

struct listener {
	struct event *event;
	struct timer *rest;
	int fd;
	bool is_exhausted; /* and that was said */
	listener_fn *fn;
	void *owner;
};

/* A Unix socket that nobody answers on was left by a process that died. */
static bool
clear_stale_socket(const struct address *at, struct buf *why)
{
	const struct sockaddr_un *sun = &at->sa.un;
	struct stat st;
	int fd, is_live;

	if (lstat(sun->sun_path, &st) < 0)
		return true;
	if (!S_ISSOCK(st.st_mode)) {
		buf_addf(why, "%s exists and is not a socket", at->text);
		return false;
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	is_live = fd >= 0 && connect(fd, (const struct sockaddr *)&at->sa, at->len) == 0;
	if (fd >= 0)
		close(fd);
	if (is_live) {
		buf_addf(why, "%s is in use by another process", at->text);
		return false;
	}
	return unlink(sun->sun_path) == 0 || errno == ENOENT;
}

static int
bind_socket(const struct address *at, bool is_one_of_many, struct buf *why)
{
	int on = 1, fd;

	fd = socket(at->sa.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd >= 0 && !address_is_unix(at)) {
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
		if (is_one_of_many)
			setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
	}
	if (fd < 0 || bind(fd, (const struct sockaddr *)&at->sa, at->len) < 0 ||
	    listen(fd, LISTEN_BACKLOG) < 0) {
		buf_addf(why, "cannot listen on %s: %s", at->text, strerror(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	/* For our group too: the proxy in front seldom runs as our user. */
	if (address_is_unix(at))
		chmod(at->sa.un.sun_path, 0660);
	return fd;
}

int
listener_bind(const struct address *at, struct buf *why)
{
	if (address_is_unix(at) && !clear_stale_socket(at, why))
		return -1;
	return bind_socket(at, false, why);
}

bool
listener_bind_each(const struct address *at, int *fds, size_t count, struct buf *why)
{
	size_t bound = 0;
	/* Shared ports would let a second process of ours join in unnoticed, perhaps under
	 * another configuration: alone first, to see that nobody is there. */
	int alone = listener_bind(at, why);

	if (alone < 0)
		return false;
	if (!address_is_unix(at))
		close(alone);
	for (; bound < count; bound++) {
		fds[bound] = address_is_unix(at) ? dup(alone) : bind_socket(at, true, why);
		if (fds[bound] < 0)
			break;
	}
	if (address_is_unix(at))
		close(alone);
	while (bound < count && bound > 0)
		close(fds[--bound]);
	return bound == count;
}

static void
on_rested(void *owner)
{
	struct listener *l = owner;

	event_add(l->event, NULL);
}

/* The one who waits stays in the queue, and would wake us at once again. */
static void
rest(struct listener *l, int error)
{
	if (!l->is_exhausted)
		log_warning("listener.exhausted",
		            "connections wait because of: %s; raise the limit of open files or "
		            "lower limits.connections", strerror(error));
	l->is_exhausted = true;
	event_del(l->event);
	timer_set(l->rest, ACCEPT_PAUSE_US);
}

static void
on_connection(int fd, short what UNUSED, void *arg)
{
	struct listener *l = arg;
	int on = 1;

	for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
		int peer = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (peer >= 0) {
			setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
			l->is_exhausted = false;
			l->fn(l->owner, peer);
			continue;
		}
		if (errno == ECONNABORTED || errno == EINTR)
			continue;
		if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)
			rest(l, errno);
		return;
	}
}

struct listener *
listener_new(struct loop *loop, int fd)
{
	struct listener *l = memory_new(sizeof(*l));

	l->fd = fd;
	l->event = event_new(loop_base(loop), fd, EV_READ | EV_PERSIST, on_connection, l);
	if (!l->event)
		memory_exhausted();
	l->rest = timer_new(loop, on_rested, l);
	return l;
}

void
listener_start(struct listener *l, listener_fn *fn, void *owner)
{
	l->fn = fn;
	l->owner = owner;
	event_add(l->event, NULL);
}

void
listener_free(struct listener **l)
{
	if (!*l)
		return;
	event_free((*l)->event);
	timer_free(&(*l)->rest);
	close((*l)->fd);
	free(*l);
	*l = NULL;
}
