/* A configuration at work. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/in_force.h"

#include <stdlib.h>

#include "lib/base/memory.h"

static void
release(void *owner)
{
	struct in_force *f = owner;

	in_force_unref(&f);
}

static void
fill_policy(struct in_force *f, struct span binding_secret)
{
	const struct config *c = f->config;

	f->policy = (struct proxy_policy){
		.sites = c->sites,
		.site_count = c->site_count,
		.table = c->site_table,
		.identity = c->identity,
		.limits = &c->limits,
		.namespace = c->store.namespace,
		.binding_secret = binding_secret,
		.passes_without_audit = c->audit.passes_on_failure,
		.release = release,
		.owner = f,
	};
}

static void
fill_admin(struct in_force *f)
{
	const struct config *c = f->config;

	f->admin = (struct admin_settings){
		.public_url = c->admin.public_url,
		.auditors = c->admin.auditors.at,
		.auditor_count = c->admin.auditors.count,
		.operators = c->admin.operators.at,
		.operator_count = c->admin.operators.count,
		.is_local = address_is_unix(&c->admin.address) ||
		            address_is_loopback(&c->admin.address),
		.has_embedded_store = c->store.is_embedded,
		.version = COUNTERSIGN_VERSION,
		.limits = &c->limits,
		.identity = c->identity,
		.release = release,
		.owner = f,
	};
}

struct in_force *
in_force_new(struct config *config, struct span binding_secret)
{
	struct in_force *f = memory_new(sizeof(*f));

	f->config = config;
	f->references = 1;
	fill_policy(f, binding_secret);
	fill_admin(f);
	return f;
}

struct in_force *
in_force_ref(struct in_force *f)
{
	__atomic_add_fetch(&f->references, 1, __ATOMIC_RELAXED);
	return f;
}

void
in_force_unref(struct in_force **in_force)
{
	struct in_force *f = *in_force;

	*in_force = NULL;
	if (!f || __atomic_sub_fetch(&f->references, 1, __ATOMIC_ACQ_REL))
		return;
	config_unref(&f->config);
	free(f);
}
