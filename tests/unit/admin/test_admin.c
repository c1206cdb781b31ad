/* The admin endpoint over a socket: who is let in, who sees what, who decides. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/admin/endpoint.h"

static const struct endpoint_row rows[] = {
	{"GET", "/api/v1/approvals", "", NULL, 401, "WWW-Authenticate: Bearer"},
	{"GET", "/api/v1/approvals", BEARER("nobody"), NULL, 401, "not one of ours"},
	{"GET", "/api/v1/approvals", "Authorization: Basic YTpi\r\n", NULL, 401, "not one of ours"},
	{"GET", "/api/v1/approvals", BEARER("alice"), NULL, 200, BOBS},
	{"GET", "/api/v1/approvals", BEARER("eve"), NULL, 200, "{\"approvals\":[],\"next\":null}"},
	{"GET", "/api/v1/approvals?state=denied", BEARER("alice"), NULL, 200, "\"approvals\":[]"},
	{"GET", "/api/v1/approvals?state=odd", BEARER("alice"), NULL, 400, "query-malformed"},
	{"GET", "/api/v1/approvals?state=", BEARER("alice"), NULL, 400, "query-malformed"},
	{"GET", "/api/v1/approvals?cursor=xx", BEARER("alice"), NULL, 400, "cursor is what"},
	{"GET", "/api/v1/approvals?cursor=" BOBS, BEARER("alice"), NULL, 200, "approvals"},
	{"GET", "/?state=odd", BEARER("alice"), NULL, 400, "text/html"},
	{"GET", "/?colour=red", BEARER("alice"), NULL, 400, "text/html"},
	{"GET", "/api/v1/approvals?colour=red", BEARER("alice"), NULL, 400, "query-malformed"},
	{"GET", "/api/v1/approvals/" BOBS, BEARER("alice"), NULL, 200, "ETag: \""},
	{"GET", "/api/v1/approvals/" BOBS, BEARER("bob"), NULL, 200, "\"state\":\"pending\""},
	{"GET", "/api/v1/approvals/" BOBS, BEARER("aud"), NULL, 200, "\"state\":\"pending\""},
	{"GET", "/api/v1/approvals/" BOBS, BEARER("eve"), NULL, 404, "not-found"},
	{"GET", "/api/v1/approvals/" NOBODYS, BEARER("alice"), NULL, 404, "not-found"},
	{"GET", "/api/v1/approvals/" BOBS, BEARER("alice") "If-None-Match: *\r\n", NULL, 304, "ETag"},
	{"HEAD", "/api/v1/approvals/" BOBS, BEARER("alice"), NULL, 200, "Content-Length"},
	{"GET", "/api/v1/whoami", BEARER("aud"), NULL, 200,
	 "\"source\":\"127.0.0.1\",\"auth\":\"bearer\",\"auditor\":true"},
	{"PUT", "/api/v1/whoami", BEARER("aud"), NULL, 405, "Allow: GET, HEAD"},
	{"GET", "/api/v1/freeze", BEARER("aud"), NULL, 405, "Allow: POST, DELETE"},
	{"POST", "/api/v1/freeze", BEARER("aud") JSON, "{}", 501, "not-supported-yet"},
	{"GET", "/nothing", BEARER("aud"), NULL, 404, "problem+json"},
	{"GET", "/nothing", BROWSER, NULL, 404, "Back to the inbox"},
	{"GET", "/approvals/nope", BEARER("aud") BROWSER, NULL, 404, "text/html"},
	{"GET", "/logout", BROWSER, NULL, 405, "Back to the inbox"},
	{"GET", "/api/v1/nothing", BROWSER, NULL, 404, "problem+json"},
	{"GET", "/a/../b", BROWSER, NULL, 400, "text/html"},
	{"GET", "/a/../b", BEARER("aud"), NULL, 400, "path-dot-segment"},
	{"GET", "/healthz", "", NULL, 200, "\"ok\""},
	{"GET", "/readyz", "", NULL, 200, "\"ready\""},
	{"GET", "/metrics", "", NULL, 200, "countersign_store_up 1"},
	{"GET", "/page.css", "", NULL, 200, "text/css"},
	{"GET", "/icon.svg", "", NULL, 200, "image/svg+xml"},
	{"GET", "/", "", NULL, 401, "action=\"/login\""},
	{"GET", "/", BEARER("alice"), NULL, 200, "Delete &lt;i&gt;user&lt;/i&gt;"},
	{"GET", "/approvals/" BOBS, "", NULL, 401, "name=\"next\" value=\"" BOBS "\""},
	{"GET", "/approvals/" BOBS, "Sec-Fetch-Site: cross-site\r\n", NULL, 200,
	 "content=\"0; url=/approvals/" BOBS "\""},
	{"GET", "/approvals/" BOBS, BEARER("eve"), NULL, 404, "text/html"},
	{"DELETE", "/api/v1/approvals/" BOBS, BEARER("alice"), NULL, 403, "not-requester"},
	{"DELETE", "/api/v1/approvals/" BOBS, BEARER("eve"), NULL, 404, "not-found"},
	{"DELETE", "/api/v1/approvals/" BOBS, BEARER("bob"), NULL, 200, "cancelled"},
	{"DELETE", "/api/v1/approvals/" BOBS, BEARER("bob"), NULL, 409, "\"state\":\"cancelled\""},
};

static void
each_call_has_its_answer(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		expect_row(&rows[i]);
}

static const struct endpoint_row refusals[] = {
	{"POST", DECISIONS(BOBS), JSON, "{\"decision\":\"approve\"}", 401, "identity-required"},
	{"GET", DECISIONS(BOBS), BEARER("alice"), NULL, 405, "Allow: POST"},
	{"POST", DECISIONS(BOBS), BEARER("alice"), "{\"decision\":\"approve\"}", 415, "content-type"},
	{"POST", DECISIONS(BOBS), BEARER("alice") FORM, "decision=approve", 415, "content-type"},
	{"POST", DECISIONS(BOBS), BEARER("alice") JSON, "", 400, "not JSON"},
	{"POST", DECISIONS(BOBS), BEARER("alice") JSON, "[]", 400, "not a JSON object"},
	{"POST", DECISIONS(BOBS), BEARER("alice") JSON, "{}", 400, "decision is"},
	{"POST", DECISIONS(BOBS), BEARER("alice") JSON, "{\"decision\":\"Approve\"}", 400, "decision is"},
	{"POST", DECISIONS(BOBS), BEARER("alice") JSON, "{\"decision\":true}", 400, "decision is"},
	{"POST", DECISIONS(BOBS), BEARER("alice") JSON,
	 "{\"decision\":\"deny\",\"decision\":\"approve\"}", 400, "stands twice"},
	{"POST", DECISIONS(BOBS), BEARER("alice") JSON, "{\"decision\":\"approve\",\"force\":1}", 400,
	 "not known here"},
	{"POST", DECISIONS(BOBS), BEARER("alice") JSON, "{\"decision\":\"approve\",\"reason\":1}", 400,
	 "reason is"},
	{"POST", DECISIONS(BOBS), BEARER("alice") JSON, "{\"decision\":\"approve\"} x", 400, "not JSON"},
	{"POST", DECISIONS(BOBS), BEARER("alice") JSON,
	 "{\"decision\":\"approve\",\"break_glass\":true}", 501, "not-supported-yet"},
	{"POST", DECISIONS(BOBS), BEARER("aud") JSON, "{\"decision\":\"approve\"}", 403, "not-eligible"},
	{"POST", DECISIONS(BOBS), BEARER("bob") JSON, "{\"decision\":\"approve\"}", 403, "own-request"},
	{"POST", DECISIONS(ALICES), BEARER("alice") JSON, "{\"decision\":\"approve\"}", 403,
	 "own-request"},
	{"POST", DECISIONS(NOBODYS), BEARER("alice") JSON, "{\"decision\":\"approve\"}", 404,
	 "not-found"},
	{"POST", DECISIONS(BOBS), BEARER("eve") JSON, "{\"decision\":\"approve\"}", 404, "not-found"},
	{"POST", "/approvals/" BOBS "/decisions", BEARER("alice") FORM, "binding=ab&decision=perhaps",
	 400, "Press one"},
	{"POST", "/approvals/" BOBS "/decisions", BEARER("alice") FORM, "decision=approve", 400,
	 "binding is missing"},
	{"POST", "/approvals/" BOBS "/decisions", BEARER("alice") FORM, "decision=approve&binding=",
	 400, "binding is missing"},
	{"POST", "/approvals/" BOBS "/decisions", FORM, "decision=approve", 401, "action=\"/login\""},
};

static void
what_is_refused_decides_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		expect_row(&refusals[i]);
		assert_int_equal(endpoint.store.decisions, 0);
	}
}

static void
only_hosts_of_ours_are_answered(void **state)
{
	static const struct {
		const char *host;
		int status;
	} hosts[] = {
		{"127.0.0.1:9443", 200}, {"127.0.0.1", 200},      {"127.9.9.9:1", 200},
		{"localhost:9443", 200}, {"LOCALHOST", 200},      {"[::1]:9443", 200},
		{"[::ffff:127.0.0.1]", 200}, {"approve.example", 200},
		{"approve.example:8443", 200}, {"evil.example:9443", 421},
		{"localhost.evil.example", 421}, {"127.0.0.1.evil.example", 421},
		{"10.0.0.1:9443", 421},  {"[::2]", 421},          {"[fe80::127]", 421},
		{"evil.approve.example", 421},
	};

	(void)state;
	endpoint.settings.public_url = SPAN("https://Approve.example");
	for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
		endpoint.host = hosts[i].host;
		if (ask("GET", "/metrics", "", NULL) != hosts[i].status)
			fail_msg("%s: %s", hosts[i].host, buf_cstr(&endpoint.answer));
	}
	endpoint.host = "evil.example:9443";
	assert_int_equal(ask("POST", "/login", FORM "Origin: http://evil.example:9443\r\n",
	                     "token=alice-token"), 421);
	assert_true(said("unknown-host") && !said("Set-Cookie"));
}

static void
who_may_not_see_it_gets_404_and_a_record(void **state)
{
	(void)state;
	assert_int_equal(ask("POST", DECISIONS(BOBS), BEARER("eve") JSON,
	                     "{\"decision\":\"approve\"}"), 404);
	assert_true(recorded("\"event\":\"decision.refused\""));
	assert_true(recorded("\"approver\":{\"id\":\"eve\""));
	assert_true(recorded("not-visible"));
}

static void
a_decision_is_taken_once(void **state)
{
	(void)state;
	assert_int_equal(ask("POST", DECISIONS(BOBS), BEARER("alice") JSON,
	                     "{\"decision\":\"approve\",\"reason\":\"fine\"}"), 201);
	assert_true(said("\"state\":\"approved\""));
	assert_string_equal(endpoint.store.reason, "fine");
	assert_int_equal(ask("POST", DECISIONS(BOBS), BEARER("alice") JSON,
	                     "{\"decision\":\"deny\"}"), 409);
	assert_true(said("\"state\":\"approved\""));
	assert_int_equal(endpoint.store.decisions, 1);
}

static void
a_store_that_is_away_is_said(void **state)
{
	(void)state;
	endpoint.store.is_away = true;
	assert_int_equal(ask("GET", "/api/v1/approvals", BEARER("alice"), NULL), 503);
	assert_true(said("store-unavailable") && said("Retry-After: 5"));
	assert_int_equal(ask("GET", "/readyz", "", NULL), 503);
	assert_int_equal(ask("GET", "/", BEARER("alice"), NULL), 503);
	assert_true(said("text/html"));
}

static void
a_worker_that_does_not_reach_the_store_is_said(void **state)
{
	struct store_links *links = &endpoint.store.links;

	(void)state;
	for (int i = 0; i < 3; i++)
		store_links_join(links);
	assert_false(store_links_rise(links));
	assert_false(store_links_rise(links));
	assert_int_equal(ask("GET", "/readyz", "", NULL), 503);
	assert_true(said("\"not-ready\"") && said("\"not reached by every thread\""));
	assert_int_equal(ask("GET", "/metrics", "", NULL), 200);
	assert_true(said("countersign_store_up 0"));
	assert_true(store_links_rise(links));
	assert_int_equal(ask("GET", "/readyz", "", NULL), 200);
	store_links_fall(links);
	assert_int_equal(ask("GET", "/readyz", "", NULL), 503);
	store_links_leave(links);
	assert_int_equal(ask("GET", "/readyz", "", NULL), 200);
}

static void
a_body_that_is_too_large_is_refused(void **state)
{
	char *large = malloc((1 << 20) + 2);

	(void)state;
	assert_non_null(large);
	memset(large, ' ', (1 << 20) + 1);
	large[(1 << 20) + 1] = '\0';
	assert_int_equal(ask("POST", DECISIONS(BOBS), BEARER("alice") JSON, large), 413);
	large[1025 + 33] = '\0';
	memset(large, 'a', 1025 + 33);
	memcpy(large, "{\"decision\":\"deny\",\"reason\":\"", 29);
	memcpy(large + 29 + 1025, "\"}", 3);
	assert_int_equal(ask("POST", DECISIONS(BOBS), BEARER("alice") JSON, large), 400);
	assert_true(said("at most 1024 bytes"));
	free(large);
}

static void
operation_needs_a_name_where_anybody_can_connect(void **state)
{
	(void)state;
	endpoint.settings.is_local = false;
	assert_int_equal(ask("GET", "/metrics", "", NULL), 401);
	assert_int_equal(ask("GET", "/metrics", BEARER("eve"), NULL), 200);
	endpoint.settings.is_local = true;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, endpoint_open, endpoint_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_call_has_its_answer),
		TEST(what_is_refused_decides_nothing),
		TEST(only_hosts_of_ours_are_answered),
		TEST(who_may_not_see_it_gets_404_and_a_record),
		TEST(a_decision_is_taken_once),
		TEST(a_store_that_is_away_is_said),
		TEST(a_worker_that_does_not_reach_the_store_is_said),
		TEST(a_body_that_is_too_large_is_refused),
		TEST(operation_needs_a_name_where_anybody_can_connect),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
