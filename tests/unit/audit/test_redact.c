/* Secrets in queries. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "audit/redact.h"

static void
names_of_secrets_are_known_in_every_spelling(void **state)
{
	static const struct {
		const char *name;
		bool is_secret;
	} rows[] = {
		{"token", true},        {"access_token", true}, {"X-Api-Key", true},
		{"%74oken", true},      {"TOKEN", true},        {"user[password]", true},
		{"client%5Fsecret", true}, {"sig", true},       {"key", true},
		{"p.a.s.s.w.o.r.d", true}, {"sessionid", true},
		{"page", false},        {"monkey", false},      {"keyword", false},
		{"design", false},      {"", false},            {"query", false},
		{"force", false},       {"opinion", false},
		{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (name_is_secret(span_cstr(rows[i].name)) != rows[i].is_secret)
			fail_msg("%s", rows[i].name);
	}
}

static bool
redact(const char *query, struct buf *out)
{
	struct digest key = digest_of(SPAN("key"));

	buf_reset(out);
	return query_redact(span_cstr(query), &key, out);
}

static void
values_become_digests_that_can_be_compared(void **state)
{
	struct buf one = BUF_INIT(REDACT_MAX), two = BUF_INIT(REDACT_MAX);

	(void)state;
	assert_false(redact("page=1&size=2", &one));
	assert_false(redact("token", &one));
	assert_false(redact("token=", &one));
	assert_true(redact("a=1&token=hunter2&b", &one));
	assert_null(strstr(buf_cstr(&one), "hunter2"));
	assert_memory_equal(one.ptr, "a=1&token=hmac:", 15);
	assert_string_equal(buf_cstr(&one) + 31, "&b");
	assert_true(redact("a=1&token=hunter2&b", &two));
	assert_string_equal(buf_cstr(&one), buf_cstr(&two));
	assert_true(redact("a=1&token=hunter3&b", &two));
	assert_string_not_equal(buf_cstr(&one), buf_cstr(&two));
	buf_clear(&one);
	buf_clear(&two);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_secrets_are_known_in_every_spelling),
		cmocka_unit_test(values_become_digests_that_can_be_compared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
