/* Are these decisions enough?  Pure: people and needs in, an answer out. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APPROVALS_QUORUM_H
#define APPROVALS_QUORUM_H

#include "rules/verdict.h"

/* One person's yes or no, with the groups of that time; borrowed. */
struct vote {
	struct span user;
	const struct span *groups;
	size_t group_count;
	bool approves;
};

/* More people than this are never asked for: the sum of all counts stays under it. */
enum { QUORUM_MAX = 64 };

struct tally {
	bool is_denied; /* an eligible person said no: that is a veto */
	bool is_met;    /* every need has its people; never true when denied */
	unsigned have, need;
	unsigned have_of[NEEDS_MAX]; /* people given to each need */
};

/*
 * A person counts once overall, for whichever need makes the most of everybody; who votes
 * twice counts by the first vote.  The requester, the unnamed and people in none of the
 * groups do not count at all.  Names that differ only in case are one person, because two
 * accounts may not be what tells four eyes apart.
 */
struct tally quorum_tally(const struct requirement *requirement, struct span requester,
                          const struct vote *votes, size_t vote_count);

/* Whether the person is in a group that is asked. */
bool quorum_is_eligible(const struct requirement *requirement, const struct vote *voter);
bool quorum_is_same_person(struct span a, struct span b);

#endif
