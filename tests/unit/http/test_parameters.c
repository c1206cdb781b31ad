/* Parameters: the one of that name, its variants, and readings of its value. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "lib/http/parameters.h"
#include "tests/unit/http/case.h"
#include "tests/unit/http/guard.h"

struct row {
	const char *parameters, *name;
	enum parameter_found found;
};

static void
check_rows(const struct row *rows, size_t count, bool is_form)
{
	for (size_t i = 0; i < count; i++) {
		struct arena arena = {0};
		struct parameter p;
		struct span text = span_cstr(rows[i].parameters);
		enum parameter_found found;

		found = parameter_find(span_of(guard_copy(text), text.len), span_cstr(rows[i].name),
		                       is_form, &arena, &p);
		if (found != rows[i].found)
			fail_msg("%s in \"%s\": %d", rows[i].name, rows[i].parameters, (int)found);
		arena_clear(&arena);
	}
}

static void
names_are_equal_byte_for_byte_or_variants(void **state)
{
	static const struct row rows[] = {
		{"", "a", PARAMETER_ABSENT}, {"&&", "a", PARAMETER_ABSENT},
		{"b=1", "a", PARAMETER_ABSENT}, {"ab=1", "a", PARAMETER_ABSENT},
		{"b=a", "a", PARAMETER_ABSENT}, {"=a", "a", PARAMETER_ABSENT},
		{"a=1", "a", PARAMETER_FOUND}, {"a", "a", PARAMETER_FOUND},
		{"b=1&&a=1&", "a", PARAMETER_FOUND}, {"%61=1", "a", PARAMETER_FOUND},
		{"a%2bb=1", "a+b", PARAMETER_FOUND}, {"a%20b=1", "a b", PARAMETER_FOUND},
		{"a[b]=1", "a[b]", PARAMETER_FOUND}, {"a[c]=1", "a[b]", PARAMETER_ABSENT},
		{"a[b]=1&a[c]=1", "a[b]", PARAMETER_FOUND}, {"ids[]=1", "ids[]", PARAMETER_FOUND},
		{"a_b=1", "a_b", PARAMETER_FOUND}, {"a-b=1", "a_b", PARAMETER_ABSENT},
		{"A=1", "a", PARAMETER_DOUBTFUL}, {"a=1", "A", PARAMETER_DOUBTFUL},
		{"a[]=1", "a", PARAMETER_DOUBTFUL}, {"a[x][y]=1", "a", PARAMETER_DOUBTFUL},
		{"a%5B0%5D=1", "a", PARAMETER_DOUBTFUL}, {"ids=1", "ids[]", PARAMETER_DOUBTFUL},
		{"ids[0]=1", "ids[]", PARAMETER_DOUBTFUL}, {"a[b][]=1", "a[b]", PARAMETER_DOUBTFUL},
		{"%20a=1", "a", PARAMETER_DOUBTFUL}, {"+a+=1", "a", PARAMETER_DOUBTFUL},
		{"a%2561=1", "aa", PARAMETER_DOUBTFUL}, {"%2561=1", "a", PARAMETER_DOUBTFUL},
		{"a%255B%255D=1", "a", PARAMETER_DOUBTFUL}, {"a%2500x=1", "a", PARAMETER_DOUBTFUL},
		{"a%00x=1", "a", PARAMETER_DOUBTFUL}, {"a+b=1", "a b", PARAMETER_DOUBTFUL},
		{"a+b=1", "a+b", PARAMETER_DOUBTFUL}, {"a.b=1", "a_b", PARAMETER_DOUBTFUL},
		{"a%20b=1", "a_b", PARAMETER_DOUBTFUL}, {"a_b=1", "a.b", PARAMETER_DOUBTFUL},
		{"a+[x]=1", "a", PARAMETER_DOUBTFUL}, {"a%20[]+=1", "a", PARAMETER_DOUBTFUL},
		{"a[b[c]]=1", "a", PARAMETER_DOUBTFUL}, {"a[b]]=1", "a", PARAMETER_DOUBTFUL},
		{"a[[b]=1", "a", PARAMETER_DOUBTFUL}, {"a[b]c[d]=1", "a", PARAMETER_DOUBTFUL},
		{"a+[b[c]]=1", "a", PARAMETER_DOUBTFUL}, {"a[b+[c]]=1", "a[b", PARAMETER_DOUBTFUL},
		{"a[b][]=1", "a[b] []+", PARAMETER_DOUBTFUL}, {"a=1", "+ a []", PARAMETER_DOUBTFUL},
		{"a[b]x=1", "a", PARAMETER_ABSENT}, {"ab[c]=1", "a", PARAMETER_ABSENT},
		{"[]=1", "a", PARAMETER_ABSENT}, {"[a]=1", "a", PARAMETER_ABSENT},
		{"a]=1", "a", PARAMETER_ABSENT}, {"a[=1", "a", PARAMETER_ABSENT},
	};

	(void)state;
	check_rows(rows, ARRAY_LEN(rows), false);
}

static void
a_parameter_that_stands_twice_is_repeated(void **state)
{
	static const struct row rows[] = {
		{"a=1&a=1", "a", PARAMETER_REPEATED}, {"a&b&a", "a", PARAMETER_REPEATED},
		{"a=1&A=1", "a", PARAMETER_REPEATED}, {"A=1&a=1", "a", PARAMETER_REPEATED},
		{"A=1&a[]=1", "a", PARAMETER_REPEATED}, {"a=1&%61=2", "a", PARAMETER_REPEATED},
		{"a=1;x&a=2", "a", PARAMETER_REPEATED}, {"a[]=1&a[]=2", "a[]", PARAMETER_REPEATED},
		{"a=1&b=2&b=3", "a", PARAMETER_FOUND},
	};

	(void)state;
	check_rows(rows, ARRAY_LEN(rows), false);
}

static void
a_semicolon_makes_everything_doubtful(void **state)
{
	static const struct row rows[] = {
		{"a=1;b", "a", PARAMETER_DOUBTFUL}, {"b=1;a=1", "a", PARAMETER_DOUBTFUL},
		{"b=1;c", "a", PARAMETER_DOUBTFUL}, {"b=1%3Bc", "a", PARAMETER_ABSENT},
		{"a=1%3B", "a", PARAMETER_FOUND},
	};

	(void)state;
	check_rows(rows, ARRAY_LEN(rows), false);
}

static void
a_plus_in_a_form_is_a_blank(void **state)
{
	static const struct row rows[] = {
		{"a+b=1", "a b", PARAMETER_FOUND}, {"a+b=1", "a+b", PARAMETER_DOUBTFUL},
		{"a%2Bb=1", "a+b", PARAMETER_FOUND}, {"+a=1", "a", PARAMETER_DOUBTFUL},
		{"a=1", "a", PARAMETER_FOUND},
	};

	(void)state;
	check_rows(rows, ARRAY_LEN(rows), true);
}

static struct parameter
value_of(const char *parameters, bool is_form, struct arena *arena)
{
	struct parameter p;

	assert_int_equal(parameter_find(span_cstr(parameters), SPAN("a"), is_form, arena, &p),
	                 PARAMETER_FOUND);
	return p;
}

static void
values_are_decoded_once(void **state)
{
	struct arena arena = {0};
	struct parameter p;

	(void)state;
	EXPECT_SPAN(value_of("a=x%20%C3%A9y", false, &arena).value, "x \xc3\xa9y");
	EXPECT_SPAN(value_of("a", false, &arena).value, "");
	EXPECT_SPAN(value_of("a=b=c", false, &arena).value, "b=c");
	EXPECT_SPAN(value_of("b=2&a=1&c", false, &arena).value, "1");
	p = value_of("a=x+%2B+y%20", false, &arena);
	assert_true(p.has_other);
	EXPECT_SPAN(p.value, "x+++y ");
	EXPECT_SPAN(p.other, "x + y ");
	p = value_of("a=x+%2B+y", true, &arena);
	assert_false(p.has_other);
	EXPECT_SPAN(p.value, "x + y");
	EXPECT_SPAN(p.other, "x + y");
	arena_clear(&arena);
}

static void
values_that_need_no_decoding_are_borrowed(void **state)
{
	static const char parameters[] = "b=%20&a=plain";
	struct arena arena = {0};
	struct parameter p = value_of(parameters, false, &arena);

	(void)state;
	assert_ptr_equal(p.value.ptr, parameters + 8);
	assert_ptr_equal(p.other.ptr, parameters + 8);
	assert_null(arena.blocks);
}

static void
values_that_some_decode_again_are_opaque(void **state)
{
	static const char *const opaque[] = {"a=%2541", "a=%00", "a=x%2500y", "a=%25%34%31",
	                                     "a=+%2541"};
	static const char *const plain[] = {"a=%25", "a=%25zz", "a=100%25", "a=%254", "a="};
	struct arena arena = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(opaque); i++)
		assert_true(value_of(opaque[i], i % 2, &arena).is_opaque);
	for (size_t i = 0; i < ARRAY_LEN(plain); i++)
		assert_false(value_of(plain[i], i % 2, &arena).is_opaque);
	arena_clear(&arena);
}

static void
forms_are_checked(void **state)
{
	static const struct {
		const char *body;
		enum fault fault;
	} rows[] = {
		{"a=1&b=x+y%20", FAULT_NONE}, {"a", FAULT_NONE}, {"", FAULT_BODY_UNREADABLE},
		{"a=%", FAULT_BODY_UNREADABLE}, {"a=%4", FAULT_BODY_UNREADABLE},
		{"a=%zz", FAULT_BODY_UNREADABLE}, {"a=b c", FAULT_BODY_UNREADABLE},
		{"a=b\r\n", FAULT_BODY_UNREADABLE}, {"a=\xc3\xa9", FAULT_BODY_UNREADABLE},
		{"a=<b>", FAULT_BODY_UNREADABLE}, {"a#b", FAULT_BODY_UNREADABLE},
		{"a=1&_method=DELETE", FAULT_METHOD_OVERRIDE},
		{"%5fMethod=PUT", FAULT_METHOD_OVERRIDE},
		{"x-http-method-override=PUT", FAULT_METHOD_OVERRIDE},
		{"a=1&%255fmethod[x]=PUT", FAULT_METHOD_OVERRIDE},
		{"a=_method", FAULT_NONE},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(form_check(span_cstr(rows[i].body)), rows[i].fault);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_equal_byte_for_byte_or_variants),
		cmocka_unit_test(a_parameter_that_stands_twice_is_repeated),
		cmocka_unit_test(a_semicolon_makes_everything_doubtful),
		cmocka_unit_test(a_plus_in_a_form_is_a_blank),
		cmocka_unit_test(values_are_decoded_once),
		cmocka_unit_test(values_that_need_no_decoding_are_borrowed),
		cmocka_unit_test(values_that_some_decode_again_are_opaque),
		cmocka_unit_test(forms_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
