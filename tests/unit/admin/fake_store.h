/* A store of approvals in memory, for tests of the admin endpoint. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_FAKE_STORE_H
#define TESTS_FAKE_STORE_H

#include "approvals/store.h"

struct store {
	struct loop *loop;
	json_t *approvals;  /* array of the objects that are shown */
	bool is_away;
	struct store_links links;
	unsigned decisions; /* that were taken */
	char reason[2048];  /* of the last one */
};

/* What was recorded since the last call, one line each; of the fake trail. */
struct buf *fake_records(void);

#endif
