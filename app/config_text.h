/* What a configuration file says, before it is put together; private to app/config*.c. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_CONFIG_TEXT_H
#define APP_CONFIG_TEXT_H

#include "app/config.h"

struct store_text {
	struct span redis;
	struct span namespace, username, password_file;
};

struct token_text {
	struct span user;
	struct strings groups;
	struct digest sha256;
};

struct header_text {
	struct span user, groups;
	struct strings trust;
};

struct trusted_key_text {
	struct span key;
	int role; /* enum key_role */
};

struct listen_text {
	struct address address;
};

struct upstream_text {
	struct address address;
	struct span host;
};

struct site_text {
	struct span name;
	struct strings hosts;
	int callers; /* enum site_callers */
	struct identify identify;
	int authorization, otherwise;
	int encoded_slash, matrix, percent25;
	bool header_utf8, observe;
	int error_format; /* enum error_format */
	unsigned bodies_on;
	struct upstream_text upstream;
	struct limits limits;
	const struct node *defaults;
	const struct node *rules;
};

struct log_text {
	int level, format;
};

struct admin_text {
	struct address address;
	struct span public_url;
	struct strings auditors, operators;
};

struct approvals_text {
	struct objects trusted_keys; /* struct trusted_key_text */
	struct span binding_secret;
};

struct audit_text {
	struct span file;
	int on_failure;
};

struct identity_text {
	struct objects tokens; /* struct token_text */
	struct header_text header;
};

struct config_text {
	uint64_t workers; /* 0: one per core */
	struct log_text log;
	struct objects listen; /* struct listen_text */
	struct admin_text admin;
	struct store_text store;
	struct span state_dir;
	struct approvals_text approvals;
	struct audit_text audit;
	struct identity_text identity;
	struct limits limits;
	const struct node *sites;
};

/* One run over one file. */
struct config_run {
	struct reader reader; /* its owner is this */
	struct config *config;
	struct config_text text;
	const struct node *root;
	bool needs_store; /* some rule asks for approval */
	bool looks_at_places; /* whether serve could start here is told in warnings */
	bool is_offline;      /* the policy is wanted: no name is resolved, no secret opened */
};

extern const struct schema site_schema, limits_schema, site_limits_schema;

/* Readers of single values, for the tables. */
key_read_fn read_workers, read_address, read_groups, read_user, read_digest, read_hosts,
	read_identify, read_upstream, read_bodies_on, read_redis, read_namespace,
	read_site_name, read_header_name, read_url;

/* The member at "a", or "a" and then "b"; NULL when the file does not have it. */
const struct node *config_node(const struct config_run *run, const char *a, const char *b);
/* Absolute, in the arena; relative paths count from the file's directory. */
const char *config_path(struct config_run *run, struct span path);

/* The parts, in this order; each complains and goes on. */
void config_take_store(struct config_run *run);
void config_take_approvals(struct config_run *run);
void config_take_identity(struct config_run *run);
void config_take_sites(struct config_run *run);
void config_check_doors(struct config_run *run);
void config_check_groups(struct config_run *run);
void config_check_places(struct config_run *run);

void config_check_limits(struct config_run *run, const struct node *n,
                         const struct limits *limits);
struct digest config_policy_digest(const struct config *config);

/* Whether one of the ways can name somebody with this identity configuration. */
bool config_can_name(const struct config *config, const struct identify *ways);

#endif
