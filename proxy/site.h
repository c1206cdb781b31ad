/* One upstream with its hosts, callers and rules; and which site a host belongs to. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROXY_SITE_H
#define PROXY_SITE_H

#include "identity/identity.h"
#include "lib/http/request.h"
#include "lib/net/address.h"
#include "lib/net/limits.h"
#include "rules/ruleset.h"

/* Who must have a name. */
enum site_callers {
	CALLERS_IDENTIFIED, /* those whom an approval rule stops */
	CALLERS_REQUIRED,   /* all */
	CALLERS_ANYONE,     /* none; the unnamed are counted by source address */
};

/* What an answer of ours looks like. */
enum error_format {
	ERRORS_PROBLEM,    /* application/problem+json, RFC 9457 */
	ERRORS_KUBERNETES, /* a Status object */
	ERRORS_JSONRPC,    /* status 200 and a JSON-RPC 2.0 error */
};

/* Filled by the configuration, which owns all it points to; read-only for workers. */
struct site {
	struct span name;
	const struct span *hosts; /* lower case: "a.example" or "*.example"; none: every host */
	size_t host_count;
	enum site_callers callers;
	struct identify identify;
	bool strips_authorization; /* removes Authorization when it carried our token */
	enum error_format error_format;
	bool observes;             /* rules are asked and recorded, but refuse and hold nothing */
	bool allows_otherwise;     /* `otherwise: allow`; the ruleset knows it too */
	struct address upstream;
	struct span upstream_host; /* for Host: "127.0.0.1:8080", "localhost" for a socket */
	struct limits limits;
	struct request_options options;
	struct ruleset *rules;     /* counted by the configuration */
};

/* Finds sites by host; built once, then read by all workers. */
struct site_table;

/* The sites are borrowed and must outlive the table.  Each host must stand on one site
 * only: see site_table_clash(). */
struct site_table *site_table_new(const struct site *sites, size_t count);
void site_table_free(struct site_table *table);

/*
 * The site of a canonical host (struct request.host).  The exact name wins, then the
 * longest "*.suffix" (any number of labels below it, never the suffix itself), then the
 * site without hosts.  NULL: nobody's host, a 421.
 */
const struct site *site_find(const struct site_table *table, struct span host);

/* Whether another site than `s` holds this `hosts` entry (empty: every host) already. */
const struct site *site_table_clash(const struct site_table *table, const struct site *s,
                                    struct span host);

#endif
