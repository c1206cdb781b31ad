/* How many callers a limit of open files has room for. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/descriptors.h"

static uint64_t
callers_of(uint64_t files, uint64_t connections, uint64_t upstream_connections)
{
	const struct config config = {
		.workers = 2,
		.site_count = 2,
		.limits = {.connections = connections, .upstream_connections = upstream_connections},
	};

	return descriptors_for_callers(&config, files);
}

static void
callers_leave_room_for_the_rest(void **state UNUSED)
{
	/* 192 are ours; then two for each caller, or what the upstreams may have. */
	assert_int_equal(callers_of(232, 1000, 1000), 20);
	assert_int_equal(callers_of(1192, 1000, 100), 800);
	assert_int_equal(callers_of(192, 1000, 1000), 0);
	assert_int_equal(callers_of(10, 1000, 1000), 0);
}

static void
the_configured_limit_is_never_passed(void **state UNUSED)
{
	assert_int_equal(callers_of(1 << 20, 1000, 1000), 1000);
	assert_int_equal(callers_of(UINT64_MAX, 1000, 1000), 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(callers_leave_room_for_the_rest),
		cmocka_unit_test(the_configured_limit_is_never_passed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
