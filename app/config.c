/* The configuration: the snapshot's life, and what is counted in it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/config.h"

#include <stdlib.h>

#include "lib/base/memory.h"

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
