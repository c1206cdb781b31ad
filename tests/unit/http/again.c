/* Written and read again, a request is the same. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/http/again.h"

static bool
write_once(const struct request *r, struct buf *to)
{
	struct buf host = BUF_INIT(512);
	struct write_request w = {.request = r, .body = r->framing.kind,
	                          .length = r->framing.length};
	bool is_written;

	buf_add(&host, r->host);
	if (r->port)
		buf_addf(&host, ":%u", r->port);
	w.host = buf_span(&host);
	is_written = write_request(to, &w);
	buf_clear(&host);
	return is_written;
}

static const char *
find_difference(const struct request *a, const struct request *b)
{
	uint64_t a_len = a->framing.kind == BODY_SIZED ? a->framing.length : 0;
	uint64_t b_len = b->framing.kind == BODY_SIZED ? b->framing.length : 0;

	if (a->method != b->method || a->is_head != b->is_head)
		return "the method differs";
	if (!span_eq(a->host, b->host) || a->port != b->port)
		return "the host differs";
	if (!span_eq(a->path, b->path) || a->is_asterisk != b->is_asterisk)
		return "the path differs";
	if (!span_eq(a->query, b->query) || a->has_query != b->has_query)
		return "the query differs";
	if ((a->framing.kind == BODY_CHUNKED) != (b->framing.kind == BODY_CHUNKED))
		return "the framing differs";
	return a_len != b_len ? "the length differs" : NULL;
}

/* The next field from `*at` on that is end to end; NULL at the end. */
static const struct field *
next_field(const struct head *h, size_t *at)
{
	while (*at < h->field_count) {
		const struct field *f = &h->fields[(*at)++];

		if (field_is_forwarded(f))
			return f;
	}
	return NULL;
}

static const char *
find_field_difference(const struct head *a, const struct head *b)
{
	size_t a_at = 0, b_at = 0;

	for (;;) {
		const struct field *one = next_field(a, &a_at), *two = next_field(b, &b_at);

		if (!one || !two)
			return one || two ? "the number of fields differs" : NULL;
		if (one->id != two->id ||
		    !span_eq_nocase(head_part(a, one->name), head_part(b, two->name)))
			return "a field's name differs";
		if (!span_eq(head_part(a, one->value), head_part(b, two->value)))
			return "a field's value differs";
	}
}

static const char *
read_again(struct span bytes, const struct request_options *options, bool is_tls,
           struct head *h, struct request *ret, struct arena *arena)
{
	struct head_limits limits = {1 << 20, 1 << 20, HEAD_FIELDS_MAX, true};
	enum fault fault;

	head_reset(h, HEAD_REQUEST);
	if (head_read(h, bytes, &limits, &fault) != PROGRESS_DONE)
		return "what was written is not a head";
	if (h->len != bytes.len)
		return "what was written is more than a head";
	if (request_read_host(ret, h, is_tls, arena) || request_read(ret, h, options, arena))
		return "what was written is refused";
	return NULL;
}

const char *
request_again(const struct request *r, const struct request_options *options, bool is_tls,
              struct buf *written)
{
	static struct head h;
	struct arena arena = {0};
	struct buf twice = BUF_INIT(1 << 20);
	struct request second;
	const char *why;

	if (!write_once(r, written))
		return "it cannot be written";
	why = read_again(buf_span(written), options, is_tls, &h, &second, &arena);
	if (!why)
		why = find_difference(r, &second);
	if (!why)
		why = find_field_difference(r->head, second.head);
	if (!why && second.path.ptr != h.base + h.target.at)
		why = "the path is not canonical";
	if (!why && (!write_once(&second, &twice) || !span_eq(buf_span(written), buf_span(&twice))))
		why = "written twice, the bytes differ";
	buf_clear(&twice);
	arena_clear(&arena);
	return why;
}
