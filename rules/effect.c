/* Digests of what rules do. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/effect.h"

#include "rules/ruleset.h"

/* The smallest group past `after`, so that order does not count; NULL at the end. */
static const struct need *
next_need(const struct requirement *req, const struct need *after)
{
	const struct need *next = NULL;

	for (size_t i = 0; i < req->need_count; i++) {
		const struct need *need = &req->needs[i];

		if (after && span_cmp(need->group, after->group) <= 0)
			continue;
		if (!next || span_cmp(need->group, next->group) < 0)
			next = need;
	}
	return next;
}

/* The same for the patterns of reasons. */
static const struct rule *
next_reason_rule(const struct requirement *req, const struct rule *after)
{
	const struct rule *next = NULL;

	for (size_t i = 0; i < req->reason_rule_count; i++) {
		const struct rule *rule = req->reason_rules[i];
		struct span pattern = rule_reason_pattern(rule);

		if (after && span_cmp(pattern, rule_reason_pattern(after)) <= 0)
			continue;
		if (!next || span_cmp(pattern, rule_reason_pattern(next)) < 0)
			next = rule;
	}
	return next;
}

static void
add_bind(struct hasher *h, const struct bind *bind)
{
	hasher_add_u64(h, bind->mode);
	hasher_add_u64(h, bind->count);
	for (size_t i = 0; i < bind->count; i++) {
		hasher_add_u64(h, bind->parts[i]->kind);
		hasher_add_counted(h, bind->parts[i]->name);
	}
}

struct digest
effect_of(const struct requirement *req)
{
	struct hasher *h = hasher_new();
	const struct need *need = NULL;
	const struct rule *rule = NULL;

	hasher_add_counted(h, SPAN("countersign effect 2"));
	hasher_add_u64(h, req->need_count);
	while ((need = next_need(req, need))) {
		hasher_add_counted(h, need->group);
		hasher_add_u64(h, need->count);
	}
	hasher_add_u64(h, req->rejects);
	hasher_add_u64(h, (uint64_t)req->hold_for_us);
	hasher_add_u64(h, (uint64_t)req->expires_us);
	hasher_add_u64(h, (uint64_t)req->valid_for_us);
	hasher_add_u64(h, req->uses);
	hasher_add_u64(h, req->reason);
	hasher_add_u64(h, req->reason_rule_count);
	while ((rule = next_reason_rule(req, rule)))
		hasher_add_counted(h, rule_reason_pattern(rule));
	add_bind(h, &req->bind);
	return hasher_end(&h);
}

static void
add_test(struct hasher *h, const struct value_test *test)
{
	hasher_add_u64(h, test->op);
	hasher_add_u64(h, test->boolean);
	hasher_add_counted(h, test->regex ? regex_pattern(test->regex) : test->text);
	hasher_add_u64(h, test->count);
	for (size_t i = 0; i < test->count; i++)
		add_test(h, &test->parts[i]);
}

static void
add_schedule(struct hasher *h, const struct schedule *s)
{
	hasher_add_u64(h, s->days);
	hasher_add_u64(h, s->count);
	for (size_t i = 0; i < s->count; i++) {
		hasher_add_u64(h, (uint64_t)s->hours[i].from);
		hasher_add_u64(h, (uint64_t)s->hours[i].to);
	}
	hasher_add_counted(h, s->zone_name);
}

static void
add_network(struct hasher *h, const struct network *n)
{
	hasher_add_u64(h, (uint64_t)n->family);
	hasher_add(h, span_of(n->bytes, sizeof(n->bytes)));
	hasher_add_u64(h, n->bits);
}

static void
add_condition(struct hasher *h, const struct condition *c)
{
	hasher_add_u64(h, c->kind);
	hasher_add_u64(h, c->count);
	for (size_t i = 0; c->values && i < c->count; i++)
		hasher_add_counted(h, c->values[i]);
	for (size_t i = 0; c->networks && i < c->count; i++)
		add_network(h, &c->networks[i]);
	hasher_add_counted(h, c->name);
	if (c->schedule)
		add_schedule(h, c->schedule);
	if (c->test)
		add_test(h, c->test);
}

static void
add_match(struct hasher *h, const struct match *m)
{
	hasher_add_u64(h, m->methods);
	hasher_add_u64(h, m->has_paths);
	hasher_add_u64(h, m->path_count);
	for (size_t i = 0; i < m->path_count; i++) {
		const struct path_pattern *p = &m->paths[i];

		hasher_add_u64(h, p->regex != NULL);
		hasher_add_counted(h, p->regex ? regex_pattern(p->regex) : p->template.text);
	}
	hasher_add_u64(h, m->condition_count);
	for (size_t i = 0; i < m->condition_count; i++)
		add_condition(h, &m->conditions[i]);
}

static void
add_rule(struct hasher *h, const struct rule *rule)
{
	hasher_add_counted(h, rule->name);
	hasher_add_u64(h, rule->verdict);
	hasher_add_u64(h, rule->is_observed);
	add_match(h, &rule->match);
	hasher_add_u64(h, rule->except != NULL);
	if (rule->except)
		add_match(h, rule->except);
	if (!rule->requirement)
		return;
	hasher_add(h, digest_span(&rule->requirement->effect));
	hasher_add_u64(h, rule->requirement->keeps_on_disconnect);
	hasher_add_u64(h, (uint64_t)rule->requirement->pending_status);
}

struct digest
effect_of_ruleset(const struct ruleset *rs)
{
	struct hasher *h = hasher_new();

	hasher_add_counted(h, SPAN("countersign rules 2"));
	hasher_add_u64(h, rs->otherwise);
	hasher_add_u64(h, rs->count);
	for (size_t i = 0; i < rs->count; i++)
		add_rule(h, &rs->rules[i]);
	return hasher_end(&h);
}
