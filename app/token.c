/* countersign token */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/token.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

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

static bool
add_group(struct token_options *o, struct span group)
{
	if (!identity_group_is_valid(group) || o->group_count == GROUPS_MAX)
		return false;
	o->groups[o->group_count++] = group;
	return true;
}

/* False: usage. */
static bool
read_options(int argc, char **argv, struct token_options *o)
{
	static const struct option options[] = {
		{"user", required_argument, NULL, 'u'},   {"group", required_argument, NULL, 'g'},
		{"output", required_argument, NULL, 'o'}, {"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int option;

	optind = 0;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'u' && identity_user_is_valid(span_cstr(optarg)))
			o->user = span_cstr(optarg);
		else if (option == 'h')
			o->wants_help = true;
		else if (option == 'o' && strcmp(optarg, "json") == 0)
			o->is_json = true;
		else if (option == 'o' && strcmp(optarg, "table") == 0)
			o->is_json = false;
		else if (option != 'g' || !add_group(o, span_cstr(optarg)))
			return false;
	}
	return optind == argc;
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
	bool is_read = read_options(argc, argv, &o);

	if (!is_read || o.wants_help) {
		fputs(usage, is_read ? stdout : stderr);
		return is_read ? EXIT_OK : EXIT_USAGE;
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
