/* The page of an approval whose rule does not bind everything. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/admin/endpoint.h"

static void
set(json_t *object, const char *key, const char *text)
{
	json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);

	assert_non_null(value);
	json_object_set_new(object, key, value);
}

static json_t *
approval_with(const char *bind, const char *request)
{
	json_t *approval = json_array_get(endpoint.store.approvals, 0);

	set(approval, "bind", bind);
	set(approval, "request", request);
	return approval;
}

static void
a_list_is_said_and_its_values_shown(void **state)
{
	(void)state;
	approval_with("[\"path\", \"query:force\", \"body:/amount\", \"body:/<note>\"]",
	              "{\"method\": \"POST\", \"host\": \"h\", \"path\": \"/pay\", \"query\": \"force=1\","
	              " \"headers\": {}, \"body_values\": ["
	              " {\"pointer\": \"/amount\", \"json\": \"1\\u202e0\"},"
	              " {\"pointer\": \"/<note>\", \"json\": null}]}");
	assert_int_equal(ask("GET", "/approvals/" BOBS, BEARER("alice"), NULL), 200);
	assert_true(said("Signed: <strong>method, host, path, query force, body /amount, "
	                 "body /&lt;note&gt;</strong>"));
	assert_true(said("Not signed, and may be anything when it runs: <strong>everything else"));
	assert_true(said("/amount</span>") && said("1<span class=\"mark\">\\u{202e}</span>0"));
	assert_true(said("/&lt;note&gt;</span>") && said("not there"));
	assert_true(!said("<note>") && !said("SHA-256"));
	assert_true(said("value=\"approve\""));
}

static void
an_exception_marks_its_cuts_and_no_others(void **state)
{
	(void)state;
	approval_with("{\"exact_except\": [\"body:/id\", \"header:x-any\"]}",
	              "{\"method\": \"POST\", \"host\": \"h\", \"path\": \"/pay\", \"query\": null,"
	              " \"headers\": {}, \"body_cut\": [{\"pointer\": \"/id\", \"at\": 6}],"
	              " \"body\": \"{\\\"id\\\":<not signed>,\\\"n\\\":\\\"<not signed>\\\"}\"}");
	assert_int_equal(ask("GET", "/approvals/" BOBS, BEARER("alice"), NULL), 200);
	assert_true(said("Signed: <strong>everything else</strong>"));
	assert_true(said("<strong>body /id, header x-any</strong>"));
	assert_true(said("{&quot;id&quot;:<span class=\"mark\">not signed: <span class=\"given\">/id"
	                 "</span></span>,&quot;n&quot;:&quot;&lt;not signed&gt;&quot;}"));
}

static void
a_body_that_is_not_bound_is_not_missed(void **state)
{
	(void)state;
	approval_with("[\"path\"]", "{\"method\": \"POST\", \"host\": \"h\", \"path\": \"/pay\","
	                            " \"query\": null, \"headers\": {}}");
	assert_int_equal(ask("GET", "/approvals/" BOBS, BEARER("alice"), NULL), 200);
	assert_true(said("The body is no part of it"));
	approval_with("\"exact\"", "{\"method\": \"POST\", \"host\": \"h\", \"path\": \"/pay\","
	                           " \"query\": null, \"headers\": {}, \"body\": \"x\","
	                           " \"body_sha256\": \"0\", \"body_bytes\": 1}");
	assert_int_equal(ask("GET", "/approvals/" BOBS, BEARER("alice"), NULL), 200);
	assert_true(said("Body, 1 bytes") && !said("Not signed"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, endpoint_open, endpoint_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_list_is_said_and_its_values_shown),
		TEST(an_exception_marks_its_cuts_and_no_others),
		TEST(a_body_that_is_not_bound_is_not_missed),
	};

	return cmocka_run_group_tests_name("page_bound", tests, NULL, NULL);
}
