/* Parts of an approval on a page. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "admin/page_json.h"

#include "lib/base/digest.h"

enum { SCRATCH_MAX = 16 * 1024 * 1024, DEPTH_MAX = 32 };

struct span
json_text(const json_t *value)
{
	if (!json_is_string(value))
		return SPAN_NONE;
	return span_of(json_string_value(value), json_string_length(value));
}

bool
json_bytes(const json_t *value, struct buf *scratch, struct span *ret)
{
	const json_t *base64 = json_object_get(value, "base64");

	*ret = json_text(value);
	if (json_is_string(value))
		return true;
	if (json_object_size(value) != 1 || !json_is_string(base64) ||
	    !base64_read(json_text(base64), scratch))
		return false;
	*ret = buf_span(scratch);
	return true;
}

static void
add_bytes(struct buf *to, const char *before, const json_t *value)
{
	struct buf scratch = BUF_INIT(SCRATCH_MAX);
	struct span bytes;

	if (json_bytes(value, &scratch, &bytes)) {
		buf_add(to, span_cstr(before));
		buf_add(to, bytes);
	}
	buf_clear(&scratch);
}

void
json_request_line(const json_t *request, bool with_host, struct buf *to)
{
	add_bytes(to, "", json_object_get(request, "method"));
	buf_addc(to, ' ');
	if (with_host)
		add_bytes(to, "", json_object_get(request, "host"));
	add_bytes(to, "", json_object_get(request, "path"));
	add_bytes(to, "?", json_object_get(request, "query"));
}

static void
add_value(struct html *h, const json_t *value, int depth);

static void
add_members(struct html *h, const json_t *object, int depth)
{
	const char *key;
	json_t *value;

	HTML(h, "<dl>");
	json_object_foreach((json_t *)(uintptr_t)object, key, value)
	{
		HTML(h, "<dt class=\"given\">");
		html_cstr(h, key);
		HTML(h, "</dt><dd>");
		add_value(h, value, depth);
		HTML(h, "</dd>");
	}
	HTML(h, "</dl>");
}

static void
add_items(struct html *h, const json_t *array, int depth)
{
	HTML(h, "<ul>");
	for (size_t i = 0; i < json_array_size(array); i++) {
		HTML(h, "<li>");
		add_value(h, json_array_get(array, i), depth);
		HTML(h, "</li>");
	}
	HTML(h, "</ul>");
}

/* Numbers and the three words, as JSON writes them. */
static void
add_plain(struct html *h, const json_t *value)
{
	char small[64];
	size_t len = json_dumpb(value, small, sizeof(small), JSON_ENCODE_ANY);

	html_text(h, span_of(small, len < sizeof(small) ? len : 0));
}

static void
add_text(struct html *h, struct span bytes)
{
	if (bytes.len == 0) {
		HTML(h, "<span class=\"quiet\">empty</span>");
		return;
	}
	HTML(h, "<span class=\"given\">");
	html_lines(h, bytes);
	HTML(h, "</span>");
}

static void
add_value(struct html *h, const json_t *value, int depth)
{
	struct buf scratch = BUF_INIT(SCRATCH_MAX);
	struct span bytes;

	if (depth == DEPTH_MAX)
		HTML(h, "<strong>nested too deeply to be shown</strong>");
	else if (!value || json_is_null(value))
		HTML(h, "<span class=\"quiet\">none</span>");
	else if (json_bytes(value, &scratch, &bytes))
		add_text(h, bytes);
	else if (json_is_object(value) && json_object_size(value))
		add_members(h, value, depth + 1);
	else if (json_is_array(value) && json_array_size(value))
		add_items(h, value, depth + 1);
	else if (json_is_object(value) || json_is_array(value))
		HTML(h, "<span class=\"quiet\">none</span>");
	else
		add_plain(h, value);
	buf_clear(&scratch);
}

void
page_json(struct html *h, const json_t *value)
{
	add_value(h, value, 0);
}

void
page_json_row(struct html *h, const char *label, const json_t *value)
{
	if (!value)
		return;
	HTML(h, "<dt>");
	html_cstr(h, label);
	HTML(h, "</dt><dd>");
	page_json(h, value);
	HTML(h, "</dd>");
}
