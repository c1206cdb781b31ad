/* Media types: which bodies rules can read. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "lib/http/media_type.h"
#include "tests/unit/http/case.h"

static void
media_types_are_parsed_not_searched(void **state)
{
	static const struct {
		const char *text;
		enum media media;
	} rows[] = {
		{"application/json", MEDIA_JSON}, {"Application/JSON", MEDIA_JSON},
		{"application/json; charset=utf-8", MEDIA_JSON},
		{"application/json;charset=UTF-8", MEDIA_JSON},
		{"application/json \t; \tCharset=\"utf-8\"", MEDIA_JSON},
		{"application/problem+json", MEDIA_JSON}, {"text/x+JSON", MEDIA_JSON},
		{"application/vnd.api+json;charset=\"UTF-8\" ", MEDIA_JSON},
		{"application/x-www-form-urlencoded", MEDIA_FORM},
		{"application/X-WWW-Form-Urlencoded; charset=utf-8", MEDIA_FORM},
		{"", MEDIA_OTHER}, {"application", MEDIA_OTHER}, {"application/", MEDIA_OTHER},
		{"/json", MEDIA_OTHER}, {"application/jsonx", MEDIA_OTHER},
		{"text/json", MEDIA_OTHER}, {"text/plain; x=application/json", MEDIA_OTHER},
		{"application/+json", MEDIA_OTHER}, {"application/json+x", MEDIA_OTHER},
		{"application/json, text/plain", MEDIA_OTHER}, {"application/json;", MEDIA_OTHER},
		{"application /json", MEDIA_OTHER}, {"application/ json", MEDIA_OTHER},
		{" application/json", MEDIA_OTHER}, {"application/json/x", MEDIA_OTHER},
		{"application/json; charset=utf-16", MEDIA_OTHER},
		{"application/json; charset=utf8", MEDIA_OTHER},
		{"application/json; charset=", MEDIA_OTHER}, {"application/json; charset", MEDIA_OTHER},
		{"application/json; charset=\"utf-8", MEDIA_OTHER},
		{"application/json; charset=utf-8\"", MEDIA_OTHER},
		{"application/json; charset = utf-8", MEDIA_OTHER},
		{"application/json; charset=\"utf\\-8\"", MEDIA_OTHER},
		{"application/json; charset=utf-8; charset=utf-8", MEDIA_OTHER},
		{"application/json; charset=utf-8;", MEDIA_OTHER},
		{"application/json; version=1", MEDIA_OTHER},
		{"application/json; charset=utf-8, text/plain", MEDIA_OTHER},
		{"multipart/form-data; boundary=x", MEDIA_OTHER},
		{"text/x-www-form-urlencoded", MEDIA_OTHER}, {"*/*", MEDIA_OTHER},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (media_type_of(span_cstr(rows[i].text)) != rows[i].media)
			fail_msg("%s", rows[i].text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(media_types_are_parsed_not_searched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
