/* Who asks: a person or a service, with groups.  A value that is copied and compared. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IDENTITY_PERSON_H
#define IDENTITY_PERSON_H

#include "lib/base/arena.h"
#include "lib/base/span.h"

enum identity_source {
	IDENTITY_NONE, /* anonymous: counted by source address */
	IDENTITY_TOKEN,
	IDENTITY_BEARER,
	IDENTITY_HEADER,
	IDENTITY_SESSION,
};

/* Spans and groups belong to whoever filled it: the configuration, or an arena. */
struct person {
	struct span user;          /* empty when anonymous */
	const struct span *groups;
	size_t group_count;
	enum identity_source source;
};

static inline bool
person_is_named(const struct person *p)
{
	return p->source != IDENTITY_NONE;
}

bool person_in_group(const struct person *p, struct span group);
/* "token", "bearer", ...; for records. */
const char *identity_source_name(enum identity_source source);
/* Copies all of it into the arena. */
struct person person_copy(const struct person *p, struct arena *arena);

#endif
