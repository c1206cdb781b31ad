/* Request targets, beyond what the tables say. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "lib/http/target.h"
#include "lib/http/unicode.h"
#include "tests/unit/http/case.h"
#include "tests/unit/http/guard.h"

static void
canonical_paths_are_not_copied(void **state)
{
	static const char *const paths[] = {"/", "/a", "/a/b/", "/a%20b", "/caf%C3%A9/x",
	                                    "/a.b/~c/d-e_f"};
	struct request_options options = {0};
	struct arena arena = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		struct span raw = span_cstr(paths[i]), path;

		assert_int_equal(target_read_path(raw, &options, &arena, &path), FAULT_NONE);
		assert_ptr_equal(path.ptr, raw.ptr);
		assert_int_equal(path.len, raw.len);
	}
	assert_null(arena.blocks);
}

/* Each path of up to three characters of those that matter: what comes out reads as
 * itself, and has no dot segment, with every option. */
static void
what_comes_out_reads_as_itself(void **state)
{
	static const char *const pieces[] = {"/", ".", "a", "%2e", "%2F", "%2f", ";", "%3b", "%20",
	                                     "%25", "%41", "%c3%a9", "%2", "?"};
	struct request_options all = {true, true, true, true, 0};
	struct arena arena = {0};
	size_t n = ARRAY_LEN(pieces);

	(void)state;
	for (size_t i = 0; i < n * n * n * n; i++) {
		struct span path, again;
		char text[64];
		int len = snprintf(text, sizeof(text), "/%s%s%s%s", pieces[i % n],
		                   pieces[i / n % n], pieces[i / n / n % n], pieces[i / n / n / n]);

		if (target_read_path(span_of(guard_copy(span_of(text, (size_t)len)), (size_t)len),
		                     &all, &arena, &path))
			continue;
		assert_int_equal(target_read_path(path, &all, &arena, &again), FAULT_NONE);
		assert_ptr_equal(again.ptr, path.ptr);
		assert_false(span_ends(path, SPAN(".")));
		arena_clear(&arena);
	}
}

static void
every_delimiter_look_alike_is_refused(void **state)
{
	static const uint32_t points[] = {0x37e,  0x2024, 0x2025, 0x2026, 0x2047, 0x2048, 0x2049,
	                                  0x2100, 0x2488, 0xfe52, 0xfe54, 0xfe56, 0xfe5f, 0xfe68,
	                                  0xfe6a, 0xff03, 0xff05, 0xff0e, 0xff0f, 0xff1b, 0xff1f,
	                                  0xff3c, 0x1f100};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(points); i++)
		assert_true(unicode_is_refused(points[i]));
}

static void
invisible_private_and_unassigned_characters_are_refused(void **state)
{
	static const uint32_t points[] = {0x80,   0x9f,   0xa0,   0xad,    0x378,   0x200b,  0x200e,
	                                  0x2028, 0x202e, 0x2066, 0x3000,  0xe000,  0xfeff,  0xffff,
	                                  0xe0001, 0xf0000, 0x10ffff};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(points); i++)
		assert_true(unicode_is_refused(points[i]));
}

static void
letters_digits_and_symbols_are_taken(void **state)
{
	static const uint32_t points[] = {0xa1,   0xe9,   0x3b1,  0x416,  0x5d0,   0x915, 0x4e2d,
	                                  0xac00, 0x20ac, 0x2192, 0xff21, 0x1f600, 0x20000};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(points); i++)
		assert_false(unicode_is_refused(points[i]));
}

static void
form_parameters_that_override_the_method_are_seen(void **state)
{
	static const char *const yes[] = {"_method=x", "_method", "a=b&_METHOD=x", "%5Fmethod=x",
	                                  "_metho%64=x", "+_method=x", "%20_method=x", ".method=x",
	                                  "_method%00z=x", "_method%5b%5d=x", "a;_method=x",
	                                  "&&_method=x", "X-HTTP-Method-Override=x",
	                                  "x_http_method=x", "$httpMethod=x", "-method=x",
	                                  "%255fmethod=x", "_%256dethod=x", "%25%35%66method=x",
	                                  "_method%2500z=x", "_method%255b", "_method+=x",
	                                  "_method%20[a[b]]=x", "_method[=x", "_method%252b=x",
	                                  "x.http-method_override%00=x", "+%20%2b_method=x"};
	static const char *const no[] = {"", "&", "method=x", "__method=x", "_methods=x",
	                                 "a=_method", "_meth%6", "a_method=x", "%", "_%6",
	                                 "x-http-method-override-and-more=x", "[_method]=x",
	                                 "%25255fmethod=x", "_me%00thod=x", "+=_method", "%00_method"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
		if (!target_overrides_method(span_cstr(yes[i])))
			fail_msg("%s", yes[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(no); i++) {
		if (target_overrides_method(span_cstr(no[i])))
			fail_msg("%s", no[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(canonical_paths_are_not_copied),
		cmocka_unit_test(what_comes_out_reads_as_itself),
		cmocka_unit_test(every_delimiter_look_alike_is_refused),
		cmocka_unit_test(invisible_private_and_unassigned_characters_are_refused),
		cmocka_unit_test(letters_digits_and_symbols_are_taken),
		cmocka_unit_test(form_parameters_that_override_the_method_are_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
