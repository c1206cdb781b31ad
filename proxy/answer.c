/* The head of the upstream's answer, as the caller gets it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "proxy/answer.h"

#include "proxy/gated.h"

/* Chunked and close-delimited answers go on chunked, to old callers until the close. */
static void
frame_answer(struct exchange *x, const struct framing *framing, struct write_answer *w)
{
	struct span declared = head_value(w->upstream, FIELD_CONTENT_LENGTH);

	w->body = framing->kind;
	w->length = framing->length;
	if (framing->kind == BODY_CHUNKED || framing->kind == BODY_TO_END)
		w->body = x->caller_is_old ? BODY_TO_END : BODY_CHUNKED;
	if (framing->kind != BODY_NONE)
		return;
	w->omits_length = true;
	/* What a GET would have brought (RFC 9110 section 8.6). */
	if (x->method == METHOD_HEAD && w->status != 204 && w->status != 304 && declared.len &&
	    span_to_u64(declared, UINT64_MAX / 2, &w->length)) {
		w->omits_length = false;
		w->body = BODY_SIZED;
	}
}

/* Whole seconds from the start of the hold to the sending; 0 when it was not held. */
static uint64_t
waited_s(const struct exchange *x)
{
	const struct gated *g = x->gate;

	if (g->held_since.us == 0)
		return 0;
	return (uint64_t)((x->sent.us - g->held_since.us + SECOND_US / 2) / SECOND_US);
}

bool
answer_write(struct exchange *x, const struct head *head,
                      const struct framing *framing, struct buf *to)
{
	char waited[24];
	struct buf text = BUF_INIT(sizeof(waited) - 1);
	struct own_field own[2];
	struct write_answer w = {
		.status = head->status,
		.upstream = head,
		.own = own,
		.minor = x->caller_is_old ? 0 : 1,
	};

	frame_answer(x, framing, &w);
	if (x->gate) {
		buf_add_u64(&text, waited_s(x));
		memcpy(waited, buf_cstr(&text), text.len + 1);
		own[w.own_count++] = (struct own_field){SPAN("Countersign-Ticket"),
		                                        span_cstr(x->gate->view.id)};
		own[w.own_count++] = (struct own_field){SPAN("Countersign-Waited"),
		                                        span_cstr(waited)};
		buf_clear(&text);
	}
	if (x->call) {
		http_call_frame(x->call, x->method == METHOD_HEAD ? BODY_NONE : w.body);
		w.closes = !http_call_persists(x->call);
	}
	return write_answer(to, &w);
}
