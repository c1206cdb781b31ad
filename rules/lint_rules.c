/* Rules that stand in each other's way, or in their own. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/lint_rules.h"

#include "rules/rule.h"

static bool
has_conditions(const struct match *m)
{
	return m->condition_count > 0;
}

static struct span
pattern_text(const struct path_pattern *p)
{
	return p->regex ? regex_pattern(p->regex) : p->template.text;
}

static bool
has_pattern(const struct match *m, const struct path_pattern *wanted)
{
	for (size_t i = 0; i < m->path_count; i++) {
		const struct path_pattern *p = &m->paths[i];

		if (!p->regex == !wanted->regex && span_eq(pattern_text(p), pattern_text(wanted)))
			return true;
	}
	return false;
}

/* A template that is literal up to its "**" takes whatever begins like it. */
static bool
takes_all_below(const struct path_pattern *wide, const struct path_pattern *p)
{
	struct span top = pattern_text(wide);

	if (wide->regex || p->regex || !wide->template.takes_rest ||
	    span_contains(top, '{'))
		return false;
	top.len -= 2; /* "**" */
	return !span_contains(top, '*') && span_starts(pattern_text(p), top);
}

static bool
covers_pattern(const struct match *wide, const struct path_pattern *p)
{
	for (size_t i = 0; i < wide->path_count; i++) {
		if (takes_all_below(&wide->paths[i], p))
			return true;
	}
	return has_pattern(wide, p);
}

/* Whether every request that `m` matches is surely matched by `wide`, as far as methods and
 * paths tell; only what is certain counts. */
static bool
covers(const struct match *wide, const struct match *m)
{
	if (has_conditions(wide) || (m->methods & ~wide->methods))
		return false;
	if (!wide->has_paths)
		return true;
	if (!m->has_paths)
		return false;
	for (size_t i = 0; i < m->path_count; i++) {
		if (!covers_pattern(wide, &m->paths[i]))
			return false;
	}
	return true;
}

static bool
match_is_empty(const struct match *m)
{
	return m->methods == 0 || (m->has_paths && m->path_count == 0);
}

static const struct node *
node_at(const struct node *rule, const char *key)
{
	const struct node *n = node_find(rule, span_cstr(key));

	return n ? n : rule;
}

/* An exception that takes all of the match silences the rule. */
static void
lint_silent(const struct rule *rule, const struct node *n, struct complaints *why)
{
	if (rule->except && !match_is_empty(&rule->match) && covers(rule->except, &rule->match))
		complain_warning(why, node_at(n, "except"),
		                 "excludes everything the rule matches: the rule never applies");
}

static bool
templates_meet(const struct template *a, const struct template *b)
{
	size_t least = a->count < b->count ? a->count : b->count;

	if (a->count != b->count && !(a->count > least ? b : a)->takes_rest)
		return false;
	for (size_t i = 0; i < least; i++) {
		const struct template_segment *x = &a->segments[i], *y = &b->segments[i];

		if (!x->is_variable && !y->is_variable && !segment_is_variant(x->text, y->text) &&
		    !span_eq(x->text, y->text))
			return false;
	}
	return true;
}

/* Whether some request may match both; only what is certain is ruled out. */
static bool
may_meet(const struct match *a, const struct match *b)
{
	if (!(a->methods & b->methods))
		return false;
	if (!a->has_paths || !b->has_paths)
		return true;
	for (size_t i = 0; i < a->path_count * b->path_count; i++) {
		const struct path_pattern *x = &a->paths[i / b->path_count];
		const struct path_pattern *y = &b->paths[i % b->path_count];

		if (x->regex || y->regex || templates_meet(&x->template, &y->template))
			return true;
	}
	return false;
}

/* Every rule is held against every other; in files of thousands of rules only the first so
 * many pairs, for a warning is not worth waiting for. */
enum { PAIRS_MAX = 1 << 20 };

struct linting {
	const struct ruleset *rules;
	struct complaints *why;
	size_t pairs;
};

static bool
has_time(struct linting *l)
{
	return l->pairs++ < PAIRS_MAX;
}

/* What is excepted from a rule that stops has to be let in by another; a gate beside it lets
 * in too, after asking. */
static void
lint_nobody_allows(struct linting *l, const struct rule *rule, const struct node *n)
{
	if (!rule->except || !verdict_restricts(rule->verdict) || rule->is_observed ||
	    l->rules->otherwise == VERDICT_ALLOW)
		return;
	for (size_t i = 0; i < l->rules->count; i++) {
		const struct rule *other = &l->rules->rules[i];

		if (!has_time(l))
			return;
		if (other != rule && other->verdict != VERDICT_DENY && !other->is_observed &&
		    may_meet(&other->match, &rule->match))
			return;
	}
	complain_warning(l->why, node_at(n, "except"),
	                 "what is excepted here is denied all the same: no rule allows it, and "
	                 "\"otherwise\" is deny");
}

/* Whether `strict` stops, without any condition, all that `rule` would let in. */
static bool
overrules(const struct rule *strict, const struct rule *rule)
{
	if (strict->is_observed || strict->except)
		return false;
	if (strict->verdict == VERDICT_ALLOW || strict->verdict == rule->verdict)
		return false;
	return covers(&strict->match, &rule->match);
}

static void
lint_overruled(struct linting *l, const struct rule *rule, const struct node *n)
{
	if (rule->verdict == VERDICT_DENY || match_is_empty(&rule->match))
		return;
	for (size_t i = 0; i < l->rules->count; i++) {
		const struct rule *strict = &l->rules->rules[i];

		if (!has_time(l))
			return;
		if (!overrules(strict, rule))
			continue;
		if (strict->verdict == VERDICT_DENY)
			complain_warning(l->why, node_at(n, "match"),
			                 "never has a say: \"%.*s\" denies all that it matches",
			                 SPAN_ARG(strict->name));
		else
			complain_warning(l->why, node_at(n, "match"),
			                 "allows nothing: \"%.*s\" asks for an approval of all that "
			                 "it matches; an exception has to stand there",
			                 SPAN_ARG(strict->name));
		return;
	}
}

void
lint_rules(const struct ruleset *rs, const struct node *rules, struct complaints *why)
{
	struct linting l = {.rules = rs, .why = why};

	NODE_EACH (rules, n) {
		const struct rule *rule = &rs->rules[n->index];

		lint_silent(rule, n, why);
		lint_nobody_allows(&l, rule, n);
		lint_overruled(&l, rule, n);
	}
}

static bool
host_is_below(struct span host, struct span star)
{
	return span_ends(host, span_from(star, 1)) && host.len >= star.len;
}

/* Whether some host is both; either may be "*.example". */
static bool
hosts_meet(struct span a, struct span b)
{
	bool a_is_star = span_starts(a, SPAN("*.")), b_is_star = span_starts(b, SPAN("*."));

	if (a_is_star && b_is_star)
		return span_ends(a, span_from(b, 1)) || span_ends(b, span_from(a, 1));
	if (a_is_star)
		return host_is_below(b, a);
	return b_is_star ? host_is_below(a, b) : span_eq(a, b);
}

static void
lint_match_hosts(const struct match *m, const struct node *match, const struct strings *hosts,
                 struct complaints *why)
{
	const struct node *at = match ? node_find(match, SPAN("host")) : NULL;

	for (size_t i = 0; at && i < m->outer_count; i++) {
		const struct condition *c = &m->conditions[i];
		bool is_met = c->kind != CONDITION_HOST || c->count == 0;

		for (size_t j = 0; !is_met && j < c->count * hosts->count; j++)
			is_met = hosts_meet(c->values[j / hosts->count], hosts->at[j % hosts->count]);
		if (!is_met)
			complain_warning(why, at, "matches no request: the site has no such host");
	}
}

void
lint_hosts(const struct ruleset *rs, const struct node *rules, const struct strings *hosts,
           struct complaints *why)
{
	if (hosts->count == 0)
		return;
	NODE_EACH (rules, n) {
		const struct rule *rule = &rs->rules[n->index];

		lint_match_hosts(&rule->match, node_find(n, SPAN("match")), hosts, why);
		if (rule->except)
			lint_match_hosts(rule->except, node_find(n, SPAN("except")), hosts, why);
	}
}
