/* Any bytes as a head: the outcome is the same for every way of cutting them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "lib/http/head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct outcome {
	struct head head;
	enum progress progress;
	enum fault fault;
};

/* In pieces of `step` bytes, each time in memory of its own. */
static void
read_in_steps(struct outcome *o, enum head_kind kind, const struct head_limits *limits,
              struct span bytes, size_t step)
{
	size_t end = 0;

	o->fault = FAULT_NONE;
	o->progress = PROGRESS_MORE;
	head_reset(&o->head, kind);
	while (o->progress == PROGRESS_MORE && end < bytes.len) {
		char *copy;

		end = end + step < bytes.len ? end + step : bytes.len;
		copy = malloc(end);
		if (!copy)
			abort();
		memcpy(copy, bytes.ptr, end);
		o->progress = head_read(&o->head, span_of(copy, end), limits, &o->fault);
		free(copy);
	}
}

static bool
is_same_part(struct part a, struct part b)
{
	return a.at == b.at && a.len == b.len;
}

static bool
is_same_field(const struct field *a, const struct field *b)
{
	return is_same_part(a->name, b->name) && is_same_part(a->value, b->value) &&
	       a->id == b->id && a->flags == b->flags;
}

static bool
is_same_head(const struct head *a, const struct head *b)
{
	if (a->len != b->len || a->minor != b->minor || a->status != b->status ||
	    a->present != b->present || a->flags != b->flags || a->has_utf8 != b->has_utf8 ||
	    a->field_count != b->field_count)
		return false;
	if (!is_same_part(a->method, b->method) || !is_same_part(a->target, b->target))
		return false;
	for (size_t i = 0; i < a->field_count; i++) {
		if (!is_same_field(&a->fields[i], &b->fields[i]))
			return false;
	}
	return true;
}

static void
check_same(const struct outcome *a, const struct outcome *b)
{
	if (a->progress != b->progress || a->fault != b->fault)
		abort();
	if (a->progress == PROGRESS_DONE && !is_same_head(&a->head, &b->head))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct outcome whole, pieces;
	struct head_limits limits = {1024, 128, 16, false};
	enum head_kind kind;
	struct span bytes;

	if (size < 2 || size > 4096)
		return 0;
	kind = data[0] & 1 ? HEAD_ANSWER : HEAD_REQUEST;
	limits.may_be_utf8 = data[0] & 2;
	bytes = span_of(data + 2, size - 2);
	read_in_steps(&whole, kind, &limits, bytes, size);
	read_in_steps(&pieces, kind, &limits, bytes, 1);
	check_same(&whole, &pieces);
	read_in_steps(&pieces, kind, &limits, bytes, (size_t)data[1] + 1);
	check_same(&whole, &pieces);
	return 0;
}
