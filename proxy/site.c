/* Which site a host belongs to. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "proxy/site.h"

#include <stdlib.h>

#include "lib/base/digest.h"
#include "lib/base/memory.h"

struct site_slot {
	struct span host; /* "a.example"; for "*.example" it is ".example" */
	const struct site *site;
};

/* Open addressing; at most half full, so that every search ends. */
struct site_table {
	const struct site *everywhere; /* the site without hosts */
	bool has_suffixes;
	uint64_t seed;
	size_t mask;
	struct site_slot slots[];
};

static struct span
host_as_kept(struct span host)
{
	return span_starts(host, SPAN("*.")) ? span_from(host, 1) : host;
}

static const struct site_slot *
find_slot(const struct site_table *table, struct span host)
{
	size_t at = span_hash(host, table->seed) & table->mask;

	while (table->slots[at].site && !span_eq(table->slots[at].host, host))
		at = (at + 1) & table->mask;
	return &table->slots[at];
}

static void
add_host(struct site_table *table, struct span host, const struct site *site)
{
	const struct site_slot *slot = find_slot(table, host_as_kept(host));

	if (slot->site)
		return;
	table->slots[slot - table->slots] = (struct site_slot){host_as_kept(host), site};
	if (span_starts(host, SPAN("*.")))
		table->has_suffixes = true;
}

struct site_table *
site_table_new(const struct site *sites, size_t count)
{
	size_t hosts = 0, slots = 4;
	struct site_table *table;

	for (size_t i = 0; i < count; i++)
		hosts += sites[i].host_count;
	while (slots < hosts * 2 + 1)
		slots *= 2;
	table = memory_new(sizeof(*table) + slots * sizeof(table->slots[0]));
	table->mask = slots - 1;
	random_fill(&table->seed, sizeof(table->seed));
	for (size_t i = 0; i < count; i++) {
		if (sites[i].host_count == 0 && !table->everywhere)
			table->everywhere = &sites[i];
		for (size_t j = 0; j < sites[i].host_count; j++)
			add_host(table, sites[i].hosts[j], &sites[i]);
	}
	return table;
}

void
site_table_free(struct site_table *table)
{
	free(table);
}

/* Longest suffix first: each further dot makes it shorter. */
static const struct site *
find_suffix(const struct site_table *table, struct span host)
{
	size_t at = span_find(host, '.');

	while (at < host.len) {
		const struct site *site;

		host = span_from(host, at);
		site = find_slot(table, host)->site;
		if (site)
			return site;
		at = span_find(span_from(host, 1), '.') + 1;
	}
	return NULL;
}

const struct site *
site_find(const struct site_table *table, struct span host)
{
	const struct site *site = NULL;

	/* What starts with a dot is kept for suffixes, and is nobody's name. */
	if (host.len && host.ptr[0] != '.')
		site = find_slot(table, host)->site;
	if (!site && table->has_suffixes && host.len && host.ptr[0] != '.')
		site = find_suffix(table, host);
	return site ? site : table->everywhere;
}

const struct site *
site_table_clash(const struct site_table *table, const struct site *s, struct span host)
{
	const struct site *holder = host.len ? find_slot(table, host_as_kept(host))->site
	                                     : table->everywhere;

	return holder == s ? NULL : holder;
}
