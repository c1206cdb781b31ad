/* One approval: everything that is signed, then the two buttons. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "admin/page.h"
#include "admin/page_approvals.h"
#include "admin/page_json.h"

enum { BODY_SCRATCH_MAX = 16 * 1024 * 1024 };

/* What is told in words further up; the rest is listed below, so that nothing that is
 * signed is left out, whatever it is. */
static const char *const told[] = {"id",     "state",      "title",      "code",
                                   "site",   "rule",       "requester",  "reason",
                                   "needs",  "have",       "need",       "uses_left",
                                   "request", "decisions", "created_at", "expires_at",
                                   "binding", "expires_us", "valid_for_us", "uses"};

static const json_t *
get(const json_t *object, const char *key)
{
	return json_object_get(object, key);
}

static void
add_heading(struct html *h, const struct approval_view *view)
{
	HTML(h, "<p><span class=\"state state-");
	html_cstr(h, approval_state_name(view->state));
	HTML(h, "\">");
	html_cstr(h, approval_state_name(view->state));
	HTML(h, "</span> <span class=\"quiet\">Code</span> <span class=\"code\">");
	html_text(h, json_text(get(view->detail, "code")));
	HTML(h, "</span></p><h1>");
	page_json(h, get(view->detail, "title"));
	HTML(h, "</h1>");
}

static const char *
requester_label(const char *key)
{
	if (strcmp(key, "groups") == 0)
		return "Their groups";
	if (strcmp(key, "source") == 0)
		return "From address";
	if (strcmp(key, "auth") == 0)
		return "Named by";
	return key;
}

static void
add_requester(struct html *h, const json_t *requester)
{
	const char *key;
	json_t *value;

	HTML(h, "<dt>Asked by</dt><dd>");
	if (json_is_null(get(requester, "user")))
		HTML(h, "<strong>Somebody without a name.</strong> It cannot be told whether that "
		        "is you, or one of the others who are asked.");
	else
		page_json(h, get(requester, "user"));
	HTML(h, "</dd>");
	json_object_foreach((json_t *)(uintptr_t)requester, key, value)
	{
		if (strcmp(key, "user") == 0)
			continue;
		page_json_row(h, requester_label(key), value);
	}
}

static void
add_needs(struct html *h, const json_t *approval)
{
	const json_t *needs = get(approval, "needs");

	HTML(h, "<dt>Who is asked</dt><dd>");
	for (size_t i = 0; i < json_array_size(needs); i++) {
		const json_t *need = json_array_get(needs, i);

		if (i)
			HTML(h, ", and ");
		page_json(h, get(need, "count"));
		HTML(h, " of group ");
		page_json(h, get(need, "group"));
		HTML(h, " (");
		page_json(h, get(need, "have"));
		HTML(h, " so far)");
	}
	HTML(h, "; in all <strong>");
	page_json(h, get(approval, "have"));
	HTML(h, " of ");
	page_json(h, get(approval, "need"));
	HTML(h, "</strong> have agreed</dd>");
}

static void
add_time_row(struct html *h, const char *label, const json_t *time, struct wall now)
{
	HTML(h, "<dt>");
	html_cstr(h, label);
	HTML(h, "</dt><dd>");
	page_time(h, json_text(time), now);
	HTML(h, "</dd>");
}

/* Seconds, exactly: the number is signed. */
static void
add_seconds_row(struct html *h, const char *label, const json_t *us)
{
	char text[64];
	long long value = (long long)json_integer_value(us);

	if (!json_is_integer(us))
		return;
	if (value % SECOND_US)
		snprintf(text, sizeof(text), "%lld.%06lld seconds", value / SECOND_US,
		         value % SECOND_US);
	else
		snprintf(text, sizeof(text), "%lld seconds", value / SECOND_US);
	HTML(h, "<dt>");
	html_cstr(h, label);
	HTML(h, "</dt><dd>");
	html_cstr(h, text);
	HTML(h, "</dd>");
}

static void
add_summary(struct html *h, const json_t *approval)
{
	struct wall now = clock_wall();

	HTML(h, "<div class=\"panel\"><dl>");
	add_requester(h, get(approval, "requester"));
	page_json_row(h, "Reason given", get(approval, "reason"));
	page_json_row(h, "Site", get(approval, "site"));
	page_json_row(h, "Rule", get(approval, "rule"));
	add_needs(h, approval);
	add_time_row(h, "Asked", get(approval, "created_at"), now);
	add_time_row(h, "Ends", get(approval, "expires_at"), now);
	add_seconds_row(h, "Time to decide", get(approval, "expires_us"));
	add_seconds_row(h, "A yes is good for", get(approval, "valid_for_us"));
	page_json_row(h, "Uses", get(approval, "uses"));
	page_json_row(h, "Uses left", get(approval, "uses_left"));
	HTML(h, "</dl></div>");
}

/* The bytes as they are sent, in one line. */
static void
add_target(struct html *h, const json_t *request)
{
	struct buf path = BUF_INIT(BODY_SCRATCH_MAX), query = BUF_INIT(BODY_SCRATCH_MAX);
	struct span bytes;

	HTML(h, "<pre class=\"given\">");
	html_text(h, json_text(get(request, "method")));
	HTML(h, " ");
	html_text(h, json_text(get(request, "host")));
	if (json_bytes(get(request, "path"), &path, &bytes))
		html_text(h, bytes);
	if (json_bytes(get(request, "query"), &query, &bytes)) {
		HTML(h, "?");
		html_text(h, bytes);
	}
	HTML(h, "</pre>");
	buf_clear(&path);
	buf_clear(&query);
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
	HTML(h, "<div class=\"wide\"><table><thead><tr><th scope=\"col\">Header</th>"
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
	struct buf bytes = BUF_INIT(BODY_SCRATCH_MAX);
	struct span body = SPAN_NONE;
	bool is_shown = base64 ? base64_read(json_text(base64), &bytes)
	                       : json_bytes(get(request, "body"), &bytes, &body);

	if (base64)
		body = buf_span(&bytes);
	HTML(h, "<h3>Body, ");
	page_json(h, get(request, "body_bytes"));
	HTML(h, " bytes</h3>");
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
is_among(const char *key, const char *const *keys, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(key, keys[i]) == 0)
			return true;
	}
	return false;
}

/* Members of the request that have no place above. */
static void
add_request_rest(struct html *h, const json_t *request)
{
	static const char *const shown[] = {"method",      "host", "path",        "query",     "headers",
	                                    "body_sha256", "body", "body_base64", "body_bytes"};
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)request, key, value)
	{
		if (is_among(key, shown, ARRAY_LEN(shown)))
			continue;
		HTML(h, "<dl>");
		page_json_row(h, key, value);
		HTML(h, "</dl>");
	}
}

static void
add_request(struct html *h, const json_t *request)
{
	HTML(h, "<h2>What will be sent</h2><p class=\"quiet\">Characters outside printable ASCII "
	        "are named, <span class=\"mark\">\\u{202e}</span>, and a line end is marked."
	        "</p><div class=\"panel\">");
	add_target(h, request);
	add_headers(h, get(request, "headers"));
	add_body(h, request);
	add_request_rest(h, request);
	HTML(h, "</div>");
}

static void
add_decision_row(struct html *h, const json_t *decision)
{
	const json_t *approver = get(decision, "approver");

	HTML(h, "<tr><td>");
	page_json(h, get(approver, "user"));
	HTML(h, "</td><td>");
	page_json(h, get(decision, "decision"));
	HTML(h, "</td><td>");
	page_json(h, get(decision, "reason"));
	HTML(h, "</td><td>");
	page_time(h, json_text(get(decision, "decided_at")), clock_wall());
	HTML(h, "</td></tr>");
}

static void
add_decisions(struct html *h, const json_t *decisions)
{
	HTML(h, "<h2>Decisions so far</h2><div class=\"panel wide\">");
	if (json_array_size(decisions) == 0) {
		HTML(h, "<p class=\"quiet\">None yet.</p></div>");
		return;
	}
	HTML(h, "<table><thead><tr><th scope=\"col\">Who</th><th scope=\"col\">Decision</th>"
	        "<th scope=\"col\">Reason</th><th scope=\"col\">When</th></tr></thead><tbody>");
	for (size_t i = 0; i < json_array_size(decisions); i++)
		add_decision_row(h, json_array_get(decisions, i));
	HTML(h, "</tbody></table></div>");
}

static void
add_rest(struct html *h, const json_t *approval)
{
	const char *key;
	json_t *value;

	HTML(h, "<h2>Everything else that is signed</h2><div class=\"panel\"><dl>");
	page_json_row(h, "id", get(approval, "id"));
	page_json_row(h, "binding", get(approval, "binding"));
	json_object_foreach((json_t *)(uintptr_t)approval, key, value)
	{
		if (!is_among(key, told, ARRAY_LEN(told)))
			page_json_row(h, key, value);
	}
	HTML(h, "</dl></div>");
}

/* Two buttons alike, neither chosen beforehand.  The reason is a text area because Enter
 * in a line of input would press the first button. */
static void
add_form(struct html *h, struct admin_call *c, const json_t *approval)
{
	HTML(h, "<h2>Your decision</h2><form class=\"panel\" method=\"post\" action=\"/approvals/");
	html_text(h, c->id);
	HTML(h, "/decisions\">");
	page_csrf(h, c, c->id);
	HTML(h, "<input type=\"hidden\" name=\"binding\"");
	HTML_ATTR(h, "value", json_text(get(approval, "binding")));
	HTML(h, "><label for=\"reason\">Reason <span class=\"hint\">(kept in the audit trail; a "
	        "denial shows it to who asked)</span></label>"
	        "<textarea id=\"reason\" name=\"reason\" maxlength=\"1024\"></textarea>"
	        "<div class=\"choice\"><button name=\"decision\" value=\"approve\">Approve</button>"
	        "<button name=\"decision\" value=\"deny\">Deny</button></div></form>");
}

static void
add_decision(struct html *h, struct admin_call *c, const struct approval_view *view)
{
	struct visibility v = call_visibility(c, view->detail);

	if (view->state != APPROVAL_PENDING) {
		HTML(h, "<p class=\"notice\">This is settled: it is ");
		html_cstr(h, approval_state_name(view->state));
		HTML(h, ".</p>");
	} else if (v.may_decide && v.has_decided) {
		HTML(h, "<p class=\"notice\">You have decided. Others are still asked.</p>");
	} else if (v.may_decide) {
		add_form(h, c, view->detail);
	} else if (v.has_asked) {
		HTML(h, "<p class=\"notice\">You asked for this yourself, so others decide.</p>");
	} else {
		HTML(h, "<p class=\"notice\">You may read this, and others decide.</p>");
	}
}

static void
on_read(void *owner, enum read_result result, const struct approval_view *view)
{
	struct admin_call *c = owner;
	struct buf text = {0};
	struct html h = {&text};

	c->op = NULL;
	if (result == READ_UNAVAILABLE) {
		call_problem(c, PROBLEM_STORE_UNAVAILABLE, "Try again in a moment.");
		return;
	}
	if (result == READ_UNKNOWN || !call_visibility(c, view->detail).may_see) {
		c->id = SPAN_NONE;
		call_problem(c, PROBLEM_NOT_FOUND, "");
		return;
	}
	page_begin(&h, c, json_text(get(view->detail, "title")));
	add_heading(&h, view);
	add_summary(&h, view->detail);
	add_request(&h, get(view->detail, "request"));
	add_rest(&h, view->detail);
	add_decisions(&h, get(view->detail, "decisions"));
	add_decision(&h, c, view);
	page_end(&h, c, 200);
}

void
page_approval(struct admin_call *c)
{
	char id[APPROVAL_ID_LEN + 1];

	snprintf(id, sizeof(id), "%.*s", SPAN_ARG(c->id));
	c->op = store_read(c->admin->parts.store, id, on_read, c);
}
