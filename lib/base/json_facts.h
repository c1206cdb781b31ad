/* What a scan met at the nodes of a pointer set, and what that means for each pointer. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_JSON_FACTS_H
#define BASE_JSON_FACTS_H

#include "lib/base/arena.h"
#include "lib/base/json.h"
#include "lib/base/pointer_set.h"

/* What stands at one node of the set's tree. */
struct json_hit {
	bool is_there;
	bool is_conflict; /* two members of one object came to it */
	enum json_kind kind;
	struct span name; /* unescaped; of an element, nothing */
	struct span raw;
};

void json_facts_tell(const struct pointer_set *set, const struct json_hit *hits,
                     struct json_fact *facts, struct arena *arena);

#endif
