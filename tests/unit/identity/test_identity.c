/* Who asks: each way alone, all together, and what a connection remembers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "identity/identity.h"

static struct span sre[] = {SPAN("sre"), SPAN("oncall")};
static struct identity_token tokens[] = {
	{.user = SPAN("alice"), .groups = sre, .group_count = 2},
	{.user = SPAN("bob")},
};

static bool
trust_is(const void *trusted, const struct address *peer)
{
	(void)peer;
	return *(const bool *)trusted;
}

static bool yes = true, no = false;

static struct identity_settings settings = {
	.tokens = tokens,
	.token_count = 2,
	.user_header = SPAN("X-Forwarded-User"),
	.groups_header = SPAN("X-Forwarded-Groups"),
	.is_trusted = trust_is,
	.trusted = &yes,
};

static struct identity *
make(const struct identity_settings *from)
{
	struct buf why = BUF_INIT(1000);
	struct identity *id;

	tokens[0].sha256 = digest_of(SPAN("alice-token"));
	tokens[1].sha256 = digest_of(SPAN("bob-token"));
	id = identity_new(from, &why);
	assert_non_null(id);
	buf_clear(&why);
	return id;
}

static void
read_head(struct head *h, struct buf *bytes, const char *fields)
{
	static const struct head_limits limits = {65536, 8192, 100, false};
	enum fault fault = FAULT_NONE;

	buf_reset(bytes);
	buf_addf(bytes, "GET / HTTP/1.1\r\nHost: x\r\n%s\r\n", fields);
	head_reset(h, HEAD_REQUEST);
	assert_int_equal(head_read(h, buf_span(bytes), &limits, &fault), PROGRESS_DONE);
}

static const struct row {
	const char *name, *fields;
	enum identified_as as;
	const char *user;
	enum identity_source source;
	bool is_untrusted;
} rows[] = {
	{"nothing is shown", "", IDENTIFIED_ANONYMOUS, "", IDENTITY_NONE, false},
	{"a token names", "Countersign-Token: alice-token\r\n", IDENTIFIED_NAMED, "alice",
	 IDENTITY_TOKEN, false},
	{"a bearer token names", "Authorization: bearer bob-token\r\n", IDENTIFIED_NAMED, "bob",
	 IDENTITY_BEARER, false},
	{"a header names", "X-Forwarded-User: carol\r\nX-Forwarded-Groups: dev, sre\r\n",
	 IDENTIFIED_NAMED, "carol", IDENTITY_HEADER, false},
	{"a wrong token is never anonymous", "Countersign-Token: nope\r\n", IDENTIFIED_WRONG, "",
	 IDENTITY_NONE, false},
	{"an empty bearer token is wrong", "Authorization: Bearer\r\n", IDENTIFIED_WRONG, "",
	 IDENTITY_NONE, false},
	{"a wrong bearer token is never anonymous", "Authorization: Bearer nope\r\n",
	 IDENTIFIED_WRONG, "", IDENTITY_NONE, false},
	{"a bearer token beside our own is the upstream's",
	 "Countersign-Token: alice-token\r\nAuthorization: Bearer upstream\r\n", IDENTIFIED_NAMED,
	 "alice", IDENTITY_TOKEN, false},
	{"a wrong token is wrong beside a good bearer token",
	 "Countersign-Token: nope\r\nAuthorization: Bearer bob-token\r\n", IDENTIFIED_WRONG, "",
	 IDENTITY_NONE, false},
	{"another scheme is not looked at", "Authorization: Basic YTpi\r\n", IDENTIFIED_ANONYMOUS,
	 "", IDENTITY_NONE, false},
	{"two persons are a conflict",
	 "Countersign-Token: alice-token\r\nAuthorization: Bearer bob-token\r\n",
	 IDENTIFIED_CONFLICT, "", IDENTITY_NONE, false},
	{"two ways may name one person",
	 "Countersign-Token: alice-token\r\nX-Forwarded-User: alice\r\n", IDENTIFIED_NAMED, "alice",
	 IDENTITY_TOKEN, false},
	{"a header against a token is a conflict",
	 "Countersign-Token: alice-token\r\nX-Forwarded-User: bob\r\n", IDENTIFIED_CONFLICT, "",
	 IDENTITY_NONE, false},
	{"two lines of the user header are a conflict",
	 "X-Forwarded-User: alice\r\nx-forwarded-user: alice\r\n", IDENTIFIED_CONFLICT, "",
	 IDENTITY_NONE, false},
	{"two lines of the groups header are a conflict",
	 "X-Forwarded-User: alice\r\nX-Forwarded-Groups: a\r\nX-Forwarded-Groups: sre\r\n",
	 IDENTIFIED_CONFLICT, "", IDENTITY_NONE, false},
	{"joined lines are no name", "X-Forwarded-User: alice, bob\r\n", IDENTIFIED_WRONG, "",
	 IDENTITY_NONE, false},
	{"nobody is called anonymous", "X-Forwarded-User: Anonymous\r\n", IDENTIFIED_WRONG, "",
	 IDENTITY_NONE, false},
	{"groups without a user are wrong", "X-Forwarded-Groups: sre\r\n", IDENTIFIED_WRONG, "",
	 IDENTITY_NONE, false},
	{"an untrusted header is not looked at", "X-Forwarded-User: alice\r\n",
	 IDENTIFIED_ANONYMOUS, "", IDENTITY_NONE, true},
};

static void
check_row(const struct identity *id, const struct row *row)
{
	struct buf bytes = BUF_INIT(4096);
	struct arena arena = {0};
	static struct head head;
	uintptr_t memo = 0;
	struct identified who;

	settings.trusted = row->is_untrusted ? &no : &yes;
	read_head(&head, &bytes, row->fields);
	who = identity_identify(id, &(struct identity_question){.head = &head,
	                                                        .identify = &identify_default,
	                                                        .memo = &memo,
	                                                        .arena = &arena});
	if (who.as != row->as || who.person.source != row->source ||
	    !span_eq(who.person.user, span_cstr(row->user)))
		fail_msg("%s: as %d, source %d, user %.*s", row->name, (int)who.as,
		         (int)who.person.source, SPAN_ARG(who.person.user));
	arena_clear(&arena);
	buf_clear(&bytes);
}

static void
every_way_and_all_together(void **state)
{
	struct identity *id = make(&settings);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_row(id, &rows[i]);
	settings.trusted = &yes;
	identity_free(id);
}

static void
a_way_that_is_not_listed_is_not_looked_at(void **state)
{
	static const struct identify bearer_only = {{IDENTITY_WAY_BEARER}, 1};
	struct identity *id = make(&settings);
	struct buf bytes = BUF_INIT(4096);
	struct arena arena = {0};
	static struct head head;
	struct identified who;

	(void)state;
	read_head(&head, &bytes, "Countersign-Token: nope\r\nX-Forwarded-User: carol\r\n");
	who = identity_identify(id, &(struct identity_question){
					    .head = &head, .identify = &bearer_only, .arena = &arena});
	assert_int_equal(who.as, IDENTIFIED_ANONYMOUS);
	arena_clear(&arena);
	buf_clear(&bytes);
	identity_free(id);
}

static void
without_tokens_of_ours_a_bearer_token_is_the_upstreams(void **state)
{
	static const struct identity_settings none;
	struct identity *id = make(&none);
	struct buf bytes = BUF_INIT(4096);
	struct arena arena = {0};
	static struct head head;
	struct identified who;

	(void)state;
	read_head(&head, &bytes, "Authorization: Bearer upstream\r\n");
	who = identity_identify(id, &(struct identity_question){
					    .head = &head, .identify = &identify_default, .arena = &arena});
	assert_int_equal(who.as, IDENTIFIED_ANONYMOUS);
	assert_false(identity_is_credential(id, &who, &head, &head.fields[1]));
	arena_clear(&arena);
	buf_clear(&bytes);
	identity_free(id);
}

static void
groups_of_a_header_are_a_list(void **state)
{
	struct identity *id = make(&settings);
	struct buf bytes = BUF_INIT(4096);
	struct arena arena = {0};
	static struct head head;
	struct identified who;

	(void)state;
	read_head(&head, &bytes, "X-Forwarded-User: carol\r\nX-Forwarded-Groups: dev,, sre \r\n");
	who = identity_identify(id, &(struct identity_question){
					    .head = &head, .identify = &identify_default, .arena = &arena});
	assert_int_equal(who.as, IDENTIFIED_NAMED);
	assert_int_equal(who.person.group_count, 2);
	assert_true(person_in_group(&who.person, SPAN("sre")));
	assert_false(person_in_group(&who.person, SPAN("SRE")));
	arena_clear(&arena);
	buf_clear(&bytes);
	identity_free(id);
}

static void
a_connection_remembers_its_token(void **state)
{
	struct identity *id = make(&settings);
	struct person person;
	uintptr_t memo = 0, first;

	(void)state;
	assert_true(identity_find_token(id, SPAN("alice-token"), &memo, &person));
	first = memo;
	assert_true(first != 0);
	assert_true(identity_find_token(id, SPAN("alice-token"), &memo, &person));
	assert_int_equal(memo, first);
	assert_true(span_eq(person.user, SPAN("alice")));
	identity_free(id);
}

/* What is remembered must never name somebody for other bytes. */
static void
a_memo_vouches_for_no_other_token(void **state)
{
	static const char *const others[] = {"", "a", "alice-toke", "alice-tokeX", "alice-token ",
	                                     "bob-toke"};
	struct identity *id = make(&settings);
	struct person person;
	uintptr_t memo = 0;

	(void)state;
	assert_true(identity_find_token(id, SPAN("alice-token"), &memo, &person));
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		assert_false(identity_find_token(id, span_cstr(others[i]), &memo, &person));
	assert_true(identity_find_token(id, SPAN("bob-token"), &memo, &person));
	assert_true(span_eq(person.user, SPAN("bob")));
	identity_free(id);
}

static void
a_memo_of_another_configuration_is_noticed(void **state)
{
	struct identity *before = make(&settings), *after;
	struct identity_settings fewer = settings;
	struct person person;
	uintptr_t memo = 0;

	(void)state;
	assert_true(identity_find_token(before, SPAN("bob-token"), &memo, &person));
	identity_free(before);
	fewer.token_count = 1;
	after = make(&fewer);
	assert_false(identity_find_token(after, SPAN("bob-token"), &memo, &person));
	for (uintptr_t word = 0; word < 100; word++) {
		memo = word << 32 | word % 12;
		assert_false(identity_find_token(after, SPAN("bob-token"), &memo, &person));
	}
	identity_free(after);
}

static void
a_token_for_two_people_is_refused(void **state)
{
	struct identity_token twice[2] = {{.user = SPAN("alice")}, {.user = SPAN("bob")}};
	struct identity_settings bad = {.tokens = twice, .token_count = 2};
	struct buf why = BUF_INIT(1000);

	(void)state;
	assert_null(identity_new(&bad, &why));
	assert_string_equal(buf_cstr(&why), "the same token is given to alice and to bob");
	buf_clear(&why);
}

static void
many_tokens_are_all_found(void **state)
{
	enum { COUNT = 500 };
	static struct identity_token many[COUNT];
	static char texts[COUNT][16];
	struct identity_settings big = {.tokens = many, .token_count = COUNT};
	struct identity *id;
	struct person person;

	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		snprintf(texts[i], sizeof(texts[i]), "user%zu", i);
		many[i] = (struct identity_token){.user = span_cstr(texts[i]),
		                                  .sha256 = digest_of(span_cstr(texts[i]))};
	}
	id = make(&big);
	for (size_t i = 0; i < COUNT; i++) {
		assert_true(identity_find_token(id, span_cstr(texts[i]), NULL, &person));
		assert_true(span_eq(person.user, span_cstr(texts[i])));
		assert_true(identity_find_digest(id, &many[i].sha256, &person));
	}
	assert_false(identity_find_token(id, SPAN("user500"), NULL, &person));
	identity_free(id);
}

static void
what_names_the_caller_is_a_credential(void **state)
{
	struct identity *id = make(&settings);
	struct buf bytes = BUF_INIT(4096);
	static struct head head;
	struct identified ours = {.bearer_is_ours = true}, theirs = {0};

	(void)state;
	read_head(&head, &bytes, "Countersign-Token: x\r\nx-forwarded-USER: y\r\n"
	                         "X-Forwarded-Groups: z\r\nAuthorization: Bearer a\r\nX-Other: b\r\n");
	for (size_t i = 1; i <= 3; i++)
		assert_true(identity_is_credential(id, &theirs, &head, &head.fields[i]));
	assert_true(identity_is_credential(id, &ours, &head, &head.fields[4]));
	assert_false(identity_is_credential(id, &theirs, &head, &head.fields[4]));
	assert_false(identity_is_credential(id, &ours, &head, &head.fields[5]));
	assert_false(identity_is_credential(id, &ours, &head, &head.fields[0]));
	buf_clear(&bytes);
	identity_free(id);
}

static void
a_person_is_copied_whole(void **state)
{
	struct arena arena = {0};
	struct person person = {SPAN("alice"), sre, 2, IDENTITY_TOKEN}, copy;

	(void)state;
	copy = person_copy(&person, &arena);
	assert_true(span_eq(copy.user, person.user));
	assert_ptr_not_equal(copy.user.ptr, person.user.ptr);
	assert_true(person_in_group(&copy, SPAN("oncall")));
	assert_string_equal(identity_source_name(copy.source), "token");
	arena_clear(&arena);
}

static void
ways_are_read_by_their_words(void **state)
{
	enum identity_way way;

	(void)state;
	for (size_t i = 0; i < identify_default.count; i++) {
		assert_true(identity_way_read(
			span_cstr(identity_way_name(identify_default.ways[i])), &way));
		assert_int_equal(way, identify_default.ways[i]);
	}
	assert_false(identity_way_read(SPAN("Token"), &way));
	assert_false(identity_way_read(SPAN(""), &way));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_way_and_all_together),
		cmocka_unit_test(a_way_that_is_not_listed_is_not_looked_at),
		cmocka_unit_test(without_tokens_of_ours_a_bearer_token_is_the_upstreams),
		cmocka_unit_test(groups_of_a_header_are_a_list),
		cmocka_unit_test(a_connection_remembers_its_token),
		cmocka_unit_test(a_memo_vouches_for_no_other_token),
		cmocka_unit_test(a_memo_of_another_configuration_is_noticed),
		cmocka_unit_test(a_token_for_two_people_is_refused),
		cmocka_unit_test(many_tokens_are_all_found),
		cmocka_unit_test(what_names_the_caller_is_a_credential),
		cmocka_unit_test(a_person_is_copied_whole),
		cmocka_unit_test(ways_are_read_by_their_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
