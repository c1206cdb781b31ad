/* Requests for tests that need all of one. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/rules/asking.h"

#include "lib/base/network.h"
#include "rules/match.h"

static void
write_head(struct asking *a, const struct asking_text *text)
{
	struct span method = text->method.len ? text->method : SPAN("GET");
	struct span target = text->target.len ? text->target : SPAN("/");
	struct span host = SPAN("a.example");

	if (span_starts(target, SPAN("http://"))) {
		host = span_from(target, 7);
		host.len = span_find(host, '/');
		target = span_from(target, 7 + host.len);
	}
	a->bytes = BUF_INIT(1 << 20);
	buf_addf(&a->bytes, "%.*s %.*s HTTP/1.1\r\nHost: %.*s\r\n%.*s", SPAN_ARG(method),
	         SPAN_ARG(target), SPAN_ARG(host), SPAN_ARG(text->fields));
	if (text->body.len)
		buf_addf(&a->bytes, "Content-Length: %zu\r\n", text->body.len);
	buf_addf(&a->bytes, "\r\n");
}

static enum fault
read_head(struct asking *a)
{
	static const struct head_limits limits = {
		.head_max = 1 << 20, .target_max = 1 << 16, .headers_max = 100, .may_be_utf8 = true,
	};
	static const struct request_options options = {.bodies_on = METHODS_ALL,
	                                               .takes_utf8 = true};
	enum fault fault = FAULT_HEAD_SHORT;

	head_reset(&a->head, HEAD_REQUEST);
	if (head_read(&a->head, buf_span(&a->bytes), &limits, &fault) != PROGRESS_DONE)
		return fault;
	fault = request_read_host(&a->request, &a->head, false, &a->arena);
	return fault ? fault : request_read(&a->request, &a->head, &options, &a->arena);
}

enum fault
asking_begin(struct asking *a, const struct asking_text *text)
{
	*a = (struct asking){
		.person = {.user = text->user,
	                   .source = text->user.len ? IDENTITY_TOKEN : IDENTITY_NONE,
	                   .groups = text->groups,
	                   .group_count = text->group_count},
		.body = text->body,
	};
	a->subject = (struct subject){
		.request = &a->request, .requester = &a->person, .now = text->now,
	};
	if (!source_read(text->source.len ? text->source : SPAN("192.0.2.1"), &a->subject.source))
		return FAULT_HOST_MALFORMED;
	write_head(a, text);
	return read_head(a);
}

void
asking_judge(struct asking *a, const struct ruleset *rs, struct verdict *ret,
             enum body_need *ret_need)
{
	ruleset_judge(rs, &a->subject, ret);
	*ret_need = ret->needs_body;
	if (ret->needs_body == BODY_NEED_NONE)
		return;
	body_facts_read(&a->facts, ruleset_pointers(rs), &a->request, a->body, &a->arena);
	a->subject.body = &a->facts;
	ruleset_judge(rs, &a->subject, ret);
}

void
asking_end(struct asking *a)
{
	arena_clear(&a->arena);
	buf_clear(&a->bytes);
}
