/* A canonical path cut into segments, and variants of spellings. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/rules/policy.h"

#include "lib/base/memory.h"
#include "rules/path.h"

static const struct row {
	const char *path;
	const char *segments; /* joined by blanks */
	bool ends_with_slash, has_escape;
} rows[] = {
	{"/", "", true, false},
	{"/a", "a", false, false},
	{"/a/", "a", true, false},
	{"/a/b", "a b", false, false},
	{"/1234567/x", "1234567 x", false, false},
	{"/12345678/x", "12345678 x", false, false},
	{"/a/b/c/d/e/f/g/h/", "a b c d e f g h", true, false},
	{"/a%2Fb/c", "a%2Fb c", false, true},
	{"/long-segment-of-many-bytes/and%20another", "long-segment-of-many-bytes and%20another", false, true},
};

/* Ends where the memory ends, so that reading past it is seen. */
static struct span
at_the_edge(const char *text, char **ret_owner)
{
	size_t len = strlen(text);

	*ret_owner = memory_new(len);
	memcpy(*ret_owner, text, len);
	return span_of(*ret_owner, len);
}

static void
a_path_is_cut_at_its_slashes(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct span wanted = span_cstr(rows[i].segments), word;
		struct path path;
		size_t count = 0;
		char *owner;

		path_split(&path, at_the_edge(rows[i].path, &owner));
		while (wanted.len && span_cut(&wanted, ' ', &word))
			expect_span(path.segments[count++], word);
		assert_int_equal(path.count, count);
		assert_int_equal(path.ends_with_slash, rows[i].ends_with_slash);
		assert_int_equal(path.has_escape, rows[i].has_escape);
		assert_false(path.is_asterisk);
		free(owner);
	}
}

static void
an_asterisk_has_no_segments(void **state UNUSED)
{
	struct path path;

	path_split(&path, SPAN("*"));
	assert_true(path.is_asterisk);
	assert_int_equal(path.count, 0);
	assert_false(path.ends_with_slash);
}

static void
segments_past_the_last_are_counted_only(void **state UNUSED)
{
	char text[2 * (REQUEST_SEGMENTS_MAX + 10)];
	struct path path;

	for (size_t i = 0; i < sizeof(text); i += 2)
		memcpy(text + i, "/x", 2);
	path_split(&path, span_of(text, sizeof(text)));
	assert_int_equal(path.count, REQUEST_SEGMENTS_MAX + 10);
}

static const struct pair {
	const char *a, *b;
	bool are_variants;
} pairs[] = {
	{"users", "users", true},
	{"users", "USERS", true},
	{"users", "user", false},
	{"a:b", "a%3Ab", true},
	{"a%3Ab", "A:B", true},
	{"a%40b", "a@b", true},
	{"a%2Fb", "a%2Fb", true},
	{"a%2Fb", "ab", false},
	{"a%20b", "a b", false},
	{"%C3%A9", "%C3%89", false},
	{"[", "{", false},
	{"@", "`", false},
	{"a%3A", "a%3", false},
	{"0123456789abcdefghijk", "0123456789ABCDEFGHIJK", true},
	{"0123456789abcdefghijk", "0123456789ABCDEFGHIJL", false},
	{"", "", true},
	{"a", "", false},
};

static uint32_t
hash_in_path(const char *segment)
{
	char text[64];
	struct path path;

	snprintf(text, sizeof(text), "/%s/x", segment);
	path_split(&path, span_cstr(text));
	return path_segment_hash(&path, 0);
}

static void
variants_have_one_hash(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		struct span a = span_cstr(pairs[i].a), b = span_cstr(pairs[i].b);
		bool is_one = segment_hash(a) == segment_hash(b);

		if (segment_is_variant(a, b) != pairs[i].are_variants ||
		    segment_is_variant(b, a) != pairs[i].are_variants ||
		    is_one != pairs[i].are_variants)
			fail_msg("%s and %s", pairs[i].a, pairs[i].b);
		if (a.len)
			assert_int_equal(segment_hash(a), hash_in_path(pairs[i].a));
	}
}

/* The three ways of loading the last bytes of a segment give one hash. */
static void
a_hash_does_not_depend_on_what_is_around(void **state UNUSED)
{
	static const char bytes[] = "abCDefGHijKLmnOP";

	for (size_t before = 0; before < 10; before++) {
		for (size_t len = 1; len < sizeof(bytes); len++) {
			char text[64] = "/";
			struct path path;
			size_t at = 1;
			char *owner;

			memset(text + at, 'x', before);
			at += before;
			if (before)
				text[at++] = '/';
			memcpy(text + at, bytes, len);
			path_split(&path, at_the_edge(text, &owner));
			assert_int_equal(path_segment_hash(&path, path.count - 1),
			                 segment_hash(span_of(bytes, len)));
			free(owner);
		}
	}
}

static void
only_loose_escapes_are_undone(void **state UNUSED)
{
	static const char text[] = "/a%3Ab/%2F%25%C3%A9%40/%3";
	char to[sizeof(text)];
	size_t len = path_unescape(SPAN(text), to);

	expect_span(span_of(to, len), SPAN("/a:b/%2F%25%C3%A9@/%3"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_is_cut_at_its_slashes),
		cmocka_unit_test(an_asterisk_has_no_segments),
		cmocka_unit_test(segments_past_the_last_are_counted_only),
		cmocka_unit_test(variants_have_one_hash),
		cmocka_unit_test(a_hash_does_not_depend_on_what_is_around),
		cmocka_unit_test(only_loose_escapes_are_undone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
