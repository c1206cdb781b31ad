/* The names that stand in the objects of a document, so that none stands twice in one. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_JSON_NAMES_H
#define BASE_JSON_NAMES_H

#include <stdint.h>

#include "lib/base/arena.h"

struct json_name {
	uint64_t key; /* equal for equal names, and seldom for others */
	struct span text;
};

enum { JSON_NAMES_FIRST = 64 };

/* A stack: the names of the open objects, outermost first. */
struct json_names {
	struct json_name *list;
	size_t count, room;
	struct arena *arena; /* for more than the first; `list` is then no longer `first` */
	struct json_name first[JSON_NAMES_FIRST];
};

/* The part of the stack that is one object's. */
struct json_object {
	size_t start;
	uint64_t seen[4]; /* a bit of each key */
};

/* Nothing else is set: `first` may hold anything. */
void json_names_init(struct json_names *names, struct arena *arena);

void json_names_open(const struct json_names *names, struct json_object *ret);

/* The length and at most 16 bytes from both ends. */
static inline uint64_t
json_name_key(struct span name)
{
	uint64_t first = 0, last = 0;

	if (name.len >= sizeof(first)) {
		memcpy(&first, name.ptr, sizeof(first));
		memcpy(&last, name.ptr + name.len - sizeof(last), sizeof(last));
	} else if (name.len >= sizeof(uint32_t)) {
		memcpy(&first, name.ptr, sizeof(uint32_t));
		memcpy(&last, name.ptr + name.len - sizeof(uint32_t), sizeof(uint32_t));
	} else if (name.len) {
		first = (unsigned char)name.ptr[0] |
		        (uint64_t)(unsigned char)name.ptr[name.len / 2] << 8 |
		        (uint64_t)(unsigned char)name.ptr[name.len - 1] << 16;
	}
	return ((first ^ (last << 29 | last >> 35)) + name.len) * 0x9e3779b97f4a7c15u;
}

/* The same as below, where the key was seen or the list is full. */
bool json_names_add_slow(struct json_names *names, const struct json_object *object,
                         const struct json_name *name);

/* False when the object is known to have that name already.  Borrows the name. */
static inline MUST_CHECK bool
json_names_add(struct json_names *names, struct json_object *object, struct span name)
{
	struct json_name added = {.key = json_name_key(name), .text = name};
	uint64_t bit = UINT64_C(1) << (added.key >> 58);
	uint64_t *seen = &object->seen[added.key >> 56 & 3];

	if (UNLIKELY(*seen & bit || names->count == names->room))
		return json_names_add_slow(names, object, &added);
	*seen |= bit;
	names->list[names->count++] = added;
	return true;
}

/* Takes the object's names off; false when two of them are equal. */
MUST_CHECK bool json_names_close(struct json_names *names, const struct json_object *object);

#endif
