/* The request as people are shown it, and its bound parts read back from there. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "approvals/shown.h"

#include <stdlib.h>

#include "approvals/shown_body.h"
#include "lib/base/memory.h"

/* A name that comes more than once has a list of values. */
static void
add_header(json_t *headers, const struct bound_field *f)
{
	char *name = memory_cstr(f->name);
	json_t *before = json_object_get(headers, name);

	if (!before) {
		json_object_set_new(headers, name, sealed_text(f->value));
	} else {
		if (!json_is_array(before)) {
			json_t *list = json_array();

			json_array_append(list, before);
			json_object_set_new(headers, name, list);
			before = list;
		}
		json_array_append_new(before, sealed_text(f->value));
	}
	free(name);
}

json_t *
shown_json(const struct bound *bound)
{
	json_t *request = json_object(), *headers = json_object();

	sealed_set_text(request, "method", bound->method);
	sealed_set_text(request, "host", bound->host);
	sealed_set_text(request, "path", bound->path);
	if (bound->has_query)
		sealed_set_text(request, "query", bound->query);
	else
		json_object_set_new(request, "query", json_null());
	for (size_t i = 0; i < bound->field_count; i++)
		add_header(headers, &bound->fields[i]);
	json_object_set_new(request, "headers", headers);
	shown_body_set(request, bound);
	return request;
}

static bool
add_shown_field(struct bound *bound, struct arena *arena, const char *name, const json_t *value)
{
	struct bound_field *f = &bound->fields[bound->field_count++];

	f->name = span_cstr(name);
	return sealed_read_text(value, arena, &f->value);
}

static size_t
count_shown_fields(const json_t *headers)
{
	size_t count = 0;
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)headers, name, value)
		count += json_is_array(value) ? json_array_size(value) : 1;
	return count;
}

static bool
read_shown_fields(struct bound *bound, const json_t *headers, struct arena *arena)
{
	const char *name;
	json_t *value;

	bound->fields = arena_new(arena, count_shown_fields(headers) * sizeof(*bound->fields));
	json_object_foreach((json_t *)(uintptr_t)headers, name, value) {
		size_t count = json_is_array(value) ? json_array_size(value) : 1;

		for (size_t i = 0; i < count; i++) {
			const json_t *one = json_is_array(value) ? json_array_get(value, i) : value;

			if (!add_shown_field(bound, arena, name, one))
				return false;
		}
	}
	bound_sort(bound);
	return true;
}

static bool
is_shown_so(const struct bound *bound, const json_t *request)
{
	json_t *made = shown_json(bound);
	bool is_same = json_equal(made, request);

	json_decref(made);
	return is_same;
}

bool
shown_read(struct bound *bound, const json_t *request, struct arena *arena)
{
	bound->has_query = !json_is_null(json_object_get(request, "query"));
	if (bound->has_query && !sealed_get_text(request, "query", arena, &bound->query))
		return false;
	return sealed_get_text(request, "method", arena, &bound->method) &&
	       sealed_get_text(request, "host", arena, &bound->host) &&
	       sealed_get_text(request, "path", arena, &bound->path) &&
	       read_shown_fields(bound, json_object_get(request, "headers"), arena) &&
	       shown_body_read(bound, request, arena) && is_shown_so(bound, request);
}
