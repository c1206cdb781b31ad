/* Host and port. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/http/authority.h"
#include "tests/unit/http/case.h"

static void
hosts_come_out_in_one_form(void **state)
{
	static const struct {
		const char *text;
		bool is_tls;
		const char *host;
		unsigned port;
	} cases[] = {
		{"a.example", false, "a.example", 0},
		{"A.EXAMPLE:80", false, "a.example", 0},
		{"a.example:80", true, "a.example", 80},
		{"a.example:443", true, "a.example", 0},
		{"a.example:443", false, "a.example", 443},
		{"a:65535", false, "a", 65535},
		{"10.0.0.1:8080", false, "10.0.0.1", 8080},
		{"[::1]", false, "[::1]", 0},
		{"[::FFFF:10.0.0.1]:1", false, "[::ffff:10.0.0.1]", 1},
		{"xn--bcher-kva.example", false, "xn--bcher-kva.example", 0},
	};
	struct arena arena = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct authority a;

		assert_true(authority_read(span_cstr(cases[i].text), cases[i].is_tls, &arena, &a));
		EXPECT_SPAN(a.host, cases[i].host);
		assert_int_equal(a.port, cases[i].port);
	}
	arena_clear(&arena);
}

static void
what_is_no_host_is_refused(void **state)
{
	static const char *const cases[] = {
		"", ":80", ".", ".a", "a.", "a..b", "a b", "a/b", "a@b", "a,b", "a:b", "a:",
		"a:-1", "a:+1", "a:0", "a:00", "a:65536", "a:99999999999999999999", "a:1:2",
		"[", "[]", "[]:1", "[::1", "::1", "[::1]a", "[::1]:", "[1.2.3.4]", "[v1.x]",
		"[::g]", "[fe80::1%lo]", "[1:2:3:4:5:6:7:8:9]",
		"[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]",
		"a\\b", "a%41", "*", "a\xc3\xa9",
	};
	struct arena arena = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct authority a;

		if (authority_read(span_cstr(cases[i]), false, &arena, &a))
			fail_msg("%s", cases[i]);
	}
	assert_null(arena.blocks);
}

static void
names_have_a_greatest_length(void **state)
{
	struct arena arena = {0};
	struct authority a;
	char name[254];

	(void)state;
	memset(name, 'a', sizeof(name));
	assert_true(authority_read(span_of(name, 253), false, &arena, &a));
	assert_false(authority_read(span_of(name, 254), false, &arena, &a));
}

static void
lower_case_is_not_copied(void **state)
{
	static const char text[] = "a.example:8080";
	struct arena arena = {0};
	struct authority a;

	(void)state;
	assert_true(authority_read(span_cstr(text), false, &arena, &a));
	assert_ptr_equal(a.host.ptr, text);
	assert_null(arena.blocks);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hosts_come_out_in_one_form),
		cmocka_unit_test(what_is_no_host_is_refused),
		cmocka_unit_test(names_have_a_greatest_length),
		cmocka_unit_test(lower_case_is_not_copied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
