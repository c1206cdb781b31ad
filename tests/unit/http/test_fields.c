/* Names of header fields. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/http/case.h"
#include "tests/unit/http/guard.h"

static void
every_spelling_is_found_in_any_case(void **state)
{
	(void)state;
	for (enum field_id id = FIELD_OTHER + 1; id < FIELD_COUNT; id++) {
		struct span spelling = span_cstr(field_spelling(id));
		char *copy = guard_copy(spelling);

		assert_int_equal(field_lookup(span_of(copy, spelling.len)), id);
		for (size_t i = 0; i < spelling.len; i++)
			copy[i] = ascii_upper(copy[i]);
		assert_int_equal(field_lookup(span_of(copy, spelling.len)), id);
		for (size_t i = 0; i < spelling.len; i++)
			copy[i] = ascii_lower(copy[i]);
		assert_int_equal(field_lookup(span_of(copy, spelling.len)), id);
	}
}

/* Any single byte changed to any other makes another name, but for the case of a letter. */
static void
no_other_name_is_taken_for_a_known_one(void **state)
{
	(void)state;
	for (enum field_id id = FIELD_OTHER + 1; id < FIELD_COUNT; id++) {
		struct span spelling = span_cstr(field_spelling(id));

		for (size_t i = 0; i < spelling.len; i++) {
			for (int code = 0; code < 256; code++) {
				char *copy = guard_copy(spelling);
				bool is_same = ascii_lower((char)code) == ascii_lower(copy[i]);

				copy[i] = (char)code;
				if ((field_lookup(span_of(copy, spelling.len)) == id) != is_same)
					fail_msg("%s at %zu: %d", spelling.ptr, i, code);
			}
		}
	}
}

static void
shorter_and_longer_names_are_others(void **state)
{
	(void)state;
	assert_int_equal(field_lookup(SPAN("Hos")), FIELD_OTHER);
	assert_int_equal(field_lookup(SPAN("Hostt")), FIELD_OTHER);
	assert_int_equal(field_lookup(SPAN("")), FIELD_OTHER);
	EXPECT_SPAN(span_cstr(field_spelling(FIELD_OTHER)), "");
}

static void
families_are_known_by_their_prefix(void **state)
{
	static const struct {
		const char *name;
		unsigned flags;
	} cases[] = {
		{"X-Forwarded-Prefix", FIELD_FORWARDING | FIELD_UNBOUND},
		{"x-FORWARDED-anything", FIELD_FORWARDING | FIELD_UNBOUND},
		{"X-Forwarded", FIELD_FORWARDING | FIELD_UNBOUND},
		{"X-Forwarded-", 0},
		{"X-Forwardedly", 0},
		{"X-Client-Cert-Chain", FIELD_FORWARDING | FIELD_UNBOUND},
		{"X-SSL-Anything", FIELD_FORWARDING | FIELD_UNBOUND},
		{"Client-Cert", FIELD_FORWARDING | FIELD_UNBOUND},
		{"Countersign-Anything", FIELD_OURS | FIELD_UNBOUND},
		{"Countersigned", 0},
		{"Proxy-Status", FIELD_HOP},
		{"Sec-Fetch-Site", FIELD_UNBOUND},
		{"Accept-Charset", FIELD_UNBOUND},
		{"Acceptable", 0},
		{"X-Api-Key", FIELD_SECRET},
		{"X-Envoy-Original-Path", FIELD_OVERRIDE},
		{"X-", 0},
		{"X", 0},
		{"1-Digit", 0},
		{"", 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		if (field_family_flags(span_cstr(cases[i].name)) != cases[i].flags)
			fail_msg("%s", cases[i].name);
	}
}

static void
what_a_binding_leaves_out_is_flagged(void **state)
{
	static const enum field_id unbound[] = {
		FIELD_ACCEPT, FIELD_ACCEPT_ENCODING, FIELD_CACHE_CONTROL, FIELD_PRAGMA, FIELD_DATE,
		FIELD_USER_AGENT, FIELD_REFERER, FIELD_ORIGIN, FIELD_TRACEPARENT, FIELD_TRACESTATE,
		FIELD_BAGGAGE, FIELD_X_REQUEST_ID, FIELD_X_CORRELATION_ID, FIELD_IDEMPOTENCY_KEY,
		FIELD_PREFER, FIELD_X_REAL_IP, FIELD_FORWARDED, FIELD_COUNTERSIGN_REASON};
	static const enum field_id bound[] = {FIELD_AUTHORIZATION, FIELD_COOKIE,
	                                      FIELD_CONTENT_TYPE, FIELD_IF_NONE_MATCH, FIELD_VIA};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(unbound); i++)
		assert_true(field_flags(unbound[i]) & FIELD_UNBOUND);
	for (size_t i = 0; i < ARRAY_LEN(bound); i++)
		assert_false(field_flags(bound[i]) & FIELD_UNBOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_spelling_is_found_in_any_case),
		cmocka_unit_test(no_other_name_is_taken_for_a_known_one),
		cmocka_unit_test(shorter_and_longer_names_are_others),
		cmocka_unit_test(families_are_known_by_their_prefix),
		cmocka_unit_test(what_a_binding_leaves_out_is_flagged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
