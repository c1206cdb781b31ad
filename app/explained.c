/* What came of a trial, as JSON. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/explained.h"

#include "approvals/shown.h"
#include "approvals/shown_bind.h"
#include "rules/explain.h"

static json_t *
text_json(struct span text)
{
	return json_stringn(text.ptr ? text.ptr : "", text.len);
}

static json_t *
request_json(const struct trial *t)
{
	const struct request *r = &t->request;
	json_t *request = json_pack("{s:s,s:o,s:o}", "method", method_name(r->method), "host",
	                            text_json(r->host), "path", text_json(r->path));

	json_object_set_new(request, "query", r->has_query ? text_json(r->query) : json_null());
	return request;
}

static json_t *
caller_json(const struct trial *t)
{
	json_t *groups = json_array();

	if (!person_is_named(&t->requester)) {
		json_decref(groups);
		return json_null();
	}
	for (size_t i = 0; i < t->requester.group_count; i++)
		json_array_append_new(groups, text_json(t->requester.groups[i]));
	return json_pack("{s:o,s:o}", "user", text_json(t->requester.user), "groups", groups);
}

static json_t *
needs_json(const struct requirement *req)
{
	json_t *needs = json_array();

	for (size_t i = 0; i < req->need_count; i++)
		json_array_append_new(needs,
		                      json_pack("{s:o,s:i}", "group", text_json(req->needs[i].group),
		                                "count", (int)req->needs[i].count));
	return needs;
}

/* As the admin endpoint has it. */
static json_t *
requirement_json(const struct requirement *req)
{
	static const char *const reasons[] = {"optional", "required", "pattern"};

	return json_pack("{s:o,s:s,s:I,s:I,s:I,s:I,s:s,s:s,s:i,s:o}", "from", needs_json(req),
	                 "mode", req->rejects ? "reject" : "hold", "hold_for_us",
	                 (json_int_t)req->hold_for_us, "expires_us", (json_int_t)req->expires_us,
	                 "valid_for_us", (json_int_t)req->valid_for_us, "uses",
	                 (json_int_t)req->uses, "reason", reasons[req->reason], "on_disconnect",
	                 req->keeps_on_disconnect ? "keep" : "cancel", "pending_status",
	                 req->pending_status, "bind", shown_bind_json(&req->bind));
}

static void
add_rule_name(json_t *to, const struct rule *rule)
{
	if (rule)
		json_object_set_new(to, "rule", text_json(rule_name(rule)));
}

static void
add_would(json_t *all, const struct trial *t)
{
	json_t *would;

	if (t->would.kind == VERDICT_ALLOW)
		return;
	would = json_pack("{s:s}", "verdict",
	                  t->would.kind == VERDICT_DENY ? "deny" : "approval");
	add_rule_name(would, t->would.rule);
	if (t->would.word)
		json_object_set_new(would, "problem", json_string(t->would.word));
	json_object_set_new(all, "would", would);
}

static void
add_answer(json_t *all, const struct trial *t)
{
	if (t->status)
		json_object_set_new(all, "status", json_integer(t->status));
	if (t->word)
		json_object_set_new(all, "problem", json_string(t->word));
	if (t->sentence)
		json_object_set_new(all, "detail", json_string(t->sentence));
	if (t->site)
		json_object_set_new(all, "site", text_json(t->site->name));
	if (t->site && t->request.path.len) {
		json_object_set_new(all, "request", request_json(t));
		json_object_set_new(all, "caller", caller_json(t));
	}
}

json_t *
explained_json(struct trial *t, bool shows_rules)
{
	json_t *all = json_pack("{s:s}", "outcome", trial_outcome_name(t->outcome));
	struct span title;

	add_answer(all, t);
	add_rule_name(all, t->rule);
	if (t->rule) {
		title = rule_title(t->rule, &t->request, &t->arena);
		json_object_set_new(all, "title", text_json(title));
	}
	add_would(all, t);
	if (t->outcome == TRIAL_WAITS) {
		json_object_set_new(all, "approval", requirement_json(&t->verdict.requirement));
		json_object_set_new(all, "signed", shown_json(&t->bound));
	}
	if (t->is_judged && shows_rules)
		json_object_set_new(all, "explanation",
		                    ruleset_explain(t->site->rules, &t->subject));
	return all;
}
