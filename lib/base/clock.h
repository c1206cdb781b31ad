/* Two clocks that can never be mixed up: monotonic for deadlines, wall for records. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

#include "lib/base/span.h"

/* Microseconds since some start; for deadlines and durations. */
struct mono {
	int64_t us;
};

/* Microseconds since 1970-01-01T00:00:00Z; for records, signatures and people. */
struct wall {
	int64_t us;
};

#define MS_US INT64_C(1000)
#define SECOND_US INT64_C(1000000)

/* The only two readers of the clock.  Code that decides is handed the time instead. */
struct mono clock_mono(void);
struct wall clock_wall(void);

static inline struct mono
mono_after(struct mono from, int64_t us)
{
	return (struct mono){from.us + us};
}

enum { WALL_TEXT = 28 };

/* RFC 3339 in UTC with microseconds, "2026-11-22T08:00:00.123456Z", and a NUL. */
void wall_text(struct wall t, char ret[WALL_TEXT]);

/* Reads what wall_text() writes, the fraction optional. */
MUST_CHECK bool wall_read(struct span text, struct wall *ret);

#endif
