/* Somebody may write anything into Redis: what he cannot do with it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "approvals/signed_decision.h"
#include "tests/unit/approvals/store_house.h"

static struct house house;
static struct store *store;
static struct call call;
static char id[APPROVAL_ID_LEN + 1];

static int
begin(void **state UNUSED)
{
	struct asked_copy asked;

	house_begin(&house, false);
	store = house_store(&house, "", "b1");
	call_make(&call, "alice", "/users/7", "{\"a\":1}");
	asked = house_ask(&house, store, &call);
	memcpy(id, asked.view.id, sizeof(id));
	return 0;
}

static int
end(void **state UNUSED)
{
	call_clear(&call);
	store_free(&store);
	house_end(&house);
	return 0;
}

static void
set(const char *field, const char *value)
{
	redis_server_do(&house.redis, "HSET {test}:a:%s %s %s", id, field, value);
}

/* The record is none: whoever asks gets a new question, and the trail says why. */
static void
expect_absent(void)
{
	struct asked_copy asked = house_ask(&house, store, &call);

	assert_int_equal(asked.result, ASK_PENDING);
	assert_true(asked.is_opened);
	assert_string_not_equal(asked.view.id, id);
	assert_int_equal(house_count(&house, "store.forged"), 1);
}

static void
a_state_without_decisions_is_none(void **state UNUSED)
{
	char claim[CLAIM_ID_LEN + 1];

	set("state", "approved");
	set("valid", "9000000000000000");
	expect_absent();
	assert_int_equal(house_claim(&house, store, &call, id, claim), CLAIM_REFUSED);
	assert_int_equal(house_state(&house, store, id), APPROVAL_STATE_COUNT);
	assert_int_equal(house_count(&house, "store.forged"), 1);
}

static void
what_is_no_record_is_told_to_who_asks_anew(void **state UNUSED)
{
	struct asked_copy asked;

	redis_server_do(&house.redis, "DEL {test}:a:%s", id);
	redis_server_do(&house.redis, "SET {test}:a:%s x", id);
	asked = house_ask(&house, store, &call);
	assert_true(asked.is_opened);
	assert_string_not_equal(asked.view.id, id);
	assert_int_equal(house_count(&house, "store.forged"), 1);
}

static void
an_edited_request_is_none(void **state UNUSED)
{
	char edited[16384];
	const char *sealed = redis_server_do(&house.redis, "HGET {test}:a:%s request", id);
	const char *const words[] = {"HSET", NULL, "request", edited, NULL};
	const char *at = strstr(sealed, "/users/7");
	const char *copy[5];
	char key[64];

	assert_non_null(at);
	snprintf(edited, sizeof(edited), "%s", sealed);
	edited[at - sealed + 7] = '8';
	snprintf(key, sizeof(key), "{test}:a:%s", id);
	memcpy(copy, words, sizeof(words));
	copy[1] = key;
	redis_server_say(&house.redis, copy);
	expect_absent();
	assert_int_equal(house_decide(&house, store, id, "bob", "sre", true), DECIDE_UNKNOWN);
}

static void
more_uses_than_were_signed_are_none(void **state UNUSED)
{
	set("uses", "5");
	expect_absent();
}

/* The whole of what stands there, signed by whoever we say. */
static void
put_decision(enum key_role role, const char *user, const char *group)
{
	struct span groups[] = {span_cstr(group)};
	struct person by = {span_cstr(user), groups, 1, IDENTITY_TOKEN};
	struct wall now = clock_wall(), later = {now.us + 60 * SECOND_US};
	struct buf sealed = BUF_INIT(1 << 20);
	struct signed_request request;
	char stored[16384], key[64];
	const char *words[] = {"HSET", key, "vote:1", NULL, "votes", "1", NULL};

	snprintf(stored, sizeof(stored), "%s",
	         redis_server_do(&house.redis, "HGET {test}:a:%s request", id));
	assert_true(signed_request_open(&request, span_cstr(stored), house.keys));
	decision_seal(&(struct decision_draft){.request = &request,
	                                       .approves = true,
	                                       .by = &by,
	                                       .decided_at = now,
	                                       .expires_at = later},
	              keyring_own(house.keys, role), &sealed);
	snprintf(key, sizeof(key), "{test}:a:%s", id);
	words[3] = buf_cstr(&sealed);
	redis_server_say(&house.redis, words);
	set("state", "approved");
	set("valid", "9000000000000000");
	signed_request_clear(&request);
	buf_clear(&sealed);
}

static void
a_proxys_key_cannot_decide(void **state UNUSED)
{
	put_decision(KEY_PROXY, "bob", "sre");
	expect_absent();
}

static void
a_signed_decision_of_somebody_not_asked_counts_for_nothing(void **state UNUSED)
{
	put_decision(KEY_ADMIN, "bob", "dev");
	expect_absent();
}

static void
the_requesters_own_signed_decision_counts_for_nothing(void **state UNUSED)
{
	put_decision(KEY_ADMIN, "alice", "sre");
	expect_absent();
}

static void
a_decision_for_another_approval_is_none(void **state UNUSED)
{
	struct call other;
	char vote[16384], key[64];
	const char *words[] = {"HSET", key, "vote:1", vote, "votes", "1", "state", "approved",
	                       "valid", "9000000000000000", NULL};
	struct asked_copy asked;

	call_make(&other, "alice", "/users/8", "");
	asked = house_ask(&house, store, &other);
	house_decide(&house, store, asked.view.id, "bob", "sre", true);
	snprintf(vote, sizeof(vote), "%s",
	         redis_server_do(&house.redis, "HGET {test}:a:%s vote:1", asked.view.id));
	snprintf(key, sizeof(key), "{test}:a:%s", id);
	redis_server_say(&house.redis, words);
	expect_absent();
	call_clear(&other);
}

static void
what_was_used_and_put_back_is_refused(void **state UNUSED)
{
	char claim[CLAIM_ID_LEN + 1], binding[DIGEST_HEX + 1];

	digest_hex(&call.ask.binding, binding);
	house_decide(&house, store, id, "bob", "sre", true);
	assert_int_equal(house_ask(&house, store, &call).result, ASK_GRANTED);
	redis_server_do(&house.redis, "COPY {test}:a:%s {test}:saved", id);
	assert_int_equal(house_claim(&house, store, &call, id, claim), CLAIM_TAKEN);
	redis_server_do(&house.redis, "COPY {test}:saved {test}:a:%s REPLACE", id);
	redis_server_do(&house.redis, "DEL {test}:c:%s", id);
	redis_server_do(&house.redis, "SET {test}:b:%s %s", binding, id);
	expect_absent();
}

static void
a_use_put_back_between_asking_and_claiming_is_refused(void **state UNUSED)
{
	char claim[CLAIM_ID_LEN + 1];
	struct store *second = house_store(&house, "", "b2");

	house_decide(&house, store, id, "bob", "sre", true);
	assert_int_equal(house_ask(&house, store, &call).result, ASK_GRANTED);
	assert_int_equal(house_ask(&house, second, &call).result, ASK_GRANTED);
	redis_server_do(&house.redis, "COPY {test}:a:%s {test}:saved", id);
	assert_int_equal(house_claim(&house, store, &call, id, claim), CLAIM_TAKEN);
	redis_server_do(&house.redis, "COPY {test}:saved {test}:a:%s REPLACE", id);
	redis_server_do(&house.redis, "DEL {test}:c:%s", id);
	assert_int_equal(house_claim(&house, second, &call, id, claim), CLAIM_REFUSED);
	assert_int_equal(house_count(&house, "store.forged"), 1);
	store_free(&second);
}

static void
a_no_that_is_hidden_stays_a_no(void **state UNUSED)
{
	struct asked_copy asked;

	house_decide(&house, store, id, "bob", "sre", false);
	redis_server_do(&house.redis, "HDEL {test}:a:%s vote:1", id);
	redis_server_do(&house.redis, "HSET {test}:a:%s votes 0 state pending", id);
	expect_absent();
	redis_server_do(&house.redis, "DEL {test}:a:%s", id);
	call.ask.waits_for = id;
	asked = house_ask(&house, store, &call);
	assert_int_equal(asked.result, ASK_DENIED);
}

static void
things_of_the_wrong_kind_do_no_harm(void **state UNUSED)
{
	char binding[DIGEST_HEX + 1];

	digest_hex(&call.ask.binding, binding);
	redis_server_do(&house.redis, "DEL {test}:a:%s {test}:b:%s", id, binding);
	redis_server_do(&house.redis, "SET {test}:a:%s x", id);
	redis_server_do(&house.redis, "LPUSH {test}:b:%s x", binding);
	call.ask.waits_for = id;
	/* An error of Redis, or a new question: never a grant, and never a crash. */
	assert_int_not_equal(house_ask(&house, store, &call).result, ASK_GRANTED);
	assert_int_equal(house_state(&house, store, id), APPROVAL_STATE_COUNT);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_state_without_decisions_is_none),
		CASE(an_edited_request_is_none),
		CASE(more_uses_than_were_signed_are_none),
		CASE(a_proxys_key_cannot_decide),
		CASE(a_signed_decision_of_somebody_not_asked_counts_for_nothing),
		CASE(the_requesters_own_signed_decision_counts_for_nothing),
		CASE(a_decision_for_another_approval_is_none),
		CASE(what_was_used_and_put_back_is_refused),
		CASE(a_use_put_back_between_asking_and_claiming_is_refused),
		CASE(a_no_that_is_hidden_stays_a_no),
		CASE(things_of_the_wrong_kind_do_no_harm),
		CASE(what_is_no_record_is_told_to_who_asks_anew),
	};

	return cmocka_run_group_tests_name("store_forgery", tests, NULL, NULL);
}
