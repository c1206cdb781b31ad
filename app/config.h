/* The configuration: one file in, one immutable, counted snapshot out. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_CONFIG_H
#define APP_CONFIG_H

#include "approvals/keyring.h"
#include "identity/identity.h"
#include "lib/base/arena.h"
#include "lib/base/log.h"
#include "lib/base/schema.h"
#include "lib/net/address.h"
#include "lib/net/limits.h"
#include "proxy/site.h"

enum { CONFIG_WORKERS_MAX = 256, CONFIG_PASSWORD_MAX = 4096 };

#define CONFIG_DEFAULT_PATH "/etc/countersign/countersign.yaml"

struct config_admin {
	bool is_on;
	struct address address;
	struct span public_url;   /* without a slash at its end; empty: not configured */
	struct strings auditors;  /* groups that read all and decide nothing */
	struct strings operators; /* groups that reload and freeze */
};

struct config_store {
	bool is_on;            /* without a store there are no approval rules and no admin */
	bool is_embedded;
	struct span redis;     /* "unix:/path", "redis://HOST:PORT" or "embedded" */
	struct address address; /* unless embedded */
	struct span namespace;
	struct span username;  /* may be empty */
	struct span password;  /* what the password file holds; wiped at the end */
};

struct config_trusted_key {
	const char *path;
	enum key_role role;
};

struct config_approvals {
	const struct config_trusted_key *trusted_keys;
	size_t trusted_key_count;
	const char *binding_secret; /* path; NULL: the one in state_dir, made when missing */
};

struct config_audit {
	const char *file;
	bool passes_on_failure; /* ungated calls go on while lines cannot be written */
};

/* Everything points into the snapshot.  Paths are absolute. */
struct config {
	unsigned workers; /* auto is resolved */
	enum log_level log_level;
	enum log_format log_format;
	const struct address *listen;
	size_t listen_count;
	struct config_admin admin;
	struct config_store store;
	const char *state_dir;
	struct config_approvals approvals;
	struct config_audit audit;
	struct identity_settings identity_settings;
	struct identity *identity;
	struct limits limits;
	const struct site *sites;
	size_t site_count;
	struct site_table *site_table;
	struct digest policy; /* over every site's hosts, callers, opt-ins and rules */
	/* Private to app/config*.c. */
	struct arena arena;
	const char *directory; /* of the file; relative paths count from here */
	struct site *own_sites;
	struct buf own_password;
	unsigned references; /* atomic */
};

/* From any thread. */
struct config *config_ref(struct config *config);
/* Sets the pointer to NULL; the last one frees. */
void config_unref(struct config **config);

size_t config_rule_count(const struct config *config);
/* "encoded_slash: keep", ... of a site, separated by ", "; nothing when there are none. */
void config_opt_ins(const struct site *site, struct buf *to);

#endif
