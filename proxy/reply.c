/* Answers that we make ourselves. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "proxy/reply.h"

#include "lib/base/emit.h"

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
emit_approval(struct emit *e, const struct approval_view *view, struct span ticket)
{
	emit_member(e, "ticket", ticket);
	emit_member_cstr(e, "state", approval_state_name(view->state));
	emit_member_cstr(e, "code", view->code);
	emit_member_u64(e, "have", view->have);
	emit_member_u64(e, "need", view->need);
	emit_member_time(e, "expires_at", view->expires_at);
}

static void
emit_problem(struct emit *e, const char *word, const char *title, int status)
{
	emit_key(e, "type");
	buf_addf(e->out, "\"urn:countersign:problem:%s\"", word);
	e->needs_comma = true;
	emit_member_cstr(e, "title", title);
	emit_member_u64(e, "status", (uint64_t)status);
}

size_t
reply_fault(struct http_call *call, enum fault fault)
{
	struct draft d;
	struct emit e;

	start(&d, SPAN("application/problem+json"));
	if (fault_status(fault) == 405)
		add_field(&d, SPAN("Allow"), SPAN("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"));
	e = EMIT_INTO(&d.body);
	emit_object(&e);
	emit_problem(&e, fault_word(fault), fault_text(fault), fault_status(fault));
	emit_object_end(&e);
	/* Where the next request would begin cannot be known after a fault. */
	http_call_close_after(call);
	return send_draft(call, fault_status(fault), &d);
}

static void
emit_members(struct emit *e, enum refusal refusal, const struct reply *reply, struct span ticket)
{
	if (reply->rule.len)
		emit_member(e, "rule", reply->rule);
	if (reply->reason.len)
		emit_member(e, "reason", reply->reason);
	if (reply->view)
		emit_approval(e, reply->view, ticket);
	emit_member_cstr(e, "next", refusal_next(refusal));
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

size_t
reply_refusal(struct http_call *call, enum refusal refusal, const struct reply *reply)
{
	int status = reply->status ? reply->status : refusal_status(refusal);
	struct draft d;
	struct emit e;

	start(&d, reply->is_accepted ? SPAN("application/json") : SPAN("application/problem+json"));
	if (reply->view)
		add_approval_fields(&d, reply->view, reply->secret);
	if (reply->is_accepted)
		add_field(&d, SPAN("Location"),
		          span_of(d.link + 1, span_find(span_cstr(d.link), '>') - 1));
	add_other_fields(&d, refusal, reply);
	e = EMIT_INTO(&d.body);
	emit_object(&e);
	if (!reply->is_accepted)
		emit_problem(&e, refusal_word(refusal), refusal_title(refusal), status);
	emit_members(&e, refusal, reply, span_cstr(d.ticket));
	emit_object_end(&e);
	return send_draft(call, status, &d);
}

/* What the requester of an approval in this state does next. */
static const char *
next_of(enum approval_state state)
{
	switch (state) {
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
	emit_approval(&e, view, span_cstr(d.ticket));
	emit_member_u64(&e, "uses_left", view->uses_left);
	if (view->reason.len)
		emit_member(&e, "reason", view->reason);
	emit_member_cstr(&e, "next", next_of(view->state));
	emit_object_end(&e);
	return send_draft(call, 200, &d);
}
