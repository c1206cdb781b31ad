/* The configuration: from a file to a snapshot. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/config.h"

#include <stdlib.h>
#include <unistd.h>

#include "app/config_text.h"
#include "lib/base/document.h"
#include "lib/base/memory.h"

const struct node *
config_node(const struct config_run *run, const char *a, const char *b)
{
	const struct node *n = node_find(run->root, span_cstr(a));

	return n && b ? node_find(n, span_cstr(b)) : n;
}

const char *
config_path(struct config_run *run, struct span path)
{
	struct buf text = BUF_INIT(8192);
	const char *absolute;

	if (path.ptr[0] != '/')
		buf_addf(&text, "%s/", run->config->directory);
	buf_add(&text, path);
	absolute = arena_cstr(run->reader.arena, buf_span(&text));
	buf_clear(&text);
	return absolute;
}

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
check_limits(struct reader *r, const struct node *n, const struct limits *limits)
{
	const struct node *target = node_find(n, SPAN("target_max"));
	const struct node *head = node_find(n, SPAN("head_max"));
	const struct node *held = node_find(n, SPAN("held_body_max"));
	const struct node *all_held = node_find(n, SPAN("held_bytes"));

	if ((target || head) && limits->target_max > limits->head_max)
		complain(r->why, target ? target : head, "at most head_max",
		         "a target of %llu bytes does not fit into a head of %llu",
		         (unsigned long long)limits->target_max,
		         (unsigned long long)limits->head_max);
	if ((held || all_held) && limits->held_body_max > limits->held_bytes)
		complain(r->why, held ? held : all_held, "at most held_bytes",
		         "a body of %llu bytes does not fit into the %llu of all that is held",
		         (unsigned long long)limits->held_body_max,
		         (unsigned long long)limits->held_bytes);
}

void
config_check_limits(struct config_run *run, const struct node *n, const struct limits *limits)
{
	if (n)
		check_limits(&run->reader, n, limits);
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

static void
config_free(struct config *config)
{
	identity_free(config->identity);
	site_table_free(config->site_table);
	for (size_t i = 0; i < config->site_count; i++) {
		if (config->own_sites[i].rules)
			ruleset_unref(&config->own_sites[i].rules);
	}
	if (config->own_password.len)
		memory_wipe(config->own_password.ptr, config->own_password.len);
	buf_clear(&config->own_password);
	arena_clear(&config->arena);
	free(config);
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
}

static struct config *
config_of(struct document *doc, struct complaints *why)
{
	struct config *config = memory_new(sizeof(*config));
	struct config_run run = {.config = config, .root = document_root(doc)};

	run.reader = (struct reader){.why = why, .arena = &config->arena, .owner = &run};
	config->references = 1;
	config->own_password = BUF_INIT(CONFIG_PASSWORD_MAX);
	config->directory = directory_of(&config->arena, document_name(doc));
	take_all(&run);
	if (complaints_errors(why)) {
		config_free(config);
		return NULL;
	}
	config->policy = config_policy_digest(config);
	return config;
}

struct config *
config_read(const char *name, struct span text, struct complaints *why)
{
	struct document *doc = document_read(name, text, why);
	struct config *config = doc ? config_of(doc, why) : NULL;

	document_free(doc);
	return config;
}

struct config *
config_load(const char *path, struct complaints *why)
{
	struct document *doc = document_load(path, why);
	struct config *config = doc ? config_of(doc, why) : NULL;

	document_free(doc);
	return config;
}

struct config *
config_ref(struct config *config)
{
	__atomic_add_fetch(&config->references, 1, __ATOMIC_RELAXED);
	return config;
}

void
config_unref(struct config **config)
{
	struct config *gone = *config;

	*config = NULL;
	if (gone && __atomic_sub_fetch(&gone->references, 1, __ATOMIC_ACQ_REL) == 0)
		config_free(gone);
}

size_t
config_rule_count(const struct config *config)
{
	size_t count = 0;

	for (size_t i = 0; i < config->site_count; i++)
		count += ruleset_count(config->sites[i].rules);
	return count;
}
