/* Who asks: a person or a service, with groups. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "identity/person.h"

bool
person_in_group(const struct person *p, struct span group)
{
	for (size_t i = 0; i < p->group_count; i++) {
		if (span_eq(p->groups[i], group))
			return true;
	}
	return false;
}

const char *
identity_source_name(enum identity_source source)
{
	static const char *const names[] = {
		[IDENTITY_NONE] = "none",       [IDENTITY_TOKEN] = "token",
		[IDENTITY_BEARER] = "bearer",   [IDENTITY_HEADER] = "header",
		[IDENTITY_SESSION] = "session",
	};

	return names[source];
}

struct person
person_copy(const struct person *p, struct arena *arena)
{
	struct person copy = {.source = p->source, .user = arena_copy(arena, p->user)};
	struct span *groups;

	if (p->group_count == 0)
		return copy;
	groups = arena_new(arena, p->group_count * sizeof(*groups));
	for (size_t i = 0; i < p->group_count; i++)
		groups[i] = arena_copy(arena, p->groups[i]);
	copy.groups = groups;
	copy.group_count = p->group_count;
	return copy;
}
