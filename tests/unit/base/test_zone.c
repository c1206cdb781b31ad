/* Local time: files of zones made by hand, and hostile ones. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
/* cmocka needs the first four. */
#include <cmocka.h>

#include "lib/base/buf.h"
#include "lib/base/zone.h"

enum { FILE_MAX = 4096 };

struct change {
	int64_t at;
	unsigned char type;
};

static void
add_number(struct buf *to, uint64_t number, unsigned bytes)
{
	while (bytes--)
		buf_addc(to, (char)(bytes < 8 ? number >> (8 * bytes) : 0));
}

static void
add_header(struct buf *to, uint32_t leaps, uint32_t times, uint32_t types)
{
	buf_add(to, SPAN("TZif2"));
	add_number(to, 0, 8);
	add_number(to, 0, 7);
	add_number(to, 0, 4);
	add_number(to, 0, 4);
	add_number(to, leaps, 4);
	add_number(to, times, 4);
	add_number(to, types, 4);
	add_number(to, 4, 4);
}

/* Type 0 is UTC, type 1 an hour east of it. */
static void
write_zone(struct buf *to, const struct change *changes, size_t count, const char *footer)
{
	add_header(to, 0, 0, 1);
	add_number(to, 0, 6);
	buf_add(to, span_of("UTC", 4));
	add_header(to, 0, (uint32_t)count, 2);
	for (size_t i = 0; i < count; i++)
		add_number(to, (uint64_t)changes[i].at, 8);
	for (size_t i = 0; i < count; i++)
		buf_addc(to, (char)changes[i].type);
	add_number(to, 0, 6);
	add_number(to, 3600, 4);
	add_number(to, 1, 2);
	buf_add(to, span_of("UTC", 4));
	buf_addf(to, "\n%s\n", footer);
}

static const struct change changes[] = {{1000000, 1}, {2000000, 0}, {3000000, 1}};

/* Minutes since Monday 00:00, or -1. */
static int
tell(const struct zone *z, int64_t seconds)
{
	struct zone_time at;

	if (!zone_tell(z, (struct wall){seconds * SECOND_US}, &at))
		return -1;
	return at.weekday * 1440 + at.minute;
}

/* The same for so many seconds east of UTC; 1970-01-01 was a Thursday. */
static int
wanted(int64_t seconds, int64_t east)
{
	int64_t minutes = (seconds + east) / 60 - ((seconds + east) % 60 < 0) + 3 * 1440;

	return (int)((minutes % 10080 + 10080) % 10080);
}

static void
changes_count_from_their_second_on(void **state UNUSED)
{
	struct arena arena = {0};
	struct buf file = BUF_INIT(FILE_MAX);
	const struct zone *z;

	write_zone(&file, changes, 3, "");
	assert_int_equal(zone_read(buf_span(&file), &arena, &z), ZONE_GOOD);
	assert_int_equal(tell(z, -86400), wanted(-86400, 0));
	assert_int_equal(tell(z, 999999), wanted(999999, 0));
	assert_int_equal(tell(z, 1000000), wanted(1000000, 3600));
	assert_int_equal(tell(z, 2000000), wanted(2000000, 0));
	assert_int_equal(tell(z, 3000000), wanted(3000000, 3600));
	/* Nobody knows what came after. */
	assert_int_equal(tell(z, 3000001), -1);
	buf_clear(&file);
	arena_clear(&arena);
}

static void
a_rule_goes_on_after_the_last_change(void **state UNUSED)
{
	struct arena arena = {0};
	struct buf file = BUF_INIT(FILE_MAX);
	const struct zone *z;

	write_zone(&file, changes, 3, "CET-1CEST,M3.5.0,M10.5.0/3");
	assert_int_equal(zone_read(buf_span(&file), &arena, &z), ZONE_GOOD);
	/* 2026-03-29T01:00:00Z and 2026-10-25T01:00:00Z. */
	assert_int_equal(tell(z, 1774745999), wanted(1774745999, 3600));
	assert_int_equal(tell(z, 1774746000), wanted(1774746000, 7200));
	assert_int_equal(tell(z, 1792889999), wanted(1792889999, 7200));
	assert_int_equal(tell(z, 1792890000), wanted(1792890000, 3600));
	buf_clear(&file);
	arena_clear(&arena);
}

static void
a_zone_without_changes_has_one_time(void **state UNUSED)
{
	struct arena arena = {0};
	struct buf file = BUF_INIT(FILE_MAX);
	const struct zone *z;

	write_zone(&file, NULL, 0, "");
	assert_int_equal(zone_read(buf_span(&file), &arena, &z), ZONE_GOOD);
	assert_int_equal(tell(z, 1774746000), wanted(1774746000, 0));
	buf_clear(&file);
	arena_clear(&arena);
}

static void
utc_needs_no_file(void **state UNUSED)
{
	struct arena arena = {0};
	const struct zone *z;

	assert_int_equal(zone_load("/nowhere", SPAN("UTC"), &arena, &z), ZONE_GOOD);
	assert_int_equal(tell(z, 1774746000), wanted(1774746000, 0));
	arena_clear(&arena);
}

static void
names_stay_below_the_folder(void **state UNUSED)
{
	static const char *const names[] = {
		"", "/", "/etc/passwd", "../x", "a/../b", "a//b", "a/", "a.b", "a b",
	};
	struct arena arena = {0};
	const struct zone *z;

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		assert_int_equal(zone_load("/etc", span_cstr(names[i]), &arena, &z), ZONE_NAME);
	assert_int_equal(zone_load("/nowhere", SPAN("Europe/Berlin"), &arena, &z), ZONE_UNKNOWN);
	arena_clear(&arena);
}

static void
a_file_cut_short_is_no_zone(void **state UNUSED)
{
	struct buf file = BUF_INIT(FILE_MAX);

	write_zone(&file, changes, 3, "CET-1CEST,M3.5.0,M10.5.0/3");
	for (size_t len = 0; len < file.len; len++) {
		struct arena arena = {0};
		char *copy = malloc(len ? len : 1);
		const struct zone *z;

		memcpy(copy, file.ptr, len);
		assert_int_equal(zone_read(span_of(copy, len), &arena, &z), ZONE_BROKEN);
		free(copy);
		arena_clear(&arena);
	}
	buf_clear(&file);
}

static void
a_file_with_a_byte_changed_is_no_disaster(void **state UNUSED)
{
	struct buf file = BUF_INIT(FILE_MAX);

	write_zone(&file, changes, 3, "CET-1CEST,M3.5.0,M10.5.0/3");
	for (size_t i = 0; i < file.len * 8; i++) {
		struct arena arena = {0};
		const struct zone *z;

		file.ptr[i / 8] ^= (char)(1u << i % 8);
		if (zone_read(buf_span(&file), &arena, &z) == ZONE_GOOD)
			(void)tell(z, 1774746000);
		file.ptr[i / 8] ^= (char)(1u << i % 8);
		arena_clear(&arena);
	}
	buf_clear(&file);
}

static void
leap_seconds_and_old_files_are_refused(void **state UNUSED)
{
	struct arena arena = {0};
	struct buf file = BUF_INIT(FILE_MAX);
	const struct zone *z;

	add_header(&file, 0, 0, 1);
	add_number(&file, 0, 6);
	buf_add(&file, span_of("UTC", 4));
	add_header(&file, 1, 0, 1);
	add_number(&file, 0, 6);
	buf_add(&file, span_of("UTC", 4));
	add_number(&file, 0, 12);
	buf_addf(&file, "\n\n");
	assert_int_equal(zone_read(buf_span(&file), &arena, &z), ZONE_BROKEN);
	buf_reset(&file);
	write_zone(&file, changes, 3, "");
	file.ptr[4] = '\0';
	assert_int_equal(zone_read(buf_span(&file), &arena, &z), ZONE_BROKEN);
	buf_clear(&file);
	arena_clear(&arena);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes_count_from_their_second_on),
		cmocka_unit_test(a_rule_goes_on_after_the_last_change),
		cmocka_unit_test(a_zone_without_changes_has_one_time),
		cmocka_unit_test(utc_needs_no_file),
		cmocka_unit_test(names_stay_below_the_folder),
		cmocka_unit_test(a_file_cut_short_is_no_zone),
		cmocka_unit_test(a_file_with_a_byte_changed_is_no_disaster),
		cmocka_unit_test(leap_seconds_and_old_files_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
