/* Growable bytes with a hard maximum that its owner names. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdint.h>

#include "lib/base/span.h"

/*
 * Adding past `max` adds nothing at all and sets `is_over` for good: write everything,
 * ask once at the end.  A zeroed struct with `max` set is an empty buf.
 */
struct buf {
	char *ptr;
	size_t len;
	size_t cap;
	size_t max;
	bool is_over;
};

#define BUF_INIT(maximum) ((struct buf){.max = (maximum)})

void buf_add(struct buf *b, struct span bytes);
void buf_addc(struct buf *b, char byte);
void buf_addf(struct buf *b, const char *format, ...) PRINTF_LIKE(2, 3);
void buf_add_u64(struct buf *b, uint64_t number);

/* Room for `len` more bytes at ptr + len, or NULL past max; buf_grew() then counts them in. */
MUST_CHECK char *buf_room(struct buf *b, size_t len);
void buf_grew(struct buf *b, size_t len);

/* Drops bytes from the front. */
void buf_consume(struct buf *b, size_t len);

/* Empty again, memory kept. */
void buf_reset(struct buf *b);
/* Empty again, memory given back, max kept. */
void buf_clear(struct buf *b);

static inline struct span
buf_span(const struct buf *b)
{
	return span_of(b->ptr, b->len);
}

/* NUL-terminated view for library edges; borrowed until the next change. */
const char *buf_cstr(struct buf *b);

#endif
