/* Are these decisions enough? */
/* SPDX-License-Identifier: Apache-2.0 */
#include "approvals/quorum.h"

enum { NOBODY = -1 };

/* A place that one person fills; a need with count 2 has two. */
struct place {
	size_t need;
	int voter;
};

struct matching {
	const struct requirement *requirement;
	const struct vote *votes;
	struct place places[QUORUM_MAX];
	size_t count;
	bool is_tried[QUORUM_MAX];
};

bool
quorum_is_same_person(struct span a, struct span b)
{
	return a.len && span_eq_nocase(a, b);
}

static bool
is_in(const struct vote *voter, struct span group)
{
	for (size_t i = 0; i < voter->group_count; i++) {
		if (span_eq(voter->groups[i], group))
			return true;
	}
	return false;
}

bool
quorum_is_eligible(const struct requirement *requirement, const struct vote *voter)
{
	if (voter->user.len == 0)
		return false;
	for (size_t i = 0; i < requirement->need_count; i++) {
		if (is_in(voter, requirement->needs[i].group))
			return true;
	}
	return false;
}

static bool
counts(const struct requirement *requirement, struct span requester, const struct vote *votes,
       size_t at)
{
	if (quorum_is_same_person(votes[at].user, requester) ||
	    !quorum_is_eligible(requirement, &votes[at]))
		return false;
	for (size_t i = 0; i < at; i++) {
		if (quorum_is_same_person(votes[i].user, votes[at].user))
			return false;
	}
	return true;
}

/* Finds a place for the voter, moving others who fit elsewhere (an augmenting path).
 * Depth is bounded by the number of places, since each is tried once. */
static bool
seat(struct matching *m, int voter)
{
	for (size_t i = 0; i < m->count; i++) {
		struct place *p = &m->places[i];

		if (m->is_tried[i] ||
		    !is_in(&m->votes[voter], m->requirement->needs[p->need].group))
			continue;
		m->is_tried[i] = true;
		if (p->voter == NOBODY || seat(m, p->voter)) {
			p->voter = voter;
			return true;
		}
	}
	return false;
}

/* False: more people are asked for than we can count, so it is never met. */
static bool
add_places(struct matching *m, unsigned *ret_need)
{
	bool fits = true;

	*ret_need = 0;
	for (size_t i = 0; i < m->requirement->need_count; i++) {
		unsigned count = m->requirement->needs[i].count;

		*ret_need += count;
		for (unsigned n = 0; n < count && fits; n++) {
			fits = m->count < QUORUM_MAX;
			if (fits)
				m->places[m->count++] = (struct place){i, NOBODY};
		}
	}
	return fits;
}

struct tally
quorum_tally(const struct requirement *requirement, struct span requester,
             const struct vote *votes, size_t vote_count)
{
	struct matching m = {.requirement = requirement, .votes = votes};
	struct tally t = {0};
	bool fits = add_places(&m, &t.need);

	for (size_t i = 0; i < vote_count; i++) {
		if (!counts(requirement, requester, votes, i))
			continue;
		if (!votes[i].approves) {
			t.is_denied = true;
			continue;
		}
		memset(m.is_tried, 0, sizeof(m.is_tried));
		if (seat(&m, (int)i))
			t.have++;
	}
	for (size_t i = 0; i < m.count; i++)
		t.have_of[m.places[i].need] += m.places[i].voter != NOBODY;
	/* Nobody asked is nobody agreed: an empty requirement is never met. */
	t.is_met = fits && !t.is_denied && t.need > 0 && t.have >= t.need;
	return t;
}
