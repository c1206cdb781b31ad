/* The events of the trail. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/event.h"

/* clang-format off */
static const struct {
	const char *event;
	struct span text;
} rows[] = {
#define RECORD(name, event, code, severity) \
	[RECORD_##name] = {event, SPAN("\",\"event\":\"" event "\",\"code\":\"" code \
	                               "\",\"severity\":\"" severity "\"")},
#include "audit/records.def"
#undef RECORD
};
/* clang-format on */

const char *
record_event(enum record_code code)
{
	return rows[code].event;
}

struct span
record_heading(enum record_code code)
{
	return rows[code].text;
}
