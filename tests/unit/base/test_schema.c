/* Tables of keys: what they fill, what they leave alone, what they refuse. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lib/base/document.h"
#include "lib/base/schema.h"

struct inner {
	uint64_t number;
	int64_t time_us;
};

struct outer {
	bool truth;
	int word;
	uint64_t size;
	struct span text;
	struct strings list;
	struct inner inner;
	struct objects inners;
	const struct node *node;
};

static const struct word words[] = {{"one", 1}, {"two", 2}, {NULL, 0}};
static const struct key inner_keys[] = {
	{.name = "number", .type = KEY_INTEGER, .offset = offsetof(struct inner, number),
	 .bounds = {1, 9}, .fallback = "3", .is_required = true},
	{.name = "time", .type = KEY_DURATION, .offset = offsetof(struct inner, time_us),
	 .fallback = "2s"},
};
static const struct key stranger_keys[] = {{.name = "stranger"}};
static const struct schema inner_schema = {.name = "an inner",
                                           .keys = inner_keys,
                                           .key_count = ARRAY_LEN(inner_keys),
                                           .size = sizeof(struct inner),
                                           .elsewhere = stranger_keys,
                                           .elsewhere_count = 1,
                                           .elsewhere_says = "lives elsewhere"};
static const struct key outer_keys[] = {
	{.name = "truth", .type = KEY_BOOL, .offset = offsetof(struct outer, truth),
	 .fallback = "true"},
	{.name = "word", .type = KEY_WORD, .offset = offsetof(struct outer, word),
	 .words = words, .fallback = "two"},
	{.name = "size", .type = KEY_SIZE, .offset = offsetof(struct outer, size),
	 .fallback = "4k"},
	{.name = "text", .type = KEY_STRING, .offset = offsetof(struct outer, text),
	 .fallback = "so"},
	{.name = "list", .type = KEY_STRINGS, .offset = offsetof(struct outer, list)},
	{.name = "inner", .type = KEY_OBJECT, .offset = offsetof(struct outer, inner),
	 .object = &inner_schema},
	{.name = "inners", .type = KEY_OBJECTS, .offset = offsetof(struct outer, inners),
	 .object = &inner_schema},
	{.name = "node", .type = KEY_NODE, .offset = offsetof(struct outer, node)},
	{.name = "later", .is_later = true},
};
static const struct schema outer_schema = {.name = "an outer",
                                           .keys = outer_keys,
                                           .key_count = ARRAY_LEN(outer_keys),
                                           .size = sizeof(struct outer)};

struct run {
	struct arena arena;
	struct complaints *why;
	struct document *doc;
	struct reader reader;
	struct buf text;
};

/* Reads `yaml` on top of what `object` has. */
static void
begin(struct run *run, const char *yaml)
{
	*run = (struct run){.why = complaints_new(), .text = BUF_INIT(1 << 16)};
	run->reader = (struct reader){.why = run->why, .arena = &run->arena};
	run->doc = document_read("x", span_cstr(yaml), run->why);
	assert_non_null(run->doc);
}

static void
end(struct run *run)
{
	document_free(run->doc);
	complaints_free(run->why);
	arena_clear(&run->arena);
	buf_clear(&run->text);
}

static void
defaults_come_from_the_table(void **state)
{
	struct outer outer = {0};
	struct run run;

	(void)state;
	begin(&run, "{}");
	schema_defaults(&run.reader, &outer_schema, &outer);
	schema_read(&run.reader, &outer_schema, document_root(run.doc), &outer);
	assert_int_equal(complaints_errors(run.why), 0);
	assert_true(outer.truth);
	assert_int_equal(outer.word, 2);
	assert_int_equal(outer.size, 4096);
	assert_true(span_eq(outer.text, SPAN("so")));
	assert_int_equal(outer.inner.number, 3);
	assert_int_equal(outer.inner.time_us, 2000000);
	end(&run);
}

static void
what_is_written_wins_and_the_rest_stays(void **state)
{
	struct outer outer = {.size = 7, .inner = {.number = 5, .time_us = 6}};
	struct run run;

	(void)state;
	begin(&run, "{truth: false, word: one, text: x, list: [a, b], inner: {number: 9},\n"
	            " inners: [{number: 1, time: 5ms}, {number: 2}], node: [1]}");
	schema_read(&run.reader, &outer_schema, document_root(run.doc), &outer);
	assert_int_equal(complaints_errors(run.why), 0);
	assert_int_equal(outer.word, 1);
	assert_int_equal(outer.size, 7);
	assert_int_equal(outer.list.count, 2);
	assert_true(span_eq(outer.list.at[1], SPAN("b")));
	assert_int_equal(outer.inner.number, 9);
	assert_int_equal(outer.inner.time_us, 6);
	assert_int_equal(outer.inners.count, 2);
	assert_int_equal(((struct inner *)outer.inners.at)[0].time_us, 5000);
	assert_int_equal(((struct inner *)outer.inners.at)[1].time_us, 2000000);
	assert_int_equal(outer.node->kind, NODE_LIST);
	end(&run);
}

static void
one_string_is_a_list_of_one(void **state)
{
	struct outer outer = {0};
	struct run run;

	(void)state;
	begin(&run, "{list: a}");
	schema_read(&run.reader, &outer_schema, document_root(run.doc), &outer);
	assert_int_equal(complaints_errors(run.why), 0);
	assert_int_equal(outer.list.count, 1);
	assert_true(span_eq(outer.list.at[0], SPAN("a")));
	end(&run);
}

static void
everything_wrong_is_complained_of_at_once(void **state)
{
	static const char *const says[] = {
		"x:1:2: error: tuth: unknown key in an outer; did you mean \"truth\"?",
		"error: later: not supported yet",
		"error: word: \"thre\" is not known here; expected one or two",
		"error: list[1]: is a list; expected a string",
		"error: inner: an inner needs the key \"number\"",
		"error: inner.stranger: lives elsewhere",
		"error: inners[0].number: 10 is too large; expected 1 to 9",
		"error: inners[1]: \"5\" is a number; expected a map",
		"error: size: there is no value; expected a size",
	};
	struct outer outer = {0};
	struct run run;

	(void)state;
	begin(&run, "{tuth: false, later: 1, word: thre, list: [a, []], inner: {stranger: 1},\n"
	            " inners: [{number: 10}, 5], size: }");
	schema_read(&run.reader, &outer_schema, document_root(run.doc), &outer);
	assert_int_equal(complaints_errors(run.why), ARRAY_LEN(says));
	complaints_text(run.why, &run.text);
	for (size_t i = 0; i < ARRAY_LEN(says); i++) {
		if (!strstr(buf_cstr(&run.text), says[i]))
			fail_msg("%s\nlacks %s", buf_cstr(&run.text), says[i]);
	}
	end(&run);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_come_from_the_table),
		cmocka_unit_test(what_is_written_wins_and_the_rest_stays),
		cmocka_unit_test(one_string_is_a_list_of_one),
		cmocka_unit_test(everything_wrong_is_complained_of_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
