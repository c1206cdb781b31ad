/* The body of a request on the page of its approval: all of it that is signed. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "admin/page_approvals.h"
#include "admin/page_json.h"
#include "approvals/shown_body.h"

enum { SCRATCH_MAX = 16 * 1024 * 1024 };

static const json_t *
get(const json_t *object, const char *key)
{
	return json_object_get(object, key);
}

static void
add_cut_mark(struct html *h, const json_t *cut)
{
	HTML(h, "<span class=\"mark\">not signed: ");
	page_json(h, get(cut, "pointer"));
	HTML(h, "</span>");
}

/* The places come with the body: the same words elsewhere in it are what a caller wrote. */
static void
add_text(struct html *h, struct span body, const json_t *cuts)
{
	size_t from = 0;

	HTML(h, "<pre class=\"given\">");
	for (size_t i = 0; i < json_array_size(cuts); i++) {
		const json_t *cut = json_array_get(cuts, i);
		size_t at = (size_t)json_integer_value(get(cut, "at"));

		if (at < from || at > body.len || !span_starts(span_from(body, at), SHOWN_CUT))
			break;
		html_lines(h, span_of(body.ptr + from, at - from));
		add_cut_mark(h, cut);
		from = at + SHOWN_CUT.len;
	}
	html_lines(h, span_from(body, from));
	HTML(h, "</pre>");
}

static void
add_text_of(struct html *h, const json_t *request)
{
	const json_t *base64 = get(request, "body_base64");
	struct buf bytes = BUF_INIT(SCRATCH_MAX);
	struct span body = SPAN_NONE;
	bool is_shown = base64 ? base64_read(json_text(base64), &bytes)
	                       : json_bytes(get(request, "body"), &bytes, &body);

	if (base64)
		body = buf_span(&bytes);
	if (!is_shown)
		HTML(h, "<p class=\"notice bad\">The body cannot be shown.</p>");
	else if (body.len)
		add_text(h, body, get(request, "body_cut"));
	buf_clear(&bytes);
}

static void
add_values(struct html *h, const json_t *values)
{
	HTML(h, "<h2>Body, these values of it</h2><div class=\"wide\"><table><thead><tr>"
	        "<th scope=\"col\">Pointer</th><th scope=\"col\">JSON</th></tr></thead><tbody>");
	for (size_t i = 0; i < json_array_size(values); i++) {
		const json_t *value = json_array_get(values, i);

		HTML(h, "<tr><td>");
		page_json(h, get(value, "pointer"));
		HTML(h, "</td><td>");
		if (json_is_null(get(value, "json")))
			HTML(h, "<span class=\"quiet\">not there</span>");
		else
			page_json(h, get(value, "json"));
		HTML(h, "</td></tr>");
	}
	HTML(h, "</tbody></table></div>");
}

static void
add_whole(struct html *h, const json_t *request)
{
	HTML(h, "<h2>Body, ");
	page_json(h, get(request, "body_bytes"));
	HTML(h, " bytes</h2>");
	add_text_of(h, request);
	HTML(h, "<p class=\"quiet\">SHA-256 ");
	page_json(h, get(request, "body_sha256"));
	HTML(h, "</p>");
}

/* The whole of it, however long: what is not seen is not agreed to. */
void
page_body(struct html *h, const json_t *request)
{
	if (get(request, "body_values"))
		add_values(h, get(request, "body_values"));
	if (get(request, "body_cut")) {
		HTML(h, "<h2>Body</h2>");
		add_text_of(h, request);
	} else if (get(request, "body") || get(request, "body_base64")) {
		add_whole(h, request);
	} else if (!get(request, "body_values")) {
		HTML(h, "<p class=\"quiet\">The body is no part of it.</p>");
	}
}
