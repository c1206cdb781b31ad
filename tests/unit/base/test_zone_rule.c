/* How clocks go on, as POSIX writes it; moments compared with Python's zoneinfo. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above. */
#include <cmocka.h>

#include "lib/base/zone_rule.h"

static const struct {
	const char *rule;
	int64_t at, east;
} rows[] = {
	{"UTC0", 0, 0},
	{"<+0330>-3:30", 1774746000, 12600},
	{"EST5EDT,M3.2.0,M11.1.0", 1772953199, -18000}, /* 2026-03-08T06:59:59Z */
	{"EST5EDT,M3.2.0,M11.1.0", 1772953200, -14400},
	{"EST5EDT,M3.2.0,M11.1.0", 1793512799, -14400}, /* 2026-11-01T05:59:59Z */
	{"EST5EDT,M3.2.0,M11.1.0", 1793512800, -18000},
	/* South of the equator summer holds the turn of the year. */
	{"AEST-10AEDT,M10.1.0,M4.1.0/3", 1767225600, 39600}, /* 2026-01-01 */
	{"AEST-10AEDT,M10.1.0,M4.1.0/3", 1782864000, 36000}, /* 2026-07-01 */
	{"AEST-10AEDT,M10.1.0,M4.1.0/3", 1798718400, 39600}, /* 2026-12-31T12:00Z */
	/* Half an hour of summer, a negative one, and times past midnight. */
	{"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 1767225600, 39600},
	{"IST-1GMT0,M10.5.0,M3.5.0/1", 1767225600, 0},
	{"IST-1GMT0,M10.5.0,M3.5.0/1", 1782864000, 3600},
	{"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 1774745999, -7200},
	{"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 1774746000, -3600},
	{"AAA0BBB,J60,J61", 1709164800, 0},    /* 2024-02-29: J60 is March 1 */
	{"AAA0BBB,J60/0,J61/0", 1709251200, 3600}, /* 2024-03-01 */
	{"AAA0BBB,59/0,60/0", 1709164800, 3600},   /* day 59 of a leap year is February 29 */
	{"XXX3EDT4,0/0,J365/23", 1782864000, -14400},
};

static void
offsets_are_those_of_the_rule(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct zone_rule rule;

		if (!zone_rule_read(span_cstr(rows[i].rule), &rule))
			fail_msg("%s is refused", rows[i].rule);
		if (zone_rule_offset(&rule, rows[i].at) != rows[i].east)
			fail_msg("%s at %lld: %lld", rows[i].rule, (long long)rows[i].at,
			         (long long)zone_rule_offset(&rule, rows[i].at));
	}
}

static void
what_is_no_rule_is_refused(void **state UNUSED)
{
	static const char *const texts[] = {
		"", "UTC", "AB0", "<AB>0", "<ABC0", "UTC0x", "UTC168", "UTC0:60", "EST5EDT",
		"EST5EDT,M3.2.0", "EST5EDT,M13.2.0,M11.1.0", "EST5EDT,M3.0.0,M11.1.0",
		"EST5EDT,M3.2.7,M11.1.0", "EST5EDT,J0,J60", "EST5EDT,366,1", "EST5EDT,M3.2.0,M11.1.0,",
		":Europe/Berlin",
	};
	struct zone_rule rule;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		if (zone_rule_read(span_cstr(texts[i]), &rule))
			fail_msg("%s", texts[i]);
	}
}

static void
days_are_counted_over_centuries(void **state UNUSED)
{
	assert_int_equal(day_of_date(1970, 1, 1), 0);
	assert_int_equal(day_of_date(1969, 12, 31), -1);
	assert_int_equal(day_of_date(2000, 2, 29), 11016);
	assert_int_equal(day_of_date(2000, 3, 1), 11017);
	assert_int_equal(day_of_date(2100, 3, 1), 47541);
	assert_int_equal(day_of_date(1600, 1, 1), -135140);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(offsets_are_those_of_the_rule),
		cmocka_unit_test(what_is_no_rule_is_refused),
		cmocka_unit_test(days_are_counted_over_centuries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
