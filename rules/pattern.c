/* What a rule looks for. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/pattern.h"

/* Longer paths with an expression to widen cannot be told; targets end at 8 KiB by default. */
enum { VARIANT_MAX = 16 * 1024 };

void
path_pattern_widen(struct path_pattern *p)
{
	if (p->regex)
		regex_widen(p->regex);
	else
		template_widen(&p->template);
}

/* Caseless, as it is and with the slash at its end toggled.  `text` has room for one more. */
static enum truth
test_loosely(const struct regex *regex, char *text, size_t len)
{
	if (regex_test_caseless(regex, span_of(text, len)) != TRUTH_FALSE)
		return TRUTH_CANNOT_TELL;
	if (len <= 1)
		return TRUTH_FALSE;
	if (text[len - 1] == '/')
		len--;
	else
		text[len++] = '/';
	return truth_and(regex_test_caseless(regex, span_of(text, len)), TRUTH_CANNOT_TELL);
}

static __attribute__((noinline)) enum truth
test_variants(const struct regex *regex, const struct path *path)
{
	char text[VARIANT_MAX + 1];

	if (path->text.len > VARIANT_MAX)
		return TRUTH_CANNOT_TELL;
	memcpy(text, path->text.ptr, path->text.len);
	if (test_loosely(regex, text, path->text.len) != TRUTH_FALSE)
		return TRUTH_CANNOT_TELL;
	if (!path->has_escape)
		return TRUTH_FALSE;
	return test_loosely(regex, text, path_unescape(path->text, text));
}

enum truth
path_pattern_test(const struct path_pattern *p, const struct path *path, bool is_wide)
{
	enum truth truth;

	if (!p->regex)
		return template_test(&p->template, path, is_wide);
	truth = regex_test(p->regex, path->text);
	if (truth == TRUTH_FALSE && is_wide)
		truth = test_variants(p->regex, path);
	return truth;
}

bool
path_pattern_has_capture(const struct path_pattern *p, struct span name)
{
	return p->regex ? regex_has_group(p->regex, name)
	                : template_has_variable(&p->template, name);
}

bool
path_pattern_capture(const struct path_pattern *p, const struct path *path, struct span name,
                     struct span *ret)
{
	return p->regex ? regex_capture(p->regex, path->text, name, ret)
	                : template_capture(&p->template, path, name, ret);
}

/* Syntax that makes it hard to see where groups and classes end: text turned into a literal
 * or a comment, a class that holds a bracket. */
static bool
is_opaque_at(struct span rest, bool is_in_class)
{
	if (span_starts(rest, SPAN("\\Q")) || span_starts(rest, SPAN("(*")))
		return true;
	if (span_starts(rest, SPAN("(?")))
		return rest.len < 3 || !strchr(":<=!", rest.ptr[2]);
	if (rest.ptr[0] != '[')
		return false;
	return is_in_class || span_starts(rest, SPAN("[]")) || span_starts(rest, SPAN("[^]"));
}

/*
 * Whether the expression has alternatives outside of groups, or may have: then nothing is
 * sure about how its matches start.
 */
static bool
may_have_alternatives(struct span regex)
{
	bool is_in_class = false;
	size_t depth = 0;

	if (!span_contains(regex, '|'))
		return false;
	for (size_t i = 0; i < regex.len; i++) {
		char c = regex.ptr[i];

		if (is_opaque_at(span_from(regex, i), is_in_class))
			return true;
		if (c == '\\')
			i++;
		else if (c == '[')
			is_in_class = true;
		else if (c == ']')
			is_in_class = false;
		else if (is_in_class)
			continue;
		else if (c == '(')
			depth++;
		else if (c == ')' && depth)
			depth--;
		else if (c == '|' && depth == 0)
			return true;
	}
	return false;
}

static bool
is_plain(char c)
{
	return ascii_is_alpha(c) || ascii_is_digit(c) || (c && strchr("/_~-:@,=!&'", c));
}

/* Whether the character before may be optional or repeated.  The engine looks for its
 * quantifier behind comments and empty quotations too. */
static bool
may_quantify(struct span rest)
{
	return rest.len && (strchr("?*+{", rest.ptr[0]) || span_starts(rest, SPAN("(?#")) ||
	                    span_starts(rest, SPAN("\\E")) || span_starts(rest, SPAN("\\Q")));
}

struct span
path_pattern_prefix(struct span regex)
{
	size_t len = 0;

	if (regex.len && regex.ptr[0] == '^')
		regex = span_from(regex, 1);
	while (len < regex.len && is_plain(regex.ptr[len]))
		len++;
	if (len && may_quantify(span_from(regex, len)))
		len--;
	while (len && regex.ptr[len - 1] != '/')
		len--;
	if (len == 0 || regex.ptr[0] != '/' || may_have_alternatives(regex))
		return SPAN("/");
	return span_of(regex.ptr, len);
}

static enum truth
test_host(struct span wanted, struct span host)
{
	if (!span_starts(wanted, SPAN("*.")))
		return span_eq(wanted, host) ? TRUTH_TRUE : TRUTH_FALSE;
	wanted = span_from(wanted, 1);
	return host.len > wanted.len && span_ends(host, wanted) ? TRUTH_TRUE : TRUTH_FALSE;
}

static enum truth
test_value(enum condition_kind kind, struct span wanted, const struct subject *subject)
{
	bool is_met = false;

	switch (kind) {
	case CONDITION_HOST:
		return test_host(wanted, subject->request->host);
	case CONDITION_USER:
		is_met = span_eq(wanted, subject->requester->user);
		break;
	case CONDITION_GROUP:
		is_met = person_in_group(subject->requester, wanted);
		break;
	}
	return is_met ? TRUTH_TRUE : TRUTH_FALSE;
}

static bool
condition_asks_who(const struct condition *c)
{
	switch (c->kind) {
	case CONDITION_HOST:
		return false;
	case CONDITION_USER:
	case CONDITION_GROUP:
		return true;
	}
	return false;
}

static enum truth
condition_test(const struct condition *c, const struct subject *subject)
{
	enum truth truth = TRUTH_FALSE;

	for (size_t i = 0; i < c->count && truth != TRUTH_TRUE; i++)
		truth = truth_or(truth, test_value(c->kind, c->values[i], subject));
	return truth;
}

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

struct finding
match_conditions(const struct match *m, const struct subject *subject, enum truth so_far)
{
	struct finding f = {so_far, false};

	for (size_t i = 0; i < m->condition_count && f.truth != TRUTH_FALSE; i++) {
		const struct condition *c = &m->conditions[i];

		/* Leaving one's credential out must not be a way around a rule about people. */
		if (c->count && condition_asks_who(c) && !person_is_named(subject->requester)) {
			f.truth = truth_and(f.truth, TRUTH_CANNOT_TELL);
			f.lacks_name = true;
		} else {
			f.truth = truth_and(f.truth, condition_test(c, subject));
		}
	}
	if (f.truth == TRUTH_FALSE)
		f.lacks_name = false;
	return f;
}

struct finding
match_test(const struct match *m, const struct subject *subject, const struct path *path)
{
	if (!(m->methods & method_bit(subject->request->method)))
		return (struct finding){TRUTH_FALSE, false};
	return match_conditions(m, subject, match_paths(m, path, true));
}
