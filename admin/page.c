/* The web page: what is the same on every page, and the small ones. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "admin/page.h"

#include "admin/embedded.h"

#define HTML_TYPE "text/html; charset=utf-8"

static void
add_who(struct html *h, struct admin_call *c)
{
	HTML(h, "<nav aria-label=\"Pages\"><a href=\"/\">Inbox</a>"
	        "<a href=\"/?state=all\">All approvals</a></nav><span>Signed in as <strong>");
	html_text(h, c->person.user);
	HTML(h, "</strong></span>");
	if (c->cookie.len == 0)
		return;
	HTML(h, "<form method=\"post\" action=\"/logout\">");
	page_csrf(h, c, SPAN("logout"));
	HTML(h, "<button class=\"plain\">Sign out</button></form>");
}

static void
add_head(struct html *h, struct span title)
{
	HTML(h, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
	        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>");
	html_text(h, title);
	HTML(h, " \xc2\xb7 Countersign</title><link rel=\"stylesheet\" href=\"/page.css\">"
	        "<link rel=\"icon\" href=\"/icon.svg\" type=\"image/svg+xml\">");
}

void
page_begin(struct html *h, struct admin_call *c, struct span title)
{
	h->out->max = PAGE_MAX;
	add_head(h, title);
	HTML(h, "</head>\n<body><a class=\"skip\" href=\"#content\">Skip to the content</a>"
	        "<header class=\"banner\"><a class=\"brand\" href=\"/\">"
	        "<img src=\"/icon.svg\" alt=\"\">Countersign</a>");
	if (person_is_named(&c->person))
		add_who(h, c);
	HTML(h, "</header>\n<main id=\"content\">");
}

void
page_end(struct html *h, struct admin_call *c, int status)
{
	HTML(h, "</main></body></html>\n");
	/* A page that is cut off would hide something: rather none. */
	if (h->out->is_over) {
		buf_clear(h->out);
		HTML(h, "Too large to be shown.\n");
		status = 500;
	}
	call_answer(c, status, HTML_TYPE, buf_span(h->out));
	buf_clear(h->out);
}

void
page_csrf(struct html *h, struct admin_call *c, struct span about)
{
	const struct session *session = call_session(c);
	char token[DIGEST_HEX + 1];

	if (!session)
		return;
	session_csrf(session, about, token);
	HTML(h, "<input type=\"hidden\" name=\"csrf\"");
	HTML_ATTR(h, "value", span_of(token, DIGEST_HEX));
	HTML(h, ">");
}

/* Rounded down, in the unit that people would use. */
static void
add_duration(struct html *h, int64_t us)
{
	uint64_t seconds = (uint64_t)us / (uint64_t)SECOND_US, number = seconds / 86400;
	const char *unit = "day";

	if (seconds < 120) {
		number = seconds;
		unit = "second";
	} else if (seconds < 2 * 3600) {
		number = seconds / 60;
		unit = "minute";
	} else if (seconds < 2 * 86400) {
		number = seconds / 3600;
		unit = "hour";
	}
	html_number(h, number);
	HTML(h, " ");
	html_cstr(h, unit);
	if (number != 1)
		HTML(h, "s");
}

void
page_time(struct html *h, struct span time, struct wall now)
{
	struct wall then;

	if (!wall_read(time, &then)) {
		html_text(h, time);
		return;
	}
	HTML(h, "<time");
	HTML_ATTR(h, "datetime", time);
	HTML(h, ">");
	if (then.us >= now.us)
		HTML(h, "in ");
	add_duration(h, then.us >= now.us ? then.us - now.us : now.us - then.us);
	if (then.us < now.us)
		HTML(h, " ago");
	HTML(h, "</time> <span class=\"quiet\">(");
	/* "2026-11-22T08:00:00.123456Z": seconds are enough for people. */
	html_text(h, span_of(time.ptr, 10));
	HTML(h, " ");
	html_text(h, span_of(time.ptr + 11, 8));
	HTML(h, " UTC)</span>");
}

void
page_login(struct admin_call *c, int status, const char *detail)
{
	struct buf text = {0};
	struct html h = {&text};
	bool leads_on = c->route && route_is_id(c->id);

	c->person = (struct person){0};
	page_begin(&h, c, SPAN("Sign in"));
	HTML(&h, "<div class=\"panel small\"><h1>Sign in</h1>");
	if (detail[0]) {
		HTML(&h, "<p class=\"notice bad\" role=\"alert\">");
		html_cstr(&h, detail);
		HTML(&h, "</p>");
	}
	HTML(&h, "<form method=\"post\" action=\"/login\">");
	if (leads_on) {
		HTML(&h, "<input type=\"hidden\" name=\"next\"");
		HTML_ATTR(&h, "value", c->id);
		HTML(&h, ">");
	}
	HTML(&h, "<label for=\"token\">Your token</label><input id=\"token\" name=\"token\" "
	         "type=\"password\" autocomplete=\"current-password\" required autofocus>"
	         "<button>Sign in</button></form><p class=\"quiet\">On a terminal, "
	         "<code>countersign approvals open ID</code> prints a link that signs you in "
	         "once.</p></div>");
	page_end(&h, c, status);
}

void
page_login_link(struct admin_call *c, struct span code)
{
	struct buf text = {0};
	struct html h = {&text};

	page_begin(&h, c, SPAN("Sign in"));
	HTML(&h, "<div class=\"panel small\"><h1>Sign in with this link</h1>"
	         "<p>It works once, for five minutes after it was made.</p>"
	         "<form method=\"post\" action=\"/login\"><input type=\"hidden\" name=\"link\"");
	HTML_ATTR(&h, "value", code);
	HTML(&h, "><button autofocus>Continue</button></form></div>");
	page_end(&h, c, 200);
}

void
page_lead_on(struct admin_call *c)
{
	struct buf text = {.max = PAGE_MAX};
	struct html h = {&text};
	struct buf refresh = BUF_INIT(64 * 1024);

	buf_add(&refresh, SPAN("0; url="));
	buf_add(&refresh, c->path);
	add_head(&h, SPAN("One moment"));
	HTML(&h, "<meta http-equiv=\"refresh\"");
	HTML_ATTR(&h, "content", buf_span(&refresh));
	HTML(&h, "></head>\n<body><main><p><a");
	HTML_ATTR(&h, "href", c->path);
	HTML(&h, ">Continue</a></p>");
	buf_clear(&refresh);
	page_end(&h, c, 200);
}

void
page_problem(struct admin_call *c, int status, const char *title, const char *detail)
{
	struct buf text = {0};
	struct html h = {&text};

	page_begin(&h, c, span_cstr(title));
	HTML(&h, "<div class=\"panel\"><h1>");
	html_cstr(&h, title);
	HTML(&h, "</h1>");
	if (detail[0]) {
		HTML(&h, "<p>");
		html_cstr(&h, detail);
		HTML(&h, "</p>");
	}
	if (c->id.len) {
		HTML(&h, "<p><a href=\"/approvals/");
		html_text(&h, c->id);
		HTML(&h, "\">Look at the approval</a></p>");
	}
	HTML(&h, "<p><a href=\"/\">Back to the inbox</a></p></div>");
	page_end(&h, c, status);
}

void
page_stylesheet(struct admin_call *c)
{
	call_answer(c, 200, "text/css; charset=utf-8",
	            span_of(embedded_page_css, embedded_page_css_len));
}

void
page_icon(struct admin_call *c)
{
	call_answer(c, 200, "image/svg+xml", span_of(embedded_icon_svg, embedded_icon_svg_len));
}
