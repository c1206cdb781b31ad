/* Who sees an approval, and who may decide on it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "admin/visibility.h"

static struct span sre[] = {SPAN("sre")}, finance[] = {SPAN("finance")}, audit[] = {SPAN("audit")};
static struct span both[] = {SPAN("audit"), SPAN("sre")};

static const struct row {
	const char *name, *user;
	const struct span *groups;
	size_t group_count;
	bool may_see, has_asked, may_decide;
} rows[] = {
	{"one of a group that is asked", "alice", sre, 1, true, false, true},
	{"one of another group that is asked", "fred", finance, 1, true, false, true},
	{"the requester", "bob", NULL, 0, true, true, false},
	{"the requester, in a group that is asked", "bob", sre, 1, true, true, false},
	{"the requester by another spelling", "BOB", sre, 1, true, true, false},
	{"an auditor", "aud", audit, 1, true, false, false},
	{"an auditor in a group that is asked", "aud", both, 2, true, false, true},
	{"anybody else", "eve", NULL, 0, false, false, false},
};

static void
check(const char *document, const struct row *row)
{
	json_t *approval = json_loads(document, 0, NULL);
	struct person person = {span_cstr(row->user), row->groups, row->group_count,
	                        IDENTITY_BEARER};
	struct visibility v = visibility_of(approval, &person, audit, 1);

	if (v.may_see != row->may_see || v.has_asked != row->has_asked ||
	    v.may_decide != row->may_decide)
		fail_msg("%s", row->name);
	json_decref(approval);
}

static void
people_see_what_they_asked_for_or_may_decide(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check("{\"requester\": {\"user\": \"bob\"}, \"needs\": [{\"group\": \"sre\", "
		      "\"count\": 1}, {\"group\": \"finance\", \"count\": 2}]}", &rows[i]);
}

static void
nobody_has_asked_for_what_nobody_asked_by_name(void **state)
{
	static const struct row eve = {"nobody", "eve", NULL, 0, false, false, false};
	static const struct row alice = {"alice", "alice", sre, 1, true, false, true};

	(void)state;
	check("{\"requester\": {\"user\": null}, \"needs\": [{\"group\": \"sre\"}]}", &eve);
	check("{\"requester\": {\"user\": null}, \"needs\": [{\"group\": \"sre\"}]}", &alice);
	check("{}", &eve);
	check("{\"requester\": 1, \"needs\": {\"group\": \"sre\"}}", &eve);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(people_see_what_they_asked_for_or_may_decide),
		cmocka_unit_test(nobody_has_asked_for_what_nobody_asked_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
