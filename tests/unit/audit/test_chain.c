/* The chain: lines as they are written, and read back strictly. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "audit/chain.h"

#define MEMBERS \
	"\"id\":\"01JXG\",\"time\":\"2026-11-22T08:00:00.123456Z\",\"event\":\"request.allowed\"," \
	"\"code\":\"CS1000I\",\"severity\":\"info\",\"x\":1}"
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

static void
lines_link_to_the_ones_before(void **state)
{
	struct buf out = BUF_INIT(4096);
	struct chain c;
	struct line first, second;
	struct span rest, text;

	(void)state;
	chain_init(&c, "node/boot");
	chain_add(&c, SPAN(MEMBERS), SPAN_NONE, &out);
	chain_add(&c, SPAN(MEMBERS), SPAN("node/dead"), &out);
	assert_int_equal(c.head.seq, 2);
	rest = buf_span(&out);
	assert_true(span_cut(&rest, '\n', &text) && line_read(text, &first));
	assert_true(span_eq(text, SPAN("{\"v\":1,\"seq\":1,\"chain\":\"node/boot\",\"prev\":\"" ZEROS
	                               "\"," MEMBERS)));
	assert_int_equal(first.seq, 1);
	assert_int_equal(first.recovered.len, 0);
	assert_true(span_eq(first.event, SPAN("request.allowed")));
	assert_true(span_cut(&rest, '\n', &text) && line_read(text, &second));
	struct digest d = digest_of(first.text), head = digest_of(second.text);
	assert_true(digest_eq(&d, &second.prev));
	assert_true(digest_eq(&head, &c.head.hash));
	assert_true(span_eq(second.recovered, SPAN("node/dead")));
	buf_clear(&out);
}

static void
only_what_is_written_is_read(void **state)
{
	static const char *const rows[] = {
		"",
		"{}",
		" {\"v\":1,\"seq\":1,\"chain\":\"a\",\"prev\":\"" ZEROS "\"," MEMBERS,
		"{\"v\":2,\"seq\":1,\"chain\":\"a\",\"prev\":\"" ZEROS "\"," MEMBERS,
		"{\"v\":1,\"seq\":01,\"chain\":\"a\",\"prev\":\"" ZEROS "\"," MEMBERS,
		"{\"v\":1,\"seq\":1, \"chain\":\"a\",\"prev\":\"" ZEROS "\"," MEMBERS,
		"{\"v\":1,\"seq\":1,\"chain\":\"a\",\"prev\":\"" ZEROS "0\"," MEMBERS,
		"{\"v\":1,\"seq\":1,\"chain\":\"a\",\"prev\":\"" ZEROS "\"," MEMBERS " ",
		"{\"v\":1,\"seq\":1,\"chain\":\"a\",\"prev\":"
		"\"A000000000000000000000000000000000000000000000000000000000000000\"," MEMBERS,
		"{\"v\":1,\"seq\":1,\"chain\":\"a\",\"prev\":\"" ZEROS "\",\"time\":\"x\"}",
	};
	struct line line;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (line_read(span_cstr(rows[i]), &line))
			fail_msg("row %zu", i);
	}
}

static void
no_cut_of_a_line_is_a_line(void **state)
{
	struct span whole = SPAN("{\"v\":1,\"seq\":1,\"chain\":\"a\",\"prev\":\"" ZEROS "\"," MEMBERS);
	struct line line;

	(void)state;
	assert_true(line_read(whole, &line));
	for (size_t len = 0; len < whole.len; len++)
		assert_false(line_read(span_of(whole.ptr, len), &line));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_link_to_the_ones_before),
		cmocka_unit_test(only_what_is_written_is_read),
		cmocka_unit_test(no_cut_of_a_line_is_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
