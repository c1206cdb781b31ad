/* Cases from tests/tables/http; its README.md describes the files. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_TABLE_H
#define TEST_TABLE_H

#include "lib/base/buf.h"
#include "lib/http/request.h"

enum { TABLE_RULES_MAX = 128 };

struct table_case {
	char name[128];
	unsigned line;
	bool is_answer, is_tls;
	enum method asked; /* answers: by which method */
	struct request_options options;
	struct head_limits limits;
	unsigned char rules[TABLE_RULES_MAX]; /* 1 where the case is about the rule */
	struct buf bytes;
	struct buf expected; /* lines "key: value" in the escapes of table_escape() */
};

typedef void table_fn(void *ctx, const struct table_case *c);

/* Calls `fn` for each case of the file; false, with a message on stderr, when the file
 * cannot be read or understood. */
MUST_CHECK bool table_each(const char *path, table_fn *fn, void *ctx);

/* The one way in which reports and expectations are escaped. */
void table_escape(struct buf *to, struct span bytes);

#endif
