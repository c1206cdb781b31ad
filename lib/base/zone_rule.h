/* How a zone's clocks go on after the last change that is listed: POSIX TZ strings. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_ZONE_RULE_H
#define BASE_ZONE_RULE_H

#include "lib/base/span.h"

/* A day of every year, and a time on it. */
struct zone_change {
	enum { CHANGE_JULIAN, CHANGE_DAY, CHANGE_WEEKDAY } kind;
	int day;      /* of JULIAN 1-365, never February 29; of DAY 0-365; of WEEKDAY 0-6 from Sunday */
	int month;    /* WEEKDAY: 1-12 */
	int week;     /* WEEKDAY: 1-5, 5 is the last one */
	int64_t time; /* seconds of local time since midnight; may pass 24 hours, or be negative */
};

struct zone_rule {
	int64_t standard; /* seconds east of UTC */
	bool has_summer;
	int64_t summer;
	struct zone_change start, end;
};

/* As in RFC 8536 section 3.3.  A summer time without its changes is not taken: when it would
 * begin is nowhere written. */
MUST_CHECK bool zone_rule_read(struct span text, struct zone_rule *ret);

/* Seconds east of UTC at a moment. */
int64_t zone_rule_offset(const struct zone_rule *rule, int64_t seconds);

/* Since 1970-01-01; `month` from 1. */
int64_t day_of_date(int64_t year, int month, int day);

#endif
