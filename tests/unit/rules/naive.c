/* A second reader of the rules. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/rules/naive.h"

#include <stdio.h>
#include <string.h>

static const char *const loose[][2] = {
	{"%21", "!"}, {"%24", "$"}, {"%26", "&"}, {"%27", "'"}, {"%28", "("},
	{"%29", ")"}, {"%2A", "*"}, {"%2B", "+"}, {"%2C", ","}, {"%3A", ":"},
	{"%3B", ";"}, {"%3D", "="}, {"%40", "@"},
};

static void
unescape(const char *from, char *to)
{
	while (*from) {
		size_t i = 0;

		while (i < sizeof(loose) / sizeof(loose[0]) && strncmp(from, loose[i][0], 3) != 0)
			i++;
		if (i < sizeof(loose) / sizeof(loose[0])) {
			*to++ = loose[i][1][0];
			from += 3;
		} else {
			*to++ = *from++;
		}
	}
	*to = '\0';
}

static void
lower(char *text)
{
	for (; *text; text++) {
		if (*text >= 'A' && *text <= 'Z')
			*text = (char)(*text - 'A' + 'a');
	}
}

static void
toggle(char *path)
{
	size_t len = strlen(path);

	if (len <= 1)
		return;
	if (path[len - 1] == '/')
		path[len - 1] = '\0';
	else
		snprintf(path + len, 2, "/");
}

/* The part up to the next slash goes to `part`; returns what follows the slash, or NULL. */
static const char *
cut(const char *text, char part[NAIVE_TEXT])
{
	size_t len = strcspn(text, "/");

	memcpy(part, text, len);
	part[len] = '\0';
	return text[len] ? text + len + 1 : NULL;
}

/* The generator knows two types of variables; this knows what they mean. */
static bool
variable_takes(const char *variable, const char *segment)
{
	if (!*segment)
		return false;
	if (strstr(variable, "[0-9]+"))
		return segment[strspn(segment, "0123456789")] == '\0';
	if (strstr(variable, "[a-z:]+"))
		return segment[strspn(segment, "abcdefghijklmnopqrstuvwxyz:")] == '\0';
	return true;
}

/* By the letter; `template` and `path` both without their first slash. */
static bool
template_takes(const char *template, const char *path)
{
	char wanted[NAIVE_TEXT], segment[NAIVE_TEXT];

	for (;;) {
		if (strcmp(template, "**") == 0)
			return true;
		template = cut(template, wanted);
		path = cut(path, segment);
		if (wanted[0] == '{' || strcmp(wanted, "*") == 0) {
			if (!variable_takes(wanted, segment))
				return false;
		} else if (strcmp(wanted, segment) != 0) {
			return false;
		}
		if (!template || !path)
			return !template && !path;
	}
}

/* Literals of a template in the form that all variants share. */
static void
loosen(const char *from, char to[NAIVE_TEXT])
{
	char part[NAIVE_TEXT], plain[NAIVE_TEXT];
	size_t len = 0;

	while (from) {
		from = cut(from, part);
		unescape(part, plain);
		lower(plain);
		len += (size_t)snprintf(to + len, NAIVE_TEXT - len, "%s%s",
		                        part[0] == '{' ? part : plain, from ? "/" : "");
	}
}

static int
test_template(const char *template, const char *path)
{
	char wanted[NAIVE_TEXT], loosened[NAIVE_TEXT];
	bool is_variant;

	if (path[0] != '/')
		return 0;
	if (template_takes(template + 1, path + 1))
		return 2;
	loosen(template + 1, wanted);
	unescape(path, loosened);
	lower(loosened);
	is_variant = template_takes(wanted, loosened + 1);
	toggle(loosened);
	return is_variant || template_takes(wanted, loosened + 1);
}

static int
test_regex(const struct naive_path *p, const char *path)
{
	char variant[NAIVE_TEXT], plain[NAIVE_TEXT];
	bool is_variant = false;

	if (regexec(&p->exact, path, 0, NULL, 0) == 0)
		return 2;
	snprintf(variant, sizeof(variant), "%s", path);
	unescape(path, plain);
	for (int round = 0; round < 2; round++) {
		is_variant |= regexec(&p->caseless, variant, 0, NULL, 0) == 0;
		is_variant |= regexec(&p->caseless, plain, 0, NULL, 0) == 0;
		toggle(variant);
		toggle(plain);
	}
	return is_variant;
}

int
naive_match_test(const struct naive_match *m, unsigned method, const char *path,
                 const struct naive_caller *caller)
{
	int truth = 2, best = 0;

	if (m->has_methods && !(m->methods >> method & 1))
		return 0;
	for (size_t i = 0; i < m->path_count; i++) {
		int one = m->paths[i].is_regex ? test_regex(&m->paths[i], path)
		                               : test_template(m->paths[i].text, path);

		best = one > best ? one : best;
	}
	if (m->path_count && best < truth)
		truth = best;
	if (!m->user && !m->group)
		return truth;
	if (!caller->user)
		return truth < 1 ? truth : 1;
	if (m->user && strcmp(m->user, caller->user) != 0)
		return 0;
	if (m->group && (!caller->group || strcmp(m->group, caller->group) != 0))
		return 0;
	return truth;
}

bool
naive_rule_applies(const struct naive_rule *rule, unsigned method, const char *path,
                   const struct naive_caller *caller)
{
	int match = naive_match_test(&rule->match, method, path, caller);
	int except = rule->has_except ? naive_match_test(&rule->except, method, path, caller) : 0;

	if (rule->verdict == 'a')
		return match == 2 && except == 0;
	return match != 0 && except != 2;
}
