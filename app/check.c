/* countersign check: whether a configuration can be used, and all that is wrong with it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/check.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "app/config_load.h"
#include "app/count.h"
#include "app/json_schema.h"
#include "lib/base/emit.h"

enum { OUTPUT_MAX = 1 << 20 };

struct check_options {
	const char *config;
	bool is_json, wants_schema;
};

static void
print_usage(FILE *to)
{
	fputs("usage: countersign check [--config FILE] [--output table|json]\n"
	      "       countersign check --schema\n"
	      "\n"
	      "--schema prints a JSON Schema of the configuration, for editors.\n", to);
}

/* -1: go on; else the exit code. */
static int
read_options(int argc, char **argv, struct check_options *ret)
{
	static const struct option options[] = {
		{"config", required_argument, NULL, 'c'},
		{"output", required_argument, NULL, 'o'},
		{"schema", no_argument, NULL, 's'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int option;

	optind = 0;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'h') {
			print_usage(stdout);
			return 0;
		}
		if (option == 'c')
			ret->config = optarg;
		else if (option == 'o' && strcmp(optarg, "json") == 0)
			ret->is_json = true;
		else if (option == 'o' && strcmp(optarg, "table") == 0)
			ret->is_json = false;
		else if (option == 's')
			ret->wants_schema = true;
		else {
			print_usage(stderr);
			return 2;
		}
	}
	if (optind == argc)
		return -1;
	print_usage(stderr);
	return 2;
}

static void
add_opt_ins(struct buf *to, const struct config *config)
{
	struct buf opt_ins = BUF_INIT(1000);

	for (size_t i = 0; i < config->site_count; i++) {
		const struct site *site = &config->sites[i];

		buf_reset(&opt_ins);
		config_opt_ins(site, &opt_ins);
		if (opt_ins.len)
			buf_addf(to, "opt-ins of %.*s: %s\n", SPAN_ARG(site->name),
			         buf_cstr(&opt_ins));
	}
	buf_clear(&opt_ins);
}

/* The last lines of the table: what is in force, or how much is wrong. */
static void
add_summary(struct buf *to, const char *file, const struct config *config,
            const struct complaints *why)
{
	char policy[DIGEST_HEX + 1];

	buf_addf(to, "%s: %s: ", file, config ? "usable" : "not usable");
	if (config) {
		count_words(to, config->site_count, "site");
		buf_addf(to, ", ");
		count_words(to, config_rule_count(config), "rule");
		digest_hex(&config->policy, policy);
		buf_addf(to, ", policy %s", policy);
	} else
		count_words(to, complaints_errors(why), "error");
	if (complaints_warnings(why)) {
		buf_addf(to, ", ");
		count_words(to, complaints_warnings(why), "warning");
	}
	buf_addc(to, '\n');
	if (config)
		add_opt_ins(to, config);
}

static void
print_table(const char *file, const struct config *config, struct complaints *why)
{
	struct buf complaints = BUF_INIT(OUTPUT_MAX), summary = BUF_INIT(OUTPUT_MAX);

	complaints_text(why, &complaints);
	add_summary(&summary, file, config, why);
	fputs(buf_cstr(&complaints), stderr);
	fputs(buf_cstr(&summary), config ? stdout : stderr);
	buf_clear(&complaints);
	buf_clear(&summary);
}

static void
emit_site(struct emit *e, const struct site *site)
{
	struct buf opt_ins = BUF_INIT(1000);

	config_opt_ins(site, &opt_ins);
	emit_object(e);
	emit_member(e, "name", site->name);
	emit_member_u64(e, "rules", ruleset_count(site->rules));
	emit_member_digest(e, "digest", ruleset_digest(site->rules));
	emit_member(e, "opt_ins", buf_span(&opt_ins));
	emit_object_end(e);
	buf_clear(&opt_ins);
}

static void
print_json(const char *file, const struct config *config, struct complaints *why)
{
	struct buf complaints = BUF_INIT(OUTPUT_MAX), text = BUF_INIT((size_t)OUTPUT_MAX * 2);
	struct emit e = EMIT_INTO(&text);

	complaints_json(why, &complaints);
	emit_object(&e);
	emit_member_cstr(&e, "file", file);
	emit_member_bool(&e, "usable", config);
	emit_member_u64(&e, "errors", complaints_errors(why));
	emit_member_u64(&e, "warnings", complaints_warnings(why));
	emit_key(&e, "complaints");
	emit_raw(&e, buf_span(&complaints));
	if (config) {
		emit_member_digest(&e, "policy", &config->policy);
		emit_key(&e, "sites");
		emit_array(&e);
		for (size_t i = 0; i < config->site_count; i++)
			emit_site(&e, &config->sites[i]);
		emit_array_end(&e);
	}
	emit_object_end(&e);
	puts(buf_cstr(&text));
	buf_clear(&complaints);
	buf_clear(&text);
}

static int
print_schema(void)
{
	json_t *schema = json_schema_of(&config_schema, JSON_SCHEMA_TITLE);

	json_dumpf(schema, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(schema);
	return fflush(stdout) == 0 ? 0 : 1;
}

int
command_check(int argc, char **argv)
{
	struct check_options options = {.config = CONFIG_DEFAULT_PATH};
	int code = read_options(argc, argv, &options);
	struct complaints *why;
	struct config *config;

	if (code >= 0)
		return code;
	if (options.wants_schema)
		return print_schema();
	why = complaints_new();
	config = config_check(options.config, why);
	code = config ? 0 : 1;
	if (options.is_json)
		print_json(options.config, config, why);
	else
		print_table(options.config, config, why);
	config_unref(&config);
	complaints_free(why);
	return fflush(stdout) == 0 ? code : 1;
}
