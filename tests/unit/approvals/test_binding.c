/* Pairs of requests: which are the same action, and which are not. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "approvals/binding.h"

/* One request; what is NULL is as in the plain one. */
struct shape {
	const char *line, *fields, *body, *user, *source, *namespace, *site, *rule, *effect, *host;
	const char *secret;
};

struct pair {
	const char *name;
	struct shape a, b;
	bool is_same;
};

static const struct pair pairs[] = {
	{.name = "itself", .is_same = true},
	{.name = "method", .b = {.line = "PUT /a?x=1"}},
	{.name = "path", .b = {.line = "POST /b?x=1"}},
	{.name = "query", .b = {.line = "POST /a?x=2"}},
	{.name = "no query", .b = {.line = "POST /a"}},
	{.name = "an empty query is not none", .a = {.line = "POST /a?"}, .b = {.line = "POST /a"}},
	{.name = "body", .b = {.body = "{\"n\":2}"}},
	{.name = "no body", .b = {.body = ""}},
	{.name = "requester", .b = {.user = "bob"}},
	{.name = "unnamed", .b = {.user = ""}},
	{.name = "a user called like an address",
	 .a = {.user = "10.0.0.1"},
	 .b = {.user = "", .source = "10.0.0.1"}},
	{.name = "the source of a named caller", .b = {.source = "10.0.0.9"}, .is_same = true},
	{.name = "the source of an unnamed one",
	 .a = {.user = ""},
	 .b = {.user = "", .source = "10.0.0.9"}},
	{.name = "namespace", .b = {.namespace = "other"}},
	{.name = "site", .b = {.site = "other"}},
	{.name = "rule", .b = {.rule = "other"}},
	{.name = "what is cut elsewhere", .a = {.site = "ab", .rule = "c"}, .b = {.site = "a", .rule = "bc"}},
	{.name = "effect", .b = {.effect = "other"}},
	{.name = "upstream host", .b = {.host = "other"}},
	{.name = "a forwarded field", .b = {.fields = "X-Dry-Run: 1\r\n"}},
	{.name = "its value", .a = {.fields = "X-Dry-Run: 1\r\n"}, .b = {.fields = "X-Dry-Run: 0\r\n"}},
	{.name = "its name's case", .a = {.fields = "X-Dry-Run: 1\r\n"}, .b = {.fields = "x-dry-run: 1\r\n"}, .is_same = true},
	{.name = "order of names", .a = {.fields = "X-A: 1\r\nX-B: 2\r\n"}, .b = {.fields = "X-B: 2\r\nX-A: 1\r\n"}, .is_same = true},
	{.name = "order of values", .a = {.fields = "X-A: 1\r\nX-A: 2\r\n"}, .b = {.fields = "X-A: 2\r\nX-A: 1\r\n"}},
	{.name = "two lines are not one", .a = {.fields = "X-A: 1\r\nX-A: 2\r\n"}, .b = {.fields = "X-A: 1, 2\r\n"}},
	{.name = "content type", .b = {.fields = "Content-Type: text/plain\r\n"}},
	{.name = "accept", .b = {.fields = "Accept: */*\r\nAccept-Encoding: gzip\r\n"}, .is_same = true},
	{.name = "tracing", .b = {.fields = "Traceparent: 00-1-2-01\r\nBaggage: a=b\r\nX-Request-ID: 7\r\n"}, .is_same = true},
	{.name = "browsing", .b = {.fields = "User-Agent: y\r\nReferer: z\r\nOrigin: null\r\nSec-Fetch-Mode: cors\r\n"}, .is_same = true},
	{.name = "trying again", .b = {.fields = "Idempotency-Key: 1\r\nPrefer: wait=3\r\nCache-Control: no-cache\r\nDate: x\r\n"}, .is_same = true},
	{.name = "forwarding", .b = {.fields = "X-Forwarded-For: 1.2.3.4\r\nForwarded: for=x\r\n"}, .is_same = true},
	{.name = "ours", .b = {.fields = "Countersign-Ticket: x\r\nCountersign-Reason: y\r\n"}, .is_same = true},
	{.name = "a credential", .b = {.fields = "Authorization: Bearer b\r\n"}},
	{.name = "another credential", .a = {.fields = "Authorization: Bearer a\r\n"}, .b = {.fields = "Authorization: Bearer b\r\n"}},
	{.name = "one under another key", .a = {.fields = "Cookie: a\r\n"}, .b = {.fields = "Cookie: a\r\n", .secret = "fedcba9876543210"}},
	{.name = "another key without credentials", .b = {.secret = "fedcba9876543210"}, .is_same = true},
	{.name = "what named the caller", .a = {.fields = "X-Who: a\r\n"}, .b = {.fields = "X-Who: b\r\n"}, .is_same = true},
};

static const char *
or_else(const char *given, const char *plain)
{
	return given ? given : plain;
}

static bool
names_caller(const void *ctx UNUSED, const struct head *h, const struct field *f)
{
	return span_eq_nocase(head_part(h, f->name), SPAN("X-Who"));
}

static struct digest
digest_of_shape(const struct shape *s)
{
	static const struct head_limits limits = {4096, 1024, 50, false};
	static const struct request_options options;
	struct arena arena = {0};
	struct head head;
	struct request request = {0};
	char bytes[2048];
	enum fault fault = FAULT_NONE;
	const char *user = or_else(s->user, "alice"), *body = or_else(s->body, "{\"n\":1}");
	struct person person = {.user = span_cstr(user),
	                        .source = *user ? IDENTITY_TOKEN : IDENTITY_NONE};
	struct digest effect = digest_of(span_cstr(or_else(s->effect, "effect"))), digest;

	snprintf(bytes, sizeof(bytes), "%s HTTP/1.1\r\nHost: h\r\n%sContent-Length: %zu\r\n\r\n",
	         or_else(s->line, "POST /a?x=1"), or_else(s->fields, ""), strlen(body));
	head_reset(&head, HEAD_REQUEST);
	assert_int_equal(head_read(&head, span_cstr(bytes), &limits, &fault), PROGRESS_DONE);
	assert_int_equal(request_read_host(&request, &head, false, &arena), FAULT_NONE);
	assert_int_equal(request_read(&request, &head, &options, &arena), FAULT_NONE);
	digest = binding_digest(&(struct bindable){
		.namespace = span_cstr(or_else(s->namespace, "n")),
		.site = span_cstr(or_else(s->site, "s")),
		.rule = span_cstr(or_else(s->rule, "r")),
		.effect = &effect,
		.requester = &person,
		.anonymous_source = span_cstr(or_else(s->source, "10.0.0.1")),
		.request = &request,
		.upstream_host = span_cstr(or_else(s->host, "up")),
		.body = span_cstr(body),
		.binding_secret = span_cstr(or_else(s->secret, "0123456789abcdef")),
		.is_identity = names_caller,
	});
	arena_clear(&arena);
	return digest;
}

static void
pairs_are_the_same_action_or_not(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		struct digest a = digest_of_shape(&pairs[i].a), b = digest_of_shape(&pairs[i].b);

		if (digest_eq(&a, &b) != pairs[i].is_same)
			fail_msg("%s: %s", pairs[i].name,
			         pairs[i].is_same ? "must be the same" : "must differ");
	}
}

static void
the_code_is_short_and_of_the_digest(void **state UNUSED)
{
	struct digest a = {{0}}, b = {{0xff, 0xff, 0xff, 0xff, 0xff}};
	char code[CODE_TEXT];

	binding_code(&a, code);
	assert_string_equal(code, "0000-0000");
	binding_code(&b, code);
	assert_string_equal(code, "ZZZZ-ZZZZ");
	a.bytes[0] = 0x08;
	binding_code(&a, code);
	assert_string_equal(code, "1000-0000");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pairs_are_the_same_action_or_not),
		cmocka_unit_test(the_code_is_short_and_of_the_digest),
	};

	return cmocka_run_group_tests_name("binding", tests, NULL, NULL);
}
