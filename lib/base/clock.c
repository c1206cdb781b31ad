/* Monotonic and wall clock. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/clock.h"

#include <stdio.h>
#include <time.h>

static int64_t
now_us(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return ts.tv_sec * SECOND_US + ts.tv_nsec / 1000;
}

struct mono
clock_mono(void)
{
	return (struct mono){now_us(CLOCK_MONOTONIC)};
}

struct wall
clock_wall(void)
{
	return (struct wall){now_us(CLOCK_REALTIME)};
}

static void
put_digits(char *to, unsigned value, int digits)
{
	while (digits-- > 0) {
		to[digits] = (char)('0' + value % 10);
		value /= 10;
	}
}

/* Days to civil date, proleptic Gregorian, counted in 400-year eras from 1 March. */
static void
civil(int64_t days, unsigned *year, unsigned *month, unsigned *day)
{
	int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
	unsigned doe = (unsigned)(z - era * 146097);
	unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;

	*day = doy - (153 * mp + 2) / 5 + 1;
	*month = mp < 10 ? mp + 3 : mp - 9;
	*year = (unsigned)((int64_t)yoe + era * 400) + (*month <= 2);
}

static int64_t
days_of(unsigned year, unsigned month, unsigned day)
{
	unsigned y = year - (month <= 2), era = y / 400, yoe = y - era * 400;
	unsigned doy = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	unsigned doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

	return (int64_t)era * 146097 + doe - 719468;
}

void
wall_text(struct wall t, char ret[WALL_TEXT])
{
	int64_t seconds = t.us >= 0 ? t.us / SECOND_US : 0;
	unsigned in_day = (unsigned)(seconds % 86400), year, month, day;

	civil(seconds / 86400, &year, &month, &day);
	memcpy(ret, "0000-00-00T00:00:00.000000Z", WALL_TEXT);
	put_digits(ret, year, 4);
	put_digits(ret + 5, month, 2);
	put_digits(ret + 8, day, 2);
	put_digits(ret + 11, in_day / 3600, 2);
	put_digits(ret + 14, in_day / 60 % 60, 2);
	put_digits(ret + 17, in_day % 60, 2);
	put_digits(ret + 20, (unsigned)(t.us >= 0 ? t.us % SECOND_US : 0), 6);
}

static bool
number_at(struct span text, size_t at, size_t digits, unsigned max, unsigned *ret)
{
	unsigned value = 0;

	for (size_t i = at; i < at + digits; i++) {
		if (i >= text.len || !ascii_is_digit(text.ptr[i]))
			return false;
		value = value * 10 + (unsigned)(text.ptr[i] - '0');
	}
	*ret = value;
	return value <= max;
}

bool
wall_read(struct span text, struct wall *ret)
{
	static const char shape[] = "____-__-__T__:__:__";
	unsigned year, month, day, hour, minute, second, fraction = 0;
	char again[WALL_TEXT];
	struct wall t;

	if (text.len != 20 && text.len != WALL_TEXT - 1)
		return false;
	for (size_t i = 0; i < sizeof(shape) - 1; i++) {
		if (shape[i] != '_' && text.ptr[i] != shape[i])
			return false;
	}
	if (text.ptr[text.len - 1] != 'Z' || (text.len > 20 && text.ptr[19] != '.'))
		return false;
	if (!number_at(text, 0, 4, 9999, &year) || !number_at(text, 5, 2, 12, &month) ||
	    !number_at(text, 8, 2, 31, &day) || !number_at(text, 11, 2, 23, &hour) ||
	    !number_at(text, 14, 2, 59, &minute) || !number_at(text, 17, 2, 59, &second))
		return false;
	if (year < 1970 || month < 1 || day < 1)
		return false;
	if (text.len > 20 && !number_at(text, 20, 6, 999999, &fraction))
		return false;
	t.us = (days_of(year, month, day) * 86400 + hour * 3600 + minute * 60 + second) *
	       SECOND_US + fraction;
	/* 30 February becomes some day of March: such a text does not read back. */
	wall_text(t, again);
	if (memcmp(again, text.ptr, sizeof(shape) - 1) != 0)
		return false;
	*ret = t;
	return true;
}
