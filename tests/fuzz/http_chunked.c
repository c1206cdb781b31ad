/* Any bytes as chunks: the same data for every way of cutting, also when chunked again. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "lib/base/buf.h"
#include "lib/http/chunked.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct outcome {
	struct buf data;
	size_t taken;
	uint64_t total;
	enum progress progress;
	enum fault fault;
};

static void
read_in_steps(struct outcome *o, struct span bytes, size_t step, bool drops_trailers)
{
	struct chunked chunked = {.drops_trailers = drops_trailers};

	*o = (struct outcome){.data = BUF_INIT(1 << 20), .progress = PROGRESS_MORE};
	while (o->progress == PROGRESS_MORE && o->taken < bytes.len) {
		size_t len = bytes.len - o->taken, given, taken;
		char *copy;

		len = given = len < step ? len : step;
		copy = malloc(len);
		if (!copy)
			abort();
		memcpy(copy, bytes.ptr + o->taken, len);
		o->progress = chunked_read(&chunked, copy, &len, &taken, &o->fault);
		if (len > taken || taken > given ||
		    (o->progress == PROGRESS_MORE && taken != given))
			abort();
		buf_add(&o->data, span_of(copy, len));
		o->taken += taken;
		free(copy);
	}
	o->total = chunked.total;
}

static void
check_same(const struct outcome *a, const struct outcome *b)
{
	if (a->progress != b->progress || a->fault != b->fault || a->taken != b->taken ||
	    a->total != b->total || !span_eq(buf_span(&a->data), buf_span(&b->data)))
		abort();
	if (a->total != a->data.len)
		abort();
}

/* What was decoded, coded by us, decodes to the same. */
static void
check_again(struct span data)
{
	struct buf coded = BUF_INIT(1 << 20);
	struct outcome o;
	char line[CHUNK_LINE];

	if (data.len) {
		buf_add(&coded, span_of(line, chunked_line(line, data.len)));
		buf_add(&coded, data);
		buf_add(&coded, SPAN("\r\n"));
	}
	buf_add(&coded, SPAN("0\r\n\r\n"));
	read_in_steps(&o, buf_span(&coded), coded.len, false);
	if (o.progress != PROGRESS_DONE || o.taken != coded.len ||
	    !span_eq(buf_span(&o.data), data))
		abort();
	buf_clear(&o.data);
	buf_clear(&coded);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct outcome whole, pieces;
	bool drops_trailers;
	struct span bytes;

	if (size < 2 || size > 65536)
		return 0;
	drops_trailers = data[0] & 1;
	bytes = span_of(data + 2, size - 2);
	read_in_steps(&whole, bytes, size, drops_trailers);
	read_in_steps(&pieces, bytes, 1, drops_trailers);
	check_same(&whole, &pieces);
	buf_clear(&pieces.data);
	read_in_steps(&pieces, bytes, (size_t)data[1] + 1, drops_trailers);
	check_same(&whole, &pieces);
	buf_clear(&pieces.data);
	if (whole.progress == PROGRESS_DONE)
		check_again(buf_span(&whole.data));
	buf_clear(&whole.data);
	return 0;
}
