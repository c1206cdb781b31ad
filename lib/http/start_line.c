/* Reads the first line of a message. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/http/bytes.h"
#include "lib/http/head.h"
#include "lib/http/reader.h"

/* Longer than any method there is (RFC 9110, RFC 4918 and the IANA registry). */
enum { METHOD_MAX = 32 };

enum step
read_method(struct reader *r)
{
	struct head *h = r->head;
	size_t at = h->scanned;

	at += bytes_of_class(span_of(r->bytes + at, r->end - at), BYTE_TOKEN);
	h->scanned = at;
	if (at > METHOD_MAX)
		return fail(r, FAULT_METHOD_UNKNOWN);
	if (at == r->end)
		return STEP_MORE;
	if (r->bytes[at] != ' ' || at == 0)
		return fail_at(r, r->bytes[at], FAULT_REQUEST_LINE);
	h->method = part_of(0, at);
	h->mark = h->scanned = at + 1;
	h->phase = PHASE_TARGET;
	return STEP_ON;
}

enum step
read_target(struct reader *r)
{
	struct head *h = r->head;
	size_t at = h->scanned;

	at += bytes_printable(span_of(r->bytes + at, r->end - at), '!');
	h->scanned = at;
	if (at - h->mark > r->limits->target_max)
		return fail(r, FAULT_TARGET_TOO_LONG);
	if (at == r->end)
		return STEP_MORE;
	if (r->bytes[at] == '\r' && at > h->mark) {
		/* "GET /" is HTTP/0.9. */
		enum step step = read_line_end(r, at);

		return step == STEP_ON ? fail(r, FAULT_VERSION) : step;
	}
	if (r->bytes[at] != ' ' || at == h->mark)
		return fail_at(r, r->bytes[at], FAULT_REQUEST_LINE);
	h->target = part_of(h->mark, at);
	h->mark = h->scanned = at + 1;
	h->phase = PHASE_VERSION;
	return STEP_ON;
}

enum { VERSION_LEN = 8 };

/* "HTTP/1.0" or "HTTP/1.1" from h->mark on. */
static enum step
read_version_text(struct reader *r, enum fault otherwise)
{
	static const char start[VERSION_LEN] = "HTTP/1.";
	struct head *h = r->head;

	for (; h->scanned < r->end && h->scanned - h->mark < VERSION_LEN; h->scanned++) {
		size_t at = h->scanned - h->mark;
		char byte = r->bytes[h->scanned];
		bool is_last = at == VERSION_LEN - 1;

		if (is_last ? byte != '0' && byte != '1' : byte != start[at])
			return fail_at(r, byte, otherwise);
		h->minor = is_last ? (unsigned)(byte - '0') : 0;
	}
	return h->scanned - h->mark < VERSION_LEN ? STEP_MORE : STEP_ON;
}

static enum step
end_start_line(struct reader *r)
{
	struct head *h = r->head;
	enum step step = read_line_end(r, h->scanned);

	if (step != STEP_ON)
		return step;
	h->has_start_line = true;
	h->line = h->scanned = h->scanned + 2;
	h->phase = PHASE_NAME;
	return STEP_ON;
}

enum step
read_version(struct reader *r)
{
	static const struct span usual = {"HTTP/1.1\r\n", 10};
	struct head *h = r->head;
	enum step step;

	if (span_starts(span_of(r->bytes + h->mark, r->end - h->mark), usual)) {
		h->minor = 1;
		h->scanned = h->mark + VERSION_LEN;
		return end_start_line(r);
	}
	step = read_version_text(r, FAULT_VERSION);
	if (step != STEP_ON)
		return step;
	if (h->scanned == r->end)
		return STEP_MORE;
	if (r->bytes[h->scanned] != '\r')
		return fail_at(r, r->bytes[h->scanned], FAULT_VERSION);
	return end_start_line(r);
}

/* " 200 " after the version of an answer; the first digit is 1 to 5 (RFC 9110 15). */
static enum step
read_status_code(struct reader *r)
{
	struct head *h = r->head;

	for (; h->scanned < r->end && h->scanned < VERSION_LEN + 5; h->scanned++) {
		size_t at = h->scanned - VERSION_LEN;
		char byte = r->bytes[h->scanned];
		bool is_digit = at >= 1 && at <= 3;

		if (is_digit ? !ascii_is_digit(byte) || (at == 1 && (byte < '1' || byte > '5'))
		             : byte != ' ')
			return fail_at(r, byte, FAULT_STATUS_LINE);
		if (is_digit)
			h->status = (at == 1 ? 0 : h->status * 10) + (byte - '0');
	}
	return h->scanned < VERSION_LEN + 5 ? STEP_MORE : STEP_ON;
}

enum step
read_status_line(struct reader *r)
{
	struct head *h = r->head;
	enum step step = read_version_text(r, FAULT_STATUS_LINE);

	if (step == STEP_ON)
		step = read_status_code(r);
	if (step != STEP_ON)
		return step;
	/* Nobody reads the reason; it only has to be clean. */
	for (;;) {
		struct span rest = span_of(r->bytes + h->scanned, r->end - h->scanned);

		h->scanned += bytes_printable(rest, ' ');
		if (h->scanned > FIELD_LINE_MAX)
			return fail(r, FAULT_FIELD_TOO_LARGE);
		if (h->scanned == r->end)
			return STEP_MORE;
		if (r->bytes[h->scanned] != '\t')
			break;
		h->scanned++;
	}
	if (r->bytes[h->scanned] != '\r')
		return fail_at(r, r->bytes[h->scanned], FAULT_BYTE_FORBIDDEN);
	return end_start_line(r);
}
