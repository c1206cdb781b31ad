/* POSIX TZ strings (RFC 8536 section 3.3, POSIX.1-2017 chapter 8). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/zone_rule.h"

enum { DAY = 86400, HOUR = 3600, NAME_MIN = 3, HOURS_MAX = 167 };

static bool
take(struct span *rest, char c)
{
	if (rest->len == 0 || rest->ptr[0] != c)
		return false;
	*rest = span_from(*rest, 1);
	return true;
}

static bool
take_number(struct span *rest, int most, int *ret)
{
	size_t len = 0;
	int number = 0;

	while (len < rest->len && len < 4 && ascii_is_digit(rest->ptr[len]))
		number = number * 10 + (rest->ptr[len++] - '0');
	*rest = span_from(*rest, len);
	*ret = number;
	return len && number <= most;
}

/* "<+0330>" or "CET". */
static bool
take_name(struct span *rest)
{
	bool is_quoted = take(rest, '<');
	size_t len = 0;

	while (len < rest->len &&
	       (ascii_is_alpha(rest->ptr[len]) ||
	        (is_quoted && (ascii_is_digit(rest->ptr[len]) || rest->ptr[len] == '+' ||
	                       rest->ptr[len] == '-'))))
		len++;
	*rest = span_from(*rest, len);
	return len >= NAME_MIN && (!is_quoted || take(rest, '>'));
}

/* "[+-]hh[:mm[:ss]]" in seconds. */
static bool
take_time(struct span *rest, int64_t *ret)
{
	bool is_negative = take(rest, '-');
	int hours, minutes = 0, seconds = 0;

	if (!is_negative)
		(void)take(rest, '+');
	if (!take_number(rest, HOURS_MAX, &hours))
		return false;
	if (take(rest, ':')) {
		if (!take_number(rest, 59, &minutes))
			return false;
		if (take(rest, ':') && !take_number(rest, 59, &seconds))
			return false;
	}
	*ret = (int64_t)hours * HOUR + (int64_t)minutes * 60 + seconds;
	if (is_negative)
		*ret = -*ret;
	return true;
}

/* "Mm.w.d" without its M. */
static bool
take_weekday(struct span *rest, struct zone_change *ret)
{
	ret->kind = CHANGE_WEEKDAY;
	return take_number(rest, 12, &ret->month) && ret->month && take(rest, '.') &&
	       take_number(rest, 5, &ret->week) && ret->week && take(rest, '.') &&
	       take_number(rest, 6, &ret->day);
}

static bool
take_change(struct span *rest, struct zone_change *ret)
{
	bool is_good;

	*ret = (struct zone_change){.kind = CHANGE_DAY, .time = (int64_t)2 * HOUR};
	if (!take(rest, ','))
		return false;
	if (take(rest, 'M')) {
		is_good = take_weekday(rest, ret);
	} else if (take(rest, 'J')) {
		ret->kind = CHANGE_JULIAN;
		is_good = take_number(rest, 365, &ret->day) && ret->day;
	} else {
		is_good = take_number(rest, 365, &ret->day);
	}
	return is_good && (!take(rest, '/') || take_time(rest, &ret->time));
}

bool
zone_rule_read(struct span text, struct zone_rule *ret)
{
	struct zone_rule rule = {0};

	/* Offsets are written west of UTC. */
	if (!take_name(&text) || !take_time(&text, &rule.standard))
		return false;
	rule.standard = -rule.standard;
	if (text.len) {
		rule.has_summer = true;
		rule.summer = rule.standard + HOUR;
		if (!take_name(&text))
			return false;
		if (text.len && text.ptr[0] != ',') {
			if (!take_time(&text, &rule.summer))
				return false;
			rule.summer = -rule.summer;
		}
		if (!take_change(&text, &rule.start) || !take_change(&text, &rule.end))
			return false;
	}
	*ret = rule;
	return text.len == 0;
}

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static bool
is_leap(int64_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int64_t
day_of_date(int64_t year, int month, int day)
{
	static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
	int64_t past = year - 1;
	int64_t days = past * 365 + floor_div(past, 4) - floor_div(past, 100) +
	               floor_div(past, 400);

	/* 719162 days lie between 0001-01-01 and 1970-01-01. */
	return days - 719162 + before[month - 1] + (month > 2 && is_leap(year)) + day - 1;
}

static int64_t
year_of(int64_t day)
{
	int64_t year = 1970 + floor_div(day, 366);

	while (day_of_date(year + 1, 1, 1) <= day)
		year++;
	while (day_of_date(year, 1, 1) > day)
		year--;
	return year;
}

static int64_t
weekday_of_change(const struct zone_change *c, int64_t year)
{
	int64_t first = day_of_date(year, c->month, 1);
	int64_t next = c->month == 12 ? day_of_date(year + 1, 1, 1)
	                              : day_of_date(year, c->month + 1, 1);
	int64_t weekday = ((first + 4) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
	int64_t day = first + (c->day - weekday + 7) % 7 + 7 * (int64_t)(c->week - 1);

	return day >= next ? day - 7 : day;
}

/* Seconds since 1970 in the local time that holds until then. */
static int64_t
moment_of(const struct zone_change *c, int64_t year)
{
	int64_t day = day_of_date(year, 1, 1) + c->day;

	if (c->kind == CHANGE_WEEKDAY)
		day = weekday_of_change(c, year);
	else if (c->kind == CHANGE_JULIAN)
		day += (c->day >= 60 && is_leap(year)) - 1;
	return day * DAY + c->time;
}

int64_t
zone_rule_offset(const struct zone_rule *rule, int64_t seconds)
{
	int64_t year, start, end;
	bool is_summer;

	if (!rule->has_summer)
		return rule->standard;
	year = year_of(floor_div(seconds + rule->standard, DAY));
	start = moment_of(&rule->start, year) - rule->standard;
	end = moment_of(&rule->end, year) - rule->summer;
	is_summer = start < end ? start <= seconds && seconds < end
	                        : seconds < end || seconds >= start;
	return is_summer ? rule->summer : rule->standard;
}
