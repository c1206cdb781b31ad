/* Traps in rules that load well. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/lint.h"

#include "rules/match.h"

enum { LINT_DEPTH_MAX = 32 };

/* Length of a quantifier without upper bound at the start, or 0. */
static size_t
endless_length(struct span rest)
{
	size_t close;

	if (rest.len && (rest.ptr[0] == '*' || rest.ptr[0] == '+'))
		return 1;
	close = span_find(rest, '}');
	if (close == rest.len || rest.ptr[0] != '{' || rest.ptr[close - 1] != ',')
		return 0;
	return close + 1;
}

/* Length of a class or an escape at the start, whose characters are no syntax; else 0. */
static size_t
inert_length(struct span rest)
{
	size_t i = 1;

	if (rest.ptr[0] == '\\')
		return rest.len < 2 ? 1 : 2;
	if (rest.ptr[0] != '[')
		return 0;
	if (i < rest.len && rest.ptr[i] == '^')
		i++;
	if (i < rest.len && rest.ptr[i] == ']')
		i++;
	while (i < rest.len && rest.ptr[i] != ']')
		i += rest.ptr[i] == '\\' ? 2 : 1;
	return i < rest.len ? i + 1 : rest.len;
}

bool
lint_nests_quantifiers(struct span regex)
{
	bool is_endless[LINT_DEPTH_MAX] = {false};
	size_t depth = 0, skip;

	for (size_t i = 0; i < regex.len; i += skip) {
		struct span rest = span_from(regex, i);
		bool was_endless;

		skip = inert_length(rest);
		if (skip)
			continue;
		skip = endless_length(rest);
		if (skip) {
			is_endless[depth] = true;
			continue;
		}
		skip = 1;
		if (rest.ptr[0] == '(' && depth + 1 < LINT_DEPTH_MAX) {
			is_endless[++depth] = false;
		} else if (rest.ptr[0] == ')' && depth) {
			was_endless = is_endless[depth--];
			if (was_endless && endless_length(span_from(rest, 1)))
				return true;
			is_endless[depth] |= was_endless;
		}
	}
	return false;
}

static bool
has_syntax(struct span regex)
{
	for (size_t i = 0; i < regex.len; i++) {
		if (strchr("\\[](){}*+?|.^$", regex.ptr[i]))
			return true;
	}
	return false;
}

/* The first character is a letter or digit that is not optional: no path starts with it. */
static bool
starts_without_slash(struct span regex)
{
	if (regex.len && regex.ptr[0] == '^')
		regex = span_from(regex, 1);
	if (regex.len == 0 || span_contains(regex, '|'))
		return false;
	if (!ascii_is_alpha(regex.ptr[0]) && !ascii_is_digit(regex.ptr[0]))
		return false;
	return regex.len == 1 || !strchr("?*{", regex.ptr[1]);
}

const char *
lint_path_regex(struct span regex)
{
	if (starts_without_slash(regex))
		return "matches no path: expressions are held against the whole path, and "
		       "every path starts with \"/\"";
	if (!has_syntax(regex))
		return "matches this one path and no other: expressions are held against the "
		       "whole path; for that, `path` is enough";
	if (lint_nests_quantifiers(regex))
		return "a repeated group repeats inside: paths can be made that take so long "
		       "to match that it cannot be told whether they do";
	return NULL;
}

const char *
lint_methods(unsigned methods)
{
	if (methods == 0)
		return "an empty list matches no request";
	if ((methods & method_bit(METHOD_GET)) && !(methods & method_bit(METHOD_HEAD)))
		return "GET does not cover HEAD, which most servers answer alike: list both, or "
		       "HEAD elsewhere";
	return NULL;
}
