/* The request of an approval on its page: all of it that is signed. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "admin/bound_words.h"
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

static bool
stands_above(const char *key)
{
	static const char *const shown[] = {"method", "host", "path", "query", "headers",
	                                    "body_sha256", "body", "body_base64", "body_bytes",
	                                    "body_cut", "body_values"};

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

/* What the rule leaves out is said before anything else: it may be anything when it runs. */
static void
add_bound(struct html *h, const json_t *bind)
{
	struct buf words = BUF_INIT(SCRATCH_MAX);

	HTML(h, "<p class=\"notice\">Signed: <strong>");
	bound_words_signed(bind, &words);
	html_text(h, buf_span(&words));
	buf_reset(&words);
	HTML(h, "</strong>. Not signed, and may be anything when it runs: <strong>");
	bound_words_unsigned(bind, &words);
	html_text(h, buf_span(&words));
	HTML(h, "</strong>.</p>");
	buf_clear(&words);
}

void
page_request(struct html *h, const json_t *approval)
{
	const json_t *request = get(approval, "request");
	bool is_partly = bound_words_are_needed(get(approval, "bind"));

	HTML(h, "<section class=\"panel\" aria-label=\"What you sign\">");
	add_target(h, request);
	if (is_partly)
		add_bound(h, get(approval, "bind"));
	page_body(h, request);
	add_headers(h, get(request, "headers"));
	add_request_rest(h, request);
	HTML(h, "<p class=\"quiet\">This is what you sign. ");
	if (!is_partly)
		HTML(h, "Headers like Accept and User-Agent go along as the caller gives them, and "
		        "are not part of it. ");
	HTML(h, "Characters outside printable ASCII are named, <span class=\"mark\">\\u{202e}</span>, "
	        "and a line end is marked.</p></section>");
}
