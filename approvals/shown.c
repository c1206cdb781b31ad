/* The request as people are shown it, and its bound parts read back from there. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "approvals/shown.h"

#include <stdlib.h>

#include "lib/base/memory.h"
#include "lib/base/utf8.h"

enum { BODY_BASE64_MAX = 64 * 1024 * 1024 };

/* Text that people can read as it stands; everything else travels as base64. */
static bool
is_printable(struct span body)
{
	for (size_t i = 0; i < body.len; i++) {
		unsigned char c = (unsigned char)body.ptr[i];

		if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f)
			return false;
	}
	return utf8_is_valid(body);
}

static void
set_body(json_t *request, struct span body)
{
	struct buf base64 = BUF_INIT(BODY_BASE64_MAX);

	if (is_printable(body)) {
		sealed_set_text(request, "body", body);
		return;
	}
	base64_add(&base64, body);
	sealed_set_text(request, "body_base64", buf_span(&base64));
	buf_clear(&base64);
}

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
shown_json(const struct bound *bound, struct span body)
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
	sealed_set_digest(request, "body_sha256", &bound->body_sha256);
	sealed_set_u64(request, "body_bytes", bound->body_bytes);
	set_body(request, body);
	return request;
}

static bool
add_shown_field(struct bound *bound, struct arena *arena, const char *name, const json_t *value)
{
	struct bound_field *f = &bound->fields[bound->field_count];
	json_t *holder = json_pack("{s:O}", "value", value);
	bool is_read = holder && sealed_get_text(holder, "value", arena, &f->value);

	if (is_read) {
		f->name = span_cstr(name);
		f->value = arena_copy(arena, f->value);
		bound->field_count++;
	}
	json_decref(holder);
	return is_read;
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

/* The body that people see must be the one whose digest they sign. */
static bool
read_shown_body(struct bound *bound, const json_t *request, struct arena *arena)
{
	struct buf bytes = BUF_INIT(BODY_BASE64_MAX);
	struct span body;
	struct digest digest;
	bool is_read = true;

	if (sealed_get_string(request, "body_base64", &body)) {
		is_read = base64_read(body, &bytes);
		body = buf_span(&bytes);
	} else {
		is_read = sealed_get_text(request, "body", arena, &body);
	}
	if (is_read) {
		digest = digest_of(body);
		is_read = digest_eq(&digest, &bound->body_sha256) && body.len == bound->body_bytes;
	}
	buf_clear(&bytes);
	return is_read;
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
	       sealed_get_u64(request, "body_bytes", &bound->body_bytes) &&
	       sealed_get_digest(request, "body_sha256", &bound->body_sha256) &&
	       read_shown_body(bound, request, arena) &&
	       read_shown_fields(bound, json_object_get(request, "headers"), arena);
}
