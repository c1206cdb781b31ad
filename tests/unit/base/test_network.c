/* Networks and where callers come from. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above. */
#include <cmocka.h>

#include "lib/base/network.h"

static struct source
source_of(const char *text)
{
	struct source source;

	assert_true(source_read(span_cstr(text), &source));
	return source;
}

static const struct {
	const char *network, *source;
	bool has;
} rows[] = {
	{"10.0.0.0/8", "10.255.1.2", true},
	{"10.0.0.0/8", "11.0.0.1", false},
	{"10.0.0.0/9", "10.127.0.0", true},
	{"10.0.0.0/9", "10.128.0.0", false},
	{"192.0.2.7", "192.0.2.7", true},
	{"192.0.2.7", "192.0.2.6", false},
	{"::ffff:10.0.0.0/104", "10.1.2.3", true},
	{"::ffff:192.0.2.7", "192.0.2.7", true},
	{"0.0.0.0/0", "192.0.2.7", true},
	{"0.0.0.0/0", "2001:db8::1", false},
	{"::/0", "192.0.2.7", false},
	{"::/0", "2001:db8::1", true},
	{"2001:db8::/33", "2001:db8:7fff::1", true},
	{"2001:db8::/33", "2001:db8:8000::1", false},
	{"unix", "unix", true},
	{"unix", "192.0.2.7", false},
	{"0.0.0.0/0", "unix", false},
	{"::/0", "unix", false},
};

static void
a_network_has_the_addresses_of_its_family(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct source source = source_of(rows[i].source);
		struct network n;

		assert_true(network_read(span_cstr(rows[i].network), &n));
		if (network_has(&n, &source) != rows[i].has)
			fail_msg("%s, %s", rows[i].network, rows[i].source);
	}
}

static void
bits_beyond_the_prefix_are_seen(void **state UNUSED)
{
	static const struct {
		const char *text;
		bool has;
	} texts[] = {
		{"10.0.0.0/8", false}, {"10.0.0.1/8", true},    {"10.128.0.0/9", false},
		{"10.64.0.0/9", true}, {"10.0.0.1", false},     {"2001:db8::/32", false},
		{"2001:db8::1/32", true}, {"::ffff:10.0.0.1/104", true}, {"unix", false},
		{"0.0.0.0/0", false},  {"128.0.0.0/0", true},
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct network n;

		assert_true(network_read(span_cstr(texts[i].text), &n));
		if (network_has_host_bits(&n) != texts[i].has)
			fail_msg("%s", texts[i].text);
	}
}

static void
what_is_no_network_is_refused(void **state UNUSED)
{
	static const char *const texts[] = {
		"", "/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/08", "10.0.0/8",
		"10.0.0.0/8/8", "::/129", "[::1]", "Unix", "unix/8", "a.example", "10.0.0.0 /8",
	};
	struct network n;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		if (network_read(span_cstr(texts[i]), &n))
			fail_msg("%s", texts[i]);
	}
}

static void
a_source_is_one_address(void **state UNUSED)
{
	struct source source;

	assert_false(source_read(SPAN("10.0.0.0/8"), &source));
	assert_false(source_read(SPAN("10.0.0.1/32"), &source));
	assert_false(source_read(SPAN(""), &source));
	assert_true(source_read(SPAN("::ffff:10.0.0.1"), &source));
	assert_memory_equal(source.ip + 10, "\xff\xff\x0a\x00\x00\x01", 6);
}

static void
networks_and_sources_read_back_as_written(void **state UNUSED)
{
	static const char *const texts[] = {"10.0.0.0/8", "192.0.2.7", "2001:db8::/32", "::1", "unix"};
	char text[NETWORK_TEXT];
	struct source source;
	struct network n;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		assert_true(network_read(span_cstr(texts[i]), &n));
		network_text(&n, text);
		assert_string_equal(text, texts[i]);
	}
	for (size_t i = 1; i < ARRAY_LEN(texts); i++) {
		if (strchr(texts[i], '/'))
			continue;
		source = source_of(texts[i]);
		source_text(&source, text);
		assert_string_equal(text, texts[i]);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_network_has_the_addresses_of_its_family),
		cmocka_unit_test(bits_beyond_the_prefix_are_seen),
		cmocka_unit_test(what_is_no_network_is_refused),
		cmocka_unit_test(a_source_is_one_address),
		cmocka_unit_test(networks_and_sources_read_back_as_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
