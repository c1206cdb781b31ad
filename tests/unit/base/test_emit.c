/* JSON that no value can break, and the UTF-8 behind it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/emit.h"
#include "lib/base/utf8.h"

static void
every_byte_is_escaped_or_printable(void **state)
{
	struct buf b = BUF_INIT(10000);
	struct emit e = EMIT_INTO(&b);

	(void)state;
	for (int c = 0; c < 256; c++) {
		char byte = (char)c;

		buf_reset(&b);
		e = EMIT_INTO(&b);
		emit_string(&e, span_of(&byte, 1));
		assert_true(b.len >= 3);
		for (size_t i = 0; i < b.len; i++)
			assert_true(b.ptr[i] >= 0x20 && b.ptr[i] < 0x7f);
		if (c >= 0x80)
			assert_string_equal(buf_cstr(&b), "\"\\ufffd\"");
	}
	buf_reset(&b);
	e = EMIT_INTO(&b);
	emit_string(&e, SPAN("\"\\\n\xc3\xa9\xf0\x9f\x98\x80"));
	assert_string_equal(buf_cstr(&b), "\"\\\"\\\\\\n\\u00e9\\ud83d\\ude00\"");
	buf_clear(&b);
}

static void
commas_stand_where_they_must(void **state)
{
	struct buf b = BUF_INIT(1000);
	struct emit e = EMIT_INTO(&b);

	(void)state;
	emit_object(&e);
	emit_member_u64(&e, "a", 1);
	emit_key(&e, "b");
	emit_array(&e);
	emit_bool(&e, true);
	emit_object(&e);
	emit_object_end(&e);
	emit_null(&e);
	emit_array_end(&e);
	emit_member_cstr(&e, "c", "x");
	emit_object_end(&e);
	assert_string_equal(buf_cstr(&b), "{\"a\":1,\"b\":[true,{},null],\"c\":\"x\"}");
	buf_clear(&b);
}

static void
utf8_is_read_strictly(void **state)
{
	static const struct {
		struct span bytes;
		bool is_valid;
	} rows[] = {
		{SPAN(""), true}, {SPAN("a"), true}, {SPAN("\xc2\x80"), true},
		{SPAN("\xdf\xbf"), true}, {SPAN("\xe0\xa0\x80"), true},
		{SPAN("\xed\x9f\xbf"), true}, {SPAN("\xee\x80\x80"), true},
		{SPAN("\xf0\x90\x80\x80"), true}, {SPAN("\xf4\x8f\xbf\xbf"), true},
		{SPAN("\x80"), false}, {SPAN("\xc0\x80"), false}, {SPAN("\xc1\xbf"), false},
		{SPAN("\xe0\x9f\xbf"), false}, {SPAN("\xed\xa0\x80"), false},
		{SPAN("\xf0\x8f\xbf\xbf"), false}, {SPAN("\xf4\x90\x80\x80"), false},
		{SPAN("\xf5\x80\x80\x80"), false}, {SPAN("\xff"), false}, {SPAN("\xc2"), false},
		{SPAN("\xe2\x82"), false}, {SPAN("\xf0\x9f\x98"), false}, {SPAN("\xc2" "a"), false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (utf8_is_valid(rows[i].bytes) != rows[i].is_valid)
			fail_msg("row %zu", i);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte_is_escaped_or_printable),
		cmocka_unit_test(commas_stand_where_they_must),
		cmocka_unit_test(utf8_is_read_strictly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
