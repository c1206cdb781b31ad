/* Growable bytes and arenas. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/arena.h"
#include "lib/base/buf.h"

static void
past_the_maximum_nothing_is_added(void **state)
{
	struct buf b = BUF_INIT(5);

	(void)state;
	buf_add(&b, SPAN("abc"));
	buf_add(&b, SPAN("def"));
	assert_true(b.is_over);
	assert_string_equal(buf_cstr(&b), "abc");
	buf_addc(&b, 'd');
	assert_string_equal(buf_cstr(&b), "abc");
	buf_reset(&b);
	buf_addf(&b, "%d", 12345);
	assert_false(b.is_over);
	assert_string_equal(buf_cstr(&b), "12345");
	buf_clear(&b);
	assert_int_equal(b.max, 5);
}

/* The memory for the spare byte must not wrap around. */
static void
the_largest_maximum_is_none(void **state)
{
	struct buf b = BUF_INIT(SIZE_MAX);

	(void)state;
	buf_add(&b, SPAN("abc"));
	assert_string_equal(buf_cstr(&b), "abc");
	assert_true(b.cap > 3);
	buf_clear(&b);
}

static void
any_length_is_formatted(void **state)
{
	struct buf b = BUF_INIT(100000);
	char text[5001];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	for (int len = 500; len <= 520; len++) {
		buf_reset(&b);
		buf_addf(&b, "%.*s!", len, text);
		assert_int_equal(b.len, len + 1);
		assert_int_equal(b.ptr[len], '!');
	}
	buf_addf(&b, "%s", text);
	assert_int_equal(strlen(buf_cstr(&b)), 521 + 5000);
	buf_clear(&b);
}

static void
numbers_and_fronts(void **state)
{
	struct buf b = BUF_INIT(100);

	(void)state;
	buf_add_u64(&b, 0);
	buf_addc(&b, ' ');
	buf_add_u64(&b, UINT64_MAX);
	assert_string_equal(buf_cstr(&b), "0 18446744073709551615");
	buf_consume(&b, 2);
	assert_string_equal(buf_cstr(&b), "18446744073709551615");
	buf_consume(&b, b.len);
	assert_string_equal(buf_cstr(&b), "");
	buf_clear(&b);
	assert_string_equal(buf_cstr(&b), "");
}

static void
an_arena_gives_zeroed_and_aligned_memory(void **state)
{
	struct arena a = {0};

	(void)state;
	for (size_t size = 0; size < 3000; size += 7) {
		char *p = arena_new(&a, size);

		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, size);
		p = arena_cstr(&a, span_of("abcdef", size % 5));
		assert_int_equal(strlen(p), size % 5);
	}
	assert_true(span_eq(arena_copy(&a, SPAN("a\0b")), SPAN("a\0b")));
	arena_clear(&a);
	assert_null(a.blocks);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(past_the_maximum_nothing_is_added),
		cmocka_unit_test(the_largest_maximum_is_none),
		cmocka_unit_test(any_length_is_formatted),
		cmocka_unit_test(numbers_and_fronts),
		cmocka_unit_test(an_arena_gives_zeroed_and_aligned_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
