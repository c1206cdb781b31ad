/* What a trail tells of approvals. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "audit/facts.h"

/* "claimed A c1 2" is approval.claimed of approval A, claim c1, good for 2 uses. */
static void
add(struct facts *f, struct chain *c, const char *row, uint64_t number)
{
	char event[32], approval[32], claim[32], record[512];
	unsigned uses = 0;
	struct buf out = BUF_INIT(4096);
	struct line line;

	assert_true(sscanf(row, "%31s %31s %31s %u", event, approval, claim, &uses) >= 3);
	snprintf(record, sizeof(record), "\"id\":\"1\",\"time\":\"t\",\"event\":\"approval.%s\","
	         "\"code\":\"c\",\"severity\":\"info\",\"approval\":{\"id\":\"%s\",\"claim\":\"%s\","
	         "\"uses\":%u}}", event, approval, claim, uses);
	chain_add(c, span_cstr(record), SPAN_NONE, &out);
	assert_true(line_read(span_of(out.ptr, out.len - 1), &line));
	facts_line(f, &line, "trail", number);
	buf_clear(&out);
}

static void
on_fact(void *owner, const struct fact *fact)
{
	buf_addf(owner, "%llu %s\n", (unsigned long long)fact->line, fact->text);
}

static void
open_claims_and_excess_are_told(void **state)
{
	static const struct {
		const char *rows[6];
		const char *facts;
	} cases[] = {
		{{"claimed A c1 1", "completed A c1"}, ""},
		{{"claimed A c1 1", "relayed A c1"},
		 "1 claim c1 of approval A is open: no outcome is recorded\n"},
		{{"claimed A c1 1", "outcome_unknown A c1"}, ""},
		{{"burnt A c1"}, ""},
		{{"claimed A c1 2", "completed A c1", "claimed A c2 2", "completed A c2"}, ""},
		{{"claimed A c1 1", "completed A c1", "claimed A c2 1", "completed A c2"},
		 "1 approval A was good for 1 uses and was forwarded 2 times\n"},
		{{"claimed A c1 1", "burnt A c1", "claimed A c2 1", "completed A c2"}, ""},
		{{"claimed A c1 1", "completed A c1", "claimed B c2 1"},
		 "3 claim c2 of approval B is open: no outcome is recorded\n"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct facts *f = facts_new();
		struct chain c;
		struct buf told = BUF_INIT(4096);

		chain_init(&c, "node/boot");
		for (size_t row = 0; row < 6 && cases[i].rows[row]; row++)
			add(f, &c, cases[i].rows[row], row + 1);
		facts_end(f, on_fact, &told);
		if (strcmp(buf_cstr(&told), cases[i].facts) != 0)
			fail_msg("case %zu: %s", i, buf_cstr(&told));
		buf_clear(&told);
		facts_free(f);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(open_claims_and_excess_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
