/* countersign keys ... */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/keys_commands.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/client.h"
#include "app/config_load.h"
#include "lib/base/emit.h"

enum { TEXT_MAX = 1 << 20 };

struct keys_options {
	const char *config;
	enum key_role role; /* export */
	bool is_json;
	bool wants_help;
};

static const char usage[] =
	"usage: countersign keys ls [--output table|json]\n"
	"       countersign keys export [--role proxy|admin]\n"
	"\n"
	"  --config FILE  whose state_dir the keys are in\n"
	"  --role proxy   signs requests and the checkpoints of the audit trail (default)\n"
	"  --role admin   signs decisions\n";

/* EXIT_OK, or it was said what is wrong. */
static int
take_option(struct keys_options *o, int option, char *const *argv)
{
	switch (option) {
	case 'c':
		o->config = optarg;
		return EXIT_OK;
	case 'r':
		if (key_role_read(span_cstr(optarg), &o->role))
			return EXIT_OK;
		return client_usage(usage, "--role takes proxy or admin, not \"%s\"", optarg);
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
read_options(int argc, char **argv, struct keys_options *o)
{
	static const struct option options[] = {
		{"config", required_argument, NULL, 'c'}, {"output", required_argument, NULL, 'o'},
		{"role", required_argument, NULL, 'r'},   {"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int option, code = EXIT_OK;

	optind = opterr = 0;
	while (code == EXIT_OK && (option = getopt_long(argc, argv, ":", options, NULL)) != -1)
		code = take_option(o, option, argv);
	return code;
}

/* Looking must not make keys: they would belong to whoever looks. */
static bool
has_keys(const struct config *config)
{
	struct buf path = BUF_INIT(8192);
	bool is_there;

	buf_addf(&path, "%s/keys/proxy.key", config->state_dir);
	is_there = access(buf_cstr(&path), F_OK) == 0;
	if (!is_there)
		fprintf(stderr, "countersign: there is no %s: the keys are made when "
		                "`countersign serve` starts for the first time\n", buf_cstr(&path));
	buf_clear(&path);
	return is_there;
}

static bool
trust_configured(struct keyring *keys, const struct config *config, struct buf *why)
{
	const struct config_approvals *a = &config->approvals;

	for (size_t i = 0; i < a->trusted_key_count; i++) {
		if (!keyring_trust(keys, a->trusted_keys[i].path, a->trusted_keys[i].role, why))
			return false;
	}
	return true;
}

static struct keyring *
open_keys(const struct config *config)
{
	struct buf why = BUF_INIT(4096);
	struct keyring *keys = has_keys(config) ? keyring_open(config->state_dir, &why) : NULL;

	if (keys && !trust_configured(keys, config, &why))
		keyring_free(&keys);
	if (why.len)
		fprintf(stderr, "countersign: %s\n", buf_cstr(&why));
	buf_clear(&why);
	return keys;
}

static void
list_as_table(const struct keyring *keys)
{
	printf("%-16s %-6s %s\n", "KEY", "ROLE", "WHOSE");
	for (size_t i = 0; i < keyring_count(keys); i++) {
		struct trusted_key key = keyring_at(keys, i);

		printf("%-16s %-6s %s\n", public_key_id(key.key), key_role_name(key.role),
		       key.is_own ? "ours" : "trusted");
	}
}

static void
list_as_json(const struct keyring *keys)
{
	struct buf text = BUF_INIT(TEXT_MAX), pem = BUF_INIT(4096);
	struct emit e = EMIT_INTO(&text);

	emit_array(&e);
	for (size_t i = 0; i < keyring_count(keys); i++) {
		struct trusted_key key = keyring_at(keys, i);

		buf_reset(&pem);
		public_key_pem(key.key, &pem);
		emit_object(&e);
		emit_member_cstr(&e, "key", public_key_id(key.key));
		emit_member_cstr(&e, "role", key_role_name(key.role));
		emit_member_bool(&e, "own", key.is_own);
		emit_member(&e, "pem", buf_span(&pem));
		emit_object_end(&e);
	}
	emit_array_end(&e);
	puts(buf_cstr(&text));
	buf_clear(&text);
	buf_clear(&pem);
}

static void
list(const struct keyring *keys, const struct keys_options *o)
{
	if (o->is_json)
		list_as_json(keys);
	else
		list_as_table(keys);
}

/* The public half: what trusted_keys and audit verify --key take. */
static void
export(const struct keyring *keys, const struct keys_options *o)
{
	struct buf pem = BUF_INIT(4096);

	public_key_pem(private_key_public(keyring_own(keys, o->role)), &pem);
	fputs(buf_cstr(&pem), stdout);
	buf_clear(&pem);
}

static enum exit_code
run(const struct keys_options *o, void (*act)(const struct keyring *, const struct keys_options *))
{
	struct config *config = config_load_or_say_why(o->config);
	struct keyring *keys = config ? open_keys(config) : NULL;
	enum exit_code code = keys ? EXIT_OK : EXIT_ERROR;

	if (keys)
		act(keys, o);
	keyring_free(&keys);
	config_unref(&config);
	return fflush(stdout) == 0 ? code : EXIT_ERROR;
}

int
command_keys(int argc, char **argv)
{
	struct keys_options o = {.config = CONFIG_DEFAULT_PATH, .role = KEY_PROXY};
	const char *name;
	int code;

	if (argc > 1 && strcmp(argv[1], "rotate") == 0)
		return client_not_supported("keys rotate");
	code = read_options(argc, argv, &o);
	if (code != EXIT_OK)
		return code;
	if (o.wants_help) {
		fputs(usage, stdout);
		return EXIT_OK;
	}
	name = optind < argc ? argv[optind] : NULL;
	if (!name)
		return client_usage(usage, "keys needs to be told what to do");
	if (strcmp(name, "ls") != 0 && strcmp(name, "export") != 0)
		return client_usage(usage, "there is no command keys %s", name);
	if (optind + 1 < argc)
		return client_usage(usage, "\"%s\" is one argument too many", argv[optind + 1]);
	return run(&o, strcmp(name, "ls") == 0 ? list : export);
}
