/* Random policies and requests: the compiled rules agree with the naive reader. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/rules/policy.h"

#include "tests/unit/rules/naive.h"

enum { POLICIES = 300, REQUESTS = 100 };

static uint64_t state;

/* Below `limit`; xorshift64*. */
static unsigned
pick(unsigned limit)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (unsigned)((state * UINT64_C(0x2545f4914f6cdd1d)) >> 33) % limit;
}

/* Few words, so that rules and requests meet often. */
static const char *const words[] = {
	"a", "A", "b", "ab", "a:b", "a%3Ab", "A%3AB", "7", "77", "x%20y", "users",
};
static const char *const variables[] = {
	"*", "{v%u}", "{v%u:[0-9]+}", "{v%u:[a-z:]+}",
};
static const char *const regexes[] = {
	"/a/.*", "/a/b/?", "/[ab]/7", "/a(/b)*", ".*7", "/a:b/[0-9]+", "/a/b|/b/a",
	"/(a|b)/[a-z]+", "/users/[0-9]+/(a|b)", "/users/", "/a/7+/", "(/a)?/b", "/users/*a",
};
static const char *const methods[] = {"GET", "HEAD", "POST", "DELETE"};
static const char *const users[] = {"alice", "bob"};
static const char *const groups[] = {"g0", "g1", "g2", "g3"};

static void
make_template(char to[NAIVE_TEXT])
{
	unsigned count = pick(4);
	size_t len = (size_t)snprintf(to, NAIVE_TEXT, "/");

	for (unsigned i = 0; i < count; i++) {
		char segment[32];

		if (pick(3) == 0) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
			snprintf(segment, sizeof(segment), variables[pick(ARRAY_LEN(variables))], i);
#pragma GCC diagnostic pop
		} else {
			snprintf(segment, sizeof(segment), "%s", words[pick(ARRAY_LEN(words))]);
		}
		len += (size_t)snprintf(to + len, NAIVE_TEXT - len, "%s%s", segment,
		                        i + 1 < count ? "/" : "");
	}
	if (pick(4) == 0)
		snprintf(to + len, NAIVE_TEXT - len, count ? "/**" : "**");
	else if (count && pick(6) == 0)
		snprintf(to + len, NAIVE_TEXT - len, "/");
}

static void
compile(struct naive_path *p)
{
	char whole[NAIVE_TEXT + 8];

	snprintf(whole, sizeof(whole), "^(%s)$", p->text);
	assert_int_equal(regcomp(&p->exact, whole, REG_EXTENDED | REG_NOSUB), 0);
	assert_int_equal(regcomp(&p->caseless, whole, REG_EXTENDED | REG_NOSUB | REG_ICASE), 0);
}

static void
make_match(struct naive_match *m, bool is_except)
{
	bool uses_regex = pick(4) == 0;

	m->has_methods = pick(3) == 0;
	m->methods = 1 + pick(15);
	m->path_count = pick(6) == 0 ? 0 : 1 + pick(NAIVE_ALTERNATIVES);
	m->user = pick(6) == 0 ? users[pick(2)] : NULL;
	m->group = pick(6) == 0 ? groups[pick(2)] : NULL;
	if (is_except && !m->has_methods && !m->path_count && !m->user && !m->group)
		m->user = users[0];
	for (size_t i = 0; i < m->path_count; i++) {
		struct naive_path *p = &m->paths[i];

		p->is_regex = uses_regex;
		if (uses_regex) {
			snprintf(p->text, sizeof(p->text), "%s", regexes[pick(ARRAY_LEN(regexes))]);
			compile(p);
		} else {
			make_template(p->text);
		}
	}
}

static void
clear_match(struct naive_match *m)
{
	for (size_t i = 0; i < m->path_count; i++) {
		if (m->paths[i].is_regex) {
			regfree(&m->paths[i].exact);
			regfree(&m->paths[i].caseless);
		}
	}
}

static void
write_match(struct buf *to, const struct naive_match *m)
{
	const char *between = "";

	if (m->has_methods) {
		buf_addf(to, "method: [");
		for (unsigned i = 0; i < ARRAY_LEN(methods); i++) {
			if (m->methods >> i & 1)
				buf_addf(to, "%s,", methods[i]);
		}
		to->len--;
		buf_addf(to, "]");
		between = ", ";
	}
	if (m->path_count) {
		buf_addf(to, "%s%s: [", between, m->paths[0].is_regex ? "path_regex" : "path");
		for (size_t i = 0; i < m->path_count; i++)
			buf_addf(to, "%s'%s'", i ? ", " : "", m->paths[i].text);
		buf_addf(to, "]");
		between = ", ";
	}
	if (!m->user && !m->group)
		return;
	buf_addf(to, "%srequester: {", between);
	if (m->user)
		buf_addf(to, "user: %s", m->user);
	if (m->group)
		buf_addf(to, "%sgroups: %s", m->user ? ", " : "", m->group);
	buf_addf(to, "}");
}

static void
make_rule(struct naive_rule *rule, unsigned index, struct buf *to)
{
	static const char kinds[] = "adg";

	*rule = (struct naive_rule){
		.verdict = kinds[pick(7) == 0 ? 1 : pick(2) * 2],
		.has_except = pick(4) == 0,
		.from = groups[pick(ARRAY_LEN(groups))],
		.count = 1 + pick(3),
		.uses = 1 + pick(9),
	};
	make_match(&rule->match, false);
	if (rule->has_except)
		make_match(&rule->except, true);
	buf_addf(to, "- {name: r%u, match: {", index);
	write_match(to, &rule->match);
	if (rule->has_except) {
		buf_addf(to, "}, except: {");
		write_match(to, &rule->except);
	}
	buf_addf(to, "}, verdict: %s", rule->verdict == 'a' ? "allow" :
	         rule->verdict == 'd' ? "deny" : "approval");
	if (rule->verdict == 'g')
		buf_addf(to, ", approval: {from: {group: %s, count: %u}, uses: %u}", rule->from,
		         rule->count, rule->uses);
	buf_addf(to, "}\n");
}

static void
make_path(char to[NAIVE_TEXT])
{
	unsigned count = pick(5);
	size_t len = 0;

	if (pick(50) == 0) {
		snprintf(to, NAIVE_TEXT, "*");
		return;
	}
	for (unsigned i = 0; i < count; i++)
		len += (size_t)snprintf(to + len, NAIVE_TEXT - len, "/%s",
		                        words[pick(ARRAY_LEN(words))]);
	if (count == 0 || pick(5) == 0)
		snprintf(to + len, NAIVE_TEXT - len, "/");
}

struct policy {
	struct naive_rule rules[NAIVE_RULES];
	unsigned count;
	bool allows;
	struct ruleset *compiled;
	struct buf text;
};

/* The first rule with this verdict that applies, or the count of rules. */
static unsigned
first_that_applies(const struct policy *p, char verdict, unsigned method, const char *path,
                   const struct naive_caller *caller)
{
	unsigned i = 0;

	while (i < p->count && !(p->rules[i].verdict == verdict &&
	                         naive_rule_applies(&p->rules[i], method, path, caller)))
		i++;
	return i;
}

static struct verdict
judge_as(const struct policy *p, unsigned method, const char *path,
         const struct naive_caller *caller)
{
	struct span group = span_cstr(caller->group);

	return judge(p->compiled, methods[method], path, caller->user,
	             caller->group ? &group : NULL);
}

static bool
demand_is_right(const struct policy *p, const struct verdict *v, unsigned method,
                const char *path, const struct naive_caller *caller)
{
	unsigned uses = UINT32_MAX, counts[ARRAY_LEN(groups)] = {0}, named = 0;

	for (unsigned i = 0; i < p->count; i++) {
		const struct naive_rule *rule = &p->rules[i];
		size_t g = 0;

		if (rule->verdict != 'g' || !naive_rule_applies(rule, method, path, caller))
			continue;
		while (groups[g] != rule->from)
			g++;
		named += counts[g] == 0;
		counts[g] = rule->count > counts[g] ? rule->count : counts[g];
		uses = rule->uses < uses ? rule->uses : uses;
	}
	for (size_t i = 0; i < v->requirement.need_count; i++) {
		const struct need *need = &v->requirement.needs[i];
		size_t g = 0;

		while (!span_eq(span_cstr(groups[g]), need->group))
			g++;
		if (counts[g] != need->count)
			return false;
	}
	return v->requirement.need_count == named && v->requirement.uses == uses;
}

/* Who is turned away without a name is told so if any name could change that. */
static bool
name_is_asked_for(const struct policy *p, const struct verdict *v, unsigned method,
                  const char *path)
{
	for (size_t u = 0; u < 2 * ARRAY_LEN(groups) && !v->wants_name; u++) {
		struct naive_caller named = {users[u % 2], groups[u / 2]};

		if (judge_as(p, method, path, &named).kind != VERDICT_DENY)
			return false;
	}
	return true;
}

static void
compare(const struct policy *p)
{
	struct naive_caller caller = {pick(4) ? users[pick(2)] : NULL, NULL};
	unsigned method = pick(ARRAY_LEN(methods)), rule;
	enum verdict_kind kind = p->allows ? VERDICT_ALLOW : VERDICT_DENY;
	char path[NAIVE_TEXT];
	struct verdict v;
	bool is_right;

	make_path(path);
	if (caller.user && pick(2))
		caller.group = groups[pick(2)];
	v = judge_as(p, method, path, &caller);
	if ((rule = first_that_applies(p, 'd', method, path, &caller)) < p->count)
		kind = VERDICT_DENY;
	else if ((rule = first_that_applies(p, 'g', method, path, &caller)) < p->count)
		kind = VERDICT_APPROVAL;
	else if ((rule = first_that_applies(p, 'a', method, path, &caller)) < p->count)
		kind = VERDICT_ALLOW;
	is_right = v.kind == kind &&
	           v.rule == (rule < p->count ? ruleset_at(p->compiled, rule) : NULL);
	if (is_right && kind == VERDICT_APPROVAL)
		is_right = demand_is_right(p, &v, method, path, &caller);
	if (is_right && kind == VERDICT_DENY && !caller.user)
		is_right = name_is_asked_for(p, &v, method, path);
	if (!is_right)
		fail_msg("%s %s as %s (%s): verdict %d, wanted %d by rule %u\n%.*s",
		         methods[method], path, caller.user ? caller.user : "nobody",
		         caller.group ? caller.group : "no group", v.kind, kind, rule,
		         SPAN_ARG(p->text));
}

static void
one_policy(void)
{
	static struct policy p;

	p = (struct policy){.allows = pick(2), .count = 1 + pick(NAIVE_RULES), .text = BUF_INIT(1 << 20)};
	buf_addf(&p.text, "otherwise: %s\nrules:\n", p.allows ? "allow" : "deny");
	for (unsigned i = 0; i < p.count; i++)
		make_rule(&p.rules[i], i, &p.text);
	p.compiled = policy_get(buf_cstr(&p.text));
	for (int i = 0; i < REQUESTS; i++)
		compare(&p);
	ruleset_unref(&p.compiled);
	for (unsigned i = 0; i < p.count; i++) {
		clear_match(&p.rules[i].match);
		clear_match(&p.rules[i].except);
	}
	buf_clear(&p.text);
}

static uint64_t
setting(const char *name, uint64_t fallback)
{
	uint64_t value;

	return span_to_u64(span_cstr(getenv(name)), UINT32_MAX, &value) && value ? value : fallback;
}

static void
the_index_agrees_with_reading_every_rule(void **unused UNUSED)
{
	uint64_t seed = setting("CHECK_SEED", 20261122), scale = setting("CHECK_SCALE", 1);

	print_message("CHECK_SEED=%llu CHECK_SCALE=%llu\n", (unsigned long long)seed,
	              (unsigned long long)scale);
	state = seed;
	for (uint64_t i = 0; i < POLICIES * scale; i++)
		one_policy();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_index_agrees_with_reading_every_rule),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
