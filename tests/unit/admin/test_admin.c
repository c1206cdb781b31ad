/* The admin endpoint as a whole, over a socket: who is let in, who sees what, who decides. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "admin/admin.h"
#include "tests/unit/admin/fake_store.h"

#define BOBS "01JXGABCDEFGHJKMNPQRSTVWXY"   /* asked for by bob, of group sre */
#define ALICES "01JXGABCDEFGHJKMNPQRSTVWX1" /* asked for by alice, of group sre */
#define NOBODYS "01JXGABCDEFGHJKMNPQRSTVWX2" /* not there */
#define BEARER(name) "Authorization: Bearer " name "-token\r\n"
#define JSON "Content-Type: application/json\r\n"
#define FORM "Content-Type: application/x-www-form-urlencoded\r\n"

static struct span sre[] = {SPAN("sre")}, auditors[] = {SPAN("audit")};
static struct identity_token tokens[] = {
	{.user = SPAN("alice"), .groups = sre, .group_count = 1},
	{.user = SPAN("bob")},
	{.user = SPAN("eve")},
	{.user = SPAN("aud"), .groups = auditors, .group_count = 1},
};
static const struct identity_settings identity_settings = {.tokens = tokens, .token_count = 4};

static struct admin_settings settings = {
	.auditors = auditors, .auditor_count = 1, .is_local = true, .version = "1", .limits = NULL};

static struct fixture {
	struct loop *loop;
	struct store store;
	struct identity *identity;
	struct metrics *metrics;
	struct admin *admin;
	struct address at;
	struct buf answer;
} f;

static const char document[] =
	"[{\"id\": \"" BOBS "\", \"state\": \"pending\", \"title\": \"Delete <i>user</i>\","
	"  \"requester\": {\"user\": \"bob\", \"groups\": []}, \"code\": \"AAAA-BBBB\","
	"  \"needs\": [{\"group\": \"sre\", \"count\": 1, \"have\": 0}], \"have\": 0, \"need\": 1,"
	"  \"request\": {\"method\": \"POST\", \"path\": \"/a\", \"query\": \"<script>\","
	"  \"headers\": {\"X\": {\"base64\": \"/w==\"}}, \"body\": \"a\\u202eb\", \"body_bytes\": 5},"
	"  \"binding\": \"ab\", \"decisions\": [], \"unheard_of\": {\"x\": [\"deep\"]},"
	"  \"expires_at\": \"2026-11-22T08:00:00.000000Z\"},"
	" {\"id\": \"" ALICES "\", \"state\": \"pending\", \"title\": \"Other\", \"needs\": [{\"group\":"
	"  \"sre\", \"count\": 1}], \"requester\": {\"user\": \"alice\"}, \"binding\": \"cd\","
	"  \"decisions\": [], \"request\": {}}]";

struct client {
	struct span request;
	bool is_done;
};

/* Sends the request and reads to the end, with a deadline. */
static void *
run_client(void *arg)
{
	struct client *client = arg;
	struct timeval deadline = {.tv_sec = 20};
	int fd = socket(f.at.sa.ss_family, SOCK_STREAM, 0);
	ssize_t got = -1;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof(deadline));
	if (connect(fd, (const struct sockaddr *)&f.at.sa, f.at.len) == 0 &&
	    send(fd, client->request.ptr, client->request.len, MSG_NOSIGNAL) ==
	            (ssize_t)client->request.len) {
		do {
			char *room = buf_room(&f.answer, 65536);

			got = room ? recv(fd, room, 65536, 0) : -1;
			if (got > 0)
				buf_grew(&f.answer, (size_t)got);
		} while (got > 0);
	}
	client->is_done = got == 0;
	close(fd);
	loop_stop(f.loop);
	return NULL;
}

/* One request on a connection of its own; the answer is in f.answer. */
static int
ask(const char *method, const char *path, const char *fields, const char *body)
{
	struct buf request = BUF_INIT(4 << 20);
	struct client client;
	pthread_t thread;
	uint64_t status = 0;

	buf_add(&request, span_cstr(method));
	buf_addc(&request, ' ');
	buf_add(&request, span_cstr(path));
	buf_add(&request, SPAN(" HTTP/1.1\r\nHost: 127.0.0.1:9443\r\nConnection: close\r\n"));
	buf_add(&request, span_cstr(fields));
	if (body)
		buf_addf(&request, "Content-Length: %zu\r\n", strlen(body));
	buf_add(&request, SPAN("\r\n"));
	buf_add(&request, span_cstr(body));
	buf_reset(&f.answer);
	buf_reset(fake_records());
	client = (struct client){.request = buf_span(&request)};
	assert_int_equal(pthread_create(&thread, NULL, run_client, &client), 0);
	loop_run(f.loop);
	pthread_join(thread, NULL);
	buf_clear(&request);
	assert_true(client.is_done);
	assert_true(f.answer.len > 12);
	assert_true(span_to_u64(span_of(f.answer.ptr + 9, 3), 999, &status));
	return (int)status;
}

static bool
said(const char *what)
{
	return strstr(buf_cstr(&f.answer), what) != NULL;
}

static bool
recorded(const char *what)
{
	return strstr(buf_cstr(fake_records()), what) != NULL;
}

static int
set_up(void **state)
{
	struct buf why = BUF_INIT(1000);
	int fd;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(tokens); i++) {
		char text[64];

		snprintf(text, sizeof(text), "%.*s-token", SPAN_ARG(tokens[i].user));
		tokens[i].sha256 = digest_of(span_cstr(text));
	}
	settings.limits = &limits_default;
	settings.public_url = SPAN_NONE;
	f = (struct fixture){.loop = loop_new(), .answer = BUF_INIT(8 << 20)};
	f.store = (struct store){.loop = f.loop, .approvals = json_loads(document, 0, NULL)};
	assert_non_null(f.store.approvals);
	f.identity = identity_new(&identity_settings, &why);
	f.metrics = metrics_new();
	f.admin = admin_new(f.loop, &settings,
	                    &(struct admin_parts){.store = &f.store,
	                                          .identity = f.identity,
	                                          .metrics = f.metrics});
	assert_true(address_read(SPAN("127.0.0.1:0"), &f.at, &why));
	fd = listener_bind(&f.at, &why);
	assert_true(fd >= 0);
	f.at.len = sizeof(f.at.sa);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&f.at.sa, &f.at.len), 0);
	admin_listen(f.admin, listener_new(f.loop, fd));
	buf_clear(&why);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	admin_free(f.admin);
	metrics_free(f.metrics);
	identity_free(f.identity);
	loop_free(f.loop);
	json_decref(f.store.approvals);
	buf_clear(&f.answer);
	buf_clear(fake_records());
	return 0;
}

static const struct row {
	const char *method, *path, *fields, *body;
	int status;
	const char *said;
} rows[] = {
	{"GET", "/api/v1/approvals", "", NULL, 401, "WWW-Authenticate: Bearer"},
	{"GET", "/api/v1/approvals", BEARER("nobody"), NULL, 401, "not one of ours"},
	{"GET", "/api/v1/approvals", "Authorization: Basic YTpi\r\n", NULL, 401, "not one of ours"},
	{"GET", "/api/v1/approvals", BEARER("alice"), NULL, 200, BOBS},
	{"GET", "/api/v1/approvals", BEARER("eve"), NULL, 200, "{\"approvals\":[],\"next\":null}"},
	{"GET", "/api/v1/approvals?state=denied", BEARER("alice"), NULL, 200, "\"approvals\":[]"},
	{"GET", "/api/v1/approvals?state=odd", BEARER("alice"), NULL, 400, "query-malformed"},
	{"GET", "/api/v1/approvals?colour=red", BEARER("alice"), NULL, 400, "query-malformed"},
	{"GET", "/api/v1/approvals/" BOBS, BEARER("alice"), NULL, 200, "ETag: \""},
	{"GET", "/api/v1/approvals/" BOBS, BEARER("bob"), NULL, 200, "\"state\":\"pending\""},
	{"GET", "/api/v1/approvals/" BOBS, BEARER("aud"), NULL, 200, "\"state\":\"pending\""},
	{"GET", "/api/v1/approvals/" BOBS, BEARER("eve"), NULL, 404, "not-found"},
	{"GET", "/api/v1/approvals/" NOBODYS, BEARER("alice"), NULL, 404, "not-found"},
	{"GET", "/api/v1/approvals/" BOBS, BEARER("alice") "If-None-Match: *\r\n", NULL, 304, "ETag"},
	{"HEAD", "/api/v1/approvals/" BOBS, BEARER("alice"), NULL, 200, "Content-Length"},
	{"GET", "/api/v1/whoami", BEARER("aud"), NULL, 200, "\"auditor\":true"},
	{"PUT", "/api/v1/whoami", BEARER("aud"), NULL, 405, "Allow: GET, HEAD"},
	{"GET", "/api/v1/freeze", BEARER("aud"), NULL, 405, "Allow: POST, DELETE"},
	{"POST", "/api/v1/freeze", BEARER("aud") JSON, "{}", 501, "not-supported-yet"},
	{"GET", "/nothing", BEARER("aud"), NULL, 404, "problem+json"},
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
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct row *row = &rows[i];
		int status = ask(row->method, row->path, row->fields, row->body);

		if (status != row->status || !said(row->said))
			fail_msg("%s %s: %s", row->method, row->path, buf_cstr(&f.answer));
		assert_true(said("Cache-Control: no-store"));
		assert_true(said("frame-ancestors 'none'"));
	}
}

#define DECISIONS(id) "/api/v1/approvals/" id "/decisions"

static const struct row refusals[] = {
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
	 "{\"decision\":\"deny\",\"decision\":\"approve\"}", 400, "not JSON"},
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
	{"POST", "/approvals/" BOBS "/decisions", BEARER("alice") FORM, "decision=perhaps", 400,
	 "Press one"},
	{"POST", "/approvals/" BOBS "/decisions", FORM, "decision=approve", 401, "action=\"/login\""},
};

static void
what_is_refused_decides_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		const struct row *row = &refusals[i];
		int status = ask(row->method, row->path, row->fields, row->body);

		if (status != row->status || !said(row->said))
			fail_msg("%s %s: %s", row->path, row->body, buf_cstr(&f.answer));
		assert_int_equal(f.store.decisions, 0);
	}
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
	assert_string_equal(f.store.reason, "fine");
	assert_int_equal(ask("POST", DECISIONS(BOBS), BEARER("alice") JSON,
	                     "{\"decision\":\"deny\"}"), 409);
	assert_true(said("\"state\":\"approved\""));
	assert_int_equal(f.store.decisions, 1);
}

static void
a_store_that_is_away_is_said(void **state)
{
	(void)state;
	f.store.is_away = true;
	assert_int_equal(ask("GET", "/api/v1/approvals", BEARER("alice"), NULL), 503);
	assert_true(said("store-unavailable") && said("Retry-After: 5"));
	assert_int_equal(ask("GET", "/readyz", "", NULL), 503);
	assert_int_equal(ask("GET", "/", BEARER("alice"), NULL), 503);
	assert_true(said("text/html"));
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

/* The value after `before` in the last answer, up to `end`. */
static void
take(const char *before, char end, char *to, size_t size)
{
	const char *at = strstr(buf_cstr(&f.answer), before), *stop;

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
	snprintf(body, sizeof(body), "decision=approve&csrf=%s", other);
	assert_int_equal(ask("POST", "/approvals/" BOBS "/decisions", cookie, body), 403);
	assert_int_equal(f.store.decisions, 0);
	snprintf(body, sizeof(body), "decision=approve&reason=a%%0D%%0Ab&csrf=%s", csrf);
	assert_int_equal(ask("POST", "/approvals/" BOBS "/decisions", cookie, body), 303);
	assert_true(said("Location: /approvals/" BOBS "\r\n"));
	assert_string_equal(f.store.reason, "a\nb");
	assert_int_equal(f.store.decisions, 1);
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
	assert_int_equal(f.store.decisions, 0);
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
	settings.public_url = SPAN("https://127.0.0.1:9443");
	assert_int_equal(ask("POST", "/login", FORM, "token=alice-token"), 303);
	assert_true(said("Set-Cookie: __Host-countersign-session=") && said("; Secure\r\n"));
	settings.public_url = SPAN("https://elsewhere.example");
	assert_int_equal(ask("POST", "/login", FORM, "token=alice-token"), 303);
	assert_true(said("Set-Cookie: countersign-session=") && !said("Secure"));
}

static void
operation_needs_a_name_where_anybody_can_connect(void **state)
{
	(void)state;
	settings.is_local = false;
	assert_int_equal(ask("GET", "/metrics", "", NULL), 401);
	assert_int_equal(ask("GET", "/metrics", BEARER("eve"), NULL), 200);
	settings.is_local = true;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_call_has_its_answer),
		TEST(what_is_refused_decides_nothing),
		TEST(who_may_not_see_it_gets_404_and_a_record),
		TEST(a_decision_is_taken_once),
		TEST(a_store_that_is_away_is_said),
		TEST(a_body_that_is_too_large_is_refused),
		TEST(a_session_shows_all_that_is_signed),
		TEST(a_form_needs_the_token_of_its_approval),
		TEST(a_form_of_another_site_is_refused),
		TEST(a_cookie_carries_nothing_across_sites),
		TEST(logging_out_ends_the_session),
		TEST(a_wrong_token_is_recorded_and_never_a_session),
		TEST(a_login_link_works_once_and_not_by_looking),
		TEST(a_session_cannot_make_a_login_link),
		TEST(behind_https_the_cookie_is_for_this_host_alone),
		TEST(operation_needs_a_name_where_anybody_can_connect),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
