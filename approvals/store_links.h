/* How many stores of a process have reached Redis: counted by each, asked by /readyz. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APPROVALS_STORE_LINKS_H
#define APPROVALS_STORE_LINKS_H

#include <stdatomic.h>
#include <stdbool.h>

/* All zero at first; outlives the stores.  From any thread; where NULL is given, there is
 * nothing to count. */
struct store_links {
	atomic_uint expected; /* stores that there are */
	atomic_uint up;       /* those that answer */
};

/* A store is made, or ends. */
void store_links_join(struct store_links *links);
void store_links_leave(struct store_links *links);
/* True: with this one all are up; nobody else is told so. */
bool store_links_rise(struct store_links *links);
void store_links_fall(struct store_links *links);

bool store_links_are_up(const struct store_links *links);

#endif
