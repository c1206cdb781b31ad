/* What callers prefer, as RFC 7240 reads it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/base/buf.h"
#include "proxy/prefer.h"

static const struct {
	const char *lines; /* after the Host line */
	bool is_async, has_wait;
	uint64_t wait_s;
} cases[] = {
	{"", false, false, 0},
	{"Prefer: wait=5\r\n", false, true, 5},
	{"prefer: respond-async\r\n", true, false, 0},
	{"Prefer: respond-async, wait=10\r\n", true, true, 10},
	{"Prefer: respond-async\r\nPrefer: wait=10\r\n", true, true, 10},
	{"Prefer: wait=\"7\"; x=y\r\n", false, true, 7},
	{"Prefer: WAIT = 3\r\n", false, true, 3},
	{"Prefer: wait=5, wait=9\r\n", false, true, 5},
	{"Prefer: wait=-1\r\n", false, false, 0},
	{"Prefer: wait\r\n", false, false, 0},
	{"Prefer: wait=99999999\r\n", false, false, 0},
	{"Prefer: return=minimal\r\n", false, false, 0},
};

static void
preferences_read_as_the_rfc_says(void **state UNUSED)
{
	struct head_limits limits = {32768, 8192, 100, false};
	static struct head head;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf bytes = BUF_INIT(4096);
		enum fault fault;
		struct prefer p;

		buf_addf(&bytes, "GET / HTTP/1.1\r\nHost: x\r\n%s\r\n", cases[i].lines);
		head_reset(&head, HEAD_REQUEST);
		assert_int_equal(head_read(&head, buf_span(&bytes), &limits, &fault), PROGRESS_DONE);
		p = prefer_read(&head);
		if (p.is_async != cases[i].is_async || p.has_wait != cases[i].has_wait ||
		    (p.has_wait && p.wait_s != cases[i].wait_s))
			fail_msg("case %zu: %s", i, cases[i].lines);
		buf_clear(&bytes);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(preferences_read_as_the_rfc_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
