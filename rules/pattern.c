/* One alternative of a path. */
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
path_pattern_catches(const struct path_pattern *p, const struct path *path)
{
	return !p->regex || regex_test(p->regex, path->text) == TRUTH_TRUE ||
	       regex_test_caseless(p->regex, path->text) == TRUTH_TRUE;
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
