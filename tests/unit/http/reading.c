/* Reads a whole message as a connection would. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/http/reading.h"

#include "lib/http/chunked.h"
#include "lib/http/write.h"
#include "tests/unit/http/again.h"
#include "tests/unit/http/guard.h"

struct reading {
	const struct table_case *c;
	struct head head;
	struct framing framing;
	struct chunked chunked;
	bool has_head;
	size_t at;   /* bytes of the message that are used up */
	struct buf body;
	struct buf *report;
	enum fault fault;
	const char *broken;
};

static void
say(struct reading *r, const char *key, struct span value)
{
	buf_add(r->report, span_cstr(key));
	buf_add(r->report, SPAN(": "));
	table_escape(r->report, value);
	buf_addc(r->report, '\n');
}

static void
say_fields(struct reading *r, const struct head *h)
{
	struct buf line = BUF_INIT(1 << 20);
	bool has_fields = false;

	for (size_t i = 0; i < h->field_count; i++) {
		if (h->fields[i].flags & (FIELD_WRITTEN | FIELD_HOP))
			continue;
		has_fields = true;
		buf_reset(&line);
		buf_add(&line, head_part(h, h->fields[i].name));
		buf_add(&line, SPAN(": "));
		buf_add(&line, head_part(h, h->fields[i].value));
		say(r, "field", buf_span(&line));
	}
	if (!has_fields)
		say(r, "no_fields", SPAN(""));
	buf_clear(&line);
}

/* Reads what we wrote, and lists its fields. */
static void
say_written(struct reading *r, const struct buf *written, enum head_kind kind)
{
	static struct head h;
	struct head_limits limits = {1 << 20, 1 << 20, HEAD_FIELDS_MAX, true};
	enum fault fault;

	head_reset(&h, kind);
	if (head_read(&h, buf_span(written), &limits, &fault) != PROGRESS_DONE)
		r->broken = "what was written is not a head";
	else
		say_fields(r, &h);
}

static const char *
kind_name(enum body_kind kind)
{
	switch (kind) {
	case BODY_NONE:
		return "none";
	case BODY_SIZED:
		return "sized";
	case BODY_CHUNKED:
		return "chunked";
	case BODY_TO_END:
		return "to_end";
	case BODY_TUNNEL:
		return "tunnel";
	}
	return "";
}

static void
say_framing(struct reading *r)
{
	say(r, "kind", span_cstr(kind_name(r->framing.kind)));
	say(r, "persists", r->framing.persists ? SPAN("yes") : SPAN("no"));
	say(r, "continue", r->framing.wants_continue ? SPAN("yes") : SPAN("no"));
}

static void
say_request(struct reading *r, const struct request *request)
{
	struct buf text = BUF_INIT(1 << 20);

	say(r, "method", span_cstr(method_name(request->method)));
	say(r, "host", request->host);
	buf_add_u64(&text, request->port);
	say(r, "port", buf_span(&text));
	say(r, "path", request->path);
	say(r, request->has_query ? "query" : "no_query", request->query);
	say_framing(r);
	buf_reset(&text);
	r->broken = request_again(request, &r->c->options, r->c->is_tls, &text);
	if (!r->broken)
		say_written(r, &text, HEAD_REQUEST);
	buf_clear(&text);
}

static void
read_request(struct reading *r)
{
	struct arena arena = {0};
	struct request request;

	r->fault = request_read_host(&request, &r->head, r->c->is_tls, &arena);
	if (!r->fault)
		r->fault = request_read(&request, &r->head, &r->c->options, &arena);
	if (!r->fault) {
		r->framing = request.framing;
		say_request(r, &request);
	}
	arena_clear(&arena);
}

static void
read_answer(struct reading *r)
{
	struct write_answer w = {.status = r->head.status, .upstream = &r->head,
	                         .body = BODY_NONE, .omits_length = true, .minor = 1};
	struct buf text = BUF_INIT(1 << 20);

	r->fault = framing_of_answer(&r->head, r->c->asked == METHOD_HEAD, &r->framing);
	if (r->fault)
		return;
	buf_addf(&text, "%d", r->head.status);
	say(r, "status", buf_span(&text));
	say_framing(r);
	buf_reset(&text);
	if (write_answer(&text, &w))
		say_written(r, &text, HEAD_ANSWER);
	else
		r->broken = "it cannot be written";
	r->chunked.drops_trailers = true;
	buf_clear(&text);
}

static enum progress
read_chunked(struct reading *r, size_t end)
{
	struct span bytes = span_of(r->c->bytes.ptr + r->at, end - r->at);
	char *piece = guard_copy(bytes);
	size_t len = bytes.len, taken = 0;
	enum progress progress = chunked_read(&r->chunked, piece, &len, &taken, &r->fault);

	if (progress == PROGRESS_MORE && taken != bytes.len)
		r->broken = "the chunked reader left bytes";
	r->at += taken;
	buf_add(&r->body, span_of(piece, len));
	return progress;
}

static enum progress
read_body(struct reading *r, size_t end)
{
	uint64_t want = r->framing.kind == BODY_SIZED ? r->framing.length - r->body.len : 0;
	size_t have = end - r->at;

	if (r->framing.kind == BODY_CHUNKED)
		return read_chunked(r, end);
	if (r->framing.kind == BODY_TO_END)
		want = have;
	if (have > want)
		have = (size_t)want;
	buf_add(&r->body, span_of(r->c->bytes.ptr + r->at, have));
	r->at += have;
	if (r->framing.kind == BODY_TO_END)
		return end == r->c->bytes.len ? PROGRESS_DONE : PROGRESS_MORE;
	return have == want ? PROGRESS_DONE : PROGRESS_MORE;
}

static enum progress
read_head(struct reading *r, size_t end)
{
	char *bytes = guard_copy(span_of(r->c->bytes.ptr, end));
	enum progress progress =
		head_read(&r->head, span_of(bytes, end), &r->c->limits, &r->fault);

	if (progress != PROGRESS_DONE)
		return progress;
	r->has_head = true;
	r->at = r->head.len;
	if (r->c->is_answer)
		read_answer(r);
	else
		read_request(r);
	return r->fault ? PROGRESS_FAULT : PROGRESS_DONE;
}

/* All bytes up to `end` have come. */
static enum progress
read_on(struct reading *r, size_t end)
{
	enum progress progress = PROGRESS_DONE;

	if (!r->has_head)
		progress = read_head(r, end);
	return progress == PROGRESS_DONE ? read_body(r, end) : progress;
}

static size_t
next_cut(const struct cutting *cutting, size_t at, size_t len)
{
	if (cutting->is_bytewise)
		return at + 1;
	return cutting->at > at && cutting->at < len ? cutting->at : len;
}

static void
say_outcome(struct reading *r, enum progress progress)
{
	size_t len = r->c->bytes.len;

	if (progress == PROGRESS_FAULT) {
		say(r, "fault", span_cstr(fault_word(r->fault)));
	} else if (progress == PROGRESS_MORE) {
		say(r, "more", SPAN(""));
	} else {
		say(r, "body", buf_span(&r->body));
		say(r, "left", span_of(r->c->bytes.ptr + r->at, len - r->at));
	}
}

bool
reading_report(const struct table_case *c, struct cutting cutting, struct buf *report,
               enum fault *ret_fault)
{
	static struct reading r;
	enum progress progress = PROGRESS_MORE;
	size_t end = 0;

	memset(&r, 0, sizeof(r));
	r.c = c;
	r.body = BUF_INIT(1 << 20);
	r.report = report;
	head_reset(&r.head, c->is_answer ? HEAD_ANSWER : HEAD_REQUEST);
	while (progress == PROGRESS_MORE && end < c->bytes.len && !r.broken) {
		end = next_cut(&cutting, end, c->bytes.len);
		progress = read_on(&r, end);
	}
	if (r.broken)
		buf_addf(report, "broken: %s\n", r.broken);
	else
		say_outcome(&r, progress);
	buf_clear(&r.body);
	*ret_fault = progress == PROGRESS_FAULT ? r.fault : FAULT_NONE;
	return !r.broken;
}
