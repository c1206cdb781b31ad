/* The compiled rules of one site. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/ruleset.h"

#include <assert.h>
#include <stdlib.h>

#include "rules/rule.h"

struct ruleset *
ruleset_ref(struct ruleset *rs)
{
	atomic_fetch_add_explicit(&rs->refs, 1, memory_order_relaxed);
	return rs;
}

void
ruleset_unref(struct ruleset **rs)
{
	struct ruleset *old = *rs;

	*rs = NULL;
	if (!old || atomic_fetch_sub_explicit(&old->refs, 1, memory_order_acq_rel) > 1)
		return;
	trie_free(old->trie);
	pointer_set_free(old->pointers);
	regexes_clear(&old->regexes);
	arena_clear(&old->arena);
	free(old);
}

const struct pointer_set *
ruleset_pointers(const struct ruleset *rs)
{
	return rs->pointers;
}

size_t
ruleset_count(const struct ruleset *rs)
{
	return rs->count;
}

const struct rule *
ruleset_at(const struct ruleset *rs, size_t index)
{
	assert(index < rs->count);
	return &rs->rules[index];
}

const struct digest *
ruleset_digest(const struct ruleset *rs)
{
	return &rs->digest;
}

const struct requirement *
rule_requirement(const struct rule *rule)
{
	return rule->requirement;
}

struct span
rule_name(const struct rule *rule)
{
	return rule->name;
}

enum verdict_kind
rule_verdict(const struct rule *rule)
{
	return rule->verdict;
}

bool
rule_reason_matches(const struct rule *rule, struct span reason)
{
	return !rule->reason || regex_test(rule->reason, reason) == TRUTH_TRUE;
}

struct span
rule_reason_pattern(const struct rule *rule)
{
	return rule->reason ? regex_pattern(rule->reason) : SPAN_NONE;
}

/* The alternative that speaks for the request: one that matches, else one that may. */
static const struct path_pattern *
find_pattern(const struct rule *rule, const struct path *path)
{
	const struct path_pattern *possible = NULL;

	for (size_t i = 0; i < rule->match.path_count; i++) {
		const struct path_pattern *p = &rule->match.paths[i];
		enum truth truth = path_pattern_test(p, path, true);

		if (truth == TRUTH_TRUE)
			return p;
		if (truth == TRUTH_CANNOT_TELL && !possible)
			possible = p;
	}
	return possible;
}

/* False when the title names what the path does not have for sure. */
static bool
write_title(const struct rule *rule, const struct path *path, struct buf *to)
{
	const struct path_pattern *pattern = find_pattern(rule, path);
	bool catches = pattern && path_pattern_catches(pattern, path);
	struct span rest = rule->title;

	while (rest.len) {
		size_t open = span_find(rest, '{'), close;
		struct span caught;

		buf_add(to, span_of(rest.ptr, open));
		rest = span_from(rest, open);
		close = span_find(rest, '}');
		if (close == rest.len)
			break;
		if (!catches)
			return false;
		if (path_pattern_capture(pattern, path, span_of(rest.ptr + 1, close - 1), &caught))
			buf_add(to, caught);
		rest = span_from(rest, close + 1);
	}
	return true;
}

struct span
rule_title(const struct rule *rule, const struct request *request, struct arena *arena)
{
	struct buf title = BUF_INIT(rule->title.len * (request->path.len + 1));
	struct span text = rule->name;
	struct path path;

	if (rule->title.len == 0)
		return text;
	path_split(&path, request->path);
	if (write_title(rule, &path, &title))
		text = arena_copy(arena, buf_span(&title));
	buf_clear(&title);
	return text;
}
