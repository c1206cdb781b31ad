/* The body of a request as people are shown it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "approvals/shown_body.h"

#include "lib/base/utf8.h"

enum { BODY_SHOWN_MAX = 64 * 1024 * 1024 };

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
set_text(json_t *request, struct span body)
{
	struct buf base64 = BUF_INIT(BODY_SHOWN_MAX);

	if (is_printable(body)) {
		sealed_set_text(request, "body", body);
		return;
	}
	base64_add(&base64, body);
	sealed_set_text(request, "body_base64", buf_span(&base64));
	buf_clear(&base64);
}

static void
set_whole(json_t *request, const struct bound *bound)
{
	sealed_set_digest(request, "body_sha256", &bound->body_sha256);
	sealed_set_u64(request, "body_bytes", bound->body.len);
	set_text(request, bound->body);
}

/* `at` counts in the body as it is shown, marks included: a caller may write the mark into
 * a body, but not to a place that is listed. */
static void
set_cut(json_t *request, const struct bound *bound)
{
	struct buf text = BUF_INIT(BODY_SHOWN_MAX);
	json_t *cuts = json_array();
	size_t from = 0;

	for (size_t i = 0; i < bound->cut_count; i++) {
		const struct bound_cut *cut = &bound->cuts[i];
		json_t *shown = json_object();

		buf_add(&text, span_of(bound->body.ptr + from, cut->at - from));
		sealed_set_text(shown, "pointer", cut->pointer);
		sealed_set_u64(shown, "at", text.len);
		json_array_append_new(cuts, shown);
		buf_add(&text, SHOWN_CUT);
		from = cut->at;
	}
	buf_add(&text, span_from(bound->body, from));
	json_object_set_new(request, "body_cut", cuts);
	set_text(request, buf_span(&text));
	buf_clear(&text);
}

static void
set_values(json_t *request, const struct bound *bound)
{
	json_t *values = json_array();

	for (size_t i = 0; i < bound->value_count; i++) {
		const struct bound_value *v = &bound->values[i];
		json_t *shown = json_object();

		sealed_set_text(shown, "pointer", v->pointer);
		if (v->is_present)
			sealed_set_text(shown, "json", v->json);
		else
			json_object_set_new(shown, "json", json_null());
		json_array_append_new(values, shown);
	}
	json_object_set_new(request, "body_values", values);
}

void
shown_body_set(json_t *request, const struct bound *bound)
{
	switch (bound->scope) {
	case BODY_SCOPE_WHOLE:
		set_whole(request, bound);
		break;
	case BODY_SCOPE_CUT:
		set_cut(request, bound);
		break;
	case BODY_SCOPE_VALUES:
		set_values(request, bound);
		break;
	case BODY_SCOPE_NONE:
		break;
	}
}

static bool
read_text(const json_t *request, struct arena *arena, struct span *ret)
{
	struct buf bytes = BUF_INIT(BODY_SHOWN_MAX);
	struct span base64;
	bool is_read;

	if (!sealed_get_string(request, "body_base64", &base64))
		return sealed_get_text(request, "body", arena, ret);
	is_read = base64_read(base64, &bytes);
	if (is_read)
		*ret = arena_copy(arena, buf_span(&bytes));
	buf_clear(&bytes);
	return is_read;
}

static bool
read_one_cut(struct bound *bound, const json_t *shown, struct arena *arena, uint64_t *ret_at)
{
	struct bound_cut *cut = &bound->cuts[bound->cut_count++];

	return sealed_get_text(shown, "pointer", arena, &cut->pointer) &&
	       sealed_get_u64(shown, "at", ret_at);
}

/* Takes the marks out of the text at the places that are listed. */
static bool
read_cuts(struct bound *bound, const json_t *list, struct span text, struct arena *arena)
{
	size_t count = json_array_size(list), from = 0, len = 0;
	char *left = arena_new(arena, text.len);

	bound->cuts = arena_new(arena, count * sizeof(*bound->cuts));
	for (size_t i = 0; i < count; i++) {
		uint64_t at;

		if (!read_one_cut(bound, json_array_get(list, i), arena, &at) || at < from ||
		    at > text.len || !span_starts(span_from(text, at), SHOWN_CUT))
			return false;
		memcpy(left + len, text.ptr + from, at - from);
		len += at - from;
		from = at + SHOWN_CUT.len;
		bound->cuts[i].at = len;
	}
	memcpy(left + len, text.ptr + from, text.len - from);
	bound->body = span_of(left, len + text.len - from);
	return true;
}

static bool
read_cut_body(struct bound *bound, const json_t *request, struct arena *arena)
{
	const json_t *list = json_object_get(request, "body_cut");
	struct span text;

	bound->scope = BODY_SCOPE_CUT;
	return json_array_size(list) > 0 && read_text(request, arena, &text) && text.len > 0 &&
	       read_cuts(bound, list, text, arena);
}

static bool
read_value(struct bound_value *ret, const json_t *shown, struct arena *arena)
{
	ret->is_present = !json_is_null(json_object_get(shown, "json"));
	if (ret->is_present && !sealed_get_text(shown, "json", arena, &ret->json))
		return false;
	return sealed_get_text(shown, "pointer", arena, &ret->pointer);
}

static bool
read_values(struct bound *bound, const json_t *list, struct arena *arena)
{
	size_t count = json_array_size(list);

	bound->scope = BODY_SCOPE_VALUES;
	bound->values = arena_new(arena, count * sizeof(*bound->values));
	for (size_t i = 0; i < count; i++) {
		if (!read_value(&bound->values[i], json_array_get(list, i), arena))
			return false;
	}
	bound->value_count = count;
	return true;
}

bool
shown_body_read(struct bound *bound, const json_t *request, struct arena *arena)
{
	const json_t *values = json_object_get(request, "body_values");

	if (values)
		return read_values(bound, values, arena);
	if (json_object_get(request, "body_cut"))
		return read_cut_body(bound, request, arena);
	bound->scope = BODY_SCOPE_NONE;
	if (!json_object_get(request, "body_sha256"))
		return true;
	bound->scope = BODY_SCOPE_WHOLE;
	if (!read_text(request, arena, &bound->body))
		return false;
	bound->body_sha256 = digest_of(bound->body);
	return true;
}
