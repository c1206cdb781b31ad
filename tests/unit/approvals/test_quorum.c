/* Quorum: who counts, how often, and when it is enough. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "approvals/quorum.h"

enum { PEOPLE = 4, GROUPS = 2 };

static const struct span group_sets[][GROUPS] = {
	{{"sre", 3}, {NULL, 0}}, {{"finance", 7}, {NULL, 0}}, {{"sre", 3}, {"finance", 7}},
	{{"dev", 3}, {NULL, 0}},
};

struct row {
	const char *name;
	struct need needs[3];
	size_t need_count;
	struct {
		const char *user;
		unsigned groups; /* of group_sets */
		bool denies;
	} votes[6];
	bool is_met, is_denied;
	unsigned have;
};

static const struct row rows[] = {
	{.name = "nobody", .needs = {{SPAN("sre"), 1}}, .need_count = 1},
	{.name = "one of one",
	 .needs = {{SPAN("sre"), 1}},
	 .need_count = 1,
	 .votes = {{"bob", 0, false}},
	 .is_met = true,
	 .have = 1},
	{.name = "not asked",
	 .needs = {{SPAN("sre"), 1}},
	 .need_count = 1,
	 .votes = {{"bob", 3, false}}},
	{.name = "the requester", .needs = {{SPAN("sre"), 1}}, .need_count = 1, .votes = {{"alice", 0, false}}},
	{.name = "the requester in capitals",
	 .needs = {{SPAN("sre"), 1}},
	 .need_count = 1,
	 .votes = {{"Alice", 0, false}}},
	{.name = "a no of the requester",
	 .needs = {{SPAN("sre"), 1}},
	 .need_count = 1,
	 .votes = {{"alice", 0, true}}},
	{.name = "a no of somebody not asked",
	 .needs = {{SPAN("sre"), 1}},
	 .need_count = 1,
	 .votes = {{"bob", 3, true}}},
	{.name = "one person twice",
	 .needs = {{SPAN("sre"), 2}},
	 .need_count = 1,
	 .votes = {{"bob", 0, false}, {"bob", 0, false}},
	 .have = 1},
	{.name = "one person in two spellings",
	 .needs = {{SPAN("sre"), 2}},
	 .need_count = 1,
	 .votes = {{"bob", 0, false}, {"BOB", 0, false}},
	 .have = 1},
	{.name = "one person for two groups",
	 .needs = {{SPAN("sre"), 1}, {SPAN("finance"), 1}},
	 .need_count = 2,
	 .votes = {{"bob", 2, false}},
	 .have = 1},
	{.name = "two people for two groups, the first fits both",
	 .needs = {{SPAN("sre"), 1}, {SPAN("finance"), 1}},
	 .need_count = 2,
	 .votes = {{"bob", 2, false}, {"carol", 0, false}},
	 .is_met = true,
	 .have = 2},
	{.name = "the same the other way round",
	 .needs = {{SPAN("sre"), 1}, {SPAN("finance"), 1}},
	 .need_count = 2,
	 .votes = {{"carol", 0, false}, {"bob", 2, false}},
	 .is_met = true,
	 .have = 2},
	{.name = "more than enough",
	 .needs = {{SPAN("sre"), 1}},
	 .need_count = 1,
	 .votes = {{"bob", 0, false}, {"carol", 0, false}},
	 .is_met = true,
	 .have = 1},
	{.name = "a no after enough yes",
	 .needs = {{SPAN("sre"), 1}},
	 .need_count = 1,
	 .votes = {{"bob", 0, false}, {"carol", 0, true}},
	 .is_denied = true,
	 .have = 1},
	{.name = "nothing asked is nothing agreed", .votes = {{"bob", 0, false}}},
};

static void
make_requirement(const struct row *row, struct requirement *ret)
{
	*ret = (struct requirement){.need_count = row->need_count};
	memcpy(ret->needs, row->needs, sizeof(row->needs));
}

static void
rows_come_out_as_they_say(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct row *row = &rows[i];
		struct requirement requirement;
		struct vote votes[6];
		struct tally t;
		size_t count = 0;

		make_requirement(row, &requirement);
		for (; count < 6 && row->votes[count].user; count++) {
			const struct span *groups = group_sets[row->votes[count].groups];

			votes[count] = (struct vote){span_cstr(row->votes[count].user), groups,
			                             groups[1].len ? 2 : 1,
			                             !row->votes[count].denies};
		}
		t = quorum_tally(&requirement, SPAN("alice"), votes, count);
		if (t.is_met != row->is_met || t.is_denied != row->is_denied ||
		    t.have != row->have)
			fail_msg("%s: met %d denied %d have %u", row->name, t.is_met,
			         t.is_denied, t.have);
	}
}

/* The largest number of people that can be given to needs, by trying everything. */
static unsigned
best_of(const struct need *needs, size_t need_count, unsigned used[], const struct vote *votes,
        size_t left)
{
	unsigned best, tried;

	if (left == 0)
		return 0;
	best = best_of(needs, need_count, used, votes + 1, left - 1);
	for (size_t n = 0; n < need_count; n++) {
		bool fits = false;

		for (size_t g = 0; g < votes->group_count; g++)
			fits = fits || span_eq(votes->groups[g], needs[n].group);
		if (!fits || used[n] >= needs[n].count)
			continue;
		used[n]++;
		tried = 1 + best_of(needs, need_count, used, votes + 1, left - 1);
		used[n]--;
		if (tried > best)
			best = tried;
	}
	return best;
}

static void
check_all(const struct requirement *r, unsigned set)
{
	static const char *const users[PEOPLE] = {"bob", "carol", "dave", "erin"};
	struct vote votes[PEOPLE];
	unsigned used[NEEDS_MAX] = {0}, need = 0, best;
	struct tally t;

	for (unsigned p = 0; p < PEOPLE; p++) {
		const struct span *groups = group_sets[set >> 2 * p & 3];

		votes[p] = (struct vote){span_cstr(users[p]), groups, groups[1].len ? 2 : 1, true};
	}
	for (size_t n = 0; n < r->need_count; n++)
		need += r->needs[n].count;
	best = best_of(r->needs, r->need_count, used, votes, PEOPLE);
	t = quorum_tally(r, SPAN("alice"), votes, PEOPLE);
	assert_int_equal(t.have, best);
	assert_int_equal(t.need, need);
	assert_int_equal(t.is_met, need > 0 && best >= need);
}

static void
nobody_is_given_badly_in_any_combination(void **state UNUSED)
{
	for (unsigned counts = 0; counts < 16; counts++) {
		struct requirement r = {.needs = {{SPAN("sre"), counts & 3},
		                                  {SPAN("finance"), counts >> 2}},
		                        .need_count = 2};

		for (unsigned set = 0; set < 256; set++)
			check_all(&r, set);
	}
}

static void
more_than_can_be_counted_is_never_met(void **state UNUSED)
{
	struct requirement r = {.needs = {{SPAN("sre"), QUORUM_MAX + 1}}, .need_count = 1};
	struct vote votes[QUORUM_MAX + 2];
	char names[QUORUM_MAX + 2][8];

	for (unsigned i = 0; i < ARRAY_LEN(votes); i++) {
		snprintf(names[i], sizeof(names[i]), "p%u", i);
		votes[i] = (struct vote){span_cstr(names[i]), group_sets[0], 1, true};
	}
	assert_false(quorum_tally(&r, SPAN("alice"), votes, ARRAY_LEN(votes)).is_met);
	r.needs[0].count = QUORUM_MAX;
	assert_true(quorum_tally(&r, SPAN("alice"), votes, ARRAY_LEN(votes)).is_met);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_come_out_as_they_say),
		cmocka_unit_test(nobody_is_given_badly_in_any_combination),
		cmocka_unit_test(more_than_can_be_counted_is_never_met),
	};

	return cmocka_run_group_tests_name("quorum", tests, NULL, NULL);
}
