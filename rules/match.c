/* What a rule looks for. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/match.h"

#include "rules/body.h"

enum truth
match_paths(const struct match *m, const struct path *path, bool is_wide)
{
	enum truth truth = TRUTH_FALSE;

	if (!m->has_paths)
		return TRUTH_TRUE;
	for (size_t i = 0; i < m->path_count && truth != TRUTH_TRUE; i++)
		truth = truth_or(truth, path_pattern_test(&m->paths[i], path, is_wide));
	return truth;
}

/* Every name is governed, whatever its neighbours say, so all are looked at. */
static void
look_at_head(struct finding *f, const struct match *m, const struct subject *subject)
{
	for (size_t i = m->outer_count; i < m->head_count; i++) {
		struct answer a = condition_test(&m->conditions[i], subject);

		f->truth = truth_and(f->truth, a.truth);
		if (f->head_fault == FAULT_NONE)
			f->head_fault = a.fault;
	}
}

static void
look_at_body(struct finding *f, const struct match *m, const struct subject *subject)
{
	f->needs_body = !body_is_absent(subject->request);
	for (size_t i = m->head_count; i < m->condition_count; i++) {
		const struct condition *c = &m->conditions[i];
		struct answer a = condition_test(c, subject);

		f->truth = truth_and(f->truth, a.truth);
		f->asks_form |= c->kind == CONDITION_FORM;
		if (f->body_fault == FAULT_NONE)
			f->body_fault = a.fault;
	}
}

struct finding
match_conditions(const struct match *m, const struct subject *subject, enum truth so_far)
{
	struct finding f = {.truth = so_far};

	for (size_t i = 0; i < m->outer_count && f.truth != TRUTH_FALSE; i++) {
		struct answer a = condition_test(&m->conditions[i], subject);

		f.truth = truth_and(f.truth, a.truth);
		f.lacks_name |= a.doubt == DOUBT_NAMELESS;
	}
	if (f.truth != TRUTH_FALSE)
		look_at_head(&f, m, subject);
	f.head_truth = f.truth;
	if (f.truth != TRUTH_FALSE && m->head_count < m->condition_count)
		look_at_body(&f, m, subject);
	if (f.truth == TRUTH_FALSE)
		f.lacks_name = false;
	return f;
}

struct finding
match_test(const struct match *m, const struct subject *subject, const struct path *path,
           bool is_wide)
{
	if (!(m->methods & method_bit(subject->request->method)))
		return (struct finding){.truth = TRUTH_FALSE};
	return match_conditions(m, subject, match_paths(m, path, is_wide));
}
