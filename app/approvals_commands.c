/* countersign approvals ... */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/approvals_commands.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "admin/route.h"
#include "app/approval_text.h"
#include "app/client.h"
#include "app/watching.h"
#include "approvals/approval.h"

struct approvals_options {
	struct client client;
	const char *reason;
	const char *state;
	const char *code;
	uint64_t timeout_s;  /* wait; 0: none */
	const char *id;
	bool wants_help;
};

typedef enum exit_code command_fn(const struct approvals_options *o);

static const char usage[] =
	"usage: countersign approvals ls [--state STATE|all]\n"
	"       countersign approvals show ID\n"
	"       countersign approvals approve ID [--code CODE] [--reason TEXT]\n"
	"       countersign approvals deny ID [--code CODE] [--reason TEXT]\n"
	"       countersign approvals cancel ID\n"
	"       countersign approvals wait ID [--timeout SECONDS]\n"
	"       countersign approvals watch\n"
	"       countersign approvals open ID\n"
	"\n"
	"  --admin URL        https://HOST, http://127.0.0.1:PORT or unix:/PATH; also in\n"
	"                     COUNTERSIGN_ADMIN; http://127.0.0.1:9443 when neither is given\n"
	"  --token-file FILE  who you are; or the token itself in COUNTERSIGN_TOKEN\n"
	"  --code CODE        decide only if this is the approval's code, as who asked, or the\n"
	"                     page, tells it\n"
	"  --output table|json\n"
	"\n"
	"exit: 0 ok, 1 error, 2 usage, 3 refused or denied, 4 still pending, 5 expired\n";

static void
print_json(const json_t *value)
{
	json_dumpf(value, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII);
	putchar('\n');
}

static enum exit_code
list(const struct approvals_options *o)
{
	json_t *all = json_array(), *approval;
	enum exit_code code = watching_read_list(&o->client, o->state ? o->state : "pending", all);
	size_t i;

	if (code == EXIT_OK && o->client.is_json) {
		print_json(all);
	} else if (code == EXIT_OK && json_array_size(all) == 0) {
		fputs("There is nothing to see.\n", stderr);
	} else if (code == EXIT_OK) {
		approval_text_print_heading();
		json_array_foreach(all, i, approval)
		{
			approval_text_print_row(approval, o->client.is_colored);
		}
	}
	json_decref(all);
	return code;
}

static bool
ask_about(const struct approvals_options *o, const char *method, struct client_answer *ret)
{
	char path[96];

	snprintf(path, sizeof(path), "/api/v1/approvals/%s", o->id);
	return client_ask(&o->client, method, path, NULL, ret);
}

static enum exit_code
show(const struct approvals_options *o)
{
	struct client_answer answer;
	enum exit_code code = EXIT_OK;

	if (!ask_about(o, "GET", &answer))
		return EXIT_ERROR;
	if (answer.status != 200)
		code = client_explain(&o->client, &answer);
	else if (o->client.is_json)
		print_json(answer.body);
	else
		approval_text_print(answer.body);
	json_decref(answer.body);
	return code;
}

/* What became of it, in one line. */
static void
print_outcome(const struct approvals_options *o, const json_t *approval, const char *done)
{
	if (o->client.is_json) {
		print_json(approval);
		return;
	}
	printf("%s: %s. It is ", o->id, done);
	client_print(span_cstr(json_string_value(json_object_get(approval, "state"))));
	printf(" now; %" JSON_INTEGER_FORMAT " of %" JSON_INTEGER_FORMAT " agreed.\n",
	       json_integer_value(json_object_get(approval, "have")),
	       json_integer_value(json_object_get(approval, "need")));
	approval_text_print_gist(approval);
}

/* Compares codes, and makes sure that what had this code is what is decided on. */
static enum exit_code
pin_code(const struct approvals_options *o, json_t *body)
{
	struct client_answer answer;
	enum exit_code code = EXIT_OK;
	const char *theirs;

	if (!ask_about(o, "GET", &answer))
		return EXIT_ERROR;
	theirs = json_string_value(json_object_get(answer.body, "code"));
	if (answer.status != 200) {
		code = client_explain(&o->client, &answer);
	} else if (!theirs || !span_eq_nocase(span_cstr(theirs), span_cstr(o->code))) {
		fprintf(stderr, "countersign: the approval has another code than the one given: "
		                "nothing was decided. Look at it: countersign approvals show %s\n",
		        o->id);
		code = EXIT_REFUSED;
	} else {
		json_object_set(body, "binding", json_object_get(answer.body, "binding"));
	}
	json_decref(answer.body);
	return code;
}

static enum exit_code
decide(const struct approvals_options *o, const char *decision, const char *done)
{
	struct client_answer answer;
	char path[96];
	json_t *body = json_pack("{s:s}", "decision", decision);
	enum exit_code code = EXIT_OK;

	if (o->code)
		code = pin_code(o, body);
	if (code != EXIT_OK) {
		json_decref(body);
		return code;
	}
	if (o->reason && json_object_set_new(body, "reason", json_string(o->reason))) {
		fputs("countersign: the reason is not UTF-8 text\n", stderr);
		json_decref(body);
		return EXIT_USAGE;
	}
	snprintf(path, sizeof(path), "/api/v1/approvals/%s/decisions", o->id);
	if (!client_ask(&o->client, "POST", path, body, &answer))
		return EXIT_ERROR;
	if (answer.status == 201 || answer.status == 200)
		print_outcome(o, answer.body, answer.status == 201 ? done : "decided so before");
	else
		code = client_explain(&o->client, &answer);
	json_decref(answer.body);
	return code;
}

static enum exit_code
approve(const struct approvals_options *o)
{
	return decide(o, "approve", "you approved it");
}

static enum exit_code
deny(const struct approvals_options *o)
{
	return decide(o, "deny", "you denied it");
}

static enum exit_code
cancel(const struct approvals_options *o)
{
	struct client_answer answer;
	enum exit_code code = EXIT_OK;

	if (!ask_about(o, "DELETE", &answer))
		return EXIT_ERROR;
	if (answer.status == 200)
		print_outcome(o, answer.body, "you withdrew it");
	else
		code = client_explain(&o->client, &answer);
	json_decref(answer.body);
	return code;
}

/* The link works once: it goes to standard output alone, for `xdg-open "$(...)"`. */
static void
print_link(const struct approvals_options *o, const json_t *link)
{
	const char *url = json_string_value(json_object_get(link, "url"));
	const char *path = json_string_value(json_object_get(link, "path"));
	struct span base = span_cstr(o->client.admin);

	while (base.len && base.ptr[base.len - 1] == '/')
		base.len--;
	if (url)
		printf("%s\n", url);
	else
		printf("%.*s%s\n", SPAN_ARG(base), path ? path : "");
	fputs("It signs you in once, within five minutes.\n", stderr);
}

static enum exit_code
open_page(const struct approvals_options *o)
{
	struct client_answer answer;
	enum exit_code code = EXIT_OK;

	if (!client_ask(&o->client, "POST", "/api/v1/login-links",
	                json_pack("{s:s}", "approval", o->id), &answer))
		return EXIT_ERROR;
	if (answer.status != 201) {
		code = client_explain(&o->client, &answer);
	} else if (o->client.is_json) {
		print_json(answer.body);
	} else if (!json_object_get(answer.body, "url") &&
	           span_starts(span_cstr(o->client.admin), SPAN("unix:"))) {
		fputs("countersign: a browser cannot open a Unix socket; set admin.public_url to "
		      "the address that leads to it\n", stderr);
		code = EXIT_ERROR;
	} else {
		print_link(o, answer.body);
	}
	json_decref(answer.body);
	return code;
}

static enum exit_code
wait(const struct approvals_options *o)
{
	return watching_wait(&o->client, o->id, o->timeout_s);
}

static enum exit_code
watch(const struct approvals_options *o)
{
	return watching_watch(&o->client);
}

static const struct command {
	const char *name;
	command_fn *run; /* NULL: known, but not supported yet */
	bool takes_id;
} commands[] = {
	{"ls", list, false},       {"show", show, true},     {"approve", approve, true},
	{"deny", deny, true},      {"cancel", cancel, true}, {"wait", wait, true},
	{"watch", watch, false},   {"open", open_page, true}, {"revoke", NULL, true},
	{"ask", NULL, true},
};

static int
take_state(struct approvals_options *o, const char *state)
{
	enum approval_state known;

	o->state = state;
	if (strcmp(state, "all") == 0 || approval_state_read(span_cstr(state), &known))
		return EXIT_OK;
	return client_usage(usage, "--state takes pending, approved, spent, denied, expired, "
	                           "cancelled, revoked, superseded or all, not \"%s\"", state);
}

static int
take_timeout(struct approvals_options *o, const char *seconds)
{
	if (span_to_u64(span_cstr(seconds), 31536000, &o->timeout_s))
		return EXIT_OK;
	return client_usage(usage, "--timeout takes seconds, at most a year of them, not \"%s\"",
	                    seconds);
}

/* EXIT_OK, or it was said what is wrong. */
static int
take_option(struct approvals_options *o, int option, char *const *argv)
{
	switch (option) {
	case 'a':
		o->client.admin = optarg;
		return EXIT_OK;
	case 'f':
		o->client.token_file = optarg;
		return EXIT_OK;
	case 'r':
		o->reason = optarg;
		return EXIT_OK;
	case 'c':
		o->code = optarg;
		return EXIT_OK;
	case 'h':
		o->wants_help = true;
		return EXIT_OK;
	case 's':
		return take_state(o, optarg);
	case 't':
		return take_timeout(o, optarg);
	case 'o':
		return client_output(usage, optarg, &o->client.is_json);
	default:
		return client_usage_option(usage, option, argv);
	}
}

static int
read_options(int argc, char **argv, struct approvals_options *o)
{
	static const struct option options[] = {
		{"admin", required_argument, NULL, 'a'},   {"token-file", required_argument, NULL, 'f'},
		{"output", required_argument, NULL, 'o'},  {"reason", required_argument, NULL, 'r'},
		{"state", required_argument, NULL, 's'},   {"timeout", required_argument, NULL, 't'},
		{"code", required_argument, NULL, 'c'},    {"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int option, code = EXIT_OK;

	optind = opterr = 0;
	while (code == EXIT_OK && (option = getopt_long(argc, argv, ":", options, NULL)) != -1)
		code = take_option(o, option, argv);
	return code;
}

static const struct command *
find_command(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	}
	return NULL;
}

static int
not_supported(const struct command *command)
{
	char name[32];

	snprintf(name, sizeof(name), "approvals %s", command->name);
	return client_not_supported(name);
}

/* What is left of the arguments behind the command's name. */
static int
take_id(struct approvals_options *o, const struct command *command, char *const *rest, int count)
{
	int wanted = command->takes_id ? 1 : 0;

	if (count < wanted)
		return client_usage(usage, "approvals %s needs an ID", command->name);
	if (count > wanted)
		return client_usage(usage, "\"%s\" is one argument too many", rest[wanted]);
	if (!command->takes_id)
		return EXIT_OK;
	o->id = rest[0];
	if (route_is_id(span_cstr(o->id)))
		return EXIT_OK;
	return client_usage(usage, "\"%s\" is no ID: that has 26 letters and digits, as "
	                           "`approvals ls` shows it", o->id);
}

/* EXIT_OK, and the command to run; or it was said what is wrong. */
static int
read_command(int argc, char **argv, struct approvals_options *o, const struct command **ret)
{
	if (optind >= argc)
		return client_usage(usage, "approvals needs to be told what to do");
	*ret = find_command(argv[optind]);
	if (!*ret)
		return client_usage(usage, "there is no command approvals %s", argv[optind]);
	if (!(*ret)->run)
		return not_supported(*ret);
	return take_id(o, *ret, argv + optind + 1, argc - optind - 1);
}

int
command_approvals(int argc, char **argv)
{
	struct approvals_options o = {0};
	const struct command *command = argc > 1 ? find_command(argv[1]) : NULL;
	int code;

	/* Before the options: those of a later release are not known here. */
	if (command && !command->run)
		return not_supported(command);
	code = read_options(argc, argv, &o);
	if (code != EXIT_OK)
		return code;
	if (o.wants_help) {
		fputs(usage, stdout);
		return EXIT_OK;
	}
	code = read_command(argc, argv, &o, &command);
	if (code != EXIT_OK)
		return code;
	code = client_open(&o.client) ? (int)command->run(&o) : EXIT_ERROR;
	client_clear(&o.client);
	return code;
}
