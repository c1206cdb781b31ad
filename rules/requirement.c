/* What approval rules ask of people, united. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/requirement.h"

#include "rules/ruleset.h"

static bool
add_need(struct requirement *all, const struct need *need)
{
	for (size_t i = 0; i < all->need_count; i++) {
		struct need *known = &all->needs[i];

		if (!span_eq(known->group, need->group))
			continue;
		if (known->count < need->count)
			known->count = need->count;
		return true;
	}
	if (all->need_count == NEEDS_MAX)
		return false;
	all->needs[all->need_count++] = *need;
	return true;
}

static bool
add_reason_rule(struct requirement *all, const struct rule *rule)
{
	for (size_t i = 0; i < all->reason_rule_count; i++) {
		if (span_eq(rule_reason_pattern(all->reason_rules[i]), rule_reason_pattern(rule)))
			return true;
	}
	if (all->reason_rule_count == REASON_RULES_MAX)
		return false;
	all->reason_rules[all->reason_rule_count++] = rule;
	all->reason_rule = all->reason_rules[0];
	return true;
}

static int64_t
shorter(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

bool
requirement_unite(struct requirement *all, const struct requirement *more)
{
	for (size_t i = 0; i < more->need_count; i++) {
		if (!add_need(all, &more->needs[i]))
			return false;
	}
	for (size_t i = 0; i < more->reason_rule_count; i++) {
		if (!add_reason_rule(all, more->reason_rules[i]))
			return false;
	}
	if (!bind_unite(&all->bind, &more->bind))
		return false;
	all->rejects |= more->rejects;
	all->hold_for_us = shorter(all->hold_for_us, more->hold_for_us);
	all->expires_us = shorter(all->expires_us, more->expires_us);
	all->valid_for_us = shorter(all->valid_for_us, more->valid_for_us);
	if (all->uses > more->uses)
		all->uses = more->uses;
	if (all->reason < more->reason)
		all->reason = more->reason;
	all->keeps_on_disconnect &= more->keeps_on_disconnect;
	return true;
}

bool
requirement_reason_matches(const struct requirement *req, struct span reason)
{
	if (req->reason != REASON_OPTIONAL && reason.len == 0)
		return false;
	for (size_t i = 0; i < req->reason_rule_count; i++) {
		if (!rule_reason_matches(req->reason_rules[i], reason))
			return false;
	}
	return true;
}
