/* Routes that open and end web sessions. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "admin/login.h"

#include <stdio.h>

#include "admin/gate.h"
#include "admin/page.h"
#include "lib/base/memory.h"

void
login_show(struct admin_call *c)
{
	struct form query;

	if (!call_read_query(c, &query))
		return;
	if (form_value(&query, SPAN("link")).len)
		page_login_link(c, form_value(&query, SPAN("link")));
	else
		page_login(c, 200, "");
}

/* Where to go after a login: only to an approval, or to the inbox. */
static void
go_on(struct admin_call *c, struct span id)
{
	char path[64];

	snprintf(path, sizeof(path), "/approvals/%.*s", SPAN_ARG(id));
	call_redirect(c, route_is_id(id) ? span_cstr(path) : SPAN("/"));
}

static void
enter_by_token(struct admin_call *c, const struct form *form)
{
	struct span token = span_trim(form_value(form, SPAN("token")));
	struct digest digest;
	struct person person;

	if (!identity_find_token(c->admin->settings->identity, token, NULL, &person)) {
		gate_note_failure(c, "login with a token that is not one of ours");
		page_login(c, 401, "That token is not known here.");
		return;
	}
	digest = digest_of(token);
	gate_log_in(c, &digest, "token");
	go_on(c, form_value(form, SPAN("next")));
}

static void
enter_by_link(struct admin_call *c, const struct form *form)
{
	char approval[APPROVAL_ID_LEN + 1];
	struct digest token;
	struct person person;

	if (!login_links_take(c->admin->links, form_value(form, SPAN("link")), clock_mono(),
	                      &token, approval) ||
	    !identity_find_digest(c->admin->settings->identity, &token, &person)) {
		gate_note_failure(c, "login with a link that is not valid");
		page_login(c, 401,
		           "That link was used before, or is too old. Ask for a new one.");
		return;
	}
	gate_log_in(c, &token, "link");
	go_on(c, span_cstr(approval));
}

void
login_enter(struct admin_call *c)
{
	struct form form;

	if (!call_read_form(c, &form))
		return;
	if (form_has(&form, SPAN("link")))
		enter_by_link(c, &form);
	else
		enter_by_token(c, &form);
}

void
login_leave(struct admin_call *c)
{
	struct session *session = call_session(c);
	struct form form;

	if (!call_read_form(c, &form))
		return;
	if (session && !session_csrf_is(session, SPAN("logout"), form_value(&form, SPAN("csrf")))) {
		call_problem(c, PROBLEM_FORM_EXPIRED, "Open the page again and log out there.");
		return;
	}
	gate_log_out(c);
	call_redirect(c, SPAN("/login"));
}

static void
answer_link(struct admin_call *c, const char *code)
{
	struct wall ends = {clock_wall().us + LOGIN_LINK_LIFE_US};
	struct span public = c->admin->settings->public_url;
	struct buf url = BUF_INIT(4096);
	char path[LOGIN_LINK_CODE + 32], time[WALL_TEXT];
	json_t *body;

	snprintf(path, sizeof(path), "/login?link=%s", code);
	wall_text(ends, time);
	body = json_pack("{s:s,s:s}", "path", path, "expires_at", time);
	if (public.len) {
		buf_add(&url, public);
		buf_add(&url, span_cstr(path));
		json_object_set_new(body, "url", json_stringn(url.ptr, url.len));
	}
	buf_clear(&url);
	memory_wipe(path, sizeof(path));
	call_answer_json(c, 201, body);
}

void
login_make_link(struct admin_call *c)
{
	static const char *const members[] = {"approval"};
	json_t *object = call_read_json(c, members, ARRAY_LEN(members));
	char code[LOGIN_LINK_CODE + 1];
	const json_t *approval;
	struct span id = SPAN_NONE;

	if (!object)
		return;
	approval = json_object_get(object, "approval");
	if (approval)
		id = span_cstr(json_string_value(approval));
	if (approval && !route_is_id(id)) {
		json_decref(object);
		call_problem(c, PROBLEM_BODY, "approval is the id of an approval.");
		return;
	}
	login_links_make(c->admin->links, &c->token, approval ? id.ptr : "", clock_mono(), code);
	json_decref(object);
	answer_link(c, code);
	memory_wipe(code, sizeof(code));
}
