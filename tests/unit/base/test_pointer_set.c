/* JSON pointers: which are taken, and the tree they make. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lib/base/pointer_set.h"

static bool
add(struct pointer_set *set, const char *pointer, size_t *ret)
{
	return pointer_set_add(set, span_cstr(pointer), ret);
}

static void
the_same_pointer_has_the_same_index(void **state)
{
	struct pointer_set *set = pointer_set_new();
	size_t index;

	(void)state;
	assert_int_equal(pointer_set_count(set), 0);
	assert_true(add(set, "/a", &index));
	assert_int_equal(index, 0);
	assert_true(add(set, "/a/b", &index));
	assert_int_equal(index, 1);
	assert_true(add(set, "/A", &index));
	assert_int_equal(index, 2);
	assert_true(add(set, "/a/b", &index));
	assert_int_equal(index, 1);
	assert_int_equal(pointer_set_count(set), 3);
	assert_true(span_eq(pointer_set_text(set, 2), SPAN("/A")));
	pointer_set_free(set);
	pointer_set_free(NULL);
}

static void
malformed_pointers_leave_no_trace(void **state)
{
	static const char *const texts[] = {"", "a", "a/b", "/~", "/a~", "/~2", "/~a", "/-",
	                                    "/a/-", "/-/a", "#/a"};
	struct pointer_set *set = pointer_set_new();
	char deep[2 * POINTER_PARTS_MAX + 3], wide[POINTER_PART_MAX + 3];
	size_t index, nodes = pointer_set_node_count(set);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		if (add(set, texts[i], &index))
			fail_msg("\"%s\" is taken", texts[i]);
	}
	assert_false(pointer_set_add(set, SPAN("/a\0b"), &index));
	for (size_t i = 0; i < sizeof(deep); i++)
		deep[i] = i % 2 ? 'a' : '/';
	assert_false(pointer_set_add(set, span_of(deep, 2 * POINTER_PARTS_MAX + 2), &index));
	memset(wide, 'a', sizeof(wide));
	wide[0] = '/';
	assert_false(pointer_set_add(set, span_of(wide, POINTER_PART_MAX + 2), &index));
	assert_int_equal(pointer_set_count(set), 0);
	assert_int_equal(pointer_set_node_count(set), nodes);
	assert_true(pointer_set_add(set, span_of(deep, 2 * POINTER_PARTS_MAX), &index));
	assert_true(pointer_set_add(set, span_of(wide, POINTER_PART_MAX + 1), &index));
	pointer_set_free(set);
}

/* A part of digits is an index even where no array can be so long. */
static void
no_index_is_too_large(void **state)
{
	struct pointer_set *set = pointer_set_new();
	const struct pointer_step *steps;
	size_t index, count;

	(void)state;
	assert_true(add(set, "/18446744073709551615/18446744073709551616/99999999999999999999999/"
	                     "0/00/9x", &index));
	steps = pointer_set_steps(set, index, &count);
	assert_int_equal(count, 6);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(steps[i].is_index, i < 4);
	pointer_set_free(set);
}

static void
parts_are_unescaped_once(void **state)
{
	struct pointer_set *set = pointer_set_new();
	const struct pointer_step *steps;
	size_t index, count;

	(void)state;
	assert_true(add(set, "/~01/a~1b//10/010", &index));
	steps = pointer_set_steps(set, index, &count);
	assert_int_equal(count, 5);
	assert_true(span_eq(steps[0].part, SPAN("~1")));
	assert_true(span_eq(steps[1].part, SPAN("a/b")));
	assert_int_equal(steps[2].part.len, 0);
	assert_true(steps[3].is_index);
	assert_false(steps[4].is_index);
	pointer_set_free(set);
}

/* The long s and the Kelvin sign fold into ASCII. */
static void
case_variants_are_one_node(void **state)
{
	static const char *const same[] = {"ask", "ASK", "aSk", "a\xc5\xbfk", "as\xe2\x84\xaa",
	                                   "A\xc5\xbf\xe2\x84\xaa"};
	static const char *const other[] = {"", "as", "asks", "bsk", "a\xc5\xbek",
	                                    "as\xe2\x84\xab", "ask\xc5"};
	struct pointer_set *set = pointer_set_new();
	uint32_t node;
	size_t index;

	(void)state;
	assert_true(add(set, "/Ask", &index));
	assert_true(add(set, "/asK/x", &index));
	node = pointer_set_member(set, POINTER_NODE_ROOT, SPAN("Ask"));
	assert_int_not_equal(node, POINTER_NODE_NONE);
	for (size_t i = 0; i < ARRAY_LEN(same); i++)
		assert_int_equal(
			pointer_set_member(set, POINTER_NODE_ROOT, span_cstr(same[i])), node);
	for (size_t i = 0; i < ARRAY_LEN(other); i++)
		assert_int_equal(
			pointer_set_member(set, POINTER_NODE_ROOT, span_cstr(other[i])),
			POINTER_NODE_NONE);
	assert_int_not_equal(pointer_set_member(set, node, SPAN("X")), POINTER_NODE_NONE);
	pointer_set_free(set);
}

static void
every_pointer_of_many_is_found(void **state)
{
	struct pointer_set *set = pointer_set_new();
	char text[32];
	size_t index;

	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		int len = snprintf(text, sizeof(text), "/p%zu/%zu", i % 100, i);

		assert_true(pointer_set_add(set, span_of(text, (size_t)len), &index));
		assert_int_equal(index, i);
	}
	for (size_t i = 0; i < 1000; i++) {
		int len = snprintf(text, sizeof(text), "P%zu", i % 100);
		uint32_t parent = pointer_set_member(set, POINTER_NODE_ROOT,
		                                     span_of(text, (size_t)len));

		assert_int_not_equal(parent, POINTER_NODE_NONE);
		assert_int_not_equal(pointer_set_element(set, parent, i), POINTER_NODE_NONE);
		assert_int_equal(pointer_set_element(set, parent, i + 1), POINTER_NODE_NONE);
	}
	pointer_set_free(set);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_pointer_has_the_same_index),
		cmocka_unit_test(malformed_pointers_leave_no_trace),
		cmocka_unit_test(no_index_is_too_large),
		cmocka_unit_test(parts_are_unescaped_once),
		cmocka_unit_test(case_variants_are_one_node),
		cmocka_unit_test(every_pointer_of_many_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
