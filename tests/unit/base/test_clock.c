/* Times as text. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/clock.h"

static void
times_are_written_and_read_back(void **state)
{
	static const struct {
		int64_t us;
		const char *text;
	} rows[] = {
		{0, "1970-01-01T00:00:00.000000Z"},
		{INT64_C(951782400000000), "2000-02-29T00:00:00.000000Z"},
		{INT64_C(1795334400123456), "2026-11-22T08:00:00.123456Z"},
		{INT64_C(4102444799999999), "2099-12-31T23:59:59.999999Z"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char text[WALL_TEXT];
		struct wall back = {-1};

		wall_text((struct wall){rows[i].us}, text);
		assert_string_equal(text, rows[i].text);
		assert_true(wall_read(span_cstr(text), &back));
		assert_int_equal(back.us, rows[i].us);
	}
}

static void
what_is_no_time_is_refused(void **state)
{
	static const char *const rows[] = {
		"", "2026-11-22", "2026-11-22T08:00:00", "2026-11-22 08:00:00Z",
		"2026-13-22T08:00:00Z", "2026-00-22T08:00:00Z", "2026-11-32T08:00:00Z",
		"2026-11-00T08:00:00Z", "2026-11-22T24:00:00Z", "2026-11-22T08:60:00Z",
		"2026-11-22T08:00:00+00:00", "2026-11-22T08:00:00.Z", "2026-11-22T08:00:00ZZ",
		"2026-02-29T08:00:00Z", "2026-11-31T08:00:00Z", "2026-1-22T08:00:00Z", "+026-11-22T08:00:00Z", "2026-11-22T08:00:0xZ",
	};
	struct wall t;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (wall_read(span_cstr(rows[i]), &t))
			fail_msg("%s", rows[i]);
	}
}

static void
the_monotonic_clock_does_not_run_back(void **state)
{
	struct mono last = clock_mono();

	(void)state;
	for (int i = 0; i < 1000; i++) {
		struct mono now = clock_mono();

		assert_true(now.us >= last.us);
		last = now;
	}
	assert_int_equal(mono_after(last, 5).us, last.us + 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_written_and_read_back),
		cmocka_unit_test(what_is_no_time_is_refused),
		cmocka_unit_test(the_monotonic_clock_does_not_run_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
