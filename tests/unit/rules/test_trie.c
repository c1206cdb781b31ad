/* The index of rules by path. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/rules/policy.h"

#include "rules/match.h"
#include "rules/trie.h"

enum { RULES = 3000 };

struct found {
	size_t count;
	uint32_t last;
};

static void
count(void *ctx, const struct trie_entry *entry)
{
	struct found *found = ctx;

	found->count++;
	found->last = entry->rule;
}

static struct found
walk(const struct trie *t, const char *text, enum method method)
{
	struct found found = {0};
	struct path path;

	path_split(&path, span_cstr(text));
	trie_walk(t, &path, method, count, &found);
	return found;
}

static void
read_into(struct path_pattern *p, const char *template, struct arena *arena)
{
	struct regexes none = {0};
	struct flaw flaw;

	*p = (struct path_pattern){0};
	if (!template_read(arena_copy(arena, span_cstr(template)), arena, &none, &p->template, &flaw))
		fail_msg("%s: %s", template, flaw.text);
}

static void
one_of_thousands_is_found(void **state UNUSED)
{
	static struct path_pattern patterns[RULES];
	struct trie *t = trie_new();
	struct arena arena = {0};

	for (uint32_t i = 0; i < RULES; i++) {
		char text[64];

		snprintf(text, sizeof(text), "/api/service-%u/{id}/delete", i);
		read_into(&patterns[i], text, &arena);
		trie_add(t, &patterns[i], i, METHODS_ALL);
	}
	for (uint32_t i = 0; i < RULES; i++) {
		char text[64];
		struct found found;

		snprintf(text, sizeof(text), "/API/Service-%u/x%u/delete/", i, i * 7);
		found = walk(t, text, METHOD_GET);
		assert_int_equal(found.count, 1);
		assert_int_equal(found.last, i);
	}
	assert_int_equal(walk(t, "/api/service-3000/x/delete", METHOD_GET).count, 0);
	assert_int_equal(walk(t, "/api/service-1/x", METHOD_GET).count, 0);
	assert_int_equal(walk(t, "/api/service-1/x/delete/y", METHOD_GET).count, 0);
	trie_free(t);
	arena_clear(&arena);
}

static void
other_methods_are_passed_over(void **state UNUSED)
{
	struct trie *t = trie_new();
	struct arena arena = {0};
	struct path_pattern p;

	read_into(&p, "/a", &arena);
	trie_add(t, &p, 1, method_bit(METHOD_POST) | method_bit(METHOD_PUT));
	trie_add(t, NULL, 2, method_bit(METHOD_PUT));
	assert_int_equal(walk(t, "/a", METHOD_GET).count, 0);
	assert_int_equal(walk(t, "/a", METHOD_POST).count, 1);
	assert_int_equal(walk(t, "/a", METHOD_PUT).count, 2);
	assert_int_equal(walk(t, "/b", METHOD_PUT).count, 1);
	assert_int_equal(walk(t, "*", METHOD_PUT).count, 1);
	trie_free(t);
	arena_clear(&arena);
}

static void
every_way_through_variables_is_walked(void **state UNUSED)
{
	static const char *const templates[] = {
		"/a/b/c", "/{x}/b/c", "/a/{x}/c", "/a/b/{x}", "/{x}/{y}/{z}", "/**", "/a/**", "/a/{x}/**",
	};
	struct path_pattern patterns[ARRAY_LEN(templates)];
	struct trie *t = trie_new();
	struct arena arena = {0};

	for (uint32_t i = 0; i < ARRAY_LEN(templates); i++) {
		read_into(&patterns[i], templates[i], &arena);
		trie_add(t, &patterns[i], i, METHODS_ALL);
	}
	assert_int_equal(walk(t, "/a/b/c", METHOD_GET).count, ARRAY_LEN(templates));
	assert_int_equal(walk(t, "/a/b/x", METHOD_GET).count, 5);
	assert_int_equal(walk(t, "/x/b/c", METHOD_GET).count, 3);
	assert_int_equal(walk(t, "/a/b", METHOD_GET).count, 3);
	assert_int_equal(walk(t, "/", METHOD_GET).count, 1);
	trie_free(t);
	arena_clear(&arena);
}

static void
a_path_deeper_than_is_kept_is_walked_as_far(void **state UNUSED)
{
	char text[2 * (REQUEST_SEGMENTS_MAX + 10) + 1] = "";
	struct trie *t = trie_new();
	struct arena arena = {0};
	struct path_pattern p;

	for (size_t i = 0; i + 1 < sizeof(text); i += 2)
		memcpy(text + i, "/x", 2);
	read_into(&p, "/x/**", &arena);
	trie_add(t, &p, 1, METHODS_ALL);
	assert_int_equal(walk(t, text, METHOD_GET).count, 1);
	trie_free(t);
	arena_clear(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_of_thousands_is_found),
		cmocka_unit_test(other_methods_are_passed_over),
		cmocka_unit_test(every_way_through_variables_is_walked),
		cmocka_unit_test(a_path_deeper_than_is_kept_is_walked_as_far),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
