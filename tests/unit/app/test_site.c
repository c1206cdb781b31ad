/* Hosts and whose they are. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "proxy/site.h"

static struct span exact[] = {{"a.example", 9}, {"127.0.0.1", 9}, {"[::1]", 5}};
static struct span wide[] = {{"*.example", 9}};
static struct span narrow[] = {{"*.b.example", 11}, {"b.example", 9}};
static const struct site sites[] = {
	{.name = {"exact", 5}, .hosts = exact, .host_count = 3},
	{.name = {"wide", 4}, .hosts = wide, .host_count = 1},
	{.name = {"narrow", 6}, .hosts = narrow, .host_count = 2},
	{.name = {"rest", 4}},
};

static void
the_closest_site_wins(void **state)
{
	static const struct {
		const char *host, *site;
	} rows[] = {
		{"a.example", "exact"}, {"127.0.0.1", "exact"}, {"[::1]", "exact"},
		{"x.example", "wide"}, {"x.a.example", "wide"}, {"example", "rest"},
		{"b.example", "narrow"}, {"x.b.example", "narrow"}, {"x.y.b.example", "narrow"},
		{"xb.example", "wide"}, {"example.org", "rest"}, {"", "rest"},
		{".example", "rest"}, {"x.", "rest"}, {"A.example", "wide"}, {"..example", "rest"},
	};
	struct site_table *table = site_table_new(sites, ARRAY_LEN(sites));

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct site *found = site_find(table, span_cstr(rows[i].host));

		if (!found || !span_eq(found->name, span_cstr(rows[i].site)))
			fail_msg("%s", rows[i].host);
	}
	site_table_free(table);
}

static void
without_a_site_for_the_rest_a_host_is_nobodys(void **state)
{
	struct site_table *table = site_table_new(sites, 3);
	struct site_table *empty = site_table_new(NULL, 0);

	(void)state;
	assert_null(site_find(table, SPAN("example")));
	assert_null(site_find(table, SPAN("example.org")));
	assert_null(site_find(empty, SPAN("a.example")));
	site_table_free(table);
	site_table_free(empty);
}

static void
a_host_of_another_site_is_a_clash(void **state)
{
	struct site_table *table = site_table_new(sites, ARRAY_LEN(sites));

	(void)state;
	assert_null(site_table_clash(table, &sites[0], SPAN("a.example")));
	assert_ptr_equal(site_table_clash(table, &sites[1], SPAN("a.example")), &sites[0]);
	assert_ptr_equal(site_table_clash(table, &sites[0], SPAN("*.example")), &sites[1]);
	assert_null(site_table_clash(table, &sites[0], SPAN("c.example")));
	assert_ptr_equal(site_table_clash(table, &sites[0], SPAN_NONE), &sites[3]);
	assert_null(site_table_clash(table, &sites[3], SPAN_NONE));
	site_table_free(table);
}

static void
thousands_of_hosts_are_found(void **state)
{
	enum { COUNT = 5000 };
	static char names[COUNT][24];
	static struct span hosts[COUNT];
	struct site site = {.hosts = hosts, .host_count = COUNT};
	struct site_table *table;

	(void)state;
	for (int i = 0; i < COUNT; i++) {
		snprintf(names[i], sizeof(names[i]), "h%d.example", i);
		hosts[i] = span_cstr(names[i]);
	}
	table = site_table_new(&site, 1);
	for (int i = 0; i < COUNT; i++)
		assert_ptr_equal(site_find(table, hosts[i]), &site);
	assert_null(site_find(table, SPAN("h5000.example")));
	site_table_free(table);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_closest_site_wins),
		cmocka_unit_test(without_a_site_for_the_rest_a_host_is_nobodys),
		cmocka_unit_test(a_host_of_another_site_is_a_clash),
		cmocka_unit_test(thousands_of_hosts_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
