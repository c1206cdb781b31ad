/* The inbox: what waits for the reader first, then what waits for others. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "admin/approvals_api.h"
#include "admin/page.h"
#include "admin/page_approvals.h"
#include "admin/page_json.h"

/* Characters of a title, a request line or a reason; the page of the approval has the rest. */
enum { TITLE_WIDTH = 80, CARD_WIDTH = 160, SCRATCH_MAX = 16 * 1024 * 1024 };
/* Reading goes on until there is enough to show, or enough was looked at. */
enum { INBOX_PAGE = 100, INBOX_SHOWN = 200, INBOX_ROUNDS = 20 };

struct gathering {
	enum approval_state state;
	unsigned rounds;
	bool has_more;
};

static const char *
first_line_of_state(enum approval_state state)
{
	return state == APPROVAL_PENDING ? "Inbox" : "Approvals";
}

static void
add_short(struct html *h, const json_t *value, size_t width)
{
	struct buf scratch = BUF_INIT(SCRATCH_MAX);
	struct span bytes;

	if (json_bytes(value, &scratch, &bytes))
		html_short(h, bytes, width);
	buf_clear(&scratch);
}

static void
add_request_line(struct html *h, const json_t *request)
{
	struct buf line = BUF_INIT(SCRATCH_MAX);

	json_request_line(request, false, &line);
	HTML(h, "<p class=\"given\">");
	html_short(h, buf_span(&line), CARD_WIDTH);
	HTML(h, "</p>");
	buf_clear(&line);
}

static void
add_reason(struct html *h, const json_t *reason)
{
	if (!reason || json_is_null(reason) ||
	    (json_is_string(reason) && json_string_length(reason) == 0))
		return;
	HTML(h, "<p>Reason: <span class=\"given\">");
	add_short(h, reason, CARD_WIDTH);
	HTML(h, "</span></p>");
}

static void
add_card(struct html *h, const json_t *approval, struct wall now)
{
	struct span id = json_text(json_object_get(approval, "id"));
	struct span state = json_text(json_object_get(approval, "state"));

	/* Of our own making: the state's name and a ULID. */
	HTML(h, "<li class=\"card\"><h3><a href=\"/approvals/");
	html_text(h, id);
	HTML(h, "\">");
	add_short(h, json_object_get(approval, "title"), TITLE_WIDTH);
	HTML(h, "</a></h3>");
	add_request_line(h, json_object_get(approval, "request"));
	HTML(h, "<p><span class=\"state state-");
	html_text(h, state);
	HTML(h, "\">");
	html_text(h, state);
	HTML(h, "</span>");
	page_review_mark(h, approval);
	HTML(h, " <span class=\"code\">");
	html_text(h, json_text(json_object_get(approval, "code")));
	HTML(h, "</span> \xc2\xb7 asked by ");
	page_requester(h, json_object_get(approval, "requester"));
	HTML(h, "</p>");
	add_reason(h, json_object_get(approval, "reason"));
	HTML(h, "<p class=\"quiet\">Site ");
	html_text(h, json_text(json_object_get(approval, "site")));
	HTML(h, ", rule ");
	html_text(h, json_text(json_object_get(approval, "rule")));
	HTML(h, " \xc2\xb7 ");
	page_json(h, json_object_get(approval, "have"));
	HTML(h, " of ");
	page_json(h, json_object_get(approval, "need"));
	HTML(h, " agreed");
	if (page_is_open(approval)) {
		HTML(h, " \xc2\xb7 ends ");
		page_time(h, json_text(json_object_get(approval, "expires_at")), now);
	}
	HTML(h, "</p></li>");
}

static bool
is_for_reader(const struct admin_call *c, const json_t *approval)
{
	struct visibility v = call_visibility(c, approval);

	return span_eq(json_text(json_object_get(approval, "state")), SPAN("pending")) &&
	       v.may_decide && !v.has_decided;
}

/* The approvals that are, or are not, the reader's to decide; returns how many. */
static size_t
add_cards(struct html *h, const struct admin_call *c, bool for_reader)
{
	struct wall now = clock_wall();
	size_t count = 0;

	for (size_t i = 0; i < json_array_size(c->held); i++) {
		const json_t *approval = json_array_get(c->held, i);

		if (is_for_reader(c, approval) != for_reader)
			continue;
		if (count++ == 0)
			HTML(h, "<ul class=\"list\">");
		add_card(h, approval, now);
	}
	if (count)
		HTML(h, "</ul>");
	return count;
}

static void
add_refresh_hint(struct html *h, const struct gathering *g)
{
	char now[WALL_TEXT];

	wall_text(clock_wall(), now);
	HTML(h, "<p class=\"quiet\">As of ");
	html_text(h, span_of(now + 11, 8));
	HTML(h, " UTC. Reload the page to see what has changed.");
	if (g->has_more)
		HTML(h, " <strong>There are more than are shown here:</strong> use "
		        "<code>countersign approvals ls</code>.");
	HTML(h, "</p>");
}

static void
answer(struct admin_call *c)
{
	const struct gathering *g = c->work;
	struct buf text = {0};
	struct html h = {&text};

	page_begin(&h, c, span_cstr(first_line_of_state(g->state)));
	HTML(&h, "<h1>");
	html_cstr(&h, first_line_of_state(g->state));
	HTML(&h, "</h1>");
	add_refresh_hint(&h, g);
	HTML(&h, "<h2>For you to decide</h2>");
	if (add_cards(&h, c, true) == 0)
		HTML(&h, "<p class=\"panel empty\">Nothing waits for you. Calls that need your "
		         "yes or no will stand here.</p>");
	if (g->state == APPROVAL_PENDING)
		HTML(&h, "<h2>Waiting for others</h2>");
	else
		HTML(&h, "<h2>Everything else</h2>");
	if (add_cards(&h, c, false) == 0)
		HTML(&h, "<p class=\"panel empty\">Nothing else.</p>");
	page_end(&h, c, 200);
}

static int
compare_ends(const void *a, const void *b)
{
	const json_t *const *left = a, *const *right = b;

	/* One form of time, so that the order of bytes is the order of time. */
	return span_cmp(json_text(json_object_get(*left, "expires_at")),
	                json_text(json_object_get(*right, "expires_at")));
}

/* What ends first comes first. */
static void
sort(struct admin_call *c)
{
	size_t count = json_array_size(c->held);
	json_t **items = arena_new(&c->arena, (count + 1) * sizeof(*items));
	json_t *sorted = json_array();

	for (size_t i = 0; i < count; i++)
		items[i] = json_array_get(c->held, i);
	qsort(items, count, sizeof(*items), compare_ends);
	for (size_t i = 0; i < count; i++)
		json_array_append(sorted, items[i]);
	json_decref(c->held);
	c->held = sorted;
}

static void read_more(struct admin_call *c, struct span cursor);

static void
on_list(void *owner, enum read_result result, json_t *approvals, struct span next)
{
	struct admin_call *c = owner;
	struct gathering *g = c->work;

	c->op = NULL;
	if (result != READ_FOUND) {
		call_problem(c, PROBLEM_STORE_UNAVAILABLE, "Try again in a moment.");
		return;
	}
	for (size_t i = 0; i < json_array_size(approvals); i++) {
		json_t *approval = json_array_get(approvals, i);

		if (call_visibility(c, approval).may_see)
			json_array_append(c->held, approval);
	}
	g->has_more = next.len > 0;
	if (next.len && json_array_size(c->held) < INBOX_SHOWN && ++g->rounds < INBOX_ROUNDS) {
		read_more(c, arena_copy(&c->arena, next));
		return;
	}
	sort(c);
	answer(c);
}

static void
read_more(struct admin_call *c, struct span cursor)
{
	const struct gathering *g = c->work;

	c->op = store_list(c->admin->parts.store, g->state, cursor, INBOX_PAGE, on_list, c);
}

void
page_inbox(struct admin_call *c)
{
	static const struct span name = SPAN("state");
	struct gathering *g = arena_new(&c->arena, sizeof(*g));
	struct form query;

	if (!call_read_query(c, &query))
		return;
	if (!form_has_only(&query, &name, 1) ||
	    !approvals_read_state(&query, APPROVAL_PENDING, &g->state)) {
		call_problem(c, PROBLEM_QUERY,
		             "The address takes state: the name of a state, or all.");
		return;
	}
	c->work = g;
	c->held = json_array();
	read_more(c, SPAN_NONE);
}
