/* The web page over a socket: sessions, forms, one-time links. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/admin/endpoint.h"

/* The value after `before` in the last answer, up to `end`. */
static void
take(const char *before, char end, char *to, size_t size)
{
	const char *at = strstr(buf_cstr(&endpoint.answer), before), *stop;

	assert_non_null(at);
	at += strlen(before);
	stop = strchr(at, end);
	assert_non_null(stop);
	snprintf(to, size, "%.*s", (int)(stop - at), at);
}

static void
add(char *to, size_t size, const char *more)
{
	size_t len = strlen(to);

	snprintf(to + len, size - len, "%s", more);
}

static void
log_in(char cookie[128])
{
	char value[100];

	assert_int_equal(ask("POST", "/login", FORM, "token=alice-token&next=" BOBS), 303);
	assert_true(said("Location: /approvals/" BOBS "\r\n"));
	assert_true(said("HttpOnly; SameSite=Strict\r\n"));
	take("Set-Cookie: ", ';', value, sizeof(value));
	snprintf(cookie, 128, "Cookie: %s\r\n", value);
}

static void
a_session_shows_all_that_is_signed(void **state)
{
	char cookie[128];

	(void)state;
	log_in(cookie);
	assert_int_equal(ask("GET", "/approvals/" BOBS, cookie, NULL), 200);
	assert_true(said("a<span class=\"mark\">\\u{202e}</span>b"));
	assert_true(said("&lt;script&gt;") && !said("<script"));
	assert_true(said("\\x{ff}"));
	assert_true(said("unheard_of") && said("deep"));
	assert_true(said("value=\"approve\"") && said("value=\"deny\""));
	assert_int_equal(ask("GET", "/approvals/" ALICES, cookie, NULL), 200);
	assert_true(!said("value=\"approve\"") && said("You asked for this yourself"));
}

static void
a_list_shortens_what_the_page_shows_whole(void **state)
{
	char tail[1001];
	json_t *request = json_object_get(json_array_get(endpoint.store.approvals, 0), "request");

	(void)state;
	memset(tail, 'a', 1000);
	tail[1000] = '\0';
	json_object_set_new(request, "path", json_sprintf("/users/%sXYZ", tail));
	assert_int_equal(ask("GET", "/", BEARER("alice"), NULL), 200);
	assert_true(said("POST /users/aaa") && said("<span class=\"mark\">[+"));
	assert_true(!said("aXYZ") && said("left the company"));
	assert_int_equal(ask("GET", "/approvals/" BOBS, BEARER("alice"), NULL), 200);
	assert_true(said("aXYZ?&lt;script&gt;") && said("30 minutes"));
}

static void
a_form_needs_the_token_of_its_approval(void **state)
{
	char cookie[200], csrf[100], other[100], body[200];

	(void)state;
	log_in(cookie);
	assert_int_equal(ask("GET", "/approvals/" BOBS, cookie, NULL), 200);
	take("/decisions\"><input type=\"hidden\" name=\"csrf\" value=\"", '"', csrf, sizeof(csrf));
	take("/logout\"><input type=\"hidden\" name=\"csrf\" value=\"", '"', other, sizeof(other));
	add(cookie, sizeof(cookie), FORM);
	assert_int_equal(ask("POST", "/approvals/" BOBS "/decisions", cookie, "decision=approve"), 403);
	snprintf(body, sizeof(body), "decision=approve&binding=ab&csrf=%s", other);
	assert_int_equal(ask("POST", "/approvals/" BOBS "/decisions", cookie, body), 403);
	assert_int_equal(endpoint.store.decisions, 0);
	snprintf(body, sizeof(body), "decision=approve&csrf=%s", csrf);
	assert_int_equal(ask("POST", "/approvals/" BOBS "/decisions", cookie, body), 400);
	assert_int_equal(endpoint.store.decisions, 0);
	snprintf(body, sizeof(body), "decision=approve&reason=a%%0D%%0Ab&binding=ab&csrf=%s", csrf);
	assert_int_equal(ask("POST", "/approvals/" BOBS "/decisions", cookie, body), 303);
	assert_true(said("Location: /approvals/" BOBS "\r\n"));
	assert_string_equal(endpoint.store.reason, "a\nb");
	assert_int_equal(endpoint.store.decisions, 1);
}

static void
a_form_of_another_site_is_refused(void **state)
{
	static const struct {
		const char *fields;
		int status;
	} origins[] = {
		{"", 303},
		{"Origin: http://127.0.0.1:9443\r\n", 303},
		{"Origin: http://127.0.0.1:9443\r\nSec-Fetch-Site: same-origin\r\n", 303},
		{"Origin: null\r\nSec-Fetch-Site: same-origin\r\n", 303},
		{"Origin: null\r\n", 403},
		{"Origin: http://evil.example\r\n", 403},
		{"Origin: http://127.0.0.1:9444\r\n", 403},
		{"Origin: http://127.0.0.1:9443\r\nSec-Fetch-Site: cross-site\r\n", 403},
		{"Sec-Fetch-Site: same-site\r\n", 403},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(origins); i++) {
		char fields[300];
		int status;

		snprintf(fields, sizeof(fields), FORM "%s", origins[i].fields);
		status = ask("POST", "/login", fields, "token=alice-token");
		if (status != origins[i].status)
			fail_msg("%s: %d", origins[i].fields, status);
	}
}

static void
a_cookie_carries_nothing_across_sites(void **state)
{
	char cookie[300];

	(void)state;
	log_in(cookie);
	add(cookie, sizeof(cookie), JSON "Sec-Fetch-Site: cross-site\r\n");
	assert_int_equal(ask("POST", DECISIONS(BOBS), cookie, "{\"decision\":\"approve\"}"), 403);
	assert_true(said("cross-site"));
	assert_int_equal(endpoint.store.decisions, 0);
}

static void
logging_out_ends_the_session(void **state)
{
	char cookie[200], csrf[100], body[200];

	(void)state;
	log_in(cookie);
	assert_int_equal(ask("GET", "/", cookie, NULL), 200);
	take("/logout\"><input type=\"hidden\" name=\"csrf\" value=\"", '"', csrf, sizeof(csrf));
	snprintf(body, sizeof(body), "csrf=%s", csrf);
	add(cookie, sizeof(cookie), FORM);
	assert_int_equal(ask("POST", "/logout", cookie, "csrf=0"), 403);
	assert_int_equal(ask("POST", "/logout", cookie, body), 303);
	assert_true(said("Max-Age=0"));
	assert_int_equal(ask("GET", "/", cookie, NULL), 401);
}

static void
a_wrong_token_is_recorded_and_never_a_session(void **state)
{
	(void)state;
	assert_int_equal(ask("POST", "/login", FORM, "token=nope"), 401);
	assert_true(!said("Set-Cookie"));
	assert_true(recorded("auth.failed") && !recorded("nope"));
	assert_int_equal(ask("POST", "/login", FORM, "token=alice-token&next=//evil.example"), 303);
	assert_true(said("Location: /\r\n"));
	assert_true(recorded("auth.login"));
}

static void
a_login_link_works_once_and_not_by_looking(void **state)
{
	char code[100], path[200], body[200];

	(void)state;
	assert_int_equal(ask("POST", "/api/v1/login-links", BEARER("alice") JSON,
	                     "{\"approval\":\"" BOBS "\"}"), 201);
	take("/login?link=", '"', code, sizeof(code));
	snprintf(path, sizeof(path), "/login?link=%s", code);
	snprintf(body, sizeof(body), "link=%s", code);
	assert_int_equal(ask("GET", path, "", NULL), 200);
	assert_true(!said("Set-Cookie"));
	assert_int_equal(ask("GET", path, "", NULL), 200);
	assert_int_equal(ask("POST", "/login", FORM, body), 303);
	assert_true(said("Set-Cookie") && said("Location: /approvals/" BOBS "\r\n"));
	assert_int_equal(ask("POST", "/login", FORM, body), 401);
	assert_true(!said("Set-Cookie"));
}

static void
a_session_cannot_make_a_login_link(void **state)
{
	char cookie[200];

	(void)state;
	log_in(cookie);
	add(cookie, sizeof(cookie), JSON);
	assert_int_equal(ask("POST", "/api/v1/login-links", cookie, "{}"), 401);
}

static void
behind_https_the_cookie_is_for_this_host_alone(void **state)
{
	(void)state;
	endpoint.settings.public_url = SPAN("https://127.0.0.1:9443");
	assert_int_equal(ask("POST", "/login", FORM, "token=alice-token"), 303);
	assert_true(said("Set-Cookie: __Host-countersign-session=") && said("; Secure\r\n"));
	endpoint.settings.public_url = SPAN("https://elsewhere.example");
	assert_int_equal(ask("POST", "/login", FORM, "token=alice-token"), 303);
	assert_true(said("Set-Cookie: countersign-session=") && !said("Secure"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, endpoint_open, endpoint_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_session_shows_all_that_is_signed),
		TEST(a_list_shortens_what_the_page_shows_whole),
		TEST(a_form_needs_the_token_of_its_approval),
		TEST(a_form_of_another_site_is_refused),
		TEST(a_cookie_carries_nothing_across_sites),
		TEST(logging_out_ends_the_session),
		TEST(a_wrong_token_is_recorded_and_never_a_session),
		TEST(a_login_link_works_once_and_not_by_looking),
		TEST(a_session_cannot_make_a_login_link),
		TEST(behind_https_the_cookie_is_for_this_host_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
