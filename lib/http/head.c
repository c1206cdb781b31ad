/* Reads heads byte by byte: what is wrong is said at the first byte that makes it so,
 * and so it does not matter in which pieces the bytes come. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/http/head.h"

#include "lib/base/utf8.h"
#include "lib/http/bytes.h"
#include "lib/http/reader.h"

void
head_reset(struct head *h, enum head_kind kind)
{
	h->kind = kind;
	h->base = NULL;
	h->len = 0;
	h->minor = 0;
	h->method = h->target = (struct part){0, 0};
	h->status = 0;
	h->field_count = 0;
	h->present = 0;
	h->flags = 0;
	h->has_utf8 = h->has_start_line = false;
	h->phase = kind == HEAD_REQUEST ? PHASE_METHOD : PHASE_STATUS;
	h->scanned = h->line = h->mark = 0;
}

#define BIT(name) (UINT64_C(1) << FIELD_##name)

/* Fields that say nothing sound without a value. */
static const uint64_t never_empty = BIT(HOST) | BIT(CONTENT_LENGTH) | BIT(TRANSFER_ENCODING) |
                                    BIT(CONNECTION) | BIT(EXPECT);
/* A ticket that got lost on its way into the field must not ask people a second time. */
static const uint64_t never_empty_of_callers = BIT(COUNTERSIGN_TICKET);

static bool
may_be_empty(const struct head *h, enum field_id id)
{
	uint64_t never = never_empty;

	if (h->kind == HEAD_REQUEST)
		never |= never_empty_of_callers;
	return !(never >> id & 1);
}

/* The line from h->line to `end` is clean, with its colon at h->mark. */
static enum step
add_field(struct reader *r, size_t end)
{
	struct head *h = r->head;
	size_t from = h->mark + 1;
	struct field *f = &h->fields[h->field_count];

	if (h->field_count >= r->limits->headers_max || h->field_count >= HEAD_FIELDS_MAX)
		return fail(r, FAULT_TOO_MANY_FIELDS);
	while (from < end && (r->bytes[from] == ' ' || r->bytes[from] == '\t'))
		from++;
	while (end > from && (r->bytes[end - 1] == ' ' || r->bytes[end - 1] == '\t'))
		end--;
	f->name = part_of(h->line, h->mark);
	f->value = part_of(from, end);
	f->id = h->id;
	f->flags = f->id ? field_flags(f->id) : field_family_flags(head_part(h, f->name));
	if (f->flags & FIELD_SINGLE && head_has(h, f->id))
		return fail(r, FAULT_FIELD_REPEATED);
	if (from == end && !may_be_empty(h, f->id))
		return fail(r, FAULT_FIELD_EMPTY);
	if (h->has_utf8 && !utf8_is_valid(head_part(h, f->value)))
		return fail(r, FAULT_FIELD_UTF8);
	if (!head_has(h, f->id))
		h->first[f->id] = (uint8_t)h->field_count;
	h->present |= UINT64_C(1) << f->id;
	h->flags |= f->flags;
	h->field_count++;
	return STEP_ON;
}

/* Index of the first byte from `at` on that ends a value, or r->end. */
static size_t
find_value_end(struct reader *r, size_t at)
{
	for (;;) {
		at += bytes_printable(span_of(r->bytes + at, r->end - at), ' ');
		if (at == r->end)
			return at;
		if (r->limits->may_be_utf8 && (unsigned char)r->bytes[at] >= 0x80)
			r->head->has_utf8 = true;
		else if (r->bytes[at] != '\t')
			return at;
		at++;
	}
}

static enum step
read_value(struct reader *r)
{
	struct head *h = r->head;
	size_t at = find_value_end(r, h->scanned);
	enum step step;

	h->scanned = at;
	if (at - h->line > FIELD_LINE_MAX)
		return fail(r, FAULT_FIELD_TOO_LARGE);
	if (at == r->end)
		return STEP_MORE;
	if (r->bytes[at] != '\r')
		return fail_at(r, r->bytes[at], FAULT_BYTE_FORBIDDEN);
	step = read_line_end(r, at);
	if (step == STEP_ON)
		step = add_field(r, at);
	if (step != STEP_ON)
		return step;
	h->line = h->scanned = at + 2;
	h->phase = PHASE_NAME;
	return STEP_ON;
}

/* The name of the line from h->line to h->mark is clean, and ends in a colon. */
static enum step
begin_value(struct reader *r, size_t colon, enum field_id id)
{
	struct head *h = r->head;

	h->id = id;
	h->mark = colon;
	h->scanned = colon + 1;
	h->phase = PHASE_VALUE;
	return read_value(r);
}

/* A name that is known needs no look at its bytes. */
static enum field_id
find_known_name(const struct reader *r, size_t *ret_colon)
{
	size_t line = r->head->line;
	size_t len = bytes_before_colon(span_of(r->bytes + line, r->end - line));

	*ret_colon = line + len;
	return line + len < r->end ? field_lookup(span_of(r->bytes + line, len)) : FIELD_OTHER;
}

static enum step
read_name(struct reader *r)
{
	struct head *h = r->head;
	size_t at = h->scanned, colon;
	enum field_id id = at == h->line ? find_known_name(r, &colon) : FIELD_OTHER;

	if (id != FIELD_OTHER)
		return begin_value(r, colon, id);
	at += bytes_of_class(span_of(r->bytes + at, r->end - at), BYTE_NAME);
	h->scanned = at;
	if (at > h->line && r->bytes[h->line] == '-')
		return fail(r, FAULT_FIELD_NAME);
	if (at - h->line > FIELD_LINE_MAX)
		return fail(r, FAULT_FIELD_TOO_LARGE);
	if (at == r->end)
		return STEP_MORE;
	if (at > h->line && r->bytes[at] == ':')
		return begin_value(r, at, field_lookup(span_of(r->bytes + h->line, at - h->line)));
	if (at > h->line)
		return fail_at(r, r->bytes[at], FAULT_FIELD_NAME);
	if (r->bytes[at] == '\r') {
		enum step step = read_line_end(r, at);

		h->len = at + 2;
		return step == STEP_ON ? STEP_DONE : step;
	}
	if (r->bytes[at] == ' ' || r->bytes[at] == '\t')
		return fail(r, FAULT_LINE_FOLDED);
	return fail_at(r, r->bytes[at], FAULT_FIELD_NAME);
}

static enum step (*const readers[])(struct reader *) = {
	[PHASE_METHOD] = read_method, [PHASE_TARGET] = read_target,
	[PHASE_VERSION] = read_version, [PHASE_STATUS] = read_status_line,
	[PHASE_NAME] = read_name, [PHASE_VALUE] = read_value,
};

enum progress
head_read(struct head *h, struct span bytes, const struct head_limits *limits,
          enum fault *ret_fault)
{
	struct reader r = {.head = h, .bytes = bytes.ptr, .end = bytes.len, .limits = limits};
	enum step step;

	h->base = bytes.ptr;
	if (r.end > limits->head_max)
		r.end = limits->head_max;
	do
		step = readers[h->phase](&r);
	while (step == STEP_ON);
	if (step == STEP_DONE)
		return PROGRESS_DONE;
	if (step == STEP_MORE && bytes.len < limits->head_max)
		return PROGRESS_MORE;
	*ret_fault = step == STEP_MORE ? FAULT_HEAD_TOO_LARGE : r.fault;
	return PROGRESS_FAULT;
}

struct span
head_value(const struct head *h, enum field_id id)
{
	if (!head_has(h, id))
		return SPAN_NONE;
	return head_part(h, h->fields[h->first[id]].value);
}

const struct field *
head_find(const struct head *h, struct span name, size_t *count)
{
	enum field_id id = field_lookup(name);
	const struct field *found = NULL;
	size_t lines = 0;

	for (size_t i = 0; head_has(h, id) && i < h->field_count; i++) {
		const struct field *f = &h->fields[i];

		if (f->id != id || !span_eq_nocase(head_part(h, f->name), name))
			continue;
		if (!found)
			found = f;
		lines++;
	}
	if (count)
		*count = lines;
	return found;
}
