/* The store against a real redis-server: asking, deciding, claiming, once. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/unit/approvals/store_house.h"

static struct house house;
static struct store *store;

static int
begin(void **state UNUSED)
{
	house_begin(&house, false);
	store = house_store(&house, "", "b1");
	return 0;
}

static int
end(void **state UNUSED)
{
	store_free(&store);
	house_end(&house);
	return 0;
}

static void
a_call_is_opened_decided_and_claimed_once(void **state UNUSED)
{
	struct call c;
	struct asked_copy asked;
	char claim[CLAIM_ID_LEN + 1];
	char id[APPROVAL_ID_LEN + 1];

	call_make(&c, "alice", "/users/7?force=1", "{\"a\":1}");
	asked = house_ask(&house, store, &c);
	assert_int_equal(asked.result, ASK_PENDING);
	assert_true(asked.is_opened);
	memcpy(id, asked.view.id, sizeof(id));
	asked = house_ask(&house, store, &c);
	assert_int_equal(asked.result, ASK_PENDING);
	assert_true(asked.is_joined);
	assert_string_equal(asked.view.id, id);
	assert_int_equal(house_decide(&house, store, id, "bob", "sre", true), DECIDE_DONE);
	assert_int_equal(house_decide(&house, store, id, "bob", "sre", true), DECIDE_REPEATED);
	c.ask.waits_for = id;
	asked = house_ask(&house, store, &c);
	assert_int_equal(asked.result, ASK_GRANTED);
	assert_int_equal(house_claim(&house, store, &c, id, claim), CLAIM_TAKEN);
	assert_int_equal(strlen(claim), CLAIM_ID_LEN);
	assert_int_equal(house_claim(&house, store, &c, id, claim), CLAIM_REFUSED);
	asked = house_ask(&house, store, &c);
	assert_int_equal(asked.result, ASK_SPENT);
	assert_int_equal(house_state(&house, store, id), APPROVAL_SPENT);
	assert_int_equal(house_count(&house, "approval.opened"), 1);
	assert_int_equal(house_count(&house, "approval.joined"), 1);
	assert_int_equal(house_count(&house, "decision.approved"), 1);
	assert_int_equal(house_count(&house, "store.forged"), 0);
	call_clear(&c);
}

static void
a_denial_holds_for_retries_with_its_reason(void **state UNUSED)
{
	struct call c;
	struct asked_copy asked;

	call_make(&c, "alice", "/users/7", "");
	asked = house_ask(&house, store, &c);
	assert_int_equal(house_decide(&house, store, asked.view.id, "bob", "sre", false),
	                 DECIDE_DONE);
	asked = house_ask(&house, store, &c);
	assert_int_equal(asked.result, ASK_DENIED);
	assert_string_equal(asked.reason, "because");
	assert_int_equal(house_decide(&house, store, asked.view.id, "carol", "sre", true),
	                 DECIDE_SETTLED);
	assert_int_equal(house_decide(&house, store, asked.view.id, "bob", "sre", true),
	                 DECIDE_CHANGED);
	assert_int_equal(house_count(&house, "decision.denied"), 1);
	assert_int_equal(house_count(&house, "decision.refused"), 2);
	call_clear(&c);
}

static void
who_asked_or_is_not_asked_cannot_decide(void **state UNUSED)
{
	struct call c;
	struct asked_copy asked;
	const char *id;

	call_make(&c, "alice", "/users/7", "");
	asked = house_ask(&house, store, &c);
	id = asked.view.id;
	assert_int_equal(house_decide(&house, store, id, "alice", "sre", true), DECIDE_SELF);
	assert_int_equal(house_decide(&house, store, id, "ALICE", "sre", true), DECIDE_SELF);
	assert_int_equal(house_decide(&house, store, id, "bob", "dev", true), DECIDE_INELIGIBLE);
	assert_int_equal(house_decide(&house, store, "01ARZ3NDEKTSV4RRFFQ69G5FAV", "bob", "sre",
	                              true),
	                 DECIDE_UNKNOWN);
	assert_int_equal(house_decide(&house, store, "x", "bob", "sre", true), DECIDE_UNKNOWN);
	assert_int_equal(house_state(&house, store, id), APPROVAL_PENDING);
	assert_int_equal(house_count(&house, "decision.refused"), 3);
	call_clear(&c);
}

static void
two_people_are_two_people(void **state UNUSED)
{
	struct call c;
	struct asked_copy asked;
	char claim[CLAIM_ID_LEN + 1], id[APPROVAL_ID_LEN + 1];

	call_make(&c, "alice", "/users/7", "");
	c.requirement.needs[0].count = 2;
	asked = house_ask(&house, store, &c);
	memcpy(id, asked.view.id, sizeof(id));
	assert_int_equal(house_decide(&house, store, id, "bob", "sre", true), DECIDE_DONE);
	assert_int_equal(house_decide(&house, store, id, "bob", "sre", true), DECIDE_REPEATED);
	assert_int_equal(house_state(&house, store, id), APPROVAL_PENDING);
	asked = house_ask(&house, store, &c);
	assert_int_equal(asked.result, ASK_PENDING);
	assert_int_equal(asked.view.have, 1);
	assert_int_equal(asked.view.need, 2);
	assert_int_equal(house_claim(&house, store, &c, id, claim), CLAIM_REFUSED);
	assert_int_equal(house_decide(&house, store, id, "carol", "sre", true), DECIDE_DONE);
	asked = house_ask(&house, store, &c);
	assert_int_equal(asked.result, ASK_GRANTED);
	assert_int_equal(house_claim(&house, store, &c, id, claim), CLAIM_TAKEN);
	call_clear(&c);
}

static void
a_ticket_selects_and_does_not_authorise(void **state UNUSED)
{
	struct call c, other, foreign;
	struct asked_copy asked;
	char ticket[APPROVAL_ID_LEN + 1];

	call_make(&c, "alice", "/users/7", "");
	call_make(&other, "alice", "/users/8", "");
	call_make(&foreign, "mallory", "/users/7", "");
	asked = house_ask(&house, store, &c);
	memcpy(ticket, asked.view.id, sizeof(ticket));
	c.ask.ticket = other.ask.ticket = foreign.ask.ticket = span_cstr(ticket);
	assert_int_equal(house_ask(&house, store, &c).result, ASK_PENDING);
	assert_int_equal(house_ask(&house, store, &other).result, ASK_MISMATCH);
	assert_int_equal(house_ask(&house, store, &foreign).result, ASK_UNKNOWN);
	c.ask.ticket = SPAN("01ARZ3NDEKTSV4RRFFQ69G5FAV");
	assert_int_equal(house_ask(&house, store, &c).result, ASK_UNKNOWN);
	c.ask.ticket = SPAN("../../etc");
	assert_int_equal(house_ask(&house, store, &c).result, ASK_UNKNOWN);
	call_clear(&c);
	call_clear(&other);
	call_clear(&foreign);
}

static void
unnamed_callers_never_join_without_their_secret(void **state UNUSED)
{
	struct call c;
	struct asked_copy first, second;
	char ticket[80];

	call_make(&c, NULL, "/users/7", "");
	first = house_ask(&house, store, &c);
	second = house_ask(&house, store, &c);
	assert_true(first.is_opened);
	assert_true(second.is_opened);
	assert_string_not_equal(first.view.id, second.view.id);
	assert_int_equal(strlen(first.secret), APPROVAL_ID_LEN);
	snprintf(ticket, sizeof(ticket), "%s.%s", first.view.id, first.secret);
	c.ask.ticket = span_cstr(ticket);
	assert_int_equal(house_ask(&house, store, &c).result, ASK_PENDING);
	snprintf(ticket, sizeof(ticket), "%s.%s", first.view.id, second.secret);
	c.ask.ticket = span_cstr(ticket);
	assert_int_equal(house_ask(&house, store, &c).result, ASK_UNKNOWN);
	c.ask.ticket = span_cstr(first.view.id);
	assert_int_equal(house_ask(&house, store, &c).result, ASK_UNKNOWN);
	call_clear(&c);
}

static void
open_approvals_are_limited(void **state UNUSED)
{
	struct call c;
	char path[32];

	house.limits.pending_per_requester = 2;
	house.limits.pending = 3;
	store_free(&store);
	store = house_store(&house, "", "b1");
	for (int i = 0; i < 5; i++) {
		snprintf(path, sizeof(path), "/users/%d", i);
		call_make(&c, i < 3 ? "alice" : "bob", path, "");
		assert_int_equal(house_ask(&house, store, &c).result,
		                 i == 2   ? ASK_TOO_MANY_OF_REQUESTER
		                 : i == 4 ? ASK_TOO_MANY
		                          : ASK_PENDING);
		call_clear(&c);
	}
	house.limits.pending = 100;
	house.limits.stored_bytes = 1000;
	store_free(&store);
	store = house_store(&house, "", "b1");
	call_make(&c, "carol", "/users/9", "");
	assert_int_equal(house_ask(&house, store, &c).result, ASK_STORE_FULL);
	call_clear(&c);
}

static void
on_wake(void *owner)
{
	unsigned *wakes = owner;

	++*wakes;
	loop_stop(house.loop);
}

static void
the_last_who_hangs_up_cancels(void **state UNUSED)
{
	struct call c;
	char id[APPROVAL_ID_LEN + 1];
	unsigned wakes = 0;
	struct store_watch *watch;

	call_make(&c, "alice", "/users/7", "");
	memcpy(id, house_ask(&house, store, &c).view.id, sizeof(id));
	c.ask.waiter = SPAN("w2");
	house_ask(&house, store, &c);
	watch = store_watch(store, id, on_wake, &wakes);
	store_leave(store, id, SPAN("w1"), true);
	assert_int_equal(house_state(&house, store, id), APPROVAL_PENDING);
	store_leave(store, id, SPAN("w2"), true);
	while (house_state(&house, store, id) == APPROVAL_PENDING)
		house_tick(&house);
	assert_int_equal(house_state(&house, store, id), APPROVAL_CANCELLED);
	store_unwatch(&watch);
	assert_int_equal(house_count(&house, "approval.cancelled"), 1);
	/* What is asked again afterwards is a new question. */
	assert_true(house_ask(&house, store, &c).is_opened);
	call_clear(&c);
}

static void
a_decision_wakes_who_waits(void **state UNUSED)
{
	struct call c;
	char id[APPROVAL_ID_LEN + 1];
	unsigned wakes = 0;
	struct store *admin = house_store(&house, "admin", "b2");
	struct store_watch *watch;

	call_make(&c, "alice", "/users/7", "");
	memcpy(id, house_ask(&house, store, &c).view.id, sizeof(id));
	watch = store_watch(store, id, on_wake, &wakes);
	assert_int_equal(house_decide(&house, admin, id, "bob", "sre", true), DECIDE_DONE);
	c.ask.waits_for = id;
	while (house_ask(&house, store, &c).result != ASK_GRANTED)
		house_tick(&house);
	while (wakes == 0)
		house_tick(&house);
	store_unwatch(&watch);
	store_free(&admin);
	call_clear(&c);
}

static void
what_nobody_decides_expires(void **state UNUSED)
{
	struct call c;
	char id[APPROVAL_ID_LEN + 1];
	unsigned wakes = 0;
	struct store_watch *watch;

	call_make(&c, "alice", "/users/7", "");
	c.requirement.expires_us = 50 * MS_US;
	memcpy(id, house_ask(&house, store, &c).view.id, sizeof(id));
	watch = store_watch(store, id, on_wake, &wakes);
	while (house_state(&house, store, id) == APPROVAL_PENDING || wakes == 0)
		house_tick(&house);
	assert_int_equal(house_state(&house, store, id), APPROVAL_EXPIRED);
	assert_int_equal(house_count(&house, "approval.expired"), 1);
	c.ask.waits_for = id;
	assert_int_equal(house_ask(&house, store, &c).result, ASK_EXPIRED);
	assert_int_equal(house_decide(&house, store, id, "bob", "sre", true), DECIDE_SETTLED);
	store_unwatch(&watch);
	call_clear(&c);
}

static void
on_cancelled(void *owner, enum read_result result, const struct approval_view *view UNUSED)
{
	*(enum read_result *)owner = result;
	loop_stop(house.loop);
}

static void
only_the_requester_withdraws(void **state UNUSED)
{
	struct call c;
	char id[APPROVAL_ID_LEN + 1];
	struct person other = {.user = SPAN("mallory"), .source = IDENTITY_TOKEN};
	enum read_result result = READ_FOUND;

	call_make(&c, "alice", "/users/7", "");
	memcpy(id, house_ask(&house, store, &c).view.id, sizeof(id));
	store_cancel(store, id, &other, on_cancelled, &result);
	house_run(&house);
	assert_int_equal(result, READ_UNKNOWN);
	store_cancel(store, id, &c.person, on_cancelled, &result);
	house_run(&house);
	assert_int_equal(result, READ_FOUND);
	assert_int_equal(house_state(&house, store, id), APPROVAL_CANCELLED);
	store_cancel(store, id, &c.person, on_cancelled, &result);
	house_run(&house);
	assert_int_equal(result, READ_UNKNOWN);
	call_clear(&c);
}

struct page {
	size_t count;
	char next[APPROVAL_ID_LEN + 1];
};

static void
on_page(void *owner, enum read_result result, json_t *approvals, struct span next)
{
	struct page *p = owner;

	assert_int_equal(result, READ_FOUND);
	p->count = json_array_size(approvals);
	snprintf(p->next, sizeof(p->next), "%.*s", SPAN_ARG(next));
	loop_stop(house.loop);
}

static void
lists_come_in_pages(void **state UNUSED)
{
	struct call c;
	struct page page = {0};
	char path[32];
	size_t seen = 0;

	for (int i = 0; i < 5; i++) {
		snprintf(path, sizeof(path), "/users/%d", i);
		call_make(&c, "alice", path, "");
		house_ask(&house, store, &c);
		call_clear(&c);
	}
	do {
		store_list(store, APPROVAL_PENDING, span_cstr(page.next), 2, on_page, &page);
		house_run(&house);
		seen += page.count;
	} while (page.next[0]);
	assert_int_equal(seen, 5);
	store_list(store, APPROVAL_SPENT, SPAN(""), 2, on_page, &page);
	house_run(&house);
	assert_int_equal(page.count, 0);
}

static void
scripts_are_sent_again_to_a_server_that_forgot_them(void **state UNUSED)
{
	struct call c;

	call_make(&c, "alice", "/users/7", "");
	assert_true(house_ask(&house, store, &c).is_opened);
	redis_server_do(&house.redis, "SCRIPT FLUSH");
	assert_true(house_ask(&house, store, &c).is_joined);
	call_clear(&c);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_call_is_opened_decided_and_claimed_once),
		CASE(a_denial_holds_for_retries_with_its_reason),
		CASE(who_asked_or_is_not_asked_cannot_decide),
		CASE(two_people_are_two_people),
		CASE(a_ticket_selects_and_does_not_authorise),
		CASE(unnamed_callers_never_join_without_their_secret),
		CASE(open_approvals_are_limited),
		CASE(the_last_who_hangs_up_cancels),
		CASE(a_decision_wakes_who_waits),
		CASE(what_nobody_decides_expires),
		CASE(only_the_requester_withdraws),
		CASE(lists_come_in_pages),
		CASE(scripts_are_sent_again_to_a_server_that_forgot_them),
	};

	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
