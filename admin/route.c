/* Which handler answers which request. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "admin/route.h"

#include "approvals/store.h"

bool
route_is_id(struct span text)
{
	static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

	if (text.len != APPROVAL_ID_LEN)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (!memchr(alphabet, text.ptr[i], sizeof(alphabet) - 1))
			return false;
	}
	return true;
}

static bool
matches(struct span template, struct span path, struct span *ret_id)
{
	struct span want, have;

	*ret_id = SPAN_NONE;
	while (span_cut(&template, '/', &want)) {
		if (!span_cut(&path, '/', &have))
			return false;
		if (!span_eq(want, SPAN("{id}"))) {
			if (!span_eq(want, have))
				return false;
			continue;
		}
		if (!route_is_id(have))
			return false;
		*ret_id = have;
	}
	return path.ptr == NULL;
}

struct route_found
route_find(const struct route *routes, size_t count, enum method method, struct span path)
{
	struct route_found found = {0};

	for (size_t i = 0; i < count; i++) {
		const struct route *route = &routes[i];
		struct span id;
		bool fits = route->method == method ||
		            (route->method == METHOD_GET && method == METHOD_HEAD);

		if (!matches(span_cstr(route->path), path, &id))
			continue;
		found.methods |= 1u << route->method;
		if (!fits || found.route)
			continue;
		found.route = route;
		found.id = id;
	}
	if (found.methods & 1u << METHOD_GET)
		found.methods |= 1u << METHOD_HEAD;
	return found;
}

void
route_allow(unsigned methods, struct buf *to)
{
	for (int m = 0; m < METHOD_COUNT; m++) {
		if (!(methods & 1u << m))
			continue;
		if (to->len)
			buf_add(to, SPAN(", "));
		buf_add(to, span_cstr(method_name((enum method)m)));
	}
}
