/* What people are shown: nothing hidden, nothing that acts, nothing that is markup. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "admin/duration.h"
#include "admin/html.h"
#include "admin/visible.h"

static const struct row {
	const char *name;
	struct span given;
	const char *terminal, *html, *attribute;
} rows[] = {
	{"printable ASCII stays", SPAN("abc ~!"), "abc ~!", "abc ~!", "abc ~!"},
	{"markup is text", SPAN("<b>&\"'"), "<b>&\"'", "&lt;b&gt;&amp;&quot;&#39;",
	 "&lt;b&gt;&amp;&quot;&#39;"},
	{"a direction mark is named", SPAN("a\xe2\x80\xae" "b"), "a\\u{202e}b",
	 "a<span class=\"mark\">\\u{202e}</span>b", "a\\u{202e}b"},
	{"a look-alike is named", SPAN("\xd0\xb0"), "\\u{430}",
	 "<span class=\"mark\">\\u{430}</span>", "\\u{430}"},
	{"beyond the first plane", SPAN("\xf0\x9f\x92\xa3"), "\\u{1f4a3}",
	 "<span class=\"mark\">\\u{1f4a3}</span>", "\\u{1f4a3}"},
	{"a terminal sequence is named", SPAN("\033[2J\x07"), "\\u{1b}[2J\\u{7}",
	 "<span class=\"mark\">\\u{1b}</span>[2J<span class=\"mark\">\\u{7}</span>",
	 "\\u{1b}[2J\\u{7}"},
	{"bytes that are not UTF-8 are named", SPAN("\xff\xc3"), "\\x{ff}\\x{c3}",
	 "<span class=\"mark\">\\x{ff}</span><span class=\"mark\">\\x{c3}</span>",
	 "\\x{ff}\\x{c3}"},
	{"NUL and DEL are named", SPAN("\0\x7f"), "\\u{0}\\u{7f}",
	 "<span class=\"mark\">\\u{0}</span><span class=\"mark\">\\u{7f}</span>",
	 "\\u{0}\\u{7f}"},
	{"line ends are named", SPAN("a\r\n\tb"), "a\\r\\n\\tb",
	 "a<span class=\"mark\">\\r</span><span class=\"mark\">\\n</span>"
	 "<span class=\"mark\">\\t</span>b",
	 "a\\r\\n\\tb"},
	{"on a terminal an escape cannot be forged", SPAN("\\u{41}"), "\\\\u{41}", "\\u{41}",
	 "\\u{41}"},
	{"nothing is nothing", SPAN(""), "", "", ""},
};

static void
expect(const struct row *row, struct buf *have, const char *want)
{
	if (!span_eq(buf_span(have), span_cstr(want)))
		fail_msg("%s: \"%s\" instead of \"%s\"", row->name, buf_cstr(have), want);
	buf_clear(have);
}

static void
everything_else_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf text = BUF_INIT(1000);

		visible_add(&text, rows[i].given);
		expect(&rows[i], &text, rows[i].terminal);
	}
}

static void
text_is_never_markup(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf text = BUF_INIT(1000);
		struct html h = {&text};

		html_text(&h, rows[i].given);
		expect(&rows[i], &text, rows[i].html);
	}
}

static void
an_attribute_stays_inside_its_quotes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf text = BUF_INIT(1000), want = BUF_INIT(1000);
		struct html h = {&text};

		HTML_ATTR(&h, "value", rows[i].given);
		buf_addf(&want, " value=\"%s\"", rows[i].attribute);
		expect(&rows[i], &text, buf_cstr(&want));
		buf_clear(&want);
	}
}

/* Whatever the bytes are: no byte of the output could act. */
static void
no_byte_gets_through(void **state)
{
	struct buf text = BUF_INIT(100000);
	struct html h = {&text};
	char all[256];

	(void)state;
	for (size_t i = 0; i < sizeof(all); i++)
		all[i] = (char)i;
	HTML_ATTR(&h, "value", span_of(all, sizeof(all)));
	for (size_t i = 0; i < text.len; i++)
		assert_true(text.ptr[i] >= 0x20 && text.ptr[i] <= 0x7e && text.ptr[i] != '<');
	assert_int_equal(span_find(span_from(buf_span(&text), 8), '"'), text.len - 9);
	buf_clear(&text);
}

static void
lines_of_a_body_break_where_they_are_marked(void **state)
{
	struct buf text = BUF_INIT(1000);
	struct html h = {&text};

	(void)state;
	html_lines(&h, SPAN("a\nb"));
	assert_string_equal(buf_cstr(&text), "a<span class=\"mark\">\\n</span>\nb");
	buf_clear(&text);
}

static void
a_long_text_is_cut_between_characters_and_says_so(void **state)
{
	struct span text = SPAN("0123456789\xe2\x80\xae" "abcdefghij");
	struct buf shown = BUF_INIT(1000);
	struct html h = {&shown};

	(void)state;
	assert_int_equal(visible_fit(text, 100), text.len);
	assert_int_equal(visible_fit(text, 10), 10);
	assert_int_equal(visible_fit(text, 17), 10);
	assert_int_equal(visible_fit(text, 18), 13);
	assert_int_equal(visible_fit(SPAN("\\\\"), 3), 1);
	visible_add_short(&shown, text, 20);
	assert_string_equal(buf_cstr(&shown), "0123456789[+13]");
	buf_reset(&shown);
	html_short(&h, text, 5);
	assert_string_equal(buf_cstr(&shown), "01234<span class=\"mark\">[+18]</span>");
	buf_clear(&shown);
}

static void
a_duration_is_exact_and_in_the_units_of_people(void **state)
{
	static const struct {
		int64_t us;
		const char *words, *letters;
	} durations[] = {
		{0, "0 seconds", "0s"},
		{500000, "500 milliseconds", "500ms"},
		{1000000, "1 second", "1s"},
		{90000000, "1 minute 30 seconds", "1m30s"},
		{1800000000, "30 minutes", "30m"},
		{INT64_C(604800000000), "7 days", "7d"},
		{1000001, "1 second 1 microsecond", "1s1us"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(durations); i++) {
		struct buf words = BUF_INIT(100), letters = BUF_INIT(100);

		duration_words(durations[i].us, &words);
		duration_short(durations[i].us, &letters);
		assert_string_equal(buf_cstr(&words), durations[i].words);
		assert_string_equal(buf_cstr(&letters), durations[i].letters);
		buf_clear(&words);
		buf_clear(&letters);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_else_is_named),
		cmocka_unit_test(text_is_never_markup),
		cmocka_unit_test(an_attribute_stays_inside_its_quotes),
		cmocka_unit_test(no_byte_gets_through),
		cmocka_unit_test(lines_of_a_body_break_where_they_are_marked),
		cmocka_unit_test(a_long_text_is_cut_between_characters_and_says_so),
		cmocka_unit_test(a_duration_is_exact_and_in_the_units_of_people),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
