/* Why a verdict is what it is. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/explain.h"

#include "rules/body.h"
#include "rules/explain_condition.h"
#include "rules/opinion.h"

static const char *
verdict_word(enum verdict_kind kind)
{
	switch (kind) {
	case VERDICT_ALLOW:
		return "allow";
	case VERDICT_DENY:
		return "deny";
	case VERDICT_APPROVAL:
		return "approval";
	}
	return "deny";
}

static json_t *
explain_methods(const struct match *m, enum method method)
{
	json_t *asked = json_array();
	bool is_met = m->methods & method_bit(method);

	for (int i = 0; i < METHOD_COUNT; i++) {
		if (m->methods & method_bit((enum method)i))
			json_array_append_new(asked, json_string(method_name((enum method)i)));
	}
	return json_pack("{s:s, s:o, s:s, s:o}", "key", "method", "asked", asked, "seen",
	                 method_name(method), "truth",
	                 explain_truth(is_met ? TRUTH_TRUE : TRUTH_FALSE));
}

static json_t *
explain_paths(const struct match *m, const struct path *path, bool is_wide)
{
	enum truth truth = match_paths(m, path, is_wide);
	bool has_regex = m->path_count && m->paths[0].regex;
	json_t *asked = json_array(), *json;

	for (size_t i = 0; i < m->path_count; i++) {
		const struct path_pattern *p = &m->paths[i];

		json_array_append_new(asked, explain_text(p->regex ? regex_pattern(p->regex)
		                                                   : p->template.text));
	}
	json = json_pack("{s:s, s:o, s:o, s:o}", "key", has_regex ? "path_regex" : "path", "asked",
	                 asked, "seen", explain_text(path->text), "truth", explain_truth(truth));
	if (truth == TRUTH_CANNOT_TELL)
		json_object_set_new(json, "why", json_string(doubt_word(DOUBT_PATH)));
	return json;
}

/* What is asked of the body stands there only when the body is needed. */
static json_t *
explain_match(const struct match *m, const struct finding *f, const struct subject *subject,
              const struct path *path, bool is_wide)
{
	bool looks_at_body = f->head_truth != TRUTH_FALSE;
	size_t count = looks_at_body ? m->condition_count : m->head_count;
	json_t *keys = json_array();

	if (m->methods != METHODS_ALL)
		json_array_append_new(keys, explain_methods(m, subject->request->method));
	if (m->has_paths)
		json_array_append_new(keys, explain_paths(m, path, is_wide));
	for (size_t i = 0; i < count; i++)
		json_array_append_new(keys, explain_condition(&m->conditions[i], subject));
	return json_pack("{s:o, s:o}", "truth", explain_truth(f->truth), "keys", keys);
}

static json_t *
explain_rule(const struct rule *rule, const struct subject *subject, const struct path *path)
{
	bool restricts = verdict_restricts(rule->verdict);
	bool takes_method = rule->match.methods & method_bit(subject->request->method);
	bool waits = !subject->body || subject->body->fault != FAULT_NONE;
	enum truth known = takes_method ? match_paths(&rule->match, path, restricts) : TRUTH_FALSE;
	struct opinion o;
	json_t *json;

	opinion_form(&o, rule, subject, path, known);
	waits = waits && o.needs_body;
	json = json_pack("{s:o, s:s, s:b, s:o, s:b, s:b}", "rule", explain_text(rule->name), "verdict",
	                 verdict_word(rule->verdict), "observe", rule->is_observed, "match",
	                 explain_match(&rule->match, &o.match, subject, path, restricts), "needs_body",
	                 o.needs_body, "applies", o.applies && !waits);
	if (rule->except)
		json_object_set_new(json, "except", o.match.head_truth == TRUTH_FALSE
		                    ? json_null()
		                    : explain_match(rule->except, &o.except, subject, path, true));
	if (o.head_fault != FAULT_NONE || o.body_fault != FAULT_NONE)
		json_object_set_new(json, "fault", json_string(fault_word(
			o.head_fault != FAULT_NONE ? o.head_fault : o.body_fault)));
	return json;
}

static json_t *
rule_or_null(const struct rule *rule)
{
	return rule ? explain_text(rule->name) : json_null();
}

static json_t *
explain_verdict(const struct verdict *v)
{
	static const char *const needs[] = {"none", "observed", "rules"};
	json_t *json = json_pack("{s:s, s:o, s:b, s:s}", "verdict", verdict_word(v->kind), "rule",
	                         rule_or_null(v->rule), "wants_name", v->wants_name, "needs_body",
	                         needs[v->needs_body]);

	if (v->fault != FAULT_NONE)
		json_object_set_new(json, "fault", json_string(fault_word(v->fault)));
	if (v->would_rule)
		json_object_set_new(json, "would", json_pack("{s:s, s:o}", "verdict",
		                    verdict_word(v->would), "rule", rule_or_null(v->would_rule)));
	if (v->would_fault != FAULT_NONE)
		json_object_set_new(json, "would_fault", json_string(fault_word(v->would_fault)));
	return json;
}

json_t *
ruleset_explain(const struct ruleset *rs, const struct subject *subject)
{
	struct subject known = subject_known(subject);
	json_t *rules = json_array(), *json;
	struct verdict v;
	struct path path;

	ruleset_judge(rs, subject, &v);
	path_split(&path, subject->request->path);
	for (size_t i = 0; i < rs->count; i++)
		json_array_append_new(rules, explain_rule(&rs->rules[i], &known, &path));
	json = explain_verdict(&v);
	json_object_set_new(json, "otherwise", json_string(verdict_word(rs->otherwise)));
	json_object_set_new(json, "rules", rules);
	return json;
}
