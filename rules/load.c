/* Rules as people write them -> a ruleset. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/load.h"

#include <stdlib.h>

#include "lib/base/memory.h"
#include "rules/effect.h"
#include "rules/lint_rules.h"
#include "rules/load_approval.h"
#include "rules/load_match.h"

enum { NAME_MAX_LEN = 128, PLACE_MAX = 8192 };

/* A rule, as it is read. */
struct rule_text {
	struct span name, title;
	struct match_text match, except;
	int verdict; /* -1 until it is known */
	bool is_observed;
	struct approval_text approval;
};

struct defaults_text {
	struct approval_text approval;
};

static void
read_name(struct reader *r, const struct node *n, void *to)
{
	struct span *name = to;

	if (!node_string(n, r->why, name))
		return;
	for (size_t i = 0; i < name->len; i++) {
		char c = name->ptr[i];

		if (ascii_is_alpha(c) || ascii_is_digit(c) || (c && strchr("._:/@+-", c)))
			continue;
		complain_within(r->why, n, i, "names have letters, digits and any of ._:/@+-");
		return;
	}
	if (name->len > NAME_MAX_LEN)
		complain(r->why, n, "at most 128 bytes", "the name is too long");
	*name = arena_copy(r->arena, *name);
}

static const struct word verdicts[] = {
	{"allow", VERDICT_ALLOW},
	{"deny", VERDICT_DENY},
	{"approval", VERDICT_APPROVAL},
	{NULL, 0},
};

/* clang-format off */
static const struct key rule_keys[] = {
	{.name = "name", .type = KEY_CUSTOM, .offset = offsetof(struct rule_text, name), .is_required = true,
	 .read = read_name, .form = "a name", .help = "Names the rule in records and to people; unique on its site.",
	 .json_schema = JSON_SCHEMA_TEXT},
	{.name = "title", .type = KEY_STRING, .offset = offsetof(struct rule_text, title),
	 .help = "What approvers read; {name} is what the path has there."},
	{.name = "match", .type = KEY_OBJECT, .offset = offsetof(struct rule_text, match), .is_required = true,
	 .object = &match_schema, .help = "The requests the rule speaks about."},
	{.name = "except", .type = KEY_OBJECT, .offset = offsetof(struct rule_text, except),
	 .object = &match_schema, .help = "Those of them about which it is silent."},
	{.name = "verdict", .type = KEY_WORD, .offset = offsetof(struct rule_text, verdict), .is_required = true,
	 .words = verdicts, .help = "What the rule says."},
	{.name = "approval", .type = KEY_OBJECT, .offset = offsetof(struct rule_text, approval),
	 .object = &approval_schema, .help = "What is asked of people."},
	{.name = "observe", .type = KEY_BOOL, .offset = offsetof(struct rule_text, is_observed), .fallback = "false",
	 .help = "true: judged on the side and recorded, nothing else."},
};

static const struct key defaults_keys[] = {
	{.name = "approval", .type = KEY_OBJECT, .offset = offsetof(struct defaults_text, approval),
	 .object = &approval_schema, .help = "For every approval rule of the site; a rule's own keys win one by one."},
};
/* clang-format on */

const struct schema rule_schema = {
	.name = "a rule",
	.help = "Which requests, and what is to be done with them.",
	.keys = rule_keys,
	.key_count = ARRAY_LEN(rule_keys),
	.size = sizeof(struct rule_text),
};

const struct schema rule_defaults_schema = {
	.name = "defaults",
	.help = "What rules need not repeat.",
	.keys = defaults_keys,
	.key_count = ARRAY_LEN(defaults_keys),
	.size = sizeof(struct defaults_text),
};

struct loading {
	struct reader reader;
	struct ruleset *rules;
	struct defaults_text defaults;
	struct requirement *latest; /* of the rule before; shared with those that ask alike */
};

/* Every {name} of a title must be there whichever of the paths matches. */
static void
check_capture(struct loading *l, const struct node *title, size_t at, struct span name,
              const struct match *m)
{
	bool is_there = m->path_count;

	for (size_t i = 0; i < m->path_count; i++)
		is_there &= path_pattern_has_capture(&m->paths[i], name);
	if (!is_there)
		complain_within(l->reader.why, title, at, "%s has \"%.*s\"",
		                m->path_count > 1 ? "not every path" : "no path", SPAN_ARG(name));
}

static void
check_title(struct loading *l, const struct node *title, const struct rule *rule)
{
	size_t at = 0;

	while (at < rule->title.len) {
		struct span rest = span_from(rule->title, at);
		size_t open = span_find(rest, '{'), close = span_find(rest, '}');

		if (open == rest.len && close == rest.len)
			return;
		if (close < open || close == rest.len) {
			complain_within(l->reader.why, title, at + (close < open ? close : open),
			                "this brace has no partner");
			return;
		}
		check_capture(l, title, at + open + 1,
		              span_of(rest.ptr + open + 1, close - open - 1), &rule->match);
		at += close + 1;
	}
}

/* Thousands of rules ask for the same: kept once, it stays in the cache. */
static bool
is_same(const struct requirement *a, const struct requirement *b)
{
	return digest_eq(&a->effect, &b->effect) && a->reason_rule == b->reason_rule &&
	       a->keeps_on_disconnect == b->keeps_on_disconnect &&
	       a->pending_status == b->pending_status;
}

static void
compile_approval(struct loading *l, const struct node *n, const struct rule_text *text,
                 struct rule *rule)
{
	const struct node *approval = node_find(n, SPAN("approval"));
	bool has_from = approval && approval->kind == NODE_MAP &&
	                node_find(approval, SPAN("from"));
	struct requirement req;

	if (text->approval.from.group.len == 0) {
		if (!has_from)
			complain(l->reader.why, approval ? approval : n,
			         "approval: {from: {group: NAME, count: NUMBER}}",
			         "nobody is named who may approve");
		return;
	}
	rule->reason = text->approval.reason.pattern;
	req = approval_compile(&text->approval, rule);
	if (!l->latest || !is_same(l->latest, &req)) {
		l->latest = arena_new(&l->rules->arena, sizeof(*l->latest));
		*l->latest = req;
	}
	rule->requirement = l->latest;
}

static const struct match *
compile_except(struct loading *l, const struct node *n, const struct match_text *text)
{
	struct match *except = arena_new(&l->rules->arena, sizeof(*except));

	*except = match_compile(text, n, &l->rules->arena);
	match_widen(except);
	if (n->count == 0)
		complain(l->reader.why, n, "what is excepted",
		         "an empty exception would silence the rule");
	return except;
}

static void
compile_rule(struct loading *l, const struct node *n, const struct rule_text *text,
             struct rule *rule)
{
	const struct node *approval = node_find(n, SPAN("approval"));
	const struct node *except = node_find(n, SPAN("except"));

	rule->name = text->name;
	rule->title = text->title;
	rule->verdict = (enum verdict_kind)text->verdict;
	rule->is_observed = text->is_observed;
	rule->match = match_compile(&text->match, node_find(n, SPAN("match")),
	                            &l->rules->arena);
	if (verdict_restricts(rule->verdict))
		match_widen(&rule->match);
	if (except)
		rule->except = compile_except(l, except, &text->except);
	if (rule->title.len)
		check_title(l, node_find(n, SPAN("title")), rule);
	if (rule->verdict == VERDICT_APPROVAL)
		compile_approval(l, n, text, rule);
	else if (approval)
		complain_key(l->reader.why, approval, NULL,
		             "only rules with \"verdict: approval\" have it");
}

static bool
match_asks_body(const struct match *m)
{
	return m && m->head_count < m->condition_count;
}

/* What judging need not find out for each request. */
static void
sum_up(struct ruleset *rs, struct rule *rule)
{
	bool binds_parts = rule->requirement && rule->requirement->bind.count;

	rule->is_plain = !rule->is_observed && !rule->except && !binds_parts &&
	                 rule->match.condition_count == 0;
	rs->asks_body |= binds_parts || match_asks_body(&rule->match) ||
	                 match_asks_body(rule->except);
}

static void
read_rule(struct loading *l, const struct node *n, struct rule *rule)
{
	size_t errors = complaints_errors(l->reader.why);
	struct rule_text text = {.verdict = -1};

	schema_defaults(&l->reader, &rule_schema, &text);
	text.approval = l->defaults.approval;
	schema_read(&l->reader, &rule_schema, n, &text);
	rule->name = text.name;
	if (complaints_errors(l->reader.why) == errors)
		compile_rule(l, n, &text, rule);
	sum_up(l->rules, rule);
}

struct named {
	struct span name;
	const struct node *node;
};

static int
by_name(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order = span_cmp(x->name, y->name);

	return order ? order : (x->node->index > y->node->index) - (x->node->index < y->node->index);
}

static void
complain_name(struct loading *l, const struct node *n, const struct node *first)
{
	struct buf place = BUF_INIT(PLACE_MAX);

	node_place(first, n, &place);
	complain(l->reader.why, node_find(n, SPAN("name")), NULL,
	         "%s has a rule of this name already", buf_cstr(&place));
	buf_clear(&place);
}

static void
check_names(struct loading *l, const struct node *rules)
{
	struct named *all = memory_new_array(rules->count, sizeof(*all));

	NODE_EACH (rules, n)
		all[n->index] = (struct named){l->rules->rules[n->index].name, n};
	qsort(all, rules->count, sizeof(*all), by_name);
	for (size_t i = 1; i < rules->count; i++) {
		if (all[i].name.len && span_eq(all[i - 1].name, all[i].name))
			complain_name(l, all[i].node, all[i - 1].node);
	}
	free(all);
}

/* An allow rule that is observed would change nothing: it is never found. */
static void
index_rule(struct trie *trie, const struct rule *rule, uint32_t index)
{
	if (rule->is_observed && !verdict_restricts(rule->verdict))
		return;
	if (!rule->match.has_paths)
		trie_add(trie, NULL, index, rule->match.methods);
	for (size_t i = 0; i < rule->match.path_count; i++)
		trie_add(trie, &rule->match.paths[i], index, rule->match.methods);
}

static void
read_rules(struct loading *l, const struct node *rules)
{
	struct ruleset *rs = l->rules;

	if (!node_is_kind(rules, NODE_LIST, l->reader.why))
		return;
	rs->count = rules->count;
	rs->rules = arena_new(&rs->arena, rs->count * sizeof(rs->rules[0]));
	NODE_EACH (rules, n)
		read_rule(l, n, &rs->rules[n->index]);
	check_names(l, rules);
}

struct ruleset *
ruleset_load(const struct node *rules, const struct node *defaults,
             enum verdict_kind otherwise, struct complaints *why)
{
	struct ruleset *rs = memory_new(sizeof(*rs));
	struct loading l = {.reader = {why, &rs->arena, rs}, .rules = rs};
	size_t errors = complaints_errors(why);

	atomic_init(&rs->refs, 1);
	rs->otherwise = otherwise;
	rs->pointers = pointer_set_new();
	schema_defaults(&l.reader, &rule_defaults_schema, &l.defaults);
	if (defaults)
		schema_read(&l.reader, &rule_defaults_schema, defaults, &l.defaults);
	if (rules)
		read_rules(&l, rules);
	if (complaints_errors(why) != errors) {
		ruleset_unref(&rs);
		return NULL;
	}
	rs->trie = trie_new();
	for (size_t i = 0; i < rs->count; i++)
		index_rule(rs->trie, &rs->rules[i], (uint32_t)i);
	rs->digest = effect_of_ruleset(rs);
	if (rules)
		lint_rules(rs, rules, why);
	return rs;
}
