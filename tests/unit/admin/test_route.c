/* Which handler answers which request. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "admin/route.h"

#define ID "01JXGABCDEFGHJKMNPQRSTVWXY"

static const struct route routes[] = {
	{METHOD_GET, "/", ROLE_NAMED, FACE_PAGE, TAKES_NOTHING, NULL},
	{METHOD_GET, "/things", ROLE_NAMED, FACE_API, TAKES_NOTHING, NULL},
	{METHOD_GET, "/things/{id}", ROLE_NAMED, FACE_API, TAKES_NOTHING, NULL},
	{METHOD_DELETE, "/things/{id}", ROLE_NAMED, FACE_API, TAKES_NOTHING, NULL},
	{METHOD_POST, "/things/{id}/parts", ROLE_NAMED, FACE_API, TAKES_JSON, NULL},
};

static const struct row {
	const char *path;
	enum method method;
	int route;         /* -1: none */
	const char *allow; /* "": there is no such path */
} rows[] = {
	{"/", METHOD_GET, 0, "GET, HEAD"},
	{"/", METHOD_HEAD, 0, "GET, HEAD"},
	{"/", METHOD_POST, -1, "GET, HEAD"},
	{"/things", METHOD_GET, 1, "GET, HEAD"},
	{"/things/" ID, METHOD_GET, 2, "GET, HEAD, DELETE"},
	{"/things/" ID, METHOD_DELETE, 3, "GET, HEAD, DELETE"},
	{"/things/" ID, METHOD_PUT, -1, "GET, HEAD, DELETE"},
	{"/things/" ID "/parts", METHOD_POST, 4, "POST"},
	{"/things/" ID "/parts", METHOD_GET, -1, "POST"},
	{"/things/", METHOD_GET, -1, ""},
	{"/things/" ID "/", METHOD_GET, -1, ""},
	{"/things/01jxgabcdefghjkmnpqrstvwxy", METHOD_GET, -1, ""},
	{"/things/01JXGABCDEFGHJKMNPQRSTVWXI", METHOD_GET, -1, ""},
	{"/things/01JXG", METHOD_GET, -1, ""},
	{"/Things", METHOD_GET, -1, ""},
	{"/thing", METHOD_GET, -1, ""},
	{"/things/" ID "/parts/x", METHOD_POST, -1, ""},
	{"*", METHOD_OPTIONS, -1, ""},
};

static void
paths_and_methods_find_their_route(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct row *row = &rows[i];
		struct buf allow = BUF_INIT(100);
		struct route_found found = route_find(routes, ARRAY_LEN(routes), row->method,
		                                      span_cstr(row->path));
		int index = found.route ? (int)(found.route - routes) : -1;

		route_allow(found.methods, &allow);
		if (index != row->route || !span_eq(buf_span(&allow), span_cstr(row->allow)))
			fail_msg("%s: route %d, allow %s", row->path, index, buf_cstr(&allow));
		buf_clear(&allow);
	}
}

static void
the_id_is_found(void **state)
{
	struct route_found found =
		route_find(routes, ARRAY_LEN(routes), METHOD_POST, SPAN("/things/" ID "/parts"));

	(void)state;
	assert_true(span_eq(found.id, SPAN(ID)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_and_methods_find_their_route),
		cmocka_unit_test(the_id_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
