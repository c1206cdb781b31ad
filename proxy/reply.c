/* Answers that we make ourselves. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "proxy/reply.h"

#include "lib/base/emit.h"
#include "proxy/problem.h"

enum { REPLY_MAX = 16 * 1024, REPLY_FIELDS = 10, LINK_MAX = 256 };

const struct span reply_status_prefix = {"/.well-known/countersign/approvals/",
                                         sizeof("/.well-known/countersign/approvals/") - 1};

/* An answer while it is put together. */
struct draft {
	struct own_field fields[REPLY_FIELDS];
	size_t field_count;
	char ticket[2 * APPROVAL_ID_LEN + 2];
	char link[LINK_MAX];
	char retry_after[16];
	char applied[32];
	struct buf body;
};

static void
add_field(struct draft *d, struct span name, struct span value)
{
	d->fields[d->field_count++] = (struct own_field){name, value};
}

static void
start(struct draft *d, struct span type)
{
	*d = (struct draft){.body = BUF_INIT(REPLY_MAX)};
	add_field(d, SPAN("Content-Type"), type);
	add_field(d, SPAN("Cache-Control"), SPAN("no-store"));
}

static size_t
send_draft(struct http_call *call, int status, struct draft *d)
{
	size_t len = d->body.len;

	http_call_answer(call, status, d->fields, d->field_count, buf_span(&d->body));
	buf_clear(&d->body);
	return len;
}

/* What a caller presents to come back to this approval. */
static struct span
ticket_of(struct draft *d, const struct approval_view *view, struct span secret)
{
	struct buf text = BUF_INIT(sizeof(d->ticket) - 1);

	buf_add(&text, span_cstr(view->id));
	if (secret.len) {
		buf_addc(&text, '.');
		buf_add(&text, secret);
	}
	memcpy(d->ticket, buf_cstr(&text), text.len + 1);
	buf_clear(&text);
	return span_cstr(d->ticket);
}

static void
add_approval_fields(struct draft *d, const struct approval_view *view, struct span secret)
{
	struct buf link = BUF_INIT(LINK_MAX - 1);
	struct span ticket = ticket_of(d, view, secret);

	add_field(d, SPAN("Countersign-Ticket"), ticket);
	buf_addf(&link, "<%.*s%.*s>; rel=\"status\"", SPAN_ARG(reply_status_prefix),
	         SPAN_ARG(ticket));
	memcpy(d->link, buf_cstr(&link), link.len + 1);
	buf_clear(&link);
	add_field(d, SPAN("Link"), span_cstr(d->link));
}

static void
add_other_fields(struct draft *d, enum refusal refusal, const struct reply *reply)
{
	struct buf text = BUF_INIT(sizeof(d->applied) - 1);

	if (refusal == REFUSAL_IDENTITY_REQUIRED)
		add_field(d, SPAN("WWW-Authenticate"), SPAN("Bearer realm=\"countersign\""));
	if (refusal == REFUSAL_NOT_SUPPORTED)
		add_field(d, SPAN("Allow"), SPAN("GET, DELETE"));
	if (reply->applied_async)
		add_field(d, SPAN("Preference-Applied"), SPAN("respond-async"));
	if (reply->applied_wait) {
		buf_addf(&text, "wait=%llu", (unsigned long long)reply->wait_s);
		memcpy(d->applied, buf_cstr(&text), text.len + 1);
		add_field(d, SPAN("Preference-Applied"), span_cstr(d->applied));
		buf_reset(&text);
	}
	if (reply->retry_after_s) {
		buf_add_u64(&text, reply->retry_after_s);
		memcpy(d->retry_after, buf_cstr(&text), text.len + 1);
		add_field(d, SPAN("Retry-After"), span_cstr(d->retry_after));
	}
	buf_clear(&text);
}

int
reply_status(enum refusal refusal, const struct reply *reply)
{
	return problem_status(reply->format,
	                      reply->status ? reply->status : refusal_status(refusal));
}

int
reply_fault_status(enum fault fault, const struct reply *reply)
{
	return problem_status(reply->format, fault_status(fault));
}

size_t
reply_fault(struct http_call *call, enum fault fault, const struct reply *reply)
{
	struct draft d;

	start(&d, problem_type(reply->format));
	if (fault_status(fault) == 405)
		add_field(&d, SPAN("Allow"), SPAN("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"));
	problem_write(&(struct problem){
		.word = fault_word(fault),
		.title = fault_text(fault),
		.status = fault_status(fault),
		.rule = reply->rule,
		.rpc_id = reply->rpc_id,
	}, reply->format, &d.body);
	/* Where the next request would begin cannot be known after a fault. */
	http_call_close_after(call);
	return send_draft(call, reply_fault_status(fault, reply), &d);
}

/* Accepted, not refused: the members alone.  JSON-RPC knows no such answer. */
static bool
is_accepted(const struct reply *reply)
{
	return reply->is_accepted && reply->format != ERRORS_JSONRPC;
}

static void
write_refusal(struct draft *d, enum refusal refusal, const struct reply *reply)
{
	struct problem problem = {
		.word = refusal_word(refusal),
		.title = refusal_title(refusal),
		.status = reply->status ? reply->status : refusal_status(refusal),
		.rule = reply->rule,
		.reason = reply->reason,
		.view = reply->view,
		.ticket = span_cstr(d->ticket),
		.next = refusal_next(refusal),
		.retry_after_s = reply->retry_after_s,
		.rpc_id = reply->rpc_id,
	};
	struct emit e = EMIT_INTO(&d->body);

	if (!is_accepted(reply)) {
		problem_write(&problem, reply->format, &d->body);
		return;
	}
	emit_object(&e);
	problem_members(&problem, &e);
	emit_object_end(&e);
}

size_t
reply_refusal(struct http_call *call, enum refusal refusal, const struct reply *reply)
{
	struct draft d;

	start(&d, is_accepted(reply) ? SPAN("application/json") : problem_type(reply->format));
	if (reply->view)
		add_approval_fields(&d, reply->view, reply->secret);
	if (reply->is_accepted)
		add_field(&d, SPAN("Location"),
		          span_of(d.link + 1, span_find(span_cstr(d.link), '>') - 1));
	add_other_fields(&d, refusal, reply);
	write_refusal(&d, refusal, reply);
	return send_draft(call, reply_status(refusal, reply), &d);
}

/* What its requester does next. */
static const char *
next_of(const struct approval_view *view)
{
	if (view->has_review)
		return refusal_next(REFUSAL_UNDER_REVIEW);
	switch (view->state) {
	case APPROVAL_PENDING:
		return "repeat-after-approval";
	case APPROVAL_APPROVED:
		return "repeat-now";
	case APPROVAL_DENIED:
		return "do-not-retry";
	case APPROVAL_SPENT:
	case APPROVAL_EXPIRED:
	case APPROVAL_CANCELLED:
	case APPROVAL_REVOKED:
	case APPROVAL_SUPERSEDED:
	case APPROVAL_STATE_COUNT:
		break;
	}
	return "repeat-to-ask-anew";
}

size_t
reply_state(struct http_call *call, const struct approval_view *view, struct span secret)
{
	struct draft d;
	struct emit e;

	start(&d, SPAN("application/json"));
	add_approval_fields(&d, view, secret);
	e = EMIT_INTO(&d.body);
	emit_object(&e);
	problem_members(&(struct problem){.view = view, .ticket = span_cstr(d.ticket)}, &e);
	emit_member_u64(&e, "uses_left", view->uses_left);
	emit_member_bool(&e, "review", view->has_review);
	if (view->reason.len)
		emit_member(&e, "reason", view->reason);
	emit_member_cstr(&e, "next", next_of(view));
	emit_object_end(&e);
	return send_draft(call, 200, &d);
}
