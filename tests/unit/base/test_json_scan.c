/* JSON with one reading: what is refused, and what stands at pointers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lib/base/json_scan.h"

static enum json_flaw
flaw_of(struct span document)
{
	struct arena arena = {0};
	enum json_flaw flaw;
	/* As large as the document: a sanitizer sees a step past its end. */
	char *exact = malloc(document.len ? document.len : 1);

	assert_non_null(exact);
	memcpy(exact, document.ptr, document.len);
	flaw = json_scan(span_of(exact, document.len), NULL, NULL, &arena);
	arena_clear(&arena);
	free(exact);
	return flaw;
}

static void
what_rfc_8259_takes_is_taken(void **state)
{
	static const char *const texts[] = {
		"{}", "[]", "0", "null", "true", "false", "\"\"", " \t\r\n[ ] \n", "[[],{}]",
		"{\"\":0}", "{\"a\":{\"a\":{\"a\":1}},\"b\":[{\"a\":1},{\"a\":2}]}",
		"[1 , 2\t,\n3]", "{ \"a\" : 1 , \"A\" : 2 }",
		"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0001\"", "\"\\uD83D\\uDE00\"",
		"\"\\ud800\\udc00\\udbff\\udfff\\ud7ff\\ue000\"",
		"\"\x7f\xc2\x80\xef\xbf\xbf\xf4\x8f\xbf\xbf\"", "[-0,1.5e-3,1E+2]",
		"\"0123456789abcdef\\n0123456789abcdef\"",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		enum json_flaw flaw = flaw_of(span_cstr(texts[i]));

		if (flaw)
			fail_msg("%s: %s", texts[i], json_flaw_sentence(flaw));
	}
}

static void
everything_else_is_refused_with_its_reason(void **state)
{
	static const struct {
		const char *text;
		enum json_flaw flaw;
	} rows[] = {
		{"", JSON_FLAW_EMPTY}, {" \n", JSON_FLAW_EMPTY},
		{"{} {}", JSON_FLAW_MORE}, {"1 2", JSON_FLAW_MORE}, {"01", JSON_FLAW_MORE},
		{"[1]]", JSON_FLAW_MORE}, {"{}\x0b", JSON_FLAW_MORE}, {"truex", JSON_FLAW_MORE},
		{"nul", JSON_FLAW_SYNTAX}, {"True", JSON_FLAW_SYNTAX}, {"NaN", JSON_FLAW_SYNTAX},
		{"-Infinity", JSON_FLAW_SYNTAX}, {"+1", JSON_FLAW_SYNTAX}, {".5", JSON_FLAW_SYNTAX},
		{"[1.]", JSON_FLAW_SYNTAX}, {"[1e]", JSON_FLAW_SYNTAX}, {"[-]", JSON_FLAW_SYNTAX},
		{"[01]", JSON_FLAW_SYNTAX}, {"[1 2]", JSON_FLAW_SYNTAX}, {"[1,]", JSON_FLAW_SYNTAX},
		{"[,1]", JSON_FLAW_SYNTAX}, {"[}", JSON_FLAW_SYNTAX}, {"{]", JSON_FLAW_SYNTAX},
		{"{\"a\":1,}", JSON_FLAW_SYNTAX}, {"{\"a\" 1}", JSON_FLAW_SYNTAX},
		{"{\"a\",1}", JSON_FLAW_SYNTAX}, {"{a:1}", JSON_FLAW_SYNTAX},
		{"{'a':1}", JSON_FLAW_SYNTAX}, {"{1:1}", JSON_FLAW_SYNTAX},
		{"{\"a\":}", JSON_FLAW_SYNTAX}, {"{null:1}", JSON_FLAW_SYNTAX},
		{"[1] // x", JSON_FLAW_MORE}, {"/**/1", JSON_FLAW_SYNTAX}, {"]", JSON_FLAW_SYNTAX},
		{"[", JSON_FLAW_SHORT}, {"{", JSON_FLAW_SHORT}, {"[1", JSON_FLAW_SHORT},
		{"[1,", JSON_FLAW_SHORT}, {"{\"a", JSON_FLAW_SHORT}, {"{\"a\"", JSON_FLAW_SHORT},
		{"{\"a\":", JSON_FLAW_SHORT}, {"{\"a\":1", JSON_FLAW_SHORT},
		{"\"a", JSON_FLAW_SHORT}, {"\"a\\", JSON_FLAW_SHORT}, {"[[]", JSON_FLAW_SHORT},
		{"\xef\xbb\xbf{}", JSON_FLAW_BOM}, {"\xfe\xff", JSON_FLAW_SYNTAX},
		{"\"\x80\"", JSON_FLAW_UTF8}, {"\"\xc0\xaf\"", JSON_FLAW_UTF8},
		{"\"\xed\xa0\x80\"", JSON_FLAW_UTF8}, {"\"\xf4\x90\x80\x80\"", JSON_FLAW_UTF8},
		{"\"\xe2\x82\"", JSON_FLAW_UTF8}, {"\"\xe2\x82", JSON_FLAW_UTF8},
		{"\"eight by\x1f then seven\"", JSON_FLAW_CONTROL},
		{"\"a\nb\"", JSON_FLAW_CONTROL}, {"\"\x1f\"", JSON_FLAW_CONTROL},
		{"\"\\x\"", JSON_FLAW_ESCAPE}, {"\"\\u12g4\"", JSON_FLAW_ESCAPE},
		{"\"\\u12\"", JSON_FLAW_ESCAPE}, {"\"\\U0041\"", JSON_FLAW_ESCAPE},
		{"\"\\'\"", JSON_FLAW_ESCAPE},
		{"\"\\ud800\"", JSON_FLAW_SURROGATE}, {"\"\\udc00\"", JSON_FLAW_SURROGATE},
		{"\"\\udbff\"", JSON_FLAW_SURROGATE}, {"\"\\udfff\"", JSON_FLAW_SURROGATE},
		{"\"\\ud800\\ud800\"", JSON_FLAW_SURROGATE},
		{"\"\\ud800x\"", JSON_FLAW_SURROGATE}, {"\"\\ud83d\\n\"", JSON_FLAW_SURROGATE},
		{"\"\\u0000\"", JSON_FLAW_NUL}, {"{\"a\\u0000\":1}", JSON_FLAW_NUL},
		{"1e309", JSON_FLAW_NUMBER}, {"1e-309", JSON_FLAW_NUMBER},
		{"[1e1000000000000000000]", JSON_FLAW_NUMBER},
		{"{\"a\":1,\"a\":1}", JSON_FLAW_DUPLICATE},
		{"{\"a\":1,\"\\u0061\":1}", JSON_FLAW_DUPLICATE},
		{"{\"\":1,\"\":1}", JSON_FLAW_DUPLICATE},
		{"[{\"b\":[{\"a\":1,\"b\":2,\"a\":1}]}]", JSON_FLAW_DUPLICATE},
		{"{\"\\ud83d\\ude00\":1,\"\xf0\x9f\x98\x80\":1}", JSON_FLAW_DUPLICATE},
		{"{\"a/b\":1,\"a\\/b\":1}", JSON_FLAW_DUPLICATE},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		enum json_flaw flaw = flaw_of(span_cstr(rows[i].text));

		if (flaw != rows[i].flaw)
			fail_msg("%s: %s", rows[i].text, json_flaw_sentence(flaw));
	}
	assert_int_equal(flaw_of(span_of("\"a\0b\"", 5)), JSON_FLAW_CONTROL);
	assert_int_equal(flaw_of(span_of("{}\0", 3)), JSON_FLAW_MORE);
}

static void
every_flaw_has_a_sentence(void **state)
{
	(void)state;
	for (enum json_flaw flaw = 0; flaw < JSON_FLAW_COUNT; flaw++)
		assert_non_null(json_flaw_sentence(flaw));
}

static void
a_flaw_has_a_place(void **state)
{
	size_t at = 9;

	(void)state;
	assert_int_equal(json_check(SPAN("{\"a\":1,\"a\":2}"), &at), JSON_FLAW_DUPLICATE);
	assert_int_equal(at, 7);
	assert_int_equal(json_check(SPAN("[1,x]"), &at), JSON_FLAW_SYNTAX);
	assert_int_equal(at, 3);
	assert_int_equal(json_check(SPAN(""), &at), JSON_FLAW_EMPTY);
	assert_int_equal(at, 0);
}

static void
depth_is_limited(void **state)
{
	char text[2 * JSON_DEPTH_MAX + 2];

	(void)state;
	memset(text, '[', JSON_DEPTH_MAX);
	memset(text + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
	assert_int_equal(flaw_of(span_of(text, (size_t)2 * JSON_DEPTH_MAX)), JSON_FLAW_NONE);
	memset(text, '[', JSON_DEPTH_MAX + 1);
	memset(text + JSON_DEPTH_MAX + 1, ']', JSON_DEPTH_MAX + 1);
	assert_int_equal(flaw_of(span_of(text, sizeof(text))), JSON_FLAW_DEPTH);
}

/* An object of `count` members; the last repeats the first if `repeats`. */
static struct span
wide_object(char *text, size_t count, bool repeats)
{
	size_t len = 0;

	for (size_t i = 0; i < count; i++)
		len += (size_t)snprintf(text + len, 24, "%c\"m%zu\":0", i ? ',' : '{',
		                        repeats && i == count - 1 ? 0 : i);
	text[len++] = '}';
	return span_of(text, len);
}

static void
values_are_limited_and_names_told_apart_in_objects_of_any_width(void **state)
{
	static const size_t widths[] = {2, 3, 8, 31, 63, 64, 65, 66, 127, 128, 129, 1000,
	                                JSON_NODES_MAX - 1};
	static char text[JSON_NODES_MAX * 16];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(widths); i++) {
		assert_int_equal(flaw_of(wide_object(text, widths[i], false)), JSON_FLAW_NONE);
		assert_int_equal(flaw_of(wide_object(text, widths[i], true)), JSON_FLAW_DUPLICATE);
	}
	assert_int_equal(flaw_of(wide_object(text, JSON_NODES_MAX, false)), JSON_FLAW_NODES);
}

struct expected {
	const char *pointer;
	enum json_found found;
	enum json_kind kind;
	const char *raw, *text;
};

static void
check_fact(const char *document, const struct expected *e)
{
	struct pointer_set *set = pointer_set_new();
	struct arena arena = {0};
	struct json_fact fact;
	size_t index;

	assert_true(pointer_set_add(set, span_cstr(e->pointer), &index));
	assert_int_equal(json_scan(span_cstr(document), set, &fact, &arena), JSON_FLAW_NONE);
	if (fact.found != e->found)
		fail_msg("%s in %s: %d", e->pointer, document, (int)fact.found);
	assert_int_equal(fact.kind, e->kind);
	if (!span_eq(fact.raw, span_cstr(e->raw)) || !span_eq(fact.text, span_cstr(e->text)))
		fail_msg("%s in %s: %.*s", e->pointer, document, SPAN_ARG(fact.raw));
	arena_clear(&arena);
	pointer_set_free(set);
}

static void
what_stands_at_a_pointer_is_found(void **state)
{
	static const char document[] =
		"{\"n\": -1.50e2, \"s\":\"x\\u00e9\\n\", \"plain\":\"abc\", \"t\":true, \"f\":false,"
		"\"z\":null, \"l\": [10, {\"a/b\": \"in\"}, [ ] ], \"o\":{\"\":{\"~\":7}}, \"0\":1}";
	static const struct expected rows[] = {
		{"/n", JSON_FOUND, JSON_NUMBER_VALUE, "-1.50e2", NULL},
		{"/s", JSON_FOUND, JSON_STRING_VALUE, "\"x\\u00e9\\n\"", "x\xc3\xa9\n"},
		{"/plain", JSON_FOUND, JSON_STRING_VALUE, "\"abc\"", "abc"},
		{"/t", JSON_FOUND, JSON_TRUE_VALUE, "true", NULL},
		{"/f", JSON_FOUND, JSON_FALSE_VALUE, "false", NULL},
		{"/z", JSON_FOUND, JSON_NULL_VALUE, "null", NULL},
		{"/l", JSON_FOUND, JSON_ARRAY_VALUE, "[10, {\"a/b\": \"in\"}, [ ] ]", NULL},
		{"/l/0", JSON_FOUND, JSON_NUMBER_VALUE, "10", NULL},
		{"/l/1/a~1b", JSON_FOUND, JSON_STRING_VALUE, "\"in\"", "in"},
		{"/l/2", JSON_FOUND, JSON_ARRAY_VALUE, "[ ]", NULL},
		{"/o", JSON_FOUND, JSON_OBJECT_VALUE, "{\"\":{\"~\":7}}", NULL},
		{"/o//~0", JSON_FOUND, JSON_NUMBER_VALUE, "7", NULL},
		{"/0", JSON_FOUND, JSON_NUMBER_VALUE, "1", NULL},
		{"/x", JSON_ABSENT, 0, NULL, NULL},
		{"/", JSON_ABSENT, 0, NULL, NULL},
		{"/o/x", JSON_ABSENT, 0, NULL, NULL},
		{"/o/x/y", JSON_ABSENT, 0, NULL, NULL},
		{"/l/3", JSON_ABSENT, 0, NULL, NULL},
		{"/l/2/0", JSON_ABSENT, 0, NULL, NULL},
		{"/l/00", JSON_DOUBTFUL, 0, NULL, NULL},
		{"/l/a", JSON_DOUBTFUL, 0, NULL, NULL},
		{"/n/x", JSON_DOUBTFUL, 0, NULL, NULL},
		{"/s/0", JSON_DOUBTFUL, 0, NULL, NULL},
		{"/z/x", JSON_DOUBTFUL, 0, NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_fact(document, &rows[i]);
}

static void
names_that_differ_in_case_are_never_the_name(void **state)
{
	static const struct {
		const char *document, *pointer;
		enum json_found found;
	} rows[] = {
		{"{\"A\":1}", "/a", JSON_DOUBTFUL},
		{"{\"\\u0041\":1}", "/a", JSON_DOUBTFUL},
		{"{\"A\":1,\"a\":1}", "/a", JSON_CONFLICT},
		{"{\"a\":1,\"A\":1}", "/a", JSON_CONFLICT},
		{"{\"AB\":1,\"aB\":1}", "/ab", JSON_CONFLICT},
		{"{\"a\xc5\xbfk\":1}", "/ask", JSON_DOUBTFUL},
		{"{\"ask\":1,\"as\xe2\x84\xaa\":1}", "/ask", JSON_CONFLICT},
		{"{\"a\":1,\"b\":1,\"B\":2}", "/a", JSON_FOUND},
		{"{\"a\":{\"B\":1}}", "/a/b", JSON_DOUBTFUL},
		{"{\"A\":{\"b\":1}}", "/a/b", JSON_DOUBTFUL},
		{"{\"A\":{}}", "/a/b", JSON_DOUBTFUL},
		{"{\"A\":{\"b\":1,\"B\":1}}", "/a/b", JSON_CONFLICT},
		{"{\"a\":{\"b\":1},\"A\":1}", "/a/b", JSON_CONFLICT},
		{"{\"A\":1,\"a\":{\"b\":1}}", "/a/b", JSON_CONFLICT},
		{"{\"a\":{\"x\":1},\"A\":{\"b\":1}}", "/a/b", JSON_CONFLICT},
		{"[{\"a\":1},{\"A\":1}]", "/0/a", JSON_FOUND},
		{"[{\"a\":1},{\"A\":1}]", "/1/a", JSON_DOUBTFUL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct pointer_set *set = pointer_set_new();
		struct arena arena = {0};
		struct json_fact fact;
		size_t index;

		assert_true(pointer_set_add(set, span_cstr(rows[i].pointer), &index));
		assert_int_equal(json_scan(span_cstr(rows[i].document), set, &fact, &arena),
		                 JSON_FLAW_NONE);
		if (fact.found != rows[i].found)
			fail_msg("%s in %s: %d", rows[i].pointer, rows[i].document, (int)fact.found);
		arena_clear(&arena);
		pointer_set_free(set);
	}
}

/* Both are governed: each is a variant of the other. */
static void
pointers_that_differ_in_case_are_told_apart(void **state)
{
	struct pointer_set *set = pointer_set_new();
	struct arena arena = {0};
	struct json_fact facts[2];
	size_t index;

	(void)state;
	assert_true(pointer_set_add(set, SPAN("/a"), &index));
	assert_true(pointer_set_add(set, SPAN("/A"), &index));
	assert_int_equal(json_scan(SPAN("{\"A\":1}"), set, facts, &arena), JSON_FLAW_NONE);
	assert_int_equal(facts[0].found, JSON_DOUBTFUL);
	assert_int_equal(facts[1].found, JSON_FOUND);
	arena_clear(&arena);
	pointer_set_free(set);
}

/* More nodes than the scanner keeps on its stack. */
static void
many_pointers_are_found_in_one_pass(void **state)
{
	struct pointer_set *set = pointer_set_new();
	static char text[1024 * 16];
	struct json_fact facts[500];
	struct arena arena = {0};
	struct span document = wide_object(text, 1000, false);
	size_t index;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(facts); i++) {
		char pointer[16];
		int len = snprintf(pointer, sizeof(pointer), "/m%zu", 3 * i);

		assert_true(pointer_set_add(set, span_of(pointer, (size_t)len), &index));
	}
	assert_int_equal(json_scan(document, set, facts, &arena), JSON_FLAW_NONE);
	for (size_t i = 0; i < ARRAY_LEN(facts); i++)
		assert_int_equal(facts[i].found, 3 * i < 1000 ? JSON_FOUND : JSON_ABSENT);
	arena_clear(&arena);
	pointer_set_free(set);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_rfc_8259_takes_is_taken),
		cmocka_unit_test(everything_else_is_refused_with_its_reason),
		cmocka_unit_test(every_flaw_has_a_sentence),
		cmocka_unit_test(a_flaw_has_a_place),
		cmocka_unit_test(depth_is_limited),
		cmocka_unit_test(values_are_limited_and_names_told_apart_in_objects_of_any_width),
		cmocka_unit_test(what_stands_at_a_pointer_is_found),
		cmocka_unit_test(names_that_differ_in_case_are_never_the_name),
		cmocka_unit_test(pointers_that_differ_in_case_are_told_apart),
		cmocka_unit_test(many_pointers_are_found_in_one_pass),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
