/* Heads to bytes: nothing is copied through unseen. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/http/write.h"

#include "lib/base/utf8.h"
#include "lib/http/bytes.h"
#include "lib/http/target.h"

/*
 * One message being written.  There is room for all of it from the start; `is_bad` once
 * there was a byte that may not stand there.
 */
struct writer {
	char *at; /* NULL: no room */
	const struct own_field *own;
	size_t own_count;
	uint64_t own_present; /* bit per field_id among ours */
	bool may_be_utf8;
	bool is_bad;
};

/* Start line but for what it quotes, framing, Connection, the empty line. */
enum { FIXED_MAX = 192, FIELD_EXTRA = sizeof(": \r\n") - 1 };

/* Bytes that all fields of `h` and all of ours take at most. */
static size_t
fields_max(const struct writer *w, const struct head *h)
{
	size_t len = 0;

	for (size_t i = 0; h && i < h->field_count; i++)
		len += h->fields[i].name.len + h->fields[i].value.len + FIELD_EXTRA;
	for (size_t i = 0; i < w->own_count; i++)
		len += w->own[i].name.len + w->own[i].value.len + FIELD_EXTRA;
	return len;
}

static void
put(struct writer *w, struct span bytes)
{
	if (bytes.len)
		memcpy(w->at, bytes.ptr, bytes.len);
	w->at += bytes.len;
}

static void
put_number(struct writer *w, uint64_t number)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	put(w, span_of(digits + at, sizeof(digits) - at));
}

static void
put_length(struct writer *w, uint64_t length)
{
	put(w, SPAN("Content-Length: "));
	put_number(w, length);
	put(w, SPAN("\r\n"));
}

/* A value holds printable ASCII, blanks and tabs; and UTF-8 where that was let in. */
static bool
is_value(struct span value, bool may_be_utf8)
{
	bool has_utf8 = false;
	size_t at = bytes_printable(value, ' ');

	if (LIKELY(at == value.len))
		return true;
	for (; at < value.len; at++) {
		unsigned char byte = (unsigned char)value.ptr[at];

		if ((byte < ' ' && byte != '\t') || byte == 0x7f)
			return false;
		has_utf8 |= byte >= 0x80;
	}
	return !has_utf8 || (may_be_utf8 && utf8_is_valid(value));
}

static bool
is_name(struct span name)
{
	return name.len && name.ptr[0] != '-' && bytes_of_class(name, BYTE_NAME) == name.len;
}

/* "x-thing" as "X-Thing". */
static void
capitalise(char *to, struct span name)
{
	bool is_start = true;

	for (size_t i = 0; i < name.len; i++) {
		to[i] = is_start ? ascii_upper(name.ptr[i]) : ascii_lower(name.ptr[i]);
		is_start = name.ptr[i] == '-';
	}
}

/* A name we know in its spelling, another with capitals after dashes. */
static void
put_field(struct writer *w, enum field_id id, struct span name, struct span value)
{
	if (!is_value(value, w->may_be_utf8) || (id == FIELD_OTHER && !is_name(name))) {
		w->is_bad = true;
		return;
	}
	if (id != FIELD_OTHER)
		memcpy(w->at, field_spelling(id), name.len);
	else
		capitalise(w->at, name);
	w->at += name.len;
	put(w, SPAN(": "));
	put(w, value);
	put(w, SPAN("\r\n"));
}

/* Our word stands alone: a field of the same name does not go on beside it. */
static bool
is_replaced(const struct writer *w, const struct head *h, const struct field *f)
{
	/* RFC 9110 section 7.6.3: each who forwards adds to Via. */
	if (!(w->own_present >> f->id & 1) || f->id == FIELD_VIA)
		return false;
	if (f->id != FIELD_OTHER)
		return true;
	for (size_t i = 0; i < w->own_count; i++) {
		if (span_eq_nocase(w->own[i].name, head_part(h, f->name)))
			return true;
	}
	return false;
}

static void
relay_field(struct writer *w, const struct head *h, const struct field *f)
{
	if (!is_replaced(w, h, f))
		put_field(w, f->id, head_part(h, f->name), head_part(h, f->value));
}

/* Framing and the connection are never anybody's own to set. */
static void
note_own(struct writer *w)
{
	for (size_t i = 0; i < w->own_count; i++) {
		enum field_id id = field_lookup(w->own[i].name);
		unsigned flags = id ? field_flags(id) : field_family_flags(w->own[i].name);

		w->own_present |= UINT64_C(1) << id;
		if (flags & (FIELD_HOP | FIELD_WRITTEN))
			w->is_bad = true;
	}
}

static void
put_own(struct writer *w)
{
	for (size_t i = 0; i < w->own_count; i++) {
		const struct own_field *own = &w->own[i];

		put_field(w, field_lookup(own->name), own->name, own->value);
	}
}

/* Ends the head; all or nothing. */
static bool
finish(struct writer *w, struct buf *to)
{
	put(w, SPAN("\r\n"));
	if (w->is_bad)
		return false;
	buf_grew(to, (size_t)(w->at - (to->ptr + to->len)));
	return true;
}

/* The bytes of a canonical path; that it is one was seen to when it was read. */
static bool
is_path(struct span path)
{
	if (path.len == 0 || path.ptr[0] != '/')
		return false;
	for (size_t at = 0; at < path.len; at++) {
		at += bytes_of_class(span_from(path, at), BYTE_PATH);
		if (at == path.len || path.ptr[at] == '/' || path.ptr[at] == ';')
			continue;
		if (path.ptr[at] != '%' || at + 2 >= path.len ||
		    ascii_hex(path.ptr[at + 1]) < 0 || ascii_hex(path.ptr[at + 2]) < 0)
			return false;
		at += 2;
	}
	return true;
}

static bool
is_target(const struct request *r)
{
	if (r->is_asterisk)
		return r->method == METHOD_OPTIONS && !r->has_query;
	return is_path(r->path) && !target_check_query(r->query);
}

static bool
is_host(struct span host)
{
	for (size_t i = 0; i < host.len; i++) {
		char byte = host.ptr[i];

		if (!byte_is(byte, BYTE_HOST) && byte != ':' && byte != '[' && byte != ']')
			return false;
	}
	return host.len > 0;
}

static void
put_request_line(struct writer *w, const struct request *r, struct span host)
{
	if (!is_target(r) || !is_host(host)) {
		w->is_bad = true;
		return;
	}
	put(w, span_cstr(method_name(r->method)));
	put(w, SPAN(" "));
	put(w, r->is_asterisk ? SPAN("*") : r->path);
	if (r->has_query)
		put(w, SPAN("?"));
	put(w, r->query);
	put(w, SPAN(" HTTP/1.1\r\nHost: "));
	put(w, host);
	put(w, SPAN("\r\n"));
}

static void
put_request_framing(struct writer *w, const struct write_request *o)
{
	enum method method = o->request->method;

	switch (o->body) {
	case BODY_SIZED:
		put_length(w, o->length);
		break;
	case BODY_CHUNKED:
		put(w, SPAN("Transfer-Encoding: chunked\r\n"));
		break;
	case BODY_NONE:
		/* RFC 9110 section 8.6: where a body would have a meaning, its absence is said. */
		if (method == METHOD_POST || method == METHOD_PUT || method == METHOD_PATCH)
			put_length(w, 0);
		break;
	case BODY_TO_END:
	case BODY_TUNNEL:
		w->is_bad = true;
		break;
	}
	if (o->closes)
		put(w, SPAN("Connection: close\r\n"));
}

bool
write_request(struct buf *to, const struct write_request *o)
{
	const struct request *r = o->request;
	const struct head *h = r->head;
	struct writer w = {.own = o->own, .own_count = o->own_count};
	size_t max = FIXED_MAX + r->path.len + r->query.len + o->host.len + fields_max(&w, h);

	w.at = buf_room(to, max);
	if (!w.at)
		return false;
	w.may_be_utf8 = h->has_utf8;
	note_own(&w);
	put_request_line(&w, r, o->host);
	for (size_t i = 0; i < h->field_count; i++) {
		const struct field *f = &h->fields[i];

		if (field_is_forwarded(f) && (!o->keep || o->keep(o->keep_ctx, h, f)))
			relay_field(&w, h, f);
	}
	put_own(&w);
	put_request_framing(&w, o);
	return finish(&w, to);
}

static void
put_answer_framing(struct writer *w, const struct write_answer *o)
{
	switch (o->body) {
	case BODY_SIZED:
	case BODY_NONE:
		if (!o->omits_length)
			put_length(w, o->body == BODY_SIZED ? o->length : 0);
		break;
	case BODY_CHUNKED:
		/* HTTP/1.0 does not know it. */
		w->is_bad |= o->minor == 0;
		put(w, SPAN("Transfer-Encoding: chunked\r\n"));
		break;
	case BODY_TO_END:
		break;
	case BODY_TUNNEL:
		w->is_bad = true;
		break;
	}
	if (o->closes || o->body == BODY_TO_END || o->minor == 0)
		put(w, SPAN("Connection: close\r\n"));
}

bool
write_answer(struct buf *to, const struct write_answer *o)
{
	const struct head *h = o->upstream;
	struct writer w = {.own = o->own, .own_count = o->own_count};

	w.at = buf_room(to, FIXED_MAX + fields_max(&w, h));
	if (!w.at)
		return false;
	w.may_be_utf8 = h && h->has_utf8;
	w.is_bad = o->status < 100 || o->status > 599;
	note_own(&w);
	put(&w, SPAN("HTTP/1.1 "));
	put_number(&w, w.is_bad ? 0 : (uint64_t)o->status);
	put(&w, SPAN(" "));
	put(&w, span_cstr(status_reason(o->status)));
	put(&w, SPAN("\r\n"));
	for (size_t i = 0; h && i < h->field_count; i++) {
		if (!(h->fields[i].flags & (FIELD_HOP | FIELD_OURS | FIELD_WRITTEN)))
			relay_field(&w, h, &h->fields[i]);
	}
	put_own(&w);
	put_answer_framing(&w, o);
	return finish(&w, to);
}
