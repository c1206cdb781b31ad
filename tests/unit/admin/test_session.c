/* Sessions, the tokens of their forms, and one-time links. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "admin/login_link.h"
#include "admin/session.h"

static const struct mono start = {1000 * SECOND_US};
static struct digest alice, bob;

static void
a_session_is_found_by_its_cookie_alone(void **state)
{
	struct sessions *s = sessions_new();
	char cookie[SESSION_COOKIE + 1], other[SESSION_COOKIE + 1];
	struct session *session;

	(void)state;
	session = sessions_open(s, &alice, start, cookie);
	sessions_open(s, &bob, start, other);
	assert_int_equal(strlen(cookie), SESSION_COOKIE);
	assert_string_not_equal(cookie, other);
	assert_ptr_equal(sessions_find(s, span_cstr(cookie), start), session);
	assert_true(digest_eq(session_token(session), &alice));
	cookie[5] = cookie[5] == '0' ? '1' : '0';
	assert_null(sessions_find(s, span_cstr(cookie), start));
	assert_null(sessions_find(s, SPAN(""), start));
	sessions_free(s);
}

static void
a_session_that_is_not_used_runs_out(void **state)
{
	struct sessions *s = sessions_new();
	char cookie[SESSION_COOKIE + 1];

	(void)state;
	sessions_open(s, &alice, start, cookie);
	assert_non_null(sessions_find(s, span_cstr(cookie), mono_after(start, SESSION_IDLE_US - 1)));
	assert_non_null(sessions_find(s, span_cstr(cookie),
	                              mono_after(start, 2 * SESSION_IDLE_US - 2)));
	assert_null(sessions_find(s, span_cstr(cookie), mono_after(start, 3 * SESSION_IDLE_US)));
	assert_int_equal(sessions_count(s), 0);
	sessions_free(s);
}

static void
a_session_runs_out_however_much_it_is_used(void **state)
{
	struct sessions *s = sessions_new();
	char cookie[SESSION_COOKIE + 1];
	int64_t step = SESSION_IDLE_US / 2;

	(void)state;
	sessions_open(s, &alice, start, cookie);
	for (int64_t after = step; after < SESSION_LIFE_US; after += step)
		assert_non_null(sessions_find(s, span_cstr(cookie), mono_after(start, after)));
	assert_null(sessions_find(s, span_cstr(cookie), mono_after(start, SESSION_LIFE_US)));
	sessions_free(s);
}

static void
a_closed_session_is_gone(void **state)
{
	struct sessions *s = sessions_new();
	char cookie[SESSION_COOKIE + 1];

	(void)state;
	sessions_close(s, sessions_open(s, &alice, start, cookie));
	assert_null(sessions_find(s, span_cstr(cookie), start));
	sessions_free(s);
}

static void
one_token_cannot_push_out_the_sessions_of_others(void **state)
{
	struct sessions *s = sessions_new();
	char first[SESSION_COOKIE + 1], cookie[SESSION_COOKIE + 1];

	(void)state;
	sessions_open(s, &bob, start, first);
	for (int i = 0; i < 3 * SESSIONS_MAX; i++)
		sessions_open(s, &alice, start, cookie);
	assert_int_equal(sessions_count(s), SESSIONS_PER_TOKEN + 1);
	assert_non_null(sessions_find(s, span_cstr(first), start));
	assert_non_null(sessions_find(s, span_cstr(cookie), start));
	sessions_free(s);
}

static void
sessions_are_bounded_in_number(void **state)
{
	struct sessions *s = sessions_new();
	char cookie[SESSION_COOKIE + 1];

	(void)state;
	for (int i = 0; i < SESSIONS_MAX + 10; i++) {
		struct digest token = digest_of(span_of(&i, sizeof(i)));

		sessions_open(s, &token, start, cookie);
	}
	assert_int_equal(sessions_count(s), SESSIONS_MAX);
	sessions_free(s);
}

static void
a_form_belongs_to_one_session_and_one_thing(void **state)
{
	struct sessions *s = sessions_new();
	char cookie[SESSION_COOKIE + 1], csrf[DIGEST_HEX + 1];
	struct session *mine = sessions_open(s, &alice, start, cookie);
	struct session *again = sessions_open(s, &alice, start, cookie);

	(void)state;
	session_csrf(mine, SPAN("A"), csrf);
	assert_true(session_csrf_is(mine, SPAN("A"), span_cstr(csrf)));
	assert_false(session_csrf_is(mine, SPAN("B"), span_cstr(csrf)));
	assert_false(session_csrf_is(again, SPAN("A"), span_cstr(csrf)));
	assert_false(session_csrf_is(mine, SPAN("A"), SPAN("")));
	assert_false(session_csrf_is(mine, SPAN("A"), span_of(csrf, DIGEST_HEX - 1)));
	sessions_free(s);
}

static void
a_link_works_once(void **state)
{
	struct login_links *l = login_links_new();
	char code[LOGIN_LINK_CODE + 1], approval[APPROVAL_ID_LEN + 1];
	struct digest token;

	(void)state;
	login_links_make(l, &alice, "01JXGABCDEFGHJKMNPQRSTVWXY", start, code);
	assert_false(login_links_take(l, SPAN(""), start, &token, approval));
	assert_false(login_links_take(l, span_of(code, LOGIN_LINK_CODE - 1), start, &token, approval));
	assert_true(login_links_take(l, span_cstr(code), start, &token, approval));
	assert_true(digest_eq(&token, &alice));
	assert_string_equal(approval, "01JXGABCDEFGHJKMNPQRSTVWXY");
	assert_false(login_links_take(l, span_cstr(code), start, &token, approval));
	login_links_free(l);
}

static void
a_link_runs_out(void **state)
{
	struct login_links *l = login_links_new();
	char code[LOGIN_LINK_CODE + 1], approval[APPROVAL_ID_LEN + 1];
	struct digest token;

	(void)state;
	login_links_make(l, &alice, "", start, code);
	assert_false(login_links_take(l, span_cstr(code), mono_after(start, LOGIN_LINK_LIFE_US),
	                              &token, approval));
	assert_false(login_links_take(l, span_cstr(code), start, &token, approval));
	login_links_free(l);
}

static void
one_token_cannot_push_out_the_links_of_others(void **state)
{
	struct login_links *l = login_links_new();
	char first[LOGIN_LINK_CODE + 1], code[LOGIN_LINK_CODE + 1];
	char approval[APPROVAL_ID_LEN + 1];
	struct digest token;

	(void)state;
	login_links_make(l, &bob, "", start, first);
	for (int i = 0; i < 3 * LOGIN_LINKS_MAX; i++)
		login_links_make(l, &alice, "", start, code);
	assert_true(login_links_take(l, span_cstr(first), start, &token, approval));
	assert_true(login_links_take(l, span_cstr(code), start, &token, approval));
	login_links_free(l);
}

static int
set_up(void **state)
{
	(void)state;
	alice = digest_of(SPAN("alice"));
	bob = digest_of(SPAN("bob"));
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_session_is_found_by_its_cookie_alone),
		cmocka_unit_test(a_session_that_is_not_used_runs_out),
		cmocka_unit_test(a_session_runs_out_however_much_it_is_used),
		cmocka_unit_test(a_closed_session_is_gone),
		cmocka_unit_test(one_token_cannot_push_out_the_sessions_of_others),
		cmocka_unit_test(sessions_are_bounded_in_number),
		cmocka_unit_test(a_form_belongs_to_one_session_and_one_thing),
		cmocka_unit_test(a_link_works_once),
		cmocka_unit_test(a_link_runs_out),
		cmocka_unit_test(one_token_cannot_push_out_the_links_of_others),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
