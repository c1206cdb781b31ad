/* The keys `match` and `except` of a rule. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/load_match.h"

#include "lib/base/nearest.h"
#include "rules/lint.h"
#include "rules/rule.h"

static const char empty_list[] = "an empty list matches no request";

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
	const struct node *item = node_items(n, &count);
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
	struct ruleset *rules = r->owner;
	struct flaw flaw = {0, ""};
	struct span text;

	if (!node_string(n, r->why, &text))
		return;
	text = arena_copy(r->arena, text);
	if (!template_read(text, r->arena, &rules->regexes, &ret->template, &flaw))
		complain_within(r->why, n, flaw.offset, "%s", flaw.text);
}

static void
read_path_regex(struct reader *r, const struct node *n, struct path_pattern *ret)
{
	struct ruleset *rules = r->owner;
	const char *trap;
	struct flaw flaw = {0, ""};
	struct span text;

	if (!node_string(n, r->why, &text))
		return;
	ret->regex = regex_get(&rules->regexes, text, REGEX_PATH, &flaw);
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
	const struct node *item = node_items(n, &ret->count);

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
	const struct node *item = node_items(n, &count);

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
read_network(struct reader *r, const struct node *n, struct network *ret)
{
	struct span text;

	if (!node_string(n, r->why, &text))
		return;
	if (!network_read(text, ret))
		complain(r->why, n, "a network such as 10.0.0.0/8 or ::1/128, or unix",
		         "\"%.*s\" is no network", SPAN_ARG(text));
	else if (network_has_host_bits(ret))
		complain(r->why, n, "the first address of the network, as in 10.0.0.0/8",
		         "\"%.*s\" has bits set beyond its prefix", SPAN_ARG(text));
}

static void
read_sources(struct reader *r, const struct node *n, void *to)
{
	struct networks *networks = to;
	const struct node *item = node_items(n, &networks->count);

	networks->at = arena_new(r->arena, networks->count * sizeof(networks->at[0]));
	for (size_t i = 0; i < networks->count; i++, item = item->next)
		read_network(r, item, &networks->at[i]);
	if (networks->count == 0)
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
	 .read = read_names, .form = "a string or a list of strings", .help = "Names of callers, any of them.",
	 .json_schema = JSON_SCHEMA_TEXTS},
	{.name = "groups", .type = KEY_CUSTOM, .offset = offsetof(struct match_text, requester.groups) - offsetof(struct match_text, requester),
	 .read = read_names, .form = "a string or a list of strings", .help = "Groups the caller is in, any of them.",
	 .json_schema = JSON_SCHEMA_TEXTS},
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
	 .read = read_methods, .form = "a method or a list of methods", .help = "Any of these; left out: every method.",
	 .json_schema = JSON_SCHEMA_ONE_OR_MORE("{\"enum\": [\"GET\", \"HEAD\", \"POST\", \"PUT\", \"PATCH\", \"DELETE\", \"OPTIONS\"]}")},
	{.name = "path", .type = KEY_CUSTOM, .offset = offsetof(struct match_text, templates),
	 .read = read_templates, .form = "a path template or a list of them", .help = "Any of these templates: {name}, {name:regex} and * stand for a segment, ** for the rest.",
	 .json_schema = JSON_SCHEMA_TEXTS},
	{.name = "path_regex", .type = KEY_CUSTOM, .offset = offsetof(struct match_text, regexes),
	 .read = read_path_regexes, .form = "a regular expression or a list of them", .help = "Any of these expressions, each over the whole path.",
	 .json_schema = JSON_SCHEMA_TEXTS},
	{.name = "host", .type = KEY_CUSTOM, .offset = offsetof(struct match_text, hosts),
	 .read = read_hosts, .form = "a host or a list of hosts", .help = "Any of these hosts; *.example is every host below example.",
	 .json_schema = JSON_SCHEMA_TEXTS},
	{.name = "requester", .type = KEY_OBJECT, .offset = offsetof(struct match_text, requester),
	 .object = &requester_schema, .help = "Who sends the request."},
	{.name = "source", .type = KEY_CUSTOM, .offset = offsetof(struct match_text, sources),
	 .read = read_sources, .form = "a network, unix, or a list of them", .help = "Where the caller's connection comes from, any of these.",
	 .json_schema = JSON_SCHEMA_TEXTS},
	{.name = "time", .type = KEY_OBJECT, .offset = offsetof(struct match_text, time),
	 .object = &time_schema, .help = "When the request began."},
	{.name = "query", .type = KEY_CUSTOM, .offset = offsetof(struct match_text, query),
	 .read = read_query, .form = "a map from parameters to value tests", .help = "What the query says; all must hold.",
	 .json_schema = JSON_SCHEMA_VALUES, .json_object = &value_test_schema},
	{.name = "headers", .type = KEY_CUSTOM, .offset = offsetof(struct match_text, headers),
	 .read = read_headers, .form = "a map from headers to value tests", .help = "What the headers say; all must hold.",
	 .json_schema = JSON_SCHEMA_VALUES, .json_object = &value_test_schema},
	{.name = "body", .type = KEY_CUSTOM, .offset = offsetof(struct match_text, body),
	 .read = read_body, .form = "a map from JSON pointers to value tests", .help = "What the JSON body says; all must hold.",
	 .json_schema = JSON_SCHEMA_VALUES, .json_object = &value_test_schema},
	{.name = "form", .type = KEY_CUSTOM, .offset = offsetof(struct match_text, form),
	 .read = read_form, .form = "a map from form fields to value tests", .help = "What the form in the body says; all must hold.",
	 .json_schema = JSON_SCHEMA_VALUES, .json_object = &value_test_schema},
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

/* Those that are not named: host, user, groups, source, time. */
enum { SINGLES_MAX = 5 };

static const struct node *
find(const struct node *n, const char *key)
{
	return n && n->kind == NODE_MAP ? node_find(n, span_cstr(key)) : NULL;
}

static void
add(struct match *m, struct condition condition)
{
	m->conditions[m->condition_count++] = condition;
}

static void
add_strings(struct match *m, enum condition_kind kind, const struct node *n,
            const struct strings *values)
{
	if (n)
		add(m, (struct condition){.kind = kind, .values = values->at,
		                          .count = values->count});
}

static void
add_named(struct match *m, const struct named_tests *tests)
{
	for (size_t i = 0; i < tests->count; i++)
		add(m, tests->at[i]);
}

static void
add_outer(struct match *m, const struct match_text *text, const struct node *n,
          struct arena *arena)
{
	const struct node *requester = find(n, "requester"), *time = find(n, "time");

	add_strings(m, CONDITION_HOST, find(n, "host"), &text->hosts);
	add_strings(m, CONDITION_USER, find(requester, "user"), &text->requester.users);
	add_strings(m, CONDITION_GROUP, find(requester, "groups"), &text->requester.groups);
	if (find(n, "source"))
		add(m, (struct condition){.kind = CONDITION_SOURCE,
		                          .networks = text->sources.at,
		                          .count = text->sources.count});
	if (time)
		add(m, (struct condition){
			.kind = CONDITION_TIME,
			.schedule = schedule_compile(&text->time, time, arena),
		});
	m->outer_count = m->condition_count;
}

struct match
match_compile(const struct match_text *text, const struct node *n, struct arena *arena)
{
	bool has_regexes = node_find(n, SPAN("path_regex"));
	const struct path_patterns *paths = has_regexes ? &text->regexes : &text->templates;
	size_t count = SINGLES_MAX + text->query.count + text->headers.count +
	               text->body.count + text->form.count;
	struct match m = {
		.conditions = arena_new(arena, count * sizeof(m.conditions[0])),
		.methods = node_find(n, SPAN("method")) ? text->methods : METHODS_ALL,
		.paths = paths->at,
		.path_count = paths->count,
		.has_paths = has_regexes || node_find(n, SPAN("path")),
	};

	add_outer(&m, text, n, arena);
	add_named(&m, &text->query);
	add_named(&m, &text->headers);
	m.head_count = m.condition_count;
	add_named(&m, &text->body);
	add_named(&m, &text->form);
	return m;
}

void
match_widen(struct match *m)
{
	for (size_t i = 0; i < m->path_count; i++)
		path_pattern_widen(&m->paths[i]);
}
