/* countersign token */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/token.h"

#include <getopt.h>
#include <stdio.h>

#include "app/client.h"
#include "identity/identity.h"
#include "lib/base/digest.h"
#include "lib/base/emit.h"
#include "lib/base/memory.h"

/* 256 random bits; the prefix lets scanners of repositories find a leaked one. */
#define TOKEN_PREFIX "cst_"
enum { TOKEN_BYTES = 32, TOKEN_LEN = 4 + 2 * TOKEN_BYTES, GROUPS_MAX = 64, ENTRY_MAX = 65536 };

struct token_options {
	struct span user;
	struct span groups[GROUPS_MAX];
	size_t group_count;
	bool is_json;
	bool wants_help;
};

static const char usage[] =
	"usage: countersign token [--user NAME] [--group GROUP]... [--output table|json]\n"
	"\n"
	"Makes a random token and the entry for identity.tokens that knows it.  The token is\n"
	"shown once and kept nowhere: the configuration holds its SHA-256.\n";

/* These take one option and return EXIT_OK, or say what is wrong with it. */
static int
take_user(struct token_options *o, const char *user)
{
	o->user = span_cstr(user);
	if (identity_user_is_valid(o->user))
		return EXIT_OK;
	return client_usage(usage, "--user takes a name of printable ASCII without comma, not "
	                           "\"%s\"", user);
}

static int
add_group(struct token_options *o, const char *group)
{
	if (!identity_group_is_valid(span_cstr(group)))
		return client_usage(usage, "--group takes one name of printable ASCII without "
		                           "comma, not \"%s\"; give it once per group", group);
	if (o->group_count == GROUPS_MAX)
		return client_usage(usage, "--group can be given %d times at most", GROUPS_MAX);
	o->groups[o->group_count++] = span_cstr(group);
	return EXIT_OK;
}

static int
take_option(struct token_options *o, int option, char *const *argv)
{
	switch (option) {
	case 'u':
		return take_user(o, optarg);
	case 'g':
		return add_group(o, optarg);
	case 'o':
		return client_output(usage, optarg, &o->is_json);
	case 'h':
		o->wants_help = true;
		return EXIT_OK;
	default:
		return client_usage_option(usage, option, argv);
	}
}

static int
read_options(int argc, char **argv, struct token_options *o)
{
	static const struct option options[] = {
		{"user", required_argument, NULL, 'u'},   {"group", required_argument, NULL, 'g'},
		{"output", required_argument, NULL, 'o'}, {"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int option, code = EXIT_OK;

	optind = opterr = 0;
	while (code == EXIT_OK && (option = getopt_long(argc, argv, ":", options, NULL)) != -1)
		code = take_option(o, option, argv);
	if (code == EXIT_OK && !o->wants_help && optind < argc)
		return client_usage(usage, "token takes no argument: \"%s\" is one too many",
		                    argv[optind]);
	return code;
}

static void
make_token(char ret[TOKEN_LEN + 1])
{
	struct digest random;
	char hex[DIGEST_HEX + 1];

	random_fill(random.bytes, TOKEN_BYTES);
	digest_hex(&random, hex);
	snprintf(ret, TOKEN_LEN + 1, TOKEN_PREFIX "%s", hex);
	memory_wipe(&random, sizeof(random));
	memory_wipe(hex, sizeof(hex));
}

/* JSON is YAML too, and quotes whatever a name holds. */
static void
add_entry(struct buf *to, const struct token_options *o, const struct digest *sha256)
{
	struct emit e = EMIT_INTO(to);
	char hex[DIGEST_HEX + 1];

	digest_hex(sha256, hex);
	buf_add(to, SPAN("{user: "));
	emit_string(&e, o->user);
	buf_add(to, SPAN(", groups: ["));
	e.needs_comma = false;
	for (size_t i = 0; i < o->group_count; i++)
		emit_string(&e, o->groups[i]);
	buf_addf(to, "], sha256: \"%s\"}", hex);
}

static void
print_json(const char *token, const struct token_options *o, const struct digest *sha256,
           struct span entry)
{
	struct buf text = BUF_INIT(ENTRY_MAX);
	struct emit e = EMIT_INTO(&text);

	emit_object(&e);
	emit_member_cstr(&e, "token", token);
	emit_member(&e, "user", o->user);
	emit_key(&e, "groups");
	emit_array(&e);
	for (size_t i = 0; i < o->group_count; i++)
		emit_string(&e, o->groups[i]);
	emit_array_end(&e);
	emit_member_digest(&e, "sha256", sha256);
	emit_member(&e, "entry", entry);
	emit_object_end(&e);
	puts(buf_cstr(&text));
	memory_wipe(text.ptr, text.len);
	buf_clear(&text);
}

int
command_token(int argc, char **argv)
{
	struct token_options o = {.user = SPAN("NAME")};
	struct buf entry = BUF_INIT(ENTRY_MAX);
	char token[TOKEN_LEN + 1];
	struct digest sha256;
	int code = read_options(argc, argv, &o);

	if (code != EXIT_OK)
		return code;
	if (o.wants_help) {
		fputs(usage, stdout);
		return EXIT_OK;
	}
	make_token(token);
	sha256 = digest_of(span_of(token, TOKEN_LEN));
	add_entry(&entry, &o, &sha256);
	if (o.is_json)
		print_json(token, &o, &sha256, buf_span(&entry));
	else
		printf("The token, shown once:\n  %s\n\nUnder identity.tokens:\n  - %s\n", token,
		       buf_cstr(&entry));
	memory_wipe(token, sizeof(token));
	buf_clear(&entry);
	return fflush(stdout) == 0 ? EXIT_OK : EXIT_ERROR;
}
