/* Routes that decide. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "admin/decide.h"

#include <stdio.h>


/* What somebody wants; in the arena of the call. */
struct wish {
	bool approves;
	struct span reason, binding;
};

/* An attempt on what they may not even see; every other refusal is the store's, which
 * records it. */
static void
record_unseen(struct admin_call *c)
{
	const struct wish *wish = c->work;
	struct emit *e = record_begin(c->admin->parts.ring, RECORD_DECISION_REFUSED, clock_wall());

	if (!e)
		return;
	emit_key(e, "approval");
	emit_object(e);
	emit_member(e, "id", c->id);
	emit_object_end(e);
	emit_key(e, "approver");
	emit_object(e);
	emit_member(e, "id", c->person.user);
	emit_member_cstr(e, "auth", identity_source_name(c->person.source));
	emit_member(e, "source", c->source);
	emit_object_end(e);
	emit_member_cstr(e, "decision", wish->approves ? "approve" : "deny");
	emit_member_cstr(e, "why", "not-visible");
	record_end(c->admin->parts.ring);
}

static void
answer_decided(struct admin_call *c, int status, const struct approval_view *view)
{
	struct wish *wish = c->work;
	char path[64];

	if (status == 201 && wish->approves)
		c->admin->counts.approvals++;
	else if (status == 201)
		c->admin->counts.denials++;
	if (c->route->face == FACE_API) {
		call_answer_json(c, status, json_incref(view->detail));
		return;
	}
	snprintf(path, sizeof(path), "/approvals/%s", view->id);
	call_redirect(c, span_cstr(path));
}

static void
answer_settled(struct admin_call *c, const struct approval_view *view)
{
	char text[120];

	snprintf(text, sizeof(text), "It is %s, so your decision was not taken.",
	         approval_state_name(view->state));
	call_problem_state(c, PROBLEM_SETTLED, text, approval_state_name(view->state));
}

static bool
names_other_binding(const struct wish *wish, const json_t *approval)
{
	const json_t *binding = json_object_get(approval, "binding");

	return wish->binding.len && !span_eq(wish->binding, span_cstr(json_string_value(binding)));
}

static void
answer_changed(struct admin_call *c, const struct approval_view *view)
{
	if (names_other_binding(c->work, view->detail))
		call_problem_state(c, PROBLEM_BINDING_MISMATCH,
		                   "Look at it again before you decide.",
		                   approval_state_name(view->state));
	else
		call_problem_state(c, PROBLEM_DECIDED_OTHERWISE, "A decision is not changed.",
		                   approval_state_name(view->state));
}

static bool
is_refusal(enum decide_result result)
{
	return result == DECIDE_INELIGIBLE || result == DECIDE_SELF ||
	       result == DECIDE_SETTLED || result == DECIDE_CHANGED;
}

static void
on_decided(void *owner, enum decide_result result, const struct approval_view *view)
{
	struct admin_call *c = owner;

	c->op = NULL;
	c->admin->counts.refused_decisions += is_refusal(result);
	switch (result) {
	case DECIDE_DONE:
		answer_decided(c, 201, view);
		return;
	case DECIDE_REPEATED:
		answer_decided(c, 200, view);
		return;
	case DECIDE_INELIGIBLE:
		call_problem(c, PROBLEM_NOT_ELIGIBLE, "");
		return;
	case DECIDE_SELF:
		call_problem(c, PROBLEM_SELF, "");
		return;
	case DECIDE_SETTLED:
		answer_settled(c, view);
		return;
	case DECIDE_CHANGED:
		answer_changed(c, view);
		return;
	case DECIDE_UNKNOWN:
		call_problem(c, PROBLEM_NOT_FOUND, "");
		return;
	case DECIDE_AUDIT_UNAVAILABLE:
		call_problem(c, PROBLEM_AUDIT_UNAVAILABLE, "Nothing was decided.");
		return;
	case DECIDE_UNAVAILABLE:
		break;
	}
	call_problem(c, PROBLEM_STORE_UNAVAILABLE,
	             "It is not known whether your decision was taken: look again.");
}

static void
decide(struct admin_call *c, const struct approval_view *view)
{
	const struct wish *wish = c->work;
	struct decision decision = {.id = view->id,
	                            .approves = wish->approves,
	                            .reason = wish->reason,
	                            .binding = wish->binding,
	                            .by = &c->person,
	                            .source = c->source};

	c->op = store_decide(c->admin->parts.store, &decision, on_decided, c);
}

/* Whoever may not see it learns nothing, not even that it is there. */
static void
on_seen(void *owner, enum read_result result, const struct approval_view *view)
{
	struct admin_call *c = owner;

	c->op = NULL;
	if (result == READ_UNAVAILABLE) {
		call_problem(c, PROBLEM_STORE_UNAVAILABLE, "Nothing was decided.");
	} else if (result == READ_UNKNOWN) {
		call_problem(c, PROBLEM_NOT_FOUND, "");
	} else if (!call_visibility(c, view->detail).may_see) {
		c->admin->counts.refused_decisions++;
		record_unseen(c);
		call_problem(c, PROBLEM_NOT_FOUND, "");
	} else {
		decide(c, view);
	}
}

static void
start(struct admin_call *c, const struct wish *wish)
{
	char id[APPROVAL_ID_LEN + 1];

	if (wish->reason.len > REASON_MAX) {
		call_problem(c, PROBLEM_BODY, "A reason has at most 1024 bytes.");
		return;
	}
	c->work = arena_new(&c->arena, sizeof(*wish));
	*(struct wish *)c->work = *wish;
	snprintf(id, sizeof(id), "%.*s", SPAN_ARG(c->id));
	c->op = store_read(c->admin->parts.store, id, on_seen, c);
}

static bool
read_word(struct span word, bool *ret_approves)
{
	*ret_approves = span_eq(word, SPAN("approve"));
	return *ret_approves || span_eq(word, SPAN("deny"));
}

/* An optional string; false: it is something else. */
static bool
read_string(struct admin_call *c, const json_t *object, const char *key, struct span *ret)
{
	const json_t *value = json_object_get(object, key);

	*ret = SPAN_NONE;
	if (!value)
		return true;
	if (!json_is_string(value))
		return false;
	*ret = arena_copy(&c->arena, span_of(json_string_value(value), json_string_length(value)));
	return true;
}

static bool
read_wish(struct admin_call *c, const json_t *object, struct wish *ret, const char **why)
{
	struct span word;
	const json_t *glass = json_object_get(object, "break_glass");

	*why = "decision is \"approve\" or \"deny\".";
	if (!read_string(c, object, "decision", &word) || !read_word(word, &ret->approves))
		return false;
	*why = "reason is a string.";
	if (!read_string(c, object, "reason", &ret->reason))
		return false;
	*why = "binding is a string: 64 hexadecimal digits.";
	if (!read_string(c, object, "binding", &ret->binding))
		return false;
	*why = "break_glass is true or false.";
	return !glass || json_is_boolean(glass);
}

void
decide_by_json(struct admin_call *c)
{
	static const char *const members[] = {"decision", "reason", "binding", "break_glass"};
	json_t *object = call_read_json(c, members, ARRAY_LEN(members));
	struct wish wish = {0};
	const char *why;
	bool is_read, breaks_glass;

	if (!object)
		return;
	is_read = read_wish(c, object, &wish, &why);
	breaks_glass = json_is_true(json_object_get(object, "break_glass"));
	json_decref(object);
	if (!is_read)
		call_problem(c, PROBLEM_BODY, why);
	else if (breaks_glass)
		call_problem(c, PROBLEM_NOT_SUPPORTED_YET, "There is no break-glass here yet.");
	else
		start(c, &wish);
}

/* Browsers send line ends as CR LF whatever was typed (HTML, form submission). */
static struct span
without_carriage_returns(struct admin_call *c, struct span text)
{
	char *to = arena_new(&c->arena, text.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] != '\r' || i + 1 == text.len || text.ptr[i + 1] != '\n')
			to[len++] = text.ptr[i];
	}
	return span_of(to, len);
}

/* The form is ours when it brings what was written into it for this session and this
 * approval.  A token that came in a header cannot be sent by another page. */
static bool
is_our_form(struct admin_call *c, const struct form *form)
{
	struct session *session = call_session(c);

	if (c->cookie.len == 0)
		return true;
	return session && session_csrf_is(session, c->id, form_value(form, SPAN("csrf")));
}

void
decide_by_form(struct admin_call *c)
{
	struct wish wish = {0};
	struct form form;

	if (!call_read_form(c, &form))
		return;
	if (!is_our_form(c, &form)) {
		call_problem(c, PROBLEM_FORM_EXPIRED,
		             "Open the approval again and decide there. Nothing was decided.");
		return;
	}
	if (form_value(&form, SPAN("binding")).len == 0) {
		call_problem(c, PROBLEM_BODY,
		             "The form does not say what you looked at: its field binding is "
		             "missing. Nothing was decided.");
		return;
	}
	if (!read_word(form_value(&form, SPAN("decision")), &wish.approves)) {
		call_problem(c, PROBLEM_BODY, "Press one of the two buttons.");
		return;
	}
	wish.reason = without_carriage_returns(c, form_value(&form, SPAN("reason")));
	wish.binding = form_value(&form, SPAN("binding"));
	start(c, &wish);
}
