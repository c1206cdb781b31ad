/* What the tests of this room share: cmocka, and comparing spans. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_CASE_H
#define TEST_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/base/buf.h"
#include "lib/http/head.h"

#define EXPECT_SPAN(actual, literal) \
	do { \
		struct span actual_ = (actual); \
		if (!span_eq(actual_, span_cstr(literal))) \
			fail_msg("\"%.*s\" is not \"%s\"", SPAN_ARG(actual_), literal); \
	} while (0)

static const struct head_limits usual_limits = {32768, 8192, 100, false};

/* A whole head out of `text`, which must be one; the head of the last call is gone. */
UNUSED static const struct head *
read_whole(enum head_kind kind, const char *text)
{
	static struct head h;
	enum fault fault = FAULT_NONE;

	head_reset(&h, kind);
	if (head_read(&h, span_cstr(text), &usual_limits, &fault) != PROGRESS_DONE)
		fail_msg("not a head (%s): %s", fault_word(fault), text);
	return &h;
}

#endif
