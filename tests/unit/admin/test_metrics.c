/* Figures for Prometheus: the text format, byte for byte. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "admin/metrics.h"

static void
read_plain(void *ctx, struct metrics_text *text)
{
	metric_value(text, NULL, 0, *(const uint64_t *)ctx);
}

static void
read_labelled(void *ctx, struct metrics_text *text)
{
	struct metric_label labels[] = {{"rule", SPAN("a\\b\"c\nd")}, {"state", SPAN("held")}};

	(void)ctx;
	metric_value(text, labels, 2, UINT64_MAX);
	labels[0].value = SPAN("x");
	metric_seconds(text, labels, 1, 1500001);
}

static void
read_nothing(void *ctx, struct metrics_text *text)
{
	(void)ctx;
	(void)text;
}

static void
each_has_help_type_and_values(void **state)
{
	struct metrics *m = metrics_new();
	struct buf text = BUF_INIT(10000);
	uint64_t plain = 7;

	(void)state;
	metrics_add(m, &(struct metric){"countersign_a_total", "Counts a", METRIC_COUNTER,
	                                read_plain, &plain});
	metrics_add(m, &(struct metric){"countersign_b", "Is b", METRIC_GAUGE, read_labelled, NULL});
	metrics_add(m, &(struct metric){"countersign_c", "Is c", METRIC_GAUGE, read_nothing, NULL});
	plain++;
	metrics_write(m, &text);
	assert_string_equal(buf_cstr(&text),
	                    "# HELP countersign_a_total Counts a\n"
	                    "# TYPE countersign_a_total counter\n"
	                    "countersign_a_total 8\n"
	                    "# HELP countersign_b Is b\n"
	                    "# TYPE countersign_b gauge\n"
	                    "countersign_b{rule=\"a\\\\b\\\"c\\nd\",state=\"held\"} "
	                    "18446744073709551615\n"
	                    "countersign_b{rule=\"x\"} 1.500001\n"
	                    "# HELP countersign_c Is c\n"
	                    "# TYPE countersign_c gauge\n");
	buf_clear(&text);
	metrics_free(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_has_help_type_and_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
