/* One approval: everything that is signed, then the two buttons. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "admin/duration.h"
#include "admin/page.h"
#include "admin/page_approvals.h"
#include "admin/page_json.h"
#include "admin/visible.h"

/* A longer title is shown whole further down. */
enum { HEADING_WIDTH = 120, SCRATCH_MAX = 16 * 1024 * 1024 };

/* What is told in words further up; the rest is listed below, so that nothing that is
 * signed is left out, whatever it is. */
static const char *const told[] = {"id",     "state",      "title",      "code",
                                   "site",   "rule",       "requester",  "reason",
                                   "needs",  "have",       "need",       "uses_left",
                                   "request", "decisions", "created_at", "expires_at",
                                   "bind", "binding", "expires_us", "valid_for_us", "uses",
                                   "review"};

static bool
is_among(const char *key, const char *const *keys, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(key, keys[i]) == 0)
			return true;
	}
	return false;
}

static const json_t *
get(const json_t *object, const char *key)
{
	return json_object_get(object, key);
}

static struct span
title_of(const json_t *approval, struct buf *scratch)
{
	struct span title;

	return json_bytes(get(approval, "title"), scratch, &title) ? title : SPAN_NONE;
}

void
page_requester(struct html *h, const json_t *requester)
{
	if (json_is_string(get(requester, "user"))) {
		HTML(h, "<strong>");
		html_text(h, json_text(get(requester, "user")));
		HTML(h, "</strong>");
	} else {
		HTML(h, "<em>somebody without a name</em>");
	}
}

bool
page_is_open(const json_t *approval)
{
	struct span state = json_text(get(approval, "state"));

	return span_eq(state, SPAN("pending")) || span_eq(state, SPAN("approved"));
}

void
page_review_mark(struct html *h, const json_t *approval)
{
	if (json_is_true(get(approval, "review")))
		HTML(h, " <span class=\"state state-review\">outcome unknown</span>");
}

static void
add_heading(struct html *h, const struct approval_view *view)
{
	struct buf scratch = BUF_INIT(SCRATCH_MAX);

	HTML(h, "<p><span class=\"state state-");
	html_cstr(h, approval_state_name(view->state));
	HTML(h, "\">");
	html_cstr(h, approval_state_name(view->state));
	HTML(h, "</span>");
	page_review_mark(h, view->detail);
	HTML(h, " <span class=\"quiet\">Code</span> <span class=\"code\">");
	html_text(h, json_text(get(view->detail, "code")));
	HTML(h, "</span> \xc2\xb7 asked by ");
	page_requester(h, get(view->detail, "requester"));
	HTML(h, "</p><h1>");
	html_short(h, title_of(view->detail, &scratch), HEADING_WIDTH);
	HTML(h, "</h1>");
	buf_clear(&scratch);
}

static const char *
requester_label(const char *key)
{
	if (strcmp(key, "groups") == 0)
		return "Their groups";
	if (strcmp(key, "source") == 0)
		return "From address";
	return key;
}

/* How the caller showed who it is; a word that is not known here stays as it is. */
static void
add_auth(struct html *h, const json_t *auth)
{
	struct span word = json_text(auth);

	HTML(h, "<dt>Known by</dt><dd>");
	if (span_eq(word, SPAN("token")))
		HTML(h, "a token, in Countersign-Token");
	else if (span_eq(word, SPAN("bearer")))
		HTML(h, "a bearer token, in Authorization");
	else if (span_eq(word, SPAN("header")))
		HTML(h, "a header, set by a trusted proxy");
	else
		page_json(h, auth);
	HTML(h, "</dd>");
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
		if (strcmp(key, "auth") == 0)
			add_auth(h, value);
		else if (strcmp(key, "user") != 0 && strcmp(key, "unnamed") != 0)
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

static void
add_duration_row(struct html *h, const char *label, const json_t *us)
{
	struct buf words = BUF_INIT(256);

	if (!json_is_integer(us))
		return;
	duration_words(json_integer_value(us), &words);
	HTML(h, "<dt>");
	html_cstr(h, label);
	HTML(h, "</dt><dd>");
	html_text(h, buf_span(&words));
	HTML(h, "</dd>");
	buf_clear(&words);
}

/* Whole, when the heading shows only its beginning. */
static void
add_long_title(struct html *h, const json_t *title)
{
	struct buf scratch = BUF_INIT(SCRATCH_MAX);
	struct span bytes;

	if (json_bytes(title, &scratch, &bytes) && visible_fit(bytes, HEADING_WIDTH) < bytes.len)
		page_json_row(h, "Title", title);
	buf_clear(&scratch);
}

static void
add_summary(struct html *h, const json_t *approval)
{
	struct wall now = clock_wall();

	HTML(h, "<h2>Who asks, and on what terms</h2><div class=\"panel\"><dl>");
	add_requester(h, get(approval, "requester"));
	add_long_title(h, get(approval, "title"));
	page_json_row(h, "Reason given", get(approval, "reason"));
	page_json_row(h, "Site", get(approval, "site"));
	page_json_row(h, "Rule", get(approval, "rule"));
	add_needs(h, approval);
	add_time_row(h, "Asked", get(approval, "created_at"), now);
	if (page_is_open(approval))
		add_time_row(h, "Ends", get(approval, "expires_at"), now);
	else
		page_json_row(h, "Was to end", get(approval, "expires_at"));
	add_duration_row(h, "Time to decide", get(approval, "expires_us"));
	add_duration_row(h, "A yes is good for", get(approval, "valid_for_us"));
	page_json_row(h, "Uses", get(approval, "uses"));
	page_json_row(h, "Uses left", get(approval, "uses_left"));
	if (json_is_true(get(approval, "review")))
		HTML(h, "<dt>Outcome</dt><dd><strong>Not known:</strong> a use may have run. Uses "
		        "that are left are not released.</dd>");
	HTML(h, "</dl></div>");
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
	page_request(&h, view->detail);
	add_summary(&h, view->detail);
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
