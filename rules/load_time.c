/* The key `time` of a match. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/load_time.h"

#include "lib/base/complaint.h"
#include "lib/base/nearest.h"

#define ZONES "/usr/share/zoneinfo"

enum { DAY_MINUTES = 24 * 60, WEEK_DAYS = 7 };

static const char *const day_names[WEEK_DAYS] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

static void
read_day(struct reader *r, const struct node *n, unsigned *days)
{
	struct nearest nearest;
	struct span name;

	if (!node_string(n, r->why, &name))
		return;
	nearest = nearest_to(name);
	for (unsigned i = 0; i < WEEK_DAYS; i++) {
		nearest_try(&nearest, day_names[i]);
		if (span_eq(name, span_cstr(day_names[i]))) {
			*days |= 1u << i;
			return;
		}
	}
	complain_word(r->why, n, "mon, tue, wed, thu, fri, sat or sun", nearest.best);
}

static void
read_days(struct reader *r, const struct node *n, void *to)
{
	unsigned *days = to;
	size_t count;
	const struct node *item = node_items(n, &count);

	*days = 0;
	if (count == 0)
		complain_warning(r->why, n, "an empty list matches no request");
	for (; count; count--, item = item->next)
		read_day(r, item, days);
}

/* "HH:MM"; -1 when it is not. */
static int
minute_of(struct span text)
{
	int hour, minute;

	if (text.len != 5 || text.ptr[2] != ':')
		return -1;
	for (size_t i = 0; i < 5; i++) {
		if (i != 2 && !ascii_is_digit(text.ptr[i]))
			return -1;
	}
	hour = (text.ptr[0] - '0') * 10 + text.ptr[1] - '0';
	minute = (text.ptr[3] - '0') * 10 + text.ptr[4] - '0';
	if (hour > 24 || minute > 59 || (hour == 24 && minute))
		return -1;
	return hour * 60 + minute;
}

static void
read_range(struct reader *r, const struct node *n, struct hours *ret)
{
	struct span text, from;
	size_t dash;

	if (!node_string(n, r->why, &text))
		return;
	dash = span_find(text, '-');
	from = span_of(text.ptr, dash);
	ret->from = minute_of(from);
	ret->to = dash < text.len ? minute_of(span_from(text, dash + 1)) : -1;
	if (ret->from < 0 || ret->from == DAY_MINUTES || ret->to < 0)
		complain(r->why, n, "two times as in \"09:00-17:30\"",
		         "\"%.*s\" is not from one time of the day to another", SPAN_ARG(text));
	else if (ret->from == ret->to)
		complain(r->why, n, "two times that differ; \"00:00-24:00\" is the whole day",
		         "begins when it ends");
}

static void
read_hours(struct reader *r, const struct node *n, void *to)
{
	struct time_text *text = CONTAINER_OF(to, struct time_text, hours);
	const struct node *item = node_items(n, &text->hours.count);

	text->hours.at = arena_new(r->arena, text->hours.count * sizeof(*text->hours.at));
	if (text->hours.count == 0)
		complain_warning(r->why, n, "an empty list matches no request");
	for (size_t i = 0; i < text->hours.count; i++, item = item->next)
		read_range(r, item, &text->hours.at[i]);
}

static void
read_zone(struct reader *r, const struct node *n, void *to)
{
	struct time_text *text = CONTAINER_OF(to, struct time_text, zone);
	struct span name;

	if (!node_string(n, r->why, &name))
		return;
	text->zone.name = arena_copy(r->arena, name);
	switch (zone_load(ZONES, name, r->arena, &text->zone.at)) {
	case ZONE_GOOD:
		return;
	case ZONE_NAME:
	case ZONE_UNKNOWN:
		complain(r->why, n, "a name of the time zone database, as in Europe/Berlin",
		         "there is no time zone \"%.*s\" in " ZONES, SPAN_ARG(name));
		return;
	case ZONE_BROKEN:
		complain(r->why, n, NULL, ZONES "/%.*s cannot be read as a time zone",
		         SPAN_ARG(name));
		return;
	}
}

static void
check_time(struct reader *r, const struct node *n, void *object UNUSED)
{
	if (!node_find(n, SPAN("days")) && !node_find(n, SPAN("hours")))
		complain(r->why, n, "days or hours", "names neither days nor hours");
}

#define AT(key) .offset = offsetof(struct time_text, key)

/* clang-format off */
static const struct key time_keys[] = {
	{.name = "days", .type = KEY_CUSTOM, AT(days), .read = read_days,
	 .form = "mon, tue, wed, thu, fri, sat or sun, or a list of them", .help = "Any of these days; left out: all.",
	 .json_schema = JSON_SCHEMA_ONE_OR_MORE("{\"enum\": [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\", \"sat\", \"sun\"]}")},
	{.name = "hours", .type = KEY_CUSTOM, AT(hours), .read = read_hours,
	 .form = "\"HH:MM-HH:MM\" or a list of them", .help = "Any of these hours of local time; left out: the whole day.",
	 .json_schema = JSON_SCHEMA_TEXTS},
	{.name = "zone", .type = KEY_CUSTOM, AT(zone), .read = read_zone,
	 .form = "a name of the time zone database", .help = "Whose local time; left out: UTC.",
	 .json_schema = "{\"type\": \"string\"}"},
};
/* clang-format on */

const struct schema time_schema = {
	.name = "a time",
	.help = "When a request was sent.",
	.keys = time_keys,
	.key_count = ARRAY_LEN(time_keys),
	.size = sizeof(struct time_text),
	.check = check_time,
};

const struct schedule *
schedule_compile(const struct time_text *text, const struct node *n, struct arena *arena)
{
	static const struct hours whole_day = {0, DAY_MINUTES};
	bool has_hours = node_find(n, SPAN("hours"));
	struct schedule *s = arena_new(arena, sizeof(*s));

	*s = (struct schedule){
		.days = node_find(n, SPAN("days")) ? text->days : (1u << WEEK_DAYS) - 1,
		.hours = has_hours ? text->hours.at : &whole_day,
		.count = has_hours ? text->hours.count : 1,
		.zone = text->zone.at,
		.zone_name = text->zone.name,
	};
	/* UTC is built in: it cannot fail to load. */
	if (!s->zone) {
		s->zone_name = SPAN("UTC");
		(void)!zone_load(ZONES, s->zone_name, arena, &s->zone);
	}
	return s;
}
