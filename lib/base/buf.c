/* Growable bytes with a hard maximum. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/memory.h"

enum { BUF_FIRST = 256 };

char *
buf_room(struct buf *b, size_t len)
{
	size_t need = b->len + len;

	if (b->is_over || need > b->max) {
		b->is_over = true;
		return NULL;
	}
	/* One spare byte, so that buf_cstr() never has to grow. */
	if (need + 1 > b->cap) {
		size_t cap = b->cap ? b->cap : BUF_FIRST;

		while (cap < need + 1)
			cap *= 2;
		if (cap - 1 > b->max)
			cap = b->max + 1;
		b->ptr = memory_resize(b->ptr, cap);
		b->cap = cap;
	}
	return b->ptr + b->len;
}

void
buf_grew(struct buf *b, size_t len)
{
	b->len += len;
}

void
buf_add(struct buf *b, struct span bytes)
{
	char *to = buf_room(b, bytes.len);

	if (!to || bytes.len == 0)
		return;
	memcpy(to, bytes.ptr, bytes.len);
	b->len += bytes.len;
}

void
buf_addc(struct buf *b, char byte)
{
	char *to = buf_room(b, 1);

	if (!to)
		return;
	*to = byte;
	b->len++;
}

void
buf_addf(struct buf *b, const char *format, ...)
{
	char small[512];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(small, sizeof(small), format, args);
	va_end(args);
	if (len < 0)
		return;
	if ((size_t)len < sizeof(small)) {
		buf_add(b, span_of(small, (size_t)len));
		return;
	}
	char *to = buf_room(b, (size_t)len);

	if (!to)
		return;
	/* buf_room() keeps one byte spare for the terminator. */
	va_start(args, format);
	vsnprintf(to, (size_t)len + 1, format, args);
	va_end(args);
	b->len += (size_t)len;
}

void
buf_add_u64(struct buf *b, uint64_t number)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	buf_add(b, span_of(digits + at, sizeof(digits) - at));
}

void
buf_consume(struct buf *b, size_t len)
{
	b->len -= len;
	if (b->len)
		memmove(b->ptr, b->ptr + len, b->len);
}

void
buf_reset(struct buf *b)
{
	b->len = 0;
	b->is_over = false;
}

void
buf_clear(struct buf *b)
{
	free(b->ptr);
	*b = BUF_INIT(b->max);
}

const char *
buf_cstr(struct buf *b)
{
	if (!b->ptr)
		return "";
	b->ptr[b->len] = '\0';
	return b->ptr;
}
