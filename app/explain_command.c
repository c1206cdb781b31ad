/* countersign explain */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/explain_command.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/cases.h"
#include "app/client.h"
#include "app/config_load.h"
#include "app/explained.h"
#include "lib/base/memory.h"

enum { TEXT_MAX = 16 << 20, FIELDS_MAX = 128, GROUPS_MAX = 64, LINE_MAX_LEN = 8 << 20 };

static const char usage[] =
	"usage: countersign explain METHOD URL [-H 'Name: value']... [-d BODY]\n"
	"                           [--as USER [--group GROUP]...] [--source ADDRESS]\n"
	"                           [--time TIME] [--rules] [--config FILE]\n"
	"                           [--output table|json]\n"
	"       countersign explain --batch [--rules] [--config FILE]\n"
	"\n"
	"Tells what would become of a request, and why: each rule, each condition.  Sends\n"
	"nothing.  Rules that do not match are counted; --rules shows them.  A user of identity.tokens has the groups it has there, unless --group says\n"
	"otherwise.  A body that looks like JSON is taken for it unless -H says otherwise.\n"
	"\n"
	"--batch reads one JSON object a line from standard input, with the members method,\n"
	"url, host, headers (a list of [name, value]), body, user, groups, source and time,\n"
	"and writes one a line; with --rules each tells of every rule too.\n";

struct explain_options {
	const char *config;
	struct trial_field fields[FIELDS_MAX];
	struct span groups[GROUPS_MAX];
	struct span user;
	struct trial_request request;
	size_t group_count;
	bool is_json, is_batch, shows_rules, wants_help;
};

static int
take_field(struct explain_options *o, const char *text)
{
	struct span field = span_cstr(text);
	size_t colon = span_find(field, ':');

	if (colon == field.len || o->request.field_count == FIELDS_MAX)
		return client_usage(usage, "-H takes 'Name: value', not \"%s\"", text);
	o->fields[o->request.field_count++] = (struct trial_field){
		span_of(field.ptr, colon), span_trim(span_from(field, colon + 1))};
	return EXIT_OK;
}

static int
take_option(struct explain_options *o, int option, const char *value, char *const *argv)
{
	switch (option) {
	case 'H':
		return take_field(o, value);
	case 'd':
		o->request.body = span_cstr(value);
		o->request.has_body = true;
		return EXIT_OK;
	case 'u':
		o->user = span_cstr(value);
		return EXIT_OK;
	case 'g':
		if (o->group_count < GROUPS_MAX)
			o->groups[o->group_count++] = span_cstr(value);
		return EXIT_OK;
	case 's':
		return source_read(span_cstr(value), &o->request.source)
		               ? EXIT_OK
		               : client_usage(usage, "--source takes an address or unix, not \"%s\"",
		                              value);
	case 't':
		return wall_read(span_cstr(value), &o->request.now)
		               ? EXIT_OK
		               : client_usage(usage, "--time takes 2026-11-22T08:00:00Z, not \"%s\"",
		                              value);
	case 'c':
		o->config = value;
		return EXIT_OK;
	case 'o':
		return client_output(usage, value, &o->is_json);
	case 'b':
		o->is_batch = true;
		return EXIT_OK;
	case 'r':
		o->shows_rules = true;
		return EXIT_OK;
	case 'h':
		o->wants_help = true;
		return EXIT_OK;
	default:
		return client_usage_option(usage, option, argv);
	}
}

static int
read_options(int argc, char **argv, struct explain_options *o)
{
	static const struct option options[] = {
		{"header", required_argument, NULL, 'H'}, {"data", required_argument, NULL, 'd'},
		{"as", required_argument, NULL, 'u'},     {"group", required_argument, NULL, 'g'},
		{"source", required_argument, NULL, 's'}, {"time", required_argument, NULL, 't'},
		{"config", required_argument, NULL, 'c'}, {"output", required_argument, NULL, 'o'},
		{"batch", no_argument, NULL, 'b'},        {"rules", no_argument, NULL, 'r'},
		{"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0},
	};
	int option, code;

	optind = 0;
	opterr = 0;
	while ((option = getopt_long(argc, argv, ":H:d:", options, NULL)) != -1) {
		code = take_option(o, option, optarg, argv);
		if (code != EXIT_OK || o->wants_help)
			return code;
	}
	if (o->is_batch && optind != argc)
		return client_usage(usage, "--batch takes its requests from standard input");
	if (!o->is_batch && argc - optind != 2)
		return client_usage(usage, "which METHOD and which URL?");
	if (!o->is_batch) {
		o->request.method = span_cstr(argv[optind]);
		o->request.url = span_cstr(argv[optind + 1]);
	}
	return EXIT_OK;
}

/* Who asks, from a name and groups; false: nobody of that name is known, and no groups said. */
static bool
take_person(struct trial_request *r, const struct config *config, struct span user,
            const struct span *groups, size_t count)
{
	if (user.len == 0)
		return count == 0;
	if (count == 0)
		return cases_find_person(config, user, &r->requester);
	r->requester = (struct person){user, groups, count, IDENTITY_TOKEN};
	return true;
}

static bool
has_content_type(const struct trial_request *r)
{
	for (size_t i = 0; i < r->field_count; i++) {
		if (span_eq_nocase(r->fields[i].name, SPAN("Content-Type")))
			return true;
	}
	return false;
}

/* Line by line, because what came from elsewhere must not break a line. */
static void
print_lines(struct span text)
{
	struct span line;

	while (span_cut(&text, '\n', &line)) {
		client_print(line);
		putchar('\n');
	}
}

static int
explain_one(struct explain_options *o, const struct config *config)
{
	struct trial_request *r = &o->request;
	struct buf text = BUF_INIT(TEXT_MAX);
	struct trial t;
	json_t *all;

	r->fields = o->fields;
	if (!take_person(r, config, o->user, o->groups, o->group_count)) {
		fprintf(stderr, "countersign: no token of identity.tokens names %.*s; say --group, "
		                "or --as with another name\n", SPAN_ARG(o->user));
		return EXIT_USAGE;
	}
	if (r->body.len && strchr("{[", r->body.ptr[0]) && !has_content_type(r) &&
	    r->field_count < FIELDS_MAX)
		o->fields[r->field_count++] =
			(struct trial_field){SPAN("Content-Type"), SPAN("application/json")};
	trial_run(&t, config, r);
	all = explained_json(&t, config, r, true);
	if (o->is_json) {
		json_dumpf(all, stdout, JSON_INDENT(2));
		putchar('\n');
	} else {
		explained_text(all, o->shows_rules, &text);
		print_lines(buf_span(&text));
	}
	json_decref(all);
	trial_clear(&t);
	buf_clear(&text);
	return EXIT_OK;
}

static struct span
text_at(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_string(value)
	               ? span_of(json_string_value(value), json_string_length(value))
	               : SPAN_NONE;
}

static bool
read_fields(const json_t *list, struct arena *arena, struct trial_request *r)
{
	struct trial_field *fields = arena_new(arena, json_array_size(list) * sizeof(*fields));
	const json_t *pair;
	size_t i;

	json_array_foreach (list, i, pair) {
		const json_t *name = json_array_get(pair, 0), *value = json_array_get(pair, 1);

		if (!json_is_string(name) || !json_is_string(value))
			return false;
		fields[i].name = span_of(json_string_value(name), json_string_length(name));
		fields[i].value = span_of(json_string_value(value), json_string_length(value));
	}
	r->fields = fields;
	r->field_count = json_array_size(list);
	return true;
}

static bool
read_groups(const json_t *list, struct arena *arena, struct span **ret)
{
	const json_t *group;
	size_t i;

	*ret = arena_new(arena, json_array_size(list) * sizeof(**ret));
	json_array_foreach (list, i, group) {
		if (!json_is_string(group))
			return false;
		(*ret)[i] = span_of(json_string_value(group), json_string_length(group));
	}
	return true;
}

/* NULL: it was read; else what is wrong. */
static const char *
read_line(const json_t *line, const struct config *config, struct arena *arena,
          struct trial_request *r)
{
	struct span time = text_at(line, "time"), source = text_at(line, "source"), *groups;
	const json_t *body = json_object_get(line, "body");
	const json_t *names = json_object_get(line, "groups");

	*r = (struct trial_request){
		.method = text_at(line, "method"),
		.url = text_at(line, "url"),
		.host = text_at(line, "host"),
		.body = text_at(line, "body"),
		.has_body = json_is_string(body),
		.now = clock_wall(),
	};
	if (!r->method.len || !r->url.len)
		return "method and url are needed";
	if (time.len && !wall_read(time, &r->now))
		return "time is not as 2026-11-22T08:00:00Z";
	if (!source_read(source.len ? source : SPAN("127.0.0.1"), &r->source))
		return "source is no address";
	if (!read_fields(json_object_get(line, "headers"), arena, r))
		return "headers is a list of [name, value]";
	if (!read_groups(names, arena, &groups))
		return "groups is a list of names";
	if (names && text_at(line, "user").len)
		r->requester = (struct person){text_at(line, "user"), groups,
		                               json_array_size(names), IDENTITY_TOKEN};
	else if (!take_person(r, config, text_at(line, "user"), NULL, 0))
		return "no token of identity.tokens names the user, and groups are not said";
	return NULL;
}

static json_t *
explain_line(const struct explain_options *o, const struct config *config, struct span text)
{
	struct arena arena = {0};
	struct trial_request r;
	struct trial t;
	json_error_t error;
	json_t *line = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL,
	                          &error);
	const char *wrong = json_is_object(line) ? read_line(line, config, &arena, &r)
	                                         : "not a JSON object";
	json_t *all;

	if (wrong) {
		all = json_pack("{s:s}", "error", wrong);
	} else {
		trial_run(&t, config, &r);
		all = explained_json(&t, config, &r, o->shows_rules);
		trial_clear(&t);
	}
	json_decref(line);
	arena_clear(&arena);
	return all;
}

static int
explain_batch(const struct explain_options *o, const struct config *config)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t len;

	while ((len = getline(&line, &room, stdin)) > 0) {
		json_t *all = explain_line(o, config, span_of(line, (size_t)len));

		json_dumpf(all, stdout, JSON_COMPACT);
		putchar('\n');
		fflush(stdout);
		json_decref(all);
	}
	free(line);
	return EXIT_OK;
}

int
command_explain(int argc, char **argv)
{
	struct explain_options o = {.config = CONFIG_DEFAULT_PATH,
	                            .request = {.now = clock_wall()}};
	bool is_local UNUSED = source_read(SPAN("127.0.0.1"), &o.request.source);
	struct config *config;
	int code = read_options(argc, argv, &o);

	if (o.wants_help)
		fputs(usage, stdout);
	if (code != EXIT_OK || o.wants_help)
		return code;
	config = config_load_or_say(o.config);
	if (!config)
		return EXIT_ERROR;
	code = o.is_batch ? explain_batch(&o, config) : explain_one(&o, config);
	config_unref(&config);
	return code;
}
