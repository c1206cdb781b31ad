/* The one canonical request. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/http/request.h"

#include "lib/http/authority.h"
#include "lib/http/target.h"

static const struct span method_names[METHOD_COUNT] = {
	[METHOD_GET] = {"GET", 3},       [METHOD_HEAD] = {"HEAD", 4},
	[METHOD_POST] = {"POST", 4},     [METHOD_PUT] = {"PUT", 3},
	[METHOD_PATCH] = {"PATCH", 5},   [METHOD_DELETE] = {"DELETE", 6},
	[METHOD_OPTIONS] = {"OPTIONS", 7},
};

const char *
method_name(enum method method)
{
	return method_names[method].ptr;
}

const char *
methods_allowed(void)
{
	return "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
}

bool
method_read(struct span name, enum method *ret)
{
	for (size_t i = 0; i < METHOD_COUNT; i++) {
		if (span_eq(name, method_names[i])) {
			*ret = (enum method)i;
			return true;
		}
	}
	return false;
}

/* A target in absolute form, cut open; RFC 9112 section 3.2.2. */
struct absolute {
	struct span scheme, authority, path_and_query;
};

static bool
is_absolute(struct span target, struct absolute *ret)
{
	size_t colon, end;
	struct span rest;

	if (target.len == 0 || target.ptr[0] == '/')
		return false;
	colon = span_find(target, ':');
	if (colon == target.len)
		return false;
	rest = span_from(target, colon + 1);
	if (!span_starts(rest, SPAN("//")))
		return false;
	rest = span_from(rest, 2);
	for (end = 0; end < rest.len; end++) {
		if (rest.ptr[end] == '/' || rest.ptr[end] == '?' || rest.ptr[end] == '#')
			break;
	}
	ret->scheme = span_of(target.ptr, colon);
	ret->authority = span_of(rest.ptr, end);
	ret->path_and_query = span_from(rest, end);
	return true;
}

enum fault
request_read_host(struct request *r, const struct head *h, bool is_tls, struct arena *arena)
{
	struct absolute absolute;
	struct authority host, authority;

	*r = (struct request){.head = h, .minor = h->minor};
	/* RFC 9112 section 3.2: HTTP/1.0 could do without, and we could not judge it then. */
	if (!head_has(h, FIELD_HOST))
		return FAULT_HOST_MISSING;
	if (!authority_read(head_value(h, FIELD_HOST), is_tls, arena, &host))
		return FAULT_HOST_MALFORMED;
	r->host = host.host;
	r->port = host.port;
	if (!is_absolute(head_part(h, h->target), &absolute))
		return FAULT_NONE;
	if (!span_eq_nocase(absolute.scheme, is_tls ? SPAN("https") : SPAN("http")))
		return FAULT_TARGET_SCHEME;
	if (!authority_read(absolute.authority, is_tls, arena, &authority))
		return FAULT_HOST_MALFORMED;
	if (!span_eq(authority.host, host.host) || authority.port != host.port)
		return FAULT_HOST_MISMATCH;
	return FAULT_NONE;
}

enum { PORT_TEXT = sizeof(":65535") - 1 };

struct span
request_authority(const struct request *r, struct arena *arena)
{
	char port[PORT_TEXT], *text;
	size_t at = sizeof(port), len;

	if (r->port == 0)
		return r->host;
	for (unsigned left = r->port; left; left /= 10)
		port[--at] = (char)('0' + left % 10);
	port[--at] = ':';
	len = sizeof(port) - at;
	text = arena_new(arena, r->host.len + len);
	memcpy(text, r->host.ptr, r->host.len);
	memcpy(text + r->host.len, port + at, len);
	return span_of(text, r->host.len + len);
}

static enum fault
read_target(struct request *r, const struct request_options *options, struct arena *arena)
{
	struct span target = head_part(r->head, r->head->target);
	struct absolute absolute;
	size_t mark;
	enum fault fault;

	if (span_eq(target, SPAN("*")) && r->method == METHOD_OPTIONS) {
		r->is_asterisk = true;
		r->path = target;
		return FAULT_NONE;
	}
	if (is_absolute(target, &absolute))
		target = absolute.path_and_query;
	if (target.len == 0 || target.ptr[0] != '/')
		return FAULT_TARGET_FORM;
	mark = span_find(target, '?');
	r->has_query = mark < target.len;
	r->query = r->has_query ? span_from(target, mark + 1) : SPAN_NONE;
	fault = target_read_path(span_of(target.ptr, mark), options, arena, &r->path);
	if (!fault)
		fault = target_check_query(r->query);
	if (fault)
		return fault;
	return target_overrides_method(r->query) ? FAULT_METHOD_OVERRIDE : FAULT_NONE;
}

#define BIT(name) (UINT64_C(1) << FIELD_##name)

static enum fault
check_fields(const struct head *h, const struct request_options *options)
{
	static const uint64_t method_overrides = BIT(X_HTTP_METHOD_OVERRIDE) | BIT(X_HTTP_METHOD) |
	                                         BIT(X_METHOD_OVERRIDE) | BIT(X_ORIGINAL_METHOD);

	if (h->present & method_overrides)
		return FAULT_METHOD_OVERRIDE;
	if (h->flags & FIELD_OVERRIDE)
		return FAULT_PATH_OVERRIDE;
	if (h->has_utf8 && !options->takes_utf8)
		return FAULT_FIELD_UTF8;
	return FAULT_NONE;
}

/* RFC 9110 section 9.3.1: a body there has no meaning, and a server that does not read it
 * takes it for the next request. */
static bool
may_have_body(enum method method, const struct request_options *options)
{
	static const unsigned bodiless =
		1u << METHOD_GET | 1u << METHOD_HEAD | 1u << METHOD_OPTIONS;

	return !((bodiless & ~options->bodies_on) >> method & 1);
}

enum fault
request_read(struct request *r, const struct head *h, const struct request_options *options,
             struct arena *arena)
{
	const struct framing *f = &r->framing;
	enum fault fault;

	if (!method_read(head_part(h, h->method), &r->method))
		return FAULT_METHOD_UNKNOWN;
	r->is_head = r->method == METHOD_HEAD;
	fault = read_target(r, options, arena);
	if (!fault)
		fault = check_fields(h, options);
	if (!fault)
		fault = framing_of_request(h, &r->framing);
	if (fault)
		return fault;
	if ((f->kind == BODY_CHUNKED || (f->kind == BODY_SIZED && f->length)) &&
	    !may_have_body(r->method, options))
		return FAULT_BODY_NOT_ALLOWED;
	return FAULT_NONE;
}
