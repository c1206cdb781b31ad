/* Forms and queries: one reading, or none. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "admin/form.h"

static void
names_and_values_are_decoded(void **state)
{
	struct arena arena = {0};
	struct form form;

	(void)state;
	assert_true(form_read(SPAN("a=1&b%5B%5d=x+y%26&c&&d=%C3%A9"), &arena, &form));
	assert_int_equal(form.count, 4);
	assert_true(span_eq(form_value(&form, SPAN("a")), SPAN("1")));
	assert_true(span_eq(form_value(&form, SPAN("b[]")), SPAN("x y&")));
	assert_true(form_has(&form, SPAN("c")));
	assert_int_equal(form_value(&form, SPAN("c")).len, 0);
	assert_true(span_eq(form_value(&form, SPAN("d")), SPAN("\xc3\xa9")));
	assert_false(form_has(&form, SPAN("e")));
	arena_clear(&arena);
}

static void
nothing_is_an_empty_form(void **state)
{
	struct arena arena = {0};
	struct form form;

	(void)state;
	assert_true(form_read(SPAN_NONE, &arena, &form));
	assert_int_equal(form.count, 0);
	arena_clear(&arena);
}

static void
what_can_be_read_in_two_ways_is_refused(void **state)
{
	static const char *const texts[] = {
		"a=1&a=2", "a=1&%61=2", "a=%", "a=%4", "a=%4g", "a=%ff", "a=%00", "%ff=1", "a=%c0%80",
		"a&b&c&d&e&f&g&h&i&j&k&l&m&n&o&p&q",
	};
	struct arena arena = {0};
	struct form form;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		if (form_read(span_cstr(texts[i]), &arena, &form))
			fail_msg("taken: %s", texts[i]);
	}
	arena_clear(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_values_are_decoded),
		cmocka_unit_test(nothing_is_an_empty_form),
		cmocka_unit_test(what_can_be_read_in_two_ways_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
