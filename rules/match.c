/* One request against the rules of its site: the verdict. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/effect.h"
#include "rules/requirement.h"
#include "rules/rule.h"

/* Approval rules are taken in the order of the file, so many in one walk. */
enum { BATCH = 16 };

#define NO_RULE UINT32_MAX

struct judging {
	const struct ruleset *rules;
	const struct subject *subject;
	struct path *path;
	uint32_t first_deny, first_allow;
	bool denies_any_name;      /* some deny rule matches whatever the caller is called */
	bool may_allow_named;      /* some allow rule only wants for the caller's name */
	uint32_t past;             /* approval rules up to here, less one, are united already */
	uint32_t batch[BATCH];     /* of the approval rules past those, the first, ascending */
	size_t batch_count;
};

/* Keeps the first ones when there are too many: the rest is for another walk. */
static void
add_to_batch(struct judging *j, uint32_t rule)
{
	size_t at = j->batch_count;

	if (rule < j->past)
		return;
	while (at && j->batch[at - 1] > rule)
		at--;
	if (at && j->batch[at - 1] == rule)
		return;
	if (at == BATCH)
		return;
	if (j->batch_count < BATCH)
		j->batch_count++;
	memmove(&j->batch[at + 1], &j->batch[at],
	        (j->batch_count - at - 1) * sizeof(j->batch[0]));
	j->batch[at] = rule;
}

static void
note(struct judging *j, uint32_t index, bool lacks_name)
{
	switch (j->rules->rules[index].verdict) {
	case VERDICT_DENY:
		j->denies_any_name |= !lacks_name;
		if (index < j->first_deny)
			j->first_deny = index;
		break;
	case VERDICT_APPROVAL:
		add_to_batch(j, index);
		break;
	case VERDICT_ALLOW:
		if (index < j->first_allow)
			j->first_allow = index;
		break;
	}
}

/*
 * Doubt restricts: a rule that makes things harder applies unless its match is false or its
 * exception true; a rule that allows applies only when its match is true and its exception
 * false.
 */
static bool
applies(bool restricts, enum truth match, enum truth except)
{
	if (restricts)
		return match != TRUTH_FALSE && except != TRUTH_TRUE;
	return match == TRUTH_TRUE && except == TRUTH_FALSE;
}

static void
on_candidate(void *ctx, const struct trie_entry *entry)
{
	struct judging *j = ctx;
	const struct rule *rule = &j->rules->rules[entry->rule];
	bool restricts = verdict_restricts(rule->verdict);
	struct finding match = {TRUTH_TRUE, false}, except = {TRUTH_FALSE, false};

	if (entry->pattern)
		match.truth = path_pattern_test(entry->pattern, j->path, restricts);
	match = match_conditions(&rule->match, j->subject, match.truth);
	if (match.truth == TRUTH_FALSE)
		return;
	if (rule->except)
		except = match_test(rule->except, j->subject, j->path);
	if (applies(restricts, match.truth, except.truth))
		note(j, entry->rule, match.lacks_name || except.lacks_name);
	else if (!restricts)
		j->may_allow_named |= match.lacks_name || except.lacks_name;
}

static void
walk(struct judging *j)
{
	j->batch_count = 0;
	trie_walk(j->rules->trie, j->path, j->subject->request->method, on_candidate, j);
}

/* Every approval rule that matched, however many.  False: their demands do not fit into one. */
static bool
unite(struct judging *j, struct requirement *ret)
{
	const struct rule *rules = j->rules->rules;
	size_t united = 0;

	for (;;) {
		for (size_t i = 0; i < j->batch_count; i++, united++) {
			const struct requirement *more = rules[j->batch[i]].requirement;

			if (united == 0)
				*ret = *more;
			else if (!requirement_unite(ret, more))
				return false;
		}
		if (j->batch_count < BATCH)
			break;
		j->past = j->batch[BATCH - 1] + 1;
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

void
ruleset_judge(const struct ruleset *rs, const struct subject *subject, struct verdict *ret)
{
	struct path path;
	struct judging j;

	path_split(&path, subject->request->path);
	j.rules = rs;
	j.subject = subject;
	j.path = &path;
	j.first_deny = j.first_allow = NO_RULE;
	j.denies_any_name = j.may_allow_named = false;
	j.past = 0;
	walk(&j);

	ret->rule = NULL;
	ret->wants_name = false;
	if (j.first_deny != NO_RULE) {
		deny(ret, &rs->rules[j.first_deny], !j.denies_any_name);
	} else if (j.batch_count) {
		ret->kind = VERDICT_APPROVAL;
		ret->rule = &rs->rules[j.batch[0]];
		if (!unite(&j, &ret->requirement))
			deny(ret, ret->rule, false);
	} else if (j.first_allow != NO_RULE) {
		ret->kind = VERDICT_ALLOW;
		ret->rule = &rs->rules[j.first_allow];
	} else if (rs->otherwise == VERDICT_ALLOW) {
		ret->kind = VERDICT_ALLOW;
	} else {
		deny(ret, NULL, j.may_allow_named);
	}
}
