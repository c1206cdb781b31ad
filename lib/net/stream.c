/* A non-blocking stream of bytes over one socket. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/net/stream.h"

#include <errno.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/memory.h"

/* Up to here parts are gathered before they are written. */
enum { GATHER_MAX = 2048 };

/*
 * The read event stays registered through the whole life of the stream: taking it out and
 * back in costs more than parsing a request.  What a slow peer does not take lives in
 * `outgoing`, which ordinary traffic never allocates.
 */
struct outgoing {
	struct event *event;
	struct buf queue;
};

struct stream {
	struct loop *loop;
	struct event *read_event; /* behind the struct, in the same allocation */
	struct outgoing *outgoing;
	stream_fn *fn;
	void *owner;
	int fd;
	int error;                /* errno of the last failure */
	bool is_connecting : 1;
	bool is_paused : 1;
	bool is_watched : 1;      /* paused, and its end is looked out for */
	bool is_closed : 1;
	bool shuts_down : 1;      /* when the queue is empty */
};

static void fail(struct stream *s, int error);

static void
on_readable(int fd UNUSED, short what UNUSED, void *arg)
{
	struct stream *s = arg;

	if (!s->is_watched)
		s->fn(s->owner, STREAM_READ);
	else if (stream_has_ended(s))
		fail(s, 0);
}

static void
listen_to(struct stream *s, short how)
{
	event_assign(s->read_event, loop_base(s->loop), s->fd, EV_READ | EV_PERSIST | how,
	             on_readable, s);
}

static struct stream *
stream_new(struct loop *loop, int fd, stream_fn *fn, void *owner)
{
	struct stream *s = memory_new(sizeof(*s) + event_get_struct_event_size());

	*s = (struct stream){.loop = loop, .fd = fd, .fn = fn, .owner = owner};
	s->read_event = (struct event *)(s + 1);
	listen_to(s, 0);
	return s;
}

struct stream *
stream_accept(struct loop *loop, int fd, stream_fn *fn, void *owner)
{
	struct stream *s = stream_new(loop, fd, fn, owner);

	event_add(s->read_event, NULL);
	return s;
}

static void
drop_outgoing(struct stream *s)
{
	if (!s->outgoing)
		return;
	event_free(s->outgoing->event);
	buf_clear(&s->outgoing->queue);
	free(s->outgoing);
	s->outgoing = NULL;
}

static void
unwatch(struct stream *s)
{
	if (!s->is_watched)
		return;
	s->is_watched = false;
	event_del(s->read_event);
	listen_to(s, 0);
}

static void
fail(struct stream *s, int error)
{
	s->error = error;
	event_del(s->read_event);
	drop_outgoing(s);
	s->fn(s->owner, STREAM_DOWN);
}

static void
finish_connect(struct stream *s)
{
	int error = 0;
	socklen_t len = sizeof(error);

	if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
		error = errno;
	if (error) {
		fail(s, error);
		return;
	}
	s->is_connecting = false;
	if (!s->is_paused)
		event_add(s->read_event, NULL);
	s->fn(s->owner, STREAM_UP);
}

/* What the peer sent before it broke off, an early answer perhaps, is still there to be
 * read, and behind it the end: that is told from the reading side. */
static void
on_write_failed(struct stream *s, int error)
{
	if (s->is_paused) {
		fail(s, error);
		return;
	}
	s->error = error;
	drop_outgoing(s);
}

static void
flush(struct stream *s)
{
	struct outgoing *out = s->outgoing;
	ssize_t sent = send(s->fd, out->queue.ptr, out->queue.len, MSG_NOSIGNAL);

	if (sent < 0 && errno != EAGAIN && errno != EINTR) {
		on_write_failed(s, errno);
		return;
	}
	if (sent > 0)
		buf_consume(&out->queue, (size_t)sent);
	if (out->queue.len)
		return;
	drop_outgoing(s);
	if (s->shuts_down)
		shutdown(s->fd, SHUT_WR);
	s->fn(s->owner, STREAM_DRAINED);
}

static void
on_writable(int fd UNUSED, short what UNUSED, void *arg)
{
	struct stream *s = arg;

	if (!s->is_connecting) {
		flush(s);
		return;
	}
	if (s->outgoing->queue.len == 0)
		drop_outgoing(s);
	finish_connect(s);
}

/* Starts waiting for the socket to take bytes. */
static struct outgoing *
get_outgoing(struct stream *s)
{
	if (s->outgoing)
		return s->outgoing;
	unwatch(s); /* one descriptor is not waited for in both manners */
	s->outgoing = memory_new(sizeof(*s->outgoing));
	s->outgoing->queue = BUF_INIT(SIZE_MAX / 4);
	s->outgoing->event = event_new(loop_base(s->loop), s->fd, EV_WRITE | EV_PERSIST,
	                               on_writable, s);
	if (!s->outgoing->event || event_add(s->outgoing->event, NULL) < 0)
		memory_exhausted();
	return s->outgoing;
}

static void
report_failed_connect(void *arg)
{
	struct stream *s = arg;

	if (!s->is_closed)
		s->fn(s->owner, STREAM_DOWN);
}

struct stream *
stream_connect(struct loop *loop, const struct address *to, stream_fn *fn, void *owner)
{
	int fd = socket(to->sa.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int on = 1;
	struct stream *s;

	if (fd < 0)
		return NULL;
	if (!address_is_unix(to))
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	s = stream_new(loop, fd, fn, owner);
	s->is_connecting = true;
	if (connect(fd, (const struct sockaddr *)&to->sa, to->len) < 0 && errno != EINPROGRESS) {
		s->error = errno;
		loop_defer(loop, report_failed_connect, s);
		return s;
	}
	get_outgoing(s);
	return s;
}

void
stream_close(struct stream **stream)
{
	struct stream *s = *stream;

	if (!s)
		return;
	*stream = NULL;
	s->is_closed = true;
	event_del(s->read_event);
	drop_outgoing(s);
	close(s->fd);
	loop_free_later(s->loop, s);
}

void
stream_abort(struct stream **stream)
{
	struct linger now = {.l_onoff = 1, .l_linger = 0};

	if (*stream)
		setsockopt((*stream)->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	stream_close(stream);
}

ssize_t
stream_read(struct stream *s, char *to, size_t len)
{
	ssize_t got = recv(s->fd, to, len, 0);

	if (got > 0)
		return got;
	if (got == 0)
		return STREAM_EOF;
	if (errno == EAGAIN || errno == EINTR)
		return STREAM_AGAIN;
	s->error = errno;
	return STREAM_BROKEN;
}

void
stream_pause(struct stream *s)
{
	if (s->is_paused)
		return;
	s->is_paused = true;
	event_del(s->read_event);
}

void
stream_resume(struct stream *s)
{
	if (!s->is_paused)
		return;
	s->is_paused = false;
	unwatch(s);
	if (!s->is_connecting)
		event_add(s->read_event, NULL);
}

/*
 * The descriptor stays readable while nobody reads, so only changes may wake us: bytes that
 * come, until the kernel's buffer is full, and the end.  Not EV_CLOSED: libevent 2.1 does not
 * pass a reset on as that, and would spin.
 */
void
stream_watch(struct stream *s)
{
	stream_pause(s);
	if (s->is_watched || s->is_connecting || s->outgoing)
		return;
	s->is_watched = true;
	listen_to(s, EV_ET);
	event_add(s->read_event, NULL);
}

/* Queues what is left of the parts after `skip` bytes. */
static void
enqueue(struct stream *s, const struct iovec *parts, int count, size_t skip)
{
	for (int i = 0; i < count; i++) {
		struct span part = span_of(parts[i].iov_base, parts[i].iov_len);
		size_t gone = skip < part.len ? skip : part.len;

		skip -= gone;
		if (part.len > gone)
			buf_add(&get_outgoing(s)->queue, span_from(part, gone));
	}
}

/* A few parts that are small together go out as one: copying them costs less than the
 * kernel's way through a vector. */
static ssize_t
send_parts(struct stream *s, const struct iovec *parts, int count)
{
	char together[GATHER_MAX];
	size_t len = 0;
	struct msghdr message = {.msg_iov = (struct iovec *)(uintptr_t)parts,
	                         .msg_iovlen = (size_t)count};

	if (count == 1)
		return send(s->fd, parts[0].iov_base, parts[0].iov_len, MSG_NOSIGNAL);
	for (int i = 0; i < count; i++) {
		if (parts[i].iov_len > sizeof(together) - len)
			return sendmsg(s->fd, &message, MSG_NOSIGNAL);
		memcpy(together + len, parts[i].iov_base, parts[i].iov_len);
		len += parts[i].iov_len;
	}
	return send(s->fd, together, len, MSG_NOSIGNAL);
}

bool
stream_write(struct stream *s, const struct iovec *parts, int count)
{
	ssize_t sent = 0;

	if (!s->outgoing) {
		sent = send_parts(s, parts, count);
		if (sent < 0 && errno != EAGAIN && errno != EINTR) {
			s->error = errno;
			return false;
		}
	}
	enqueue(s, parts, count, sent > 0 ? (size_t)sent : 0);
	return true;
}

size_t
stream_backlog(const struct stream *s)
{
	return s->outgoing ? s->outgoing->queue.len : 0;
}

void
stream_shutdown(struct stream *s)
{
	s->shuts_down = true;
	if (!s->outgoing)
		shutdown(s->fd, SHUT_WR);
}

bool
stream_has_ended(const struct stream *s)
{
	struct pollfd peer = {.fd = s->fd, .events = POLLRDHUP};

	return poll(&peer, 1, 0) > 0;
}

int
stream_fd(const struct stream *s)
{
	return s->fd;
}

const char *
stream_why(const struct stream *s)
{
	return s->error ? strerror(s->error) : "closed by the peer";
}
