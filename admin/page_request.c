/* The request of an approval on its page: what will be sent, whole. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "admin/page_approvals.h"
#include "admin/page_json.h"

enum { SCRATCH_MAX = 16 * 1024 * 1024 };

static const json_t *
get(const json_t *object, const char *key)
{
	return json_object_get(object, key);
}

/* The bytes as they are sent, in one line. */
static void
add_target(struct html *h, const json_t *request)
{
	struct buf line = BUF_INIT(SCRATCH_MAX);

	json_request_line(request, true, &line);
	HTML(h, "<pre class=\"given target\">");
	html_text(h, buf_span(&line));
	HTML(h, "</pre>");
	buf_clear(&line);
}

static void
add_header_values(struct html *h, const char *name, const json_t *value)
{
	size_t count = json_is_array(value) ? json_array_size(value) : 1;

	for (size_t i = 0; i < count; i++) {
		HTML(h, "<tr><td class=\"given\">");
		html_cstr(h, name);
		HTML(h, "</td><td>");
		page_json(h, json_is_array(value) ? json_array_get(value, i) : value);
		HTML(h, "</td></tr>");
	}
}

static void
add_headers(struct html *h, const json_t *headers)
{
	const char *name;
	json_t *value;

	if (json_object_size(headers) == 0) {
		HTML(h, "<p class=\"quiet\">No headers are part of it.</p>");
		return;
	}
	HTML(h, "<h2>Headers</h2><div class=\"wide\"><table><thead><tr><th scope=\"col\">Header</th>"
	        "<th scope=\"col\">Value</th></tr></thead><tbody>");
	json_object_foreach((json_t *)(uintptr_t)headers, name, value)
	{
		add_header_values(h, name, value);
	}
	HTML(h, "</tbody></table></div>");
}

/* The whole of it, however long: what is not seen is not agreed to. */
static void
add_body(struct html *h, const json_t *request)
{
	const json_t *base64 = get(request, "body_base64");
	struct buf bytes = BUF_INIT(SCRATCH_MAX);
	struct span body = SPAN_NONE;
	bool is_shown = base64 ? base64_read(json_text(base64), &bytes)
	                       : json_bytes(get(request, "body"), &bytes, &body);

	if (base64)
		body = buf_span(&bytes);
	HTML(h, "<h2>Body, ");
	page_json(h, get(request, "body_bytes"));
	HTML(h, " bytes</h2>");
	if (!is_shown) {
		HTML(h, "<p class=\"notice bad\">The body cannot be shown.</p>");
	} else if (body.len) {
		HTML(h, "<pre class=\"given\">");
		html_lines(h, body);
		HTML(h, "</pre>");
	}
	HTML(h, "<p class=\"quiet\">SHA-256 ");
	page_json(h, get(request, "body_sha256"));
	HTML(h, "</p>");
	buf_clear(&bytes);
}

static bool
stands_above(const char *key)
{
	static const char *const shown[] = {"method",      "host", "path",        "query",     "headers",
	                                    "body_sha256", "body", "body_base64", "body_bytes"};

	for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
		if (strcmp(key, shown[i]) == 0)
			return true;
	}
	return false;
}

/* Members of the request that have no place above. */
static void
add_request_rest(struct html *h, const json_t *request)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)request, key, value)
	{
		if (stands_above(key))
			continue;
		HTML(h, "<dl>");
		page_json_row(h, key, value);
		HTML(h, "</dl>");
	}
}

void
page_request(struct html *h, const json_t *request)
{
	HTML(h, "<section class=\"panel\" aria-label=\"What will be sent\">");
	add_target(h, request);
	add_body(h, request);
	add_headers(h, get(request, "headers"));
	add_request_rest(h, request);
	HTML(h, "<p class=\"quiet\">This is what will be sent. Characters outside printable ASCII "
	        "are named, <span class=\"mark\">\\u{202e}</span>, and a line end is marked."
	        "</p></section>");
}
