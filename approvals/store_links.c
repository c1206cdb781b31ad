/* How many stores of a process have reached Redis. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "approvals/store_links.h"

void
store_links_join(struct store_links *links)
{
	if (links)
		atomic_fetch_add(&links->expected, 1);
}

void
store_links_leave(struct store_links *links)
{
	if (links)
		atomic_fetch_sub(&links->expected, 1);
}

bool
store_links_rise(struct store_links *links)
{
	return !links || atomic_fetch_add(&links->up, 1) + 1 == atomic_load(&links->expected);
}

void
store_links_fall(struct store_links *links)
{
	if (links)
		atomic_fetch_sub(&links->up, 1);
}

bool
store_links_are_up(const struct store_links *links)
{
	return atomic_load(&links->up) >= atomic_load(&links->expected);
}
