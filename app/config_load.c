/* The configuration: from a file to a snapshot. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/config_load.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/config_text.h"
#include "lib/base/include.h"
#include "lib/base/memory.h"

enum { COMPLAINTS_MAX = 1 << 20 };

/* Of the file `name`, absolute. */
static const char *
directory_of(struct arena *arena, const char *name)
{
	struct span path = span_cstr(name);
	struct buf text = BUF_INIT(8192);
	const char *directory;
	char *here = NULL;

	while (path.len && path.ptr[path.len - 1] != '/')
		path.len--;
	if (path.len == 0 || path.ptr[0] != '/') {
		here = getcwd(NULL, 0);
		buf_addf(&text, "%s%s", here ? here : "", path.len ? "/" : "");
	}
	buf_add(&text, path);
	while (text.len > 1 && text.ptr[text.len - 1] == '/')
		text.len--;
	directory = arena_cstr(arena, buf_span(&text));
	buf_clear(&text);
	free(here);
	return directory;
}

static unsigned
count_workers(uint64_t configured)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	if (configured)
		return (unsigned)configured;
	return cores < 1 ? 1 : cores > CONFIG_WORKERS_MAX ? CONFIG_WORKERS_MAX : (unsigned)cores;
}

static void
take_basics(struct config_run *run)
{
	struct config *config = run->config;
	const struct listen_text *listen = run->text.listen.at;
	struct address *addresses =
		arena_new(&config->arena, run->text.listen.count * sizeof(*addresses));

	config->workers = count_workers(run->text.workers);
	config->log_level = (enum log_level)run->text.log.level;
	config->log_format = (enum log_format)run->text.log.format;
	for (size_t i = 0; i < run->text.listen.count; i++)
		addresses[i] = listen[i].address;
	config->listen = addresses;
	config->listen_count = run->text.listen.count;
	config->admin = (struct config_admin){
		.is_on = config_node(run, "admin", NULL) != NULL,
		.address = run->text.admin.address,
		.public_url = run->text.admin.public_url,
		.auditors = run->text.admin.auditors,
		.operators = run->text.admin.operators,
	};
	config->state_dir = config_path(run, run->text.state_dir);
	config->audit.file = config_path(run, run->text.audit.file);
	config->audit.passes_on_failure = run->text.audit.on_failure;
	config->limits = run->text.limits;
	config_check_limits(run, config_node(run, "limits", NULL), &config->limits);
}

/* Every part is looked at even when another is wrong: all errors in one run. */
static void
take_all(struct config_run *run)
{
	schema_defaults(&run->reader, &config_schema, &run->text);
	schema_read(&run->reader, &config_schema, run->root, &run->text);
	if (run->root->kind != NODE_MAP)
		return;
	take_basics(run);
	config_take_approvals(run);
	config_take_identity(run);
	config_take_sites(run);
	config_take_store(run);
	config_check_doors(run);
	config_check_groups(run);
	if (run->looks_at_places && complaints_errors(run->reader.why) == 0)
		config_check_places(run);
}

/* Only where rules and sites stand: who includes more would hide what is in force. */
static void
include_all(struct document *doc, struct complaints *why)
{
	struct including in = {.document = doc};
	const struct node *sites = node_find(document_root(doc), SPAN("sites"));
	const struct node *rules;

	if (!sites)
		return;
	include_into(&in, sites, why);
	NODE_EACH (sites, site) {
		rules = node_find(site, SPAN("rules"));
		if (rules)
			include_into(&in, rules, why);
	}
}

enum purpose { TO_SERVE, TO_CHECK, TO_JUDGE };

static struct config *
config_of(struct document *doc, enum purpose purpose, struct complaints *why)
{
	struct config *config = memory_new(sizeof(*config));
	struct config_run run = {
		.config = config,
		.root = document_root(doc),
		.looks_at_places = purpose == TO_CHECK,
		.is_offline = purpose == TO_JUDGE,
	};

	run.reader = (struct reader){.why = why, .arena = &config->arena, .owner = &run};
	config->references = 1;
	config->own_password = BUF_INIT(CONFIG_PASSWORD_MAX);
	config->directory = directory_of(&config->arena, document_name(doc));
	include_all(doc, why);
	take_all(&run);
	if (complaints_errors(why)) {
		config_unref(&config);
		return NULL;
	}
	config->policy = config_policy_digest(config);
	return config;
}

struct config *
config_read(const char *name, struct span text, struct complaints *why)
{
	struct document *doc = document_read(name, text, why);
	struct config *config = doc ? config_of(doc, TO_SERVE, why) : NULL;

	document_free(doc);
	return config;
}

static struct config *
load(const char *path, enum purpose purpose, struct complaints *why)
{
	struct document *doc = document_load(path, why);
	struct config *config = doc ? config_of(doc, purpose, why) : NULL;

	document_free(doc);
	return config;
}

struct config *
config_load(const char *path, struct complaints *why)
{
	return load(path, TO_SERVE, why);
}

struct config *
config_check(const char *path, struct complaints *why)
{
	return load(path, TO_CHECK, why);
}

struct config *
config_load_policy(const char *path, struct complaints *why)
{
	return load(path, TO_JUDGE, why);
}

static void
say(struct complaints *why)
{
	struct buf text = BUF_INIT(COMPLAINTS_MAX);

	complaints_text(why, &text);
	fputs(buf_cstr(&text), stderr);
	buf_clear(&text);
}

struct config *
config_policy_or_say(const char *path)
{
	struct complaints *why = complaints_new();
	struct config *config = config_load_policy(path, why);

	if (!config)
		say(why);
	complaints_free(why);
	return config;
}

struct config *
config_load_or_say(const char *path)
{
	struct complaints *why = complaints_new();
	struct config *config = config_load(path, why);

	say(why);
	complaints_free(why);
	return config;
}

struct config *
config_load_or_say_why(const char *path)
{
	struct complaints *why = complaints_new();
	struct config *config = config_load(path, why);

	if (!config)
		say(why);
	complaints_free(why);
	return config;
}
