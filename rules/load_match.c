/* The keys `match` and `except` of a rule. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/load_match.h"

#include "lib/base/nearest.h"
#include "rules/lint.h"

static const char empty_list[] = "an empty list matches no request";

/* A list, or one value alone: how many nodes, and the first of them. */
static const struct node *
first_of(const struct node *n, size_t *ret_count)
{
	*ret_count = n->kind == NODE_LIST ? n->count : 1;
	return n->kind == NODE_LIST ? n->first : n;
}

static void
read_method(struct reader *r, const struct node *n, unsigned *methods)
{
	struct nearest nearest;
	struct span name;
	char upper[16] = "";
	enum method method;

	if (!node_string(n, r->why, &name))
		return;
	if (method_read(name, &method)) {
		*methods |= method_bit(method);
		return;
	}
	for (size_t i = 0; i < name.len && i + 1 < sizeof(upper); i++)
		upper[i] = ascii_upper(name.ptr[i]);
	nearest = nearest_to(span_cstr(upper));
	for (int m = 0; m < METHOD_COUNT; m++)
		nearest_try(&nearest, method_name((enum method)m));
	complain_word(r->why, n, "GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS", nearest.best);
}

static void
read_methods(struct reader *r, const struct node *n, void *to)
{
	unsigned *methods = to;
	size_t errors = complaints_errors(r->why), count;
	const struct node *item = first_of(n, &count);
	const char *trap;

	*methods = 0;
	for (; count; count--, item = item->next)
		read_method(r, item, methods);
	trap = lint_methods(*methods);
	if (trap && complaints_errors(r->why) == errors)
		complain_warning(r->why, n, "%s", trap);
}

static void
read_template(struct reader *r, const struct node *n, struct path_pattern *ret)
{
	struct regexes *regexes = r->owner;
	struct flaw flaw = {0, ""};
	struct span text;

	if (!node_string(n, r->why, &text))
		return;
	text = arena_copy(r->arena, text);
	if (!template_read(text, r->arena, regexes, &ret->template, &flaw))
		complain_within(r->why, n, flaw.offset, "%s", flaw.text);
}

static void
read_path_regex(struct reader *r, const struct node *n, struct path_pattern *ret)
{
	struct regexes *regexes = r->owner;
	const char *trap;
	struct flaw flaw = {0, ""};
	struct span text;

	if (!node_string(n, r->why, &text))
		return;
	ret->regex = regex_get(regexes, text, REGEX_PATH, &flaw);
	if (!ret->regex) {
		complain_within(r->why, n, flaw.offset, "%s", flaw.text);
		return;
	}
	ret->prefix = path_pattern_prefix(regex_pattern(ret->regex));
	trap = lint_path_regex(text);
	if (trap)
		complain_warning(r->why, n, "%s", trap);
}

typedef void pattern_read_fn(struct reader *r, const struct node *n, struct path_pattern *ret);

static void
read_patterns(struct reader *r, const struct node *n, pattern_read_fn *read,
              struct path_patterns *ret)
{
	const struct node *item = first_of(n, &ret->count);

	ret->at = arena_new(r->arena, ret->count * sizeof(ret->at[0]));
	for (size_t i = 0; i < ret->count; i++, item = item->next)
		read(r, item, &ret->at[i]);
	if (ret->count == 0)
		complain_warning(r->why, n, empty_list);
}

static void
read_templates(struct reader *r, const struct node *n, void *to)
{
	read_patterns(r, n, read_template, to);
}

static void
read_path_regexes(struct reader *r, const struct node *n, void *to)
{
	read_patterns(r, n, read_path_regex, to);
}

static bool
host_is_good(struct span host)
{
	bool is_literal = host.len && host.ptr[0] == '[';

	if (span_starts(host, SPAN("*.")))
		host = span_from(host, 2);
	for (size_t i = 0; i < host.len; i++) {
		char c = host.ptr[i];

		if ((c >= 'a' && c <= 'z') || ascii_is_digit(c) || c == '-' || c == '.')
			continue;
		if (!is_literal || !strchr("[]:", c))
			return false;
	}
	return host.len && host.ptr[0] != '.' && host.ptr[host.len - 1] != '.';
}

static void
read_hosts(struct reader *r, const struct node *n, void *to)
{
	struct strings *hosts = to;
	size_t errors = complaints_errors(r->why), count;
	const struct node *item = first_of(n, &count);

	schema_read_strings(r, n, hosts);
	if (count == 0)
		complain_warning(r->why, n, empty_list);
	if (complaints_errors(r->why) != errors)
		return;
	for (size_t i = 0; i < count; i++, item = item->next) {
		if (!host_is_good(hosts->at[i]))
			complain(r->why, item,
			         "a name in lower case, without port, as in \"a.example\" or "
			         "\"*.example\"",
			         "no request has such a host");
	}
}

static void
read_names(struct reader *r, const struct node *n, void *to)
{
	struct strings *names = to;
	size_t errors = complaints_errors(r->why);

	schema_read_strings(r, n, names);
	if (names->count == 0 && complaints_errors(r->why) == errors)
		complain_warning(r->why, n, empty_list);
}

static void
check_requester(struct reader *r, const struct node *n, void *object UNUSED)
{
	if (n->count == 0)
		complain(r->why, n, "user or groups", "names nobody");
}

static void
check_match(struct reader *r, const struct node *n, void *object UNUSED)
{
	const struct node *regex = node_find(n, SPAN("path_regex"));

	if (regex && node_find(n, SPAN("path")))
		complain_key(r->why, regex, NULL, "a match has path or path_regex, not both");
}

/* clang-format off */
static const struct key requester_keys[] = {
	{.name = "user", .type = KEY_CUSTOM, .offset = offsetof(struct match_text, requester.users) - offsetof(struct match_text, requester),
	 .read = read_names, .form = "a string or a list of strings", .help = "Names of callers, any of them."},
	{.name = "groups", .type = KEY_CUSTOM, .offset = offsetof(struct match_text, requester.groups) - offsetof(struct match_text, requester),
	 .read = read_names, .form = "a string or a list of strings", .help = "Groups the caller is in, any of them."},
};

static const struct schema requester_schema = {
	.name = "a requester",
	.help = "Who sends the request.  A caller without a name cannot be told.",
	.keys = requester_keys,
	.key_count = ARRAY_LEN(requester_keys),
	.size = sizeof(((struct match_text *)NULL)->requester),
	.check = check_requester,
};

static const struct key match_keys[] = {
	{.name = "method", .type = KEY_CUSTOM, .offset = offsetof(struct match_text, methods),
	 .read = read_methods, .form = "a method or a list of methods", .help = "Any of these; left out: every method."},
	{.name = "path", .type = KEY_CUSTOM, .offset = offsetof(struct match_text, templates),
	 .read = read_templates, .form = "a path template or a list of them", .help = "Any of these templates: {name}, {name:regex} and * stand for a segment, ** for the rest."},
	{.name = "path_regex", .type = KEY_CUSTOM, .offset = offsetof(struct match_text, regexes),
	 .read = read_path_regexes, .form = "a regular expression or a list of them", .help = "Any of these expressions, each over the whole path."},
	{.name = "host", .type = KEY_CUSTOM, .offset = offsetof(struct match_text, hosts),
	 .read = read_hosts, .form = "a host or a list of hosts", .help = "Any of these hosts; *.example is every host below example."},
	{.name = "requester", .type = KEY_OBJECT, .offset = offsetof(struct match_text, requester),
	 .object = &requester_schema, .help = "Who sends the request."},
	{.name = "query", .is_later = true},
	{.name = "headers", .is_later = true},
	{.name = "body", .is_later = true},
	{.name = "form", .is_later = true},
	{.name = "source", .is_later = true},
	{.name = "time", .is_later = true},
};
/* clang-format on */

const struct schema match_schema = {
	.name = "a match",
	.help = "All keys must hold; a list means any of.",
	.keys = match_keys,
	.key_count = ARRAY_LEN(match_keys),
	.size = sizeof(struct match_text),
	.check = check_match,
};

enum { CONDITIONS_MAX = 3 };

static void
add_condition(struct match *m, enum condition_kind kind, const struct node *of,
              const char *key, const struct strings *values)
{
	if (!of || of->kind != NODE_MAP || !node_find(of, span_cstr(key)))
		return;
	m->conditions[m->condition_count++] =
		(struct condition){.kind = kind, .values = values->at, .count = values->count};
}

struct match
match_compile(const struct match_text *text, const struct node *n, struct arena *arena)
{
	bool has_regexes = node_find(n, SPAN("path_regex"));
	const struct path_patterns *paths = has_regexes ? &text->regexes : &text->templates;
	const struct node *requester = node_find(n, SPAN("requester"));
	struct match m = {
		.conditions = arena_new(arena, CONDITIONS_MAX * sizeof(m.conditions[0])),
		.methods = node_find(n, SPAN("method")) ? text->methods : METHODS_ALL,
		.paths = paths->at,
		.path_count = paths->count,
		.has_paths = has_regexes || node_find(n, SPAN("path")),
	};

	add_condition(&m, CONDITION_HOST, n, "host", &text->hosts);
	add_condition(&m, CONDITION_USER, requester, "user", &text->requester.users);
	add_condition(&m, CONDITION_GROUP, requester, "groups", &text->requester.groups);
	return m;
}

void
match_widen(struct match *m)
{
	for (size_t i = 0; i < m->path_count; i++)
		path_pattern_widen(&m->paths[i]);
}
