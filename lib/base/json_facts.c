/* From what a scan met to facts about pointers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/json_facts.h"

#include "lib/base/json_string.h"

/* An element is met at its index only, which has one spelling. */
static bool
is_variant(const struct json_hit *hit, const struct pointer_step *step)
{
	return hit->name.ptr && !span_eq(hit->name, step->part);
}

/* What it means that nothing stands at `step`, below a value of this kind. */
static enum json_found
missing_below(enum json_kind kind, const struct pointer_step *step)
{
	if (kind == JSON_OBJECT_VALUE)
		return JSON_ABSENT;
	return kind == JSON_ARRAY_VALUE && step->is_index ? JSON_ABSENT : JSON_DOUBTFUL;
}

static enum json_found
follow(const struct json_hit *hits, const struct pointer_step *steps, size_t count)
{
	const struct json_hit *above = &hits[POINTER_NODE_ROOT];
	bool is_doubtful = false;

	for (size_t i = 0; i < count; i++) {
		const struct json_hit *hit = &hits[steps[i].node];

		if (hit->is_conflict)
			return JSON_CONFLICT;
		if (!hit->is_there)
			return is_doubtful ? JSON_DOUBTFUL : missing_below(above->kind, &steps[i]);
		is_doubtful |= is_variant(hit, &steps[i]);
		above = hit;
	}
	return is_doubtful ? JSON_DOUBTFUL : JSON_FOUND;
}

void
json_facts_tell(const struct pointer_set *set, const struct json_hit *hits,
                struct json_fact *facts, struct arena *arena)
{
	for (size_t i = 0; i < pointer_set_count(set); i++) {
		size_t count;
		const struct pointer_step *steps = pointer_set_steps(set, i, &count);
		const struct json_hit *hit = &hits[steps[count - 1].node];

		facts[i] = (struct json_fact){.found = follow(hits, steps, count)};
		if (facts[i].found != JSON_FOUND)
			continue;
		facts[i].kind = hit->kind;
		facts[i].raw = hit->raw;
		if (hit->kind == JSON_STRING_VALUE)
			facts[i].text = json_string_decode(
				span_of(hit->raw.ptr + 1, hit->raw.len - 2), arena);
	}
}
