/* One request against the rules of its site: the verdict. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/batch.h"
#include "rules/body.h"
#include "rules/effect.h"
#include "rules/opinion.h"
#include "rules/requirement.h"
#include "rules/ruleset.h"

#define NO_RULE UINT32_MAX

/* The first rule with a fault, and the fault. */
struct first_fault {
	uint32_t rule;
	enum fault fault;
};

/* Those who need the body. */
struct needing {
	uint32_t rule; /* the first */
	bool asks_form, binds_json;
};

/* Rules that are observed: the first of each kind that applies; surely: without the body. */
struct observed {
	uint32_t deny, sure_deny;
	uint32_t approval, sure_approval;
	struct needing deny_needs, approval_needs;
};

struct judging {
	const struct ruleset *rules;
	const struct subject *subject;
	struct path *path;
	uint32_t first_deny, sure_deny, first_allow;
	bool denies_any_name;      /* some deny rule matches whatever the caller is called */
	bool surely_denies_any_name;
	bool may_allow_named;      /* some allow rule only wants for the caller's name */
	struct first_fault head, body;
	struct needing needs;
	struct observed observed;
	struct batch approvals;    /* rules that apply and are not united yet */
};

static void
keep_first(uint32_t *first, uint32_t rule)
{
	if (rule < *first)
		*first = rule;
}

static void
keep_first_fault(struct first_fault *first, uint32_t rule, enum fault fault)
{
	if (fault != FAULT_NONE && rule < first->rule)
		*first = (struct first_fault){rule, fault};
}

static void
keep_need(struct needing *needs, uint32_t rule, const struct opinion *o)
{
	keep_first(&needs->rule, rule);
	needs->asks_form |= o->asks_form;
	needs->binds_json |= o->binds_json;
}

static void
note_deny(struct judging *j, uint32_t rule, const struct opinion *o)
{
	keep_first(&j->first_deny, rule);
	j->denies_any_name |= !o->lacks_name;
	if (o->needs_body)
		return;
	keep_first(&j->sure_deny, rule);
	j->surely_denies_any_name |= !o->lacks_name;
}

static void
note(struct judging *j, uint32_t rule, const struct opinion *o)
{
	switch (j->rules->rules[rule].verdict) {
	case VERDICT_DENY:
		if (o->applies)
			note_deny(j, rule, o);
		break;
	case VERDICT_APPROVAL:
		if (o->applies)
			batch_add(&j->approvals, rule);
		break;
	case VERDICT_ALLOW:
		if (o->applies)
			keep_first(&j->first_allow, rule);
		else
			j->may_allow_named |= o->lacks_name;
		break;
	}
}

/* A rule that asks for nothing but the path, which is met as far as it has to be. */
static void
note_plain(struct judging *j, uint32_t rule, enum truth path)
{
	switch (j->rules->rules[rule].verdict) {
	case VERDICT_DENY:
		keep_first(&j->first_deny, rule);
		keep_first(&j->sure_deny, rule);
		j->denies_any_name = j->surely_denies_any_name = true;
		break;
	case VERDICT_APPROVAL:
		batch_add(&j->approvals, rule);
		break;
	case VERDICT_ALLOW:
		if (path == TRUTH_TRUE)
			keep_first(&j->first_allow, rule);
		break;
	}
}

static void
observe(struct judging *j, uint32_t rule, const struct opinion *o)
{
	bool is_deny = j->rules->rules[rule].verdict == VERDICT_DENY;
	struct observed *seen = &j->observed;

	if (o->needs_body)
		keep_need(is_deny ? &seen->deny_needs : &seen->approval_needs, rule, o);
	if (!o->applies)
		return;
	if (!o->needs_body)
		keep_first(is_deny ? &seen->sure_deny : &seen->sure_approval, rule);
	keep_first(is_deny ? &seen->deny : &seen->approval, rule);
}

/* What a candidate says that asks for more than the path.  What applies only because its body
 * is not known never counts: settle_early() is first. */
static void
hear(struct judging *j, uint32_t index, enum truth path)
{
	const struct rule *rule = &j->rules->rules[index];
	struct opinion o;

	opinion_form(&o, rule, j->subject, j->path, path);
	if (rule->is_observed) {
		observe(j, index, &o);
		return;
	}
	keep_first_fault(&j->head, index, o.head_fault);
	if (o.needs_body) {
		keep_need(&j->needs, index, &o);
		keep_first_fault(&j->body, index, o.body_fault);
	}
	note(j, index, &o);
}

static void
on_candidate(void *ctx, const struct trie_entry *entry)
{
	struct judging *j = ctx;
	const struct rule *rule = &j->rules->rules[entry->rule];
	enum truth path = TRUTH_TRUE;

	if (entry->pattern)
		path = path_pattern_test(entry->pattern, j->path,
		                         verdict_restricts(rule->verdict));
	if (path == TRUTH_FALSE)
		return;
	if (rule->is_plain)
		note_plain(j, entry->rule, path);
	else
		hear(j, entry->rule, path);
}

static void
walk(struct judging *j)
{
	j->approvals.count = 0;
	trie_walk(j->rules->trie, j->path, j->subject->request->method, on_candidate, j);
}

/* Every approval rule that matched, however many.  False: their demands do not fit into one. */
static bool
unite(struct judging *j, struct requirement *ret)
{
	const struct rule *rules = j->rules->rules;
	size_t united = 0;

	for (;;) {
		for (size_t i = 0; i < j->approvals.count; i++, united++) {
			const struct requirement *more = rules[j->approvals.at[i]].requirement;

			if (united == 0)
				*ret = *more;
			else if (!requirement_unite(ret, more))
				return false;
		}
		if (j->approvals.count < BATCH_MAX)
			break;
		j->approvals.past = j->approvals.at[BATCH_MAX - 1] + 1;
		walk(j);
	}
	if (united > 1)
		ret->effect = effect_of(ret);
	return true;
}

static void
deny(struct verdict *ret, const struct rule *rule, bool wants_name)
{
	ret->kind = VERDICT_DENY;
	ret->rule = rule;
	ret->wants_name = wants_name;
}

static void
refuse(struct verdict *ret, const struct rule *rule, enum fault fault)
{
	deny(ret, rule, false);
	ret->fault = fault;
}

/* Why a body that was read, or not, is of no use to those who need it. */
static enum fault
body_fault(const struct body_facts *body, const struct needing *needs)
{
	if (body->fault != FAULT_NONE)
		return body->fault;
	if (body->form == BODY_IS_FORM && (!needs->asks_form || needs->binds_json))
		return FAULT_CONTENT_TYPE;
	return FAULT_NONE;
}

/* What comes before the verdict: questions with two answers, a denial that needs no body,
 * the body itself.  False: nothing. */
static bool
settle_early(const struct judging *j, struct verdict *ret)
{
	const struct rule *rules = j->rules->rules;
	enum fault fault;

	if (j->head.fault != FAULT_NONE) {
		refuse(ret, &rules[j->head.rule], j->head.fault);
		return true;
	}
	if (j->sure_deny != NO_RULE) {
		deny(ret, &rules[j->sure_deny], !j->surely_denies_any_name);
		return true;
	}
	if (j->needs.rule == NO_RULE)
		return false;
	if (!j->subject->body) {
		deny(ret, &rules[j->needs.rule], false);
		ret->needs_body = BODY_NEED_RULES;
		return true;
	}
	fault = body_fault(j->subject->body, &j->needs);
	if (fault != FAULT_NONE)
		refuse(ret, &rules[j->needs.rule], fault);
	else if (j->body.fault != FAULT_NONE)
		refuse(ret, &rules[j->body.rule], j->body.fault);
	return ret->fault != FAULT_NONE;
}

static void
settle(struct judging *j, struct verdict *ret)
{
	const struct ruleset *rs = j->rules;

	if (j->first_deny != NO_RULE) {
		deny(ret, &rs->rules[j->first_deny], !j->denies_any_name);
	} else if (j->approvals.count) {
		ret->kind = VERDICT_APPROVAL;
		ret->rule = &rs->rules[j->approvals.at[0]];
		if (!unite(j, &ret->requirement))
			deny(ret, ret->rule, false);
	} else if (j->first_allow != NO_RULE) {
		ret->kind = VERDICT_ALLOW;
		ret->rule = &rs->rules[j->first_allow];
	} else if (rs->otherwise == VERDICT_ALLOW) {
		ret->kind = VERDICT_ALLOW;
	} else {
		deny(ret, NULL, j->may_allow_named);
	}
}

/* Whether rules that are observed lack a body that they could read. */
static bool
observed_lack_body(const struct judging *j, struct verdict *ret)
{
	const struct observed *seen = &j->observed;
	struct needing needs = seen->deny_needs;

	if (ret->kind == VERDICT_ALLOW)
		keep_first(&needs.rule, seen->approval_needs.rule);
	needs.asks_form |= seen->approval_needs.asks_form;
	needs.asks_form |= j->needs.asks_form;
	if (needs.rule == NO_RULE)
		return false;
	if (j->subject->body)
		ret->would_fault = body_fault(j->subject->body, &needs);
	else
		ret->needs_body = BODY_NEED_OBSERVED;
	return !j->subject->body || ret->would_fault != FAULT_NONE;
}

/* What rules that are observed would make harder. */
static void
settle_observed(const struct judging *j, struct verdict *ret)
{
	const struct observed *seen = &j->observed;
	uint32_t first_deny = seen->deny, first_approval = seen->approval;

	if (ret->kind == VERDICT_DENY)
		return;
	if (seen->sure_deny != NO_RULE) {
		first_deny = seen->sure_deny;
	} else if (observed_lack_body(j, ret)) {
		first_deny = NO_RULE;
		first_approval = seen->sure_approval;
	}
	if (first_deny != NO_RULE) {
		ret->would = VERDICT_DENY;
		ret->would_rule = &j->rules->rules[first_deny];
	} else if (first_approval != NO_RULE && ret->kind == VERDICT_ALLOW) {
		ret->would = VERDICT_APPROVAL;
		ret->would_rule = &j->rules->rules[first_approval];
	}
}

static void
begin(struct judging *j, const struct ruleset *rs, const struct subject *subject,
      struct path *path)
{
	static const struct needing nobody = {.rule = NO_RULE};

	j->rules = rs;
	j->subject = subject;
	j->path = path;
	j->first_deny = j->sure_deny = j->first_allow = NO_RULE;
	j->denies_any_name = j->surely_denies_any_name = j->may_allow_named = false;
	j->head = j->body = (struct first_fault){NO_RULE, FAULT_NONE};
	j->needs = nobody;
	j->observed = (struct observed){NO_RULE, NO_RULE, NO_RULE, NO_RULE, nobody, nobody};
	j->approvals.past = 0;
}

static void
judge(const struct ruleset *rs, const struct subject *subject, struct verdict *ret)
{
	struct path path;
	struct judging j;

	path_split(&path, subject->request->path);
	begin(&j, rs, subject, &path);
	walk(&j);
	ret->rule = ret->would_rule = NULL;
	ret->wants_name = false;
	ret->needs_body = BODY_NEED_NONE;
	ret->fault = ret->would_fault = FAULT_NONE;
	ret->would = VERDICT_ALLOW;
	if (settle_early(&j, ret))
		return;
	settle(&j, ret);
	settle_observed(&j, ret);
}

void
ruleset_judge(const struct ruleset *rs, const struct subject *subject, struct verdict *ret)
{
	struct subject known;

	if (rs->asks_body) {
		known = subject_known(subject);
		subject = &known;
	}
	judge(rs, subject, ret);
}
