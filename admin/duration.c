/* Lengths of time as people read them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "admin/duration.h"

#include "lib/base/clock.h"

static const struct unit {
	int64_t us;
	const char *word, *letters;
} units[] = {
	{SECOND_US * 86400, "day", "d"},      {SECOND_US * 3600, "hour", "h"},
	{SECOND_US * 60, "minute", "m"},      {SECOND_US, "second", "s"},
	{SECOND_US / 1000, "millisecond", "ms"}, {1, "microsecond", "us"},
};

typedef void part_fn(uint64_t number, const struct unit *unit, struct buf *to);

/* Each unit that there is some of, the largest first. */
static void
add_parts(int64_t us, part_fn *fn, struct buf *to)
{
	bool has_any = false;

	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		int64_t number = us / units[i].us;

		if (number <= 0)
			continue;
		fn((uint64_t)number, &units[i], to);
		us -= number * units[i].us;
		has_any = true;
	}
	if (!has_any)
		fn(0, &units[3], to);
}

static void
add_words(uint64_t number, const struct unit *unit, struct buf *to)
{
	if (to->len)
		buf_addc(to, ' ');
	buf_add_u64(to, number);
	buf_addf(to, " %s%s", unit->word, number == 1 ? "" : "s");
}

static void
add_letters(uint64_t number, const struct unit *unit, struct buf *to)
{
	buf_add_u64(to, number);
	buf_add(to, span_cstr(unit->letters));
}

void
duration_words(int64_t us, struct buf *to)
{
	add_parts(us, add_words, to);
}

void
duration_short(int64_t us, struct buf *to)
{
	add_parts(us, add_letters, to);
}
