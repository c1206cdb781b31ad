/* Pairs of requests: which are the same action, and which are not. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "tests/unit/approvals/shapes.h"

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

static void
pairs_are_the_same_action_or_not(void **state UNUSED)
{
	pairs_check(pairs, ARRAY_LEN(pairs));
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
