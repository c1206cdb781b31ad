/* Names that may stand once. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/json_names.h"

#include <stdlib.h>

/* Objects with more names than this are sorted once at their end instead: whoever chooses
 * the names cannot make that quadratic, whatever their keys are. */
enum { COMPARED_MAX = 64 };

void
json_names_init(struct json_names *names, struct arena *arena)
{
	names->list = names->first;
	names->count = 0;
	names->room = JSON_NAMES_FIRST;
	names->arena = arena;
}

void
json_names_open(const struct json_names *names, struct json_object *ret)
{
	*ret = (struct json_object){.start = names->count};
}

static bool
is_there(const struct json_names *names, size_t start, const struct json_name *name)
{
	for (size_t i = start; i < names->count; i++) {
		if (names->list[i].key == name->key && span_eq(names->list[i].text, name->text))
			return true;
	}
	return false;
}

static void
make_room(struct json_names *names)
{
	struct json_name *list;

	if (names->count < names->room)
		return;
	list = arena_new(names->arena, 2 * names->room * sizeof(*list));
	memcpy(list, names->list, names->count * sizeof(*list));
	names->list = list;
	names->room *= 2;
}

bool
json_names_add_slow(struct json_names *names, const struct json_object *object,
                    const struct json_name *name)
{
	if (names->count - object->start < COMPARED_MAX && is_there(names, object->start, name))
		return false;
	make_room(names);
	names->list[names->count++] = *name;
	return true;
}

static int
compare(const void *a, const void *b)
{
	const struct json_name *one = a, *other = b;

	if (one->key != other->key)
		return one->key < other->key ? -1 : 1;
	return span_cmp(one->text, other->text);
}

bool
json_names_close(struct json_names *names, const struct json_object *object)
{
	struct json_name *list = names->list + object->start;
	size_t count = names->count - object->start;

	names->count = object->start;
	if (count <= COMPARED_MAX)
		return true;
	qsort(list, count, sizeof(*list), compare);
	for (size_t i = 1; i < count; i++) {
		if (compare(&list[i - 1], &list[i]) == 0)
			return false;
	}
	return true;
}
