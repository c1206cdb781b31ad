/* Why a caller gets no for an answer, in the form that his site has chosen. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "proxy/problem.h"

#include "lib/base/json_scan.h"

enum { RPC_ID_MAX = 256, REASON_WORD_MAX = 64, MESSAGE_MAX = 4096 };

/* Of the numbers that JSON-RPC leaves to servers (-32000 to -32099), the end that no
 * protocol on top of it is known to use: -32060 - xx for 4xx, -32095 - x for 50x. */
enum { RPC_CALLER = -32060, RPC_SERVER = -32095 };

struct span
problem_type(enum error_format format)
{
	return format == ERRORS_PROBLEM ? SPAN("application/problem+json")
	                                : SPAN("application/json");
}

int
problem_status(enum error_format format, int status)
{
	return format == ERRORS_JSONRPC ? 200 : status;
}

static void
emit_type(struct emit *e, const struct problem *p)
{
	emit_key(e, "type");
	buf_addf(e->out, "\"urn:countersign:problem:%s\"", p->word);
	e->needs_comma = true;
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

void
problem_members(const struct problem *p, struct emit *e)
{
	if (p->rule.len)
		emit_member(e, "rule", p->rule);
	if (p->reason.len)
		emit_member(e, "reason", p->reason);
	if (p->view)
		emit_approval(e, p->view, p->ticket);
	if (p->next)
		emit_member_cstr(e, "next", p->next);
}

/* RFC 9457. */
static void
emit_problem(struct emit *e, const struct problem *p)
{
	emit_object(e);
	emit_type(e, p);
	emit_member_cstr(e, "title", p->title);
	emit_member_u64(e, "status", (uint64_t)p->status);
	problem_members(p, e);
	emit_object_end(e);
}

/* The reasons that clients of Kubernetes compare with. */
static const struct {
	int status;
	const char *reason;
} known_reasons[] = {
	{400, "BadRequest"}, {401, "Unauthorized"}, {403, "Forbidden"}, {404, "NotFound"},
	{405, "MethodNotAllowed"}, {409, "Conflict"}, {413, "RequestEntityTooLarge"},
	{415, "UnsupportedMediaType"}, {422, "Invalid"}, {429, "TooManyRequests"},
	{500, "InternalError"}, {503, "ServiceUnavailable"}, {504, "Timeout"},
};

/* Where they have none, the word of ours in their spelling: "ApprovalPending". */
static void
emit_reason(struct emit *e, const struct problem *p)
{
	struct buf word = BUF_INIT(REASON_WORD_MAX);
	bool starts = true;

	for (size_t i = 0; i < ARRAY_LEN(known_reasons); i++) {
		if (known_reasons[i].status == p->status) {
			emit_member_cstr(e, "reason", known_reasons[i].reason);
			return;
		}
	}
	for (const char *c = p->word; *c; c++) {
		if (*c != '-')
			buf_addc(&word, starts ? ascii_upper(*c) : *c);
		starts = *c == '-';
	}
	emit_member(e, "reason", buf_span(&word));
	buf_clear(&word);
}

/* kubectl, and clients of MCP, show this sentence and nothing else. */
static void
emit_message(struct emit *e, const struct problem *p)
{
	struct buf text = BUF_INIT(MESSAGE_MAX);

	buf_addf(&text, "%s", p->title);
	if (p->reason.len) {
		buf_addf(&text, ": ");
		buf_add(&text, p->reason);
	}
	if (p->view)
		buf_addf(&text, " (ticket %.*s, code %s)", SPAN_ARG(p->ticket), p->view->code);
	emit_member(e, "message", buf_span(&text));
	buf_clear(&text);
}

static void
emit_status(struct emit *e, const struct problem *p)
{
	emit_object(e);
	emit_member_cstr(e, "kind", "Status");
	emit_member_cstr(e, "apiVersion", "v1");
	emit_key(e, "metadata");
	emit_object(e);
	emit_object_end(e);
	emit_member_cstr(e, "status", "Failure");
	emit_message(e, p);
	emit_reason(e, p);
	emit_key(e, "details");
	emit_object(e);
	emit_type(e, p);
	problem_members(p, e);
	if (p->retry_after_s)
		emit_member_u64(e, "retryAfterSeconds", p->retry_after_s);
	emit_object_end(e);
	emit_member_u64(e, "code", (uint64_t)p->status);
	emit_object_end(e);
}

static void
emit_rpc(struct emit *e, const struct problem *p)
{
	int code = p->status < 500 ? RPC_CALLER - p->status % 100 : RPC_SERVER - p->status % 100;

	emit_object(e);
	emit_member_cstr(e, "jsonrpc", "2.0");
	emit_key(e, "id");
	if (p->rpc_id.len)
		emit_raw(e, p->rpc_id);
	else
		emit_null(e);
	emit_key(e, "error");
	emit_object(e);
	emit_key(e, "code");
	buf_addf(e->out, "%d", code);
	e->needs_comma = true;
	emit_message(e, p);
	emit_key(e, "data");
	emit_problem(e, p);
	emit_object_end(e);
	emit_object_end(e);
}

void
problem_write(const struct problem *p, enum error_format format, struct buf *to)
{
	struct emit e = EMIT_INTO(to);

	switch (format) {
	case ERRORS_PROBLEM:
		emit_problem(&e, p);
		break;
	case ERRORS_KUBERNETES:
		emit_status(&e, p);
		break;
	case ERRORS_JSONRPC:
		emit_rpc(&e, p);
		break;
	}
}

struct span
problem_rpc_id(struct span body, const struct pointer_set *id, struct arena *arena)
{
	struct json_fact fact;

	if (json_scan(body, id, &fact, arena) != JSON_FLAW_NONE || fact.found != JSON_FOUND ||
	    fact.raw.len > RPC_ID_MAX ||
	    (fact.kind != JSON_STRING_VALUE && fact.kind != JSON_NUMBER_VALUE))
		return SPAN_NONE;
	return fact.raw;
}
