/* What came of a trial. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/explained.h"

#include <stdlib.h>
#include <string.h>

#include "approvals/binding.h"
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
seconds(int64_t us)
{
	return us % SECOND_US ? json_real((double)us / SECOND_US) : json_integer(us / SECOND_US);
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

static json_t *
requirement_json(const struct requirement *req)
{
	static const char *const reasons[] = {"optional", "required", "pattern"};

	return json_pack("{s:o,s:s,s:o,s:o,s:o,s:I,s:s,s:s,s:i,s:o}", "from", needs_json(req), "mode",
	                 req->rejects ? "reject" : "hold", "hold_for_s", seconds(req->hold_for_us),
	                 "expires_s", seconds(req->expires_us), "valid_for_s",
	                 seconds(req->valid_for_us), "uses", (json_int_t)req->uses, "reason",
	                 reasons[req->reason], "on_disconnect",
	                 req->keeps_on_disconnect ? "keep" : "cancel", "pending_status",
	                 req->pending_status, "bind", shown_bind_json(&req->bind));
}

static bool
is_identity(const void *ctx UNUSED, const struct head *h UNUSED, const struct field *f)
{
	return f->id == FIELD_COUNTERSIGN_TOKEN;
}

/* Credentials in it are digests under no secret: nobody can join an approval by them. */
static json_t *
signed_json(struct trial *t, const struct config *config, const struct trial_request *r)
{
	const struct requirement *req = &t->verdict.requirement;
	struct bindable b = {
		.namespace = config->store.namespace,
		.site = t->site->name,
		.rule = rule_name(t->verdict.rule),
		.effect = &req->effect,
		.requester = &r->requester,
		.anonymous_source = SPAN("127.0.0.1"),
		.request = &t->request,
		.bind = &req->bind,
		.upstream_host = t->site->upstream_host,
		.body = r->body,
		.inspected_body_max = t->site->limits.inspected_body_max,
		.is_identity = is_identity,
	};
	struct bound bound;
	enum fault fault = bound_read(&bound, &b, &t->arena);

	return fault == FAULT_NONE ? shown_json(&bound)
	                           : json_pack("{s:s}", "fault", fault_word(fault));
}

/* What rules that are observed would have done. */
static void
add_would(json_t *all, const struct trial *t)
{
	const struct verdict *v = &t->verdict;

	if (!t->is_judged)
		return;
	if (v->would_rule)
		json_object_set_new(all, "would",
		                    json_pack("{s:s,s:o}", "verdict",
		                              v->would == VERDICT_DENY ? "deny" : "approval", "rule",
		                              text_json(rule_name(v->would_rule))));
	if (v->would_fault != FAULT_NONE)
		json_object_set_new(all, "would_fault", json_string(fault_word(v->would_fault)));
}

json_t *
explained_json(struct trial *t, const struct config *config, const struct trial_request *r,
               bool shows_rules)
{
	json_t *all = json_pack("{s:s}", "outcome", trial_outcome_name(t->outcome));
	const struct rule *rule = t->is_judged ? t->verdict.rule : NULL;

	if (t->status)
		json_object_set_new(all, "status", json_integer(t->status));
	if (t->word)
		json_object_set_new(all, "problem", json_string(t->word));
	if (t->sentence)
		json_object_set_new(all, "detail", json_string(t->sentence));
	if (t->site)
		json_object_set_new(all, "site", text_json(t->site->name));
	if (t->site && t->request.path.len)
		json_object_set_new(all, "request", request_json(t));
	if (rule) {
		json_object_set_new(all, "rule", text_json(rule_name(rule)));
		json_object_set_new(all, "title",
		                    text_json(rule_title(rule, &t->request, &t->arena)));
	}
	add_would(all, t);
	if (t->is_judged && t->verdict.kind == VERDICT_APPROVAL && !t->verdict.fault) {
		json_object_set_new(all, "approval", requirement_json(&t->verdict.requirement));
		json_object_set_new(all, "signed", signed_json(t, config, r));
	}
	if (t->is_judged && shows_rules)
		json_object_set_new(all, "explanation",
		                    ruleset_explain(t->site->rules, &t->subject));
	return all;
}

static const char *
text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static void
add_json(struct buf *to, const json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);

	buf_addf(to, "%s", text ? text : "");
	free(text);
}

static void
add_key(struct buf *to, const json_t *key)
{
	const char *name = text_of(key, "name");

	buf_addf(to, "      %-11s %s%s", text_of(key, "truth"), text_of(key, "key"),
	         name[0] ? " " : "");
	buf_addf(to, "%s asks ", name);
	add_json(to, json_object_get(key, "asked"));
	buf_addf(to, ", sees ");
	add_json(to, json_object_get(key, "seen"));
	if (json_object_get(key, "why"))
		buf_addf(to, " (%s)", text_of(key, "why"));
	buf_addc(to, '\n');
}

static void
add_match(struct buf *to, const char *what, const json_t *match)
{
	const json_t *key;
	size_t i;

	if (!json_is_object(match))
		return;
	buf_addf(to, "    %s: %s\n", what, text_of(match, "truth"));
	json_array_foreach (json_object_get(match, "keys"), i, key)
		add_key(to, key);
}

static void
add_rule(struct buf *to, const json_t *rule)
{
	buf_addf(to, "  %s %s (%s%s)\n", json_is_true(json_object_get(rule, "applies")) ? "*" : "-",
	         text_of(rule, "rule"), text_of(rule, "verdict"),
	         json_is_true(json_object_get(rule, "observe")) ? ", observed" : "");
	add_match(to, "match", json_object_get(rule, "match"));
	add_match(to, "except", json_object_get(rule, "except"));
}

static void
add_people(struct buf *to, const json_t *approval)
{
	const json_t *need;
	size_t i;

	buf_addf(to, "asks       ");
	json_array_foreach (json_object_get(approval, "from"), i, need)
		buf_addf(to, "%s%lld of %s", i ? ", " : "",
		         (long long)json_integer_value(json_object_get(need, "count")),
		         text_of(need, "group"));
	buf_addf(to, "; %s, ", text_of(approval, "mode"));
	add_json(to, json_object_get(approval, "hold_for_s"));
	buf_addf(to, " s; ");
	add_json(to, json_object_get(approval, "expires_s"));
	buf_addf(to, " s to decide; a yes is good for ");
	add_json(to, json_object_get(approval, "uses"));
	buf_addf(to, " calls within ");
	add_json(to, json_object_get(approval, "valid_for_s"));
	buf_addf(to, " s\nbinds      ");
	add_json(to, json_object_get(approval, "bind"));
	buf_addc(to, '\n');
}

static void
add_head(struct buf *to, const json_t *all)
{
	const json_t *request = json_object_get(all, "request");
	const json_t *query = json_object_get(request, "query");

	if (request)
		buf_addf(to, "request    %s %s%s%s%s\n", text_of(request, "method"),
		         text_of(request, "host"), text_of(request, "path"),
		         json_is_string(query) ? "?" : "", text_of(request, "query"));
	if (json_object_get(all, "site"))
		buf_addf(to, "site       %s\n", text_of(all, "site"));
	buf_addf(to, "outcome    %s", text_of(all, "outcome"));
	if (json_object_get(all, "rule"))
		buf_addf(to, " by %s: %s", text_of(all, "rule"), text_of(all, "title"));
	buf_addc(to, '\n');
	if (json_object_get(all, "status"))
		buf_addf(to, "answer     %lld %s\n",
		         (long long)json_integer_value(json_object_get(all, "status")),
		         text_of(all, "problem"));
	if (json_object_get(all, "detail"))
		buf_addf(to, "           %s\n", text_of(all, "detail"));
}

static bool
is_silent(const json_t *rule)
{
	return strcmp(text_of(json_object_get(rule, "match"), "truth"), "false") == 0;
}

void
explained_text(const json_t *all, bool shows_all, struct buf *to)
{
	size_t silent = 0;
	const json_t *explanation = json_object_get(all, "explanation"), *rule;
	size_t i;

	add_head(to, all);
	if (json_object_get(all, "approval")) {
		add_people(to, json_object_get(all, "approval"));
		buf_addf(to, "signed     ");
		add_json(to, json_object_get(all, "signed"));
		buf_addc(to, '\n');
	}
	if (json_object_get(all, "would"))
		buf_addf(to, "would      %s by %s, which is observed\n",
		         text_of(json_object_get(all, "would"), "verdict"),
		         text_of(json_object_get(all, "would"), "rule"));
	if (!explanation)
		return;
	buf_addf(to, "\nrules, * those that apply; otherwise %s\n",
	         text_of(explanation, "otherwise"));
	json_array_foreach (json_object_get(explanation, "rules"), i, rule) {
		if (shows_all || !is_silent(rule))
			add_rule(to, rule);
		else
			silent++;
	}
	if (silent)
		buf_addf(to, "  and %zu that do not match; --rules shows them\n", silent);
}
