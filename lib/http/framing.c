/* Where a body ends. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/http/framing.h"

/* Ten digits for requests, which limits cut far lower; answers may be larger. */
static const uint64_t request_length_max = UINT64_C(9999999999);
static const uint64_t answer_length_max = UINT64_C(999999999999999);

static bool
is_connection_option(struct span option)
{
	static const struct span known[] = {
		{"keep-alive", 10}, {"upgrade", 7}, {"te", 2}, {"http2-settings", 14}};

	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (span_eq_nocase(option, known[i]))
			return true;
	}
	return false;
}

/* Connection may name fields to take out of a message on its way, and so unmake what was
 * judged; only options that name nothing of the sort are known here. */
static enum fault
read_connection(struct span value, bool *ret_closes)
{
	struct span option;

	while (span_cut(&value, ',', &option)) {
		option = span_trim(option);
		if (span_eq_nocase(option, SPAN("close")))
			*ret_closes = true;
		else if (!is_connection_option(option))
			return FAULT_CONNECTION_OPTION;
	}
	return FAULT_NONE;
}

/* HTTP/1.0 never persists: its keep-alive was never specified well enough. */
static enum fault
read_persistence(const struct head *h, bool *ret_persists)
{
	bool closes = h->minor == 0;

	if (!head_has(h, FIELD_CONNECTION)) {
		*ret_persists = !closes;
		return FAULT_NONE;
	}
	for (size_t i = 0; i < h->field_count; i++) {
		enum fault fault;

		if (h->fields[i].id != FIELD_CONNECTION)
			continue;
		fault = read_connection(head_part(h, h->fields[i].value), &closes);
		if (fault)
			return fault;
	}
	*ret_persists = !closes;
	return FAULT_NONE;
}

/* What Transfer-Encoding and Content-Length say, whatever the message is. */
static enum fault
read_length(const struct head *h, uint64_t length_max, struct framing *f)
{
	bool has_coding = head_has(h, FIELD_TRANSFER_ENCODING);

	f->kind = BODY_NONE;
	f->has_length = head_has(h, FIELD_CONTENT_LENGTH);
	if (has_coding && f->has_length)
		return FAULT_FRAMING_AMBIGUOUS;
	if (has_coding) {
		if (h->minor == 0)
			return FAULT_TRANSFER_ENCODING_OLD;
		if (!span_eq_nocase(head_value(h, FIELD_TRANSFER_ENCODING), SPAN("chunked")))
			return FAULT_TRANSFER_ENCODING;
		f->kind = BODY_CHUNKED;
	}
	if (f->has_length) {
		if (!span_to_u64(head_value(h, FIELD_CONTENT_LENGTH), length_max, &f->length))
			return FAULT_CONTENT_LENGTH;
		f->kind = BODY_SIZED;
	}
	return FAULT_NONE;
}

enum fault
framing_of_request(const struct head *h, struct framing *ret)
{
	struct framing f = {.kind = BODY_NONE};
	enum fault fault = read_length(h, request_length_max, &f);

	if (!fault)
		fault = read_persistence(h, &f.persists);
	if (fault)
		return fault;
	if (head_has(h, FIELD_EXPECT)) {
		if (!span_eq_nocase(head_value(h, FIELD_EXPECT), SPAN("100-continue")))
			return FAULT_EXPECT;
		/* RFC 9110 section 10.1.1: not for HTTP/1.0, and not without a body. */
		f.wants_continue = h->minor > 0 &&
		                   (f.kind == BODY_CHUNKED || (f.kind == BODY_SIZED && f.length));
	}
	*ret = f;
	return FAULT_NONE;
}

/* RFC 9112 section 6.3, items 1 and 2. */
static bool
never_has_body(const struct head *h, bool is_head)
{
	return is_head || h->status < 200 || h->status == 204 || h->status == 304;
}

/* A length or coding that contradicts the status is how answers get out of step. */
static bool
contradicts_status(const struct head *h, const struct framing *f)
{
	if (h->status >= 200 && h->status != 204)
		return false;
	return f->kind == BODY_CHUNKED || f->length > 0;
}

enum fault
framing_of_answer(const struct head *h, bool is_head, struct framing *ret)
{
	struct framing f = {.kind = BODY_NONE};
	enum fault fault = read_length(h, answer_length_max, &f);

	if (!fault)
		fault = read_persistence(h, &f.persists);
	if (fault)
		return fault;
	if (contradicts_status(h, &f))
		return FAULT_FRAMING_AMBIGUOUS;
	if (h->status == 101)
		f.kind = BODY_TUNNEL;
	else if (never_has_body(h, is_head))
		f.kind = BODY_NONE;
	else if (f.kind == BODY_NONE)
		f.kind = BODY_TO_END;
	if (f.kind == BODY_TO_END || f.kind == BODY_TUNNEL)
		f.persists = false;
	*ret = f;
	return FAULT_NONE;
}
