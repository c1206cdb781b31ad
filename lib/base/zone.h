/* Local time in a zone of the IANA database, from its files (RFC 8536). */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include "lib/base/arena.h"
#include "lib/base/clock.h"

struct zone;

enum zone_flaw {
	ZONE_GOOD,
	ZONE_NAME,    /* could not be the name of one */
	ZONE_UNKNOWN, /* there is no such file */
	ZONE_BROKEN,  /* the file is not one that can be read */
};

/* What rules ask of a moment. */
struct zone_time {
	int weekday; /* from 0, Monday */
	int minute;  /* of the day */
};

/* Reads a file below `folder`, "/usr/share/zoneinfo"; "UTC" needs none.  Immutable afterwards. */
MUST_CHECK enum zone_flaw zone_load(const char *folder, struct span name, struct arena *arena,
                                    const struct zone **ret);
/* The same from the bytes of a file. */
MUST_CHECK enum zone_flaw zone_read(struct span file, struct arena *arena,
                                    const struct zone **ret);

/* False when the zone has no answer: after its last change, if it does not say how changes
 * go on. */
MUST_CHECK bool zone_tell(const struct zone *z, struct wall at, struct zone_time *ret);

#endif
