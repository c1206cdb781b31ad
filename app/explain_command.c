/* countersign explain */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/explain_command.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "app/cases.h"
#include "app/client.h"
#include "app/config_load.h"
#include "app/explain_batch.h"
#include "app/explained.h"

enum {
	TEXT_MAX = 16 << 20,
	FIELDS_MAX = 128,
	GROUPS_MAX = 64,
	BODY_MAX = 64 << 20,
	BODY_STEP = 65536,
};

static const char usage[] =
	"usage: countersign explain METHOD URL [-H 'Name: value']... [-d BODY|@FILE]\n"
	"                           [--as USER [--group GROUP]...] [--source ADDRESS]\n"
	"                           [--time TIME] [--rules] [--config FILE]\n"
	"                           [--output table|json]\n"
	"       countersign explain --batch [--rules] [--config FILE]\n"
	"\n"
	"Tells what would become of a request, and why: each rule, each condition.  Sends\n"
	"nothing.  Rules that do not match are counted; --rules shows them.  A user of\n"
	"identity.tokens has the groups it has there, unless --group says otherwise.  A body\n"
	"that looks like JSON is taken for it unless -H says otherwise.\n"
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
	struct buf body; /* of a file */
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

/* As curl has it: "@FILE" is what stands there. */
static int
take_body(struct explain_options *o, const char *text)
{
	FILE *file;
	char *room;
	size_t got;

	o->request.has_body = true;
	o->request.body = span_cstr(text);
	if (text[0] != '@')
		return EXIT_OK;
	file = fopen(text + 1, "re");
	if (!file) {
		fprintf(stderr, "countersign: %s: %s\n", text + 1, strerror(errno));
		return EXIT_ERROR;
	}
	buf_reset(&o->body);
	do {
		room = buf_room(&o->body, BODY_STEP);
		got = room ? fread(room, 1, BODY_STEP, file) : 0;
		buf_grew(&o->body, got);
	} while (got);
	fclose(file);
	o->request.body = buf_span(&o->body);
	return EXIT_OK;
}

static int
take_group(struct explain_options *o, const char *text)
{
	if (o->group_count == GROUPS_MAX)
		return client_usage(usage, "at most %d groups", GROUPS_MAX);
	o->groups[o->group_count++] = span_cstr(text);
	return EXIT_OK;
}

static int
take_option(struct explain_options *o, int option, const char *value, char *const *argv)
{
	switch (option) {
	case 'H':
		return take_field(o, value);
	case 'd':
		return take_body(o, value);
	case 'u':
		o->user = span_cstr(value);
		return EXIT_OK;
	case 'g':
		return take_group(o, value);
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
	if (o->is_batch && (optind != argc || o->request.field_count || o->request.has_body ||
	                    o->user.len || o->group_count))
		return client_usage(usage, "--batch takes its requests from standard input");
	if (o->group_count && !o->user.len)
		return client_usage(usage, "--group goes with --as USER");
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
	r->guesses_type = true;
	if (!take_person(r, config, o->user, o->groups, o->group_count)) {
		fprintf(stderr, "countersign: no token of identity.tokens names %.*s; say --group, "
		                "or --as with another name\n", SPAN_ARG(o->user));
		return EXIT_USAGE;
	}
	trial_run(&t, config, r);
	all = explained_json(&t, true);
	if (o->is_json) {
		json_dumpf(all, stdout, JSON_INDENT(2));
		putchar('\n');
	} else {
		explained_text(all, o->shows_rules, &text);
		print_lines(span_of(text.ptr, text.len - 1));
	}
	json_decref(all);
	trial_clear(&t);
	buf_clear(&text);
	return EXIT_OK;
}

int
command_explain(int argc, char **argv)
{
	struct explain_options o = {.config = CONFIG_DEFAULT_PATH,
	                            .request = {.now = clock_wall()},
	                            .body = BUF_INIT(BODY_MAX)};
	bool is_local UNUSED = source_read(SPAN("127.0.0.1"), &o.request.source);
	struct config *config;
	int code = read_options(argc, argv, &o);

	if (o.wants_help)
		fputs(usage, stdout);
	if (code != EXIT_OK || o.wants_help)
		return code;
	config = config_policy_or_say(o.config);
	if (!config)
		return EXIT_ERROR;
	code = !o.is_batch ? explain_one(&o, config)
	       : explain_batch(config, o.shows_rules) ? EXIT_OK : EXIT_ERROR;
	config_unref(&config);
	buf_clear(&o.body);
	return fflush(stdout) == 0 ? code : EXIT_ERROR;
}
