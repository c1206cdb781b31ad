/* Byte classes against their definitions in words. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/http/bytes.h"
#include "tests/unit/http/case.h"
#include "tests/unit/http/guard.h"

static bool
is_one_of(char byte, const char *others)
{
	return ascii_is_alpha(byte) || ascii_is_digit(byte) ||
	       (byte && span_contains(span_cstr(others), byte));
}

static void
classes_are_what_the_standards_say(void **state)
{
	(void)state;
	for (int code = 0; code < 256; code++) {
		char byte = (char)code;

		assert_int_equal(byte_is(byte, BYTE_NAME), is_one_of(byte, "-"));
		assert_int_equal(byte_is(byte, BYTE_TOKEN), is_one_of(byte, "!#$%&'*+-.^_`|~"));
		assert_int_equal(byte_is(byte, BYTE_PATH), is_one_of(byte, "-._~!$&'()*+,=:@"));
		assert_int_equal(byte_is(byte, BYTE_HOST), is_one_of(byte, "-_."));
		assert_int_equal(byte_is(byte, BYTE_UNRESERVED), is_one_of(byte, "-._~"));
		assert_int_equal(byte_is(byte, BYTE_QUERY),
		                 code > 0x20 && code < 0x7f &&
		                 !span_contains(SPAN("\"<>\\#%"), byte));
	}
}

/* Each byte value at each place of each short length, against the page's end. */
static void
printable_ends_at_the_first_other_byte(void **state)
{
	char text[24];

	(void)state;
	for (size_t len = 1; len <= sizeof(text); len++) {
		for (size_t at = 0; at < len; at++) {
			for (int code = 0; code < 256; code++) {
				bool is_in = code >= ' ' && code <= '~';
				char *copy;

				memset(text, '~', sizeof(text));
				text[at] = (char)code;
				copy = guard_copy(span_of(text, len));
				assert_int_equal(bytes_printable(span_of(copy, len), ' '),
				                 is_in ? len : at);
			}
		}
	}
}

static void
first_of_several_marks_counts(void **state)
{
	(void)state;
	assert_int_equal(bytes_printable(SPAN("ab\xff\x01\x7f defgh"), ' '), 2);
	assert_int_equal(bytes_printable(SPAN("abc \x01 defgh"), '!'), 3);
	assert_int_equal(bytes_printable(SPAN(""), ' '), 0);
}

static void
colon_is_found_near_the_front_or_not_at_all(void **state)
{
	static const char text[] = "012345678901234567890123:5678901";

	(void)state;
	assert_int_equal(bytes_before_colon(SPAN("Host: a.example")), 4);
	assert_int_equal(bytes_before_colon(SPAN(":0123456")), 0);
	assert_int_equal(bytes_before_colon(SPAN("0123456:")), 7);
	assert_int_equal(bytes_before_colon(SPAN("\xba""9;\x3a abcd")), 3);
	assert_int_equal(bytes_before_colon(span_cstr(text)), sizeof(text) - 1);
	assert_int_equal(bytes_before_colon(SPAN("")), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(classes_are_what_the_standards_say),
		cmocka_unit_test(printable_ends_at_the_first_other_byte),
		cmocka_unit_test(first_of_several_marks_counts),
		cmocka_unit_test(colon_is_found_near_the_front_or_not_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
