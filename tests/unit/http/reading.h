/* Reads a whole message as a connection would, in pieces, and reports what became of it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_READING_H
#define TEST_READING_H

#include "lib/http/framing.h"
#include "tests/unit/http/table.h"

/* Where the bytes are cut: `at` is one offset, or 0 to read them whole; or one by one. */
struct cutting {
	size_t at;
	bool is_bytewise;
};

/*
 * The report has a line "key: value" for everything that tests/tables/http/README.md lets
 * a case expect.  False, and a sentence in the report: some promise of lib/http is broken.
 */
MUST_CHECK bool reading_report(const struct table_case *c, struct cutting cutting,
                               struct buf *report, enum fault *ret_fault);

#endif
