/* The Redis protocol (RESP2) as values. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/net/resp.h"

#include <hiredis/hiredis.h>
#include <stdlib.h>

#include "lib/base/memory.h"

enum { ELEMENTS_MAX = 1 << 20, LINE_MAX_LEN = 64 * 1024 };

/*
 * Stands before the codec and looks at lengths only: the codec allocates as many elements
 * as a reply announces, and ends the process when it cannot.
 */
struct guard {
	uint64_t skip;   /* bytes of a bulk string, and its line end, that are not lines */
	char type;       /* of the line we are in; 0: at its first byte */
	bool is_negative;
	uint64_t number;
	size_t line_len;
	size_t unread;   /* bytes since the last whole reply */
};

struct resp_reader {
	redisReader *reader;
	struct guard guard;
	size_t reply_max;
	bool is_broken;
};

static const redisReply *
reply_of(const struct resp *r)
{
	return (const redisReply *)(const void *)r;
}

enum resp_kind
resp_kind(const struct resp *r)
{
	if (!r)
		return RESP_NIL;
	switch (reply_of(r)->type) {
	case REDIS_REPLY_STRING:
	case REDIS_REPLY_STATUS:
		return RESP_TEXT;
	case REDIS_REPLY_INTEGER:
		return RESP_INTEGER;
	case REDIS_REPLY_ARRAY:
		return RESP_ARRAY;
	case REDIS_REPLY_ERROR:
		return RESP_ERROR;
	default: /* nil, and types of RESP3, which is never asked for */
		return RESP_NIL;
	}
}

struct span
resp_text(const struct resp *r)
{
	enum resp_kind kind = resp_kind(r);

	if (kind != RESP_TEXT && kind != RESP_ERROR)
		return SPAN_NONE;
	return span_of(reply_of(r)->str, (size_t)reply_of(r)->len);
}

int64_t
resp_integer(const struct resp *r)
{
	return resp_kind(r) == RESP_INTEGER ? reply_of(r)->integer : 0;
}

size_t
resp_count(const struct resp *r)
{
	return resp_kind(r) == RESP_ARRAY ? reply_of(r)->elements : 0;
}

const struct resp *
resp_at(const struct resp *r, size_t index)
{
	if (index >= resp_count(r))
		return NULL;
	return (const struct resp *)(const void *)reply_of(r)->element[index];
}

bool
resp_is_error(const struct resp *r, const char *word)
{
	return resp_kind(r) == RESP_ERROR && span_starts(resp_text(r), span_cstr(word));
}

static redisReader *
codec_new(void)
{
	redisReader *reader = redisReaderCreate();

	if (!reader)
		memory_exhausted();
	return reader;
}

struct resp_reader *
resp_reader_new(size_t reply_max)
{
	struct resp_reader *reader = memory_new(sizeof(*reader));

	reader->reader = codec_new();
	reader->reply_max = reply_max;
	return reader;
}

void
resp_reader_free(struct resp_reader **reader)
{
	if (!*reader)
		return;
	redisReaderFree((*reader)->reader);
	free(*reader);
	*reader = NULL;
}

static bool
line_is_fair(struct guard *g, uint64_t bulk_max)
{
	if (g->type == '$' && !g->is_negative) {
		g->skip = g->number + 2;
		return g->number <= bulk_max;
	}
	return g->type != '*' || g->is_negative || g->number <= ELEMENTS_MAX;
}

/* Takes one byte of a line; the last one decides about what follows. */
static bool
guard_line(struct guard *g, char c, uint64_t bulk_max)
{
	if (c == '\n') {
		bool is_fair = line_is_fair(g, bulk_max);

		*g = (struct guard){.skip = g->skip, .unread = g->unread};
		return is_fair;
	}
	if (g->type == 0) {
		g->type = c;
		return c == '+' || c == '-' || c == ':' || c == '$' || c == '*';
	}
	if (c == '-' && g->line_len == 0)
		g->is_negative = true;
	if (ascii_is_digit(c) && g->number < UINT32_MAX)
		g->number = g->number * 10 + (uint64_t)(c - '0');
	return ++g->line_len < LINE_MAX_LEN;
}

static bool
guard_read(struct guard *g, struct span bytes, uint64_t bulk_max)
{
	while (bytes.len) {
		if (g->skip) {
			size_t step = g->skip < bytes.len ? (size_t)g->skip : bytes.len;

			g->skip -= step;
			bytes = span_from(bytes, step);
			continue;
		}
		if (!guard_line(g, bytes.ptr[0], bulk_max))
			return false;
		bytes = span_from(bytes, 1);
	}
	return true;
}

bool
resp_reader_feed(struct resp_reader *reader, struct span bytes)
{
	struct guard *g = &reader->guard;

	g->unread += bytes.len;
	if (reader->is_broken || g->unread > reader->reply_max ||
	    !guard_read(g, bytes, reader->reply_max) ||
	    redisReaderFeed(reader->reader, bytes.ptr, bytes.len) != REDIS_OK)
		reader->is_broken = true;
	return !reader->is_broken;
}

struct resp *
resp_reader_next(struct resp_reader *reader)
{
	void *reply = NULL;

	if (reader->is_broken)
		return NULL;
	if (redisReaderGetReply(reader->reader, &reply) != REDIS_OK) {
		reader->is_broken = true;
		return NULL;
	}
	if (reply)
		reader->guard.unread = reader->reader->len - reader->reader->pos;
	return reply;
}

bool
resp_reader_is_broken(const struct resp_reader *reader)
{
	return reader->is_broken;
}

void
resp_free(struct resp *r)
{
	if (r)
		freeReplyObject(r);
}

void
resp_command(struct buf *to, const struct span *args, size_t count)
{
	const char **texts = memory_new_array(count, sizeof(*texts));
	size_t *lens = memory_new_array(count, sizeof(*lens));
	char *command = NULL;
	long long len;

	for (size_t i = 0; i < count; i++) {
		texts[i] = args[i].ptr ? args[i].ptr : "";
		lens[i] = args[i].len;
	}
	len = redisFormatCommandArgv(&command, (int)count, texts, lens);
	if (len < 0)
		memory_exhausted();
	buf_add(to, span_of(command, (size_t)len));
	redisFreeCommand(command);
	free(texts);
	free(lens);
}
