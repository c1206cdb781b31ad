/* What one rule says to one request. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/opinion.h"

#include "rules/body.h"

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

static enum fault
first_of(enum fault a, enum fault b)
{
	return a != FAULT_NONE ? a : b;
}

/* What is signed may not have two readings either. */
static void
look_at_part(struct opinion *o, const struct bind_part *part, const struct subject *subject)
{
	bool is_query = part->kind == PART_QUERY_NAME;
	struct condition c = {.kind = is_query ? CONDITION_QUERY : CONDITION_HEADER,
	                      .name = part->name};
	struct arena scratch = {0};
	const struct json_fact *fact;
	struct value value;

	if (is_query || part->kind == PART_HEADER) {
		o->head_fault = first_of(o->head_fault,
		                         condition_look(&c, subject, &scratch, &value));
		arena_clear(&scratch);
	} else if (part->kind == PART_BODY_POINTER && !body_is_absent(subject->request)) {
		o->needs_body = o->binds_json = true;
		fact = body_facts_at(subject->body, part->pointer);
		if (fact && fact->found == JSON_CONFLICT)
			o->body_fault = first_of(o->body_fault, FAULT_BODY_AMBIGUOUS);
	}
}

static void
look_at_bind(struct opinion *o, const struct rule *rule, const struct subject *subject)
{
	const struct bind *bind = &rule->requirement->bind;

	if (rule->is_observed || (o->except.truth == TRUTH_TRUE && !o->except.needs_body))
		return;
	for (size_t i = 0; i < bind->count; i++)
		look_at_part(o, bind->parts[i], subject);
}

void
opinion_form(struct opinion *o, const struct rule *rule, const struct subject *subject,
             const struct path *path, enum truth method_and_path)
{
	*o = (struct opinion){.match = match_conditions(&rule->match, subject, method_and_path)};
	if (rule->except && o->match.head_truth != TRUTH_FALSE)
		o->except = match_test(rule->except, subject, path, true);
	o->applies = applies(verdict_restricts(rule->verdict), o->match.truth, o->except.truth);
	o->lacks_name = o->match.truth != TRUTH_FALSE &&
	                (o->match.lacks_name || o->except.lacks_name);
	o->needs_body = o->match.needs_body || o->except.needs_body;
	o->asks_form = o->match.asks_form || o->except.asks_form;
	o->head_fault = first_of(o->match.head_fault, o->except.head_fault);
	o->body_fault = first_of(o->match.body_fault, o->except.body_fault);
	if (rule->requirement && rule->requirement->bind.count &&
	    o->match.head_truth != TRUTH_FALSE)
		look_at_bind(o, rule, subject);
}

struct subject
subject_known(const struct subject *subject)
{
	static const struct body_facts absent = {.form = BODY_IS_ABSENT};
	struct subject known = *subject;

	if (body_is_absent(subject->request))
		known.body = &absent;
	return known;
}
