/* Digests of what rules do. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/effect.h"

#include "rules/ruleset.h"

static void
add_number(struct hasher *h, uint64_t number)
{
	unsigned char bytes[8];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(number >> (56 - 8 * i));
	hasher_add(h, span_of(bytes, sizeof(bytes)));
}

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
	add_number(h, bind->mode);
	add_number(h, bind->count);
	for (size_t i = 0; i < bind->count; i++) {
		add_number(h, bind->parts[i]->kind);
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
	add_number(h, req->need_count);
	while ((need = next_need(req, need))) {
		hasher_add_counted(h, need->group);
		add_number(h, need->count);
	}
	add_number(h, req->rejects);
	add_number(h, (uint64_t)req->hold_for_us);
	add_number(h, (uint64_t)req->expires_us);
	add_number(h, (uint64_t)req->valid_for_us);
	add_number(h, req->uses);
	add_number(h, req->reason);
	add_number(h, req->reason_rule_count);
	while ((rule = next_reason_rule(req, rule)))
		hasher_add_counted(h, rule_reason_pattern(rule));
	add_bind(h, &req->bind);
	return hasher_end(&h);
}

static void
add_test(struct hasher *h, const struct value_test *test)
{
	add_number(h, test->op);
	add_number(h, test->boolean);
	hasher_add_counted(h, test->regex ? regex_pattern(test->regex) : test->text);
	add_number(h, test->count);
	for (size_t i = 0; i < test->count; i++)
		add_test(h, &test->parts[i]);
}

static void
add_schedule(struct hasher *h, const struct schedule *s)
{
	add_number(h, s->days);
	add_number(h, s->count);
	for (size_t i = 0; i < s->count; i++) {
		add_number(h, (uint64_t)s->hours[i].from);
		add_number(h, (uint64_t)s->hours[i].to);
	}
	hasher_add_counted(h, s->zone_name);
}

static void
add_network(struct hasher *h, const struct network *n)
{
	add_number(h, (uint64_t)n->family);
	hasher_add(h, span_of(n->bytes, sizeof(n->bytes)));
	add_number(h, n->bits);
}

static void
add_condition(struct hasher *h, const struct condition *c)
{
	add_number(h, c->kind);
	add_number(h, c->count);
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
	add_number(h, m->methods);
	add_number(h, m->has_paths);
	add_number(h, m->path_count);
	for (size_t i = 0; i < m->path_count; i++) {
		const struct path_pattern *p = &m->paths[i];

		add_number(h, p->regex != NULL);
		hasher_add_counted(h, p->regex ? regex_pattern(p->regex) : p->template.text);
	}
	add_number(h, m->condition_count);
	for (size_t i = 0; i < m->condition_count; i++)
		add_condition(h, &m->conditions[i]);
}

static void
add_rule(struct hasher *h, const struct rule *rule)
{
	hasher_add_counted(h, rule->name);
	add_number(h, rule->verdict);
	add_number(h, rule->is_observed);
	add_match(h, &rule->match);
	add_number(h, rule->except != NULL);
	if (rule->except)
		add_match(h, rule->except);
	if (!rule->requirement)
		return;
	hasher_add(h, digest_span(&rule->requirement->effect));
	add_number(h, rule->requirement->keeps_on_disconnect);
	add_number(h, (uint64_t)rule->requirement->pending_status);
}

struct digest
effect_of_ruleset(const struct ruleset *rs)
{
	struct hasher *h = hasher_new();

	hasher_add_counted(h, SPAN("countersign rules 2"));
	add_number(h, rs->otherwise);
	add_number(h, rs->count);
	for (size_t i = 0; i < rs->count; i++)
		add_rule(h, &rs->rules[i]);
	return hasher_end(&h);
}
