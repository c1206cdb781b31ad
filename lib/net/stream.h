/* A non-blocking stream of bytes over one socket.  What stands above cannot tell TLS from none. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_STREAM_H
#define NET_STREAM_H

#include <sys/uio.h>

#include "lib/net/address.h"
#include "lib/net/loop.h"

struct stream;

/* A callback may close its own stream, and must then return at once. */
enum stream_event {
	STREAM_UP,      /* connected; for stream_connect() only */
	STREAM_READ,    /* stream_read() will give bytes, the end or an error */
	STREAM_DRAINED, /* everything queued is written */
	STREAM_DOWN,    /* broken while connecting, or while writing when reading is paused, or
	                 * the peer has gone while watched; else a break shows when what had
	                 * come is read */
};

typedef void stream_fn(void *owner, enum stream_event event);

/* Takes `fd` over.  Reading is on. */
struct stream *stream_accept(struct loop *loop, int fd, stream_fn *fn, void *owner);
/* Never calls back before it returns: failure comes as DOWN.  NULL only when there is no
 * descriptor left. */
MUST_CHECK struct stream *stream_connect(struct loop *loop, const struct address *to,
                                         stream_fn *fn, void *owner);

/* Ends all callbacks now; the memory goes at the end of this turn of the loop. */
void stream_close(struct stream **s);
/* The same with a TCP reset: for a peer that must not take what it has for complete. */
void stream_abort(struct stream **s);

enum { STREAM_AGAIN = 0, STREAM_EOF = -1, STREAM_BROKEN = -2 };
/* Bytes read (> 0), or one of the three above. */
ssize_t stream_read(struct stream *s, char *to, size_t len);

/* Stops and starts READ; while paused a hang-up goes unseen. */
void stream_pause(struct stream *s);
void stream_resume(struct stream *s);
/* Stops READ, but a peer who resets, or ends behind bytes that are not read yet, is told as
 * DOWN at once; while something is queued for writing, only a reset is. */
void stream_watch(struct stream *s);

/*
 * Writes, and queues a copy of what the socket does not take; DRAINED follows when the
 * queue is empty again.  The queue is bounded by its owner, who stops at the high mark:
 * see stream_backlog().  False: broken, no DOWN follows.
 */
MUST_CHECK bool stream_write(struct stream *s, const struct iovec *parts, int count);
size_t stream_backlog(const struct stream *s);

/* No more writing; what is queued goes out first. */
void stream_shutdown(struct stream *s);

/* Whether the peer has said that it will send no more, even behind bytes that are not read
 * yet.  A system call. */
bool stream_has_ended(const struct stream *s);

int stream_fd(const struct stream *s);
/* Of the last failure; a sentence of the system's. */
const char *stream_why(const struct stream *s);

#endif
