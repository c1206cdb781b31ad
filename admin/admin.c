/* The approver's door: requests in, each to its handler. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "admin/admin.h"

#include <stdlib.h>

#include "admin/approvals_api.h"
#include "admin/call.h"
#include "admin/decide.h"
#include "admin/gate.h"
#include "admin/login.h"
#include "admin/operation.h"
#include "admin/page.h"
#include "admin/page_approvals.h"
#include "lib/base/memory.h"
#include "lib/net/census.h"

enum { BODY_MAX = 1024 * 1024 };

/* clang-format off */
static const struct route routes[] = {
	{METHOD_GET,    "/api/v1/approvals",                ROLE_NAMED,  FACE_API,  TAKES_NOTHING, approvals_api_list},
	{METHOD_GET,    "/api/v1/approvals/{id}",           ROLE_NAMED,  FACE_API,  TAKES_NOTHING, approvals_api_show},
	{METHOD_DELETE, "/api/v1/approvals/{id}",           ROLE_NAMED,  FACE_API,  TAKES_NOTHING, approvals_api_cancel},
	{METHOD_POST,   "/api/v1/approvals/{id}/decisions", ROLE_NAMED,  FACE_API,  TAKES_JSON,    decide_by_json},
	{METHOD_GET,    "/api/v1/whoami",                   ROLE_NAMED,  FACE_API,  TAKES_NOTHING, operation_whoami},
	{METHOD_POST,   "/api/v1/login-links",              ROLE_TOKEN,  FACE_API,  TAKES_JSON,    login_make_link},
	{METHOD_POST,   "/api/v1/reload",                   ROLE_NAMED,  FACE_API,  TAKES_NOTHING, operation_reload},
	{METHOD_GET,    "/healthz",                         ROLE_LOCAL,  FACE_API,  TAKES_NOTHING, operation_health},
	{METHOD_GET,    "/readyz",                          ROLE_LOCAL,  FACE_API,  TAKES_NOTHING, operation_readiness},
	{METHOD_GET,    "/metrics",                         ROLE_LOCAL,  FACE_API,  TAKES_NOTHING, operation_metrics},

	{METHOD_GET,    "/",                                ROLE_NAMED,  FACE_PAGE, TAKES_NOTHING, page_inbox},
	{METHOD_GET,    "/approvals/{id}",                  ROLE_NAMED,  FACE_PAGE, TAKES_NOTHING, page_approval},
	{METHOD_POST,   "/approvals/{id}/decisions",        ROLE_NAMED,  FACE_PAGE, TAKES_FORM,    decide_by_form},
	{METHOD_GET,    "/login",                           ROLE_ANYONE, FACE_PAGE, TAKES_NOTHING, login_show},
	{METHOD_POST,   "/login",                           ROLE_ANYONE, FACE_PAGE, TAKES_FORM,    login_enter},
	{METHOD_POST,   "/logout",                          ROLE_NAMED,  FACE_PAGE, TAKES_FORM,    login_leave},
	{METHOD_GET,    "/page.css",                        ROLE_ANYONE, FACE_API,  TAKES_NOTHING, page_stylesheet},
	{METHOD_GET,    "/icon.svg",                        ROLE_ANYONE, FACE_API,  TAKES_NOTHING, page_icon},

	/* Of the contract, and later work's. */
	{METHOD_POST,   "/api/v1/decisions",                ROLE_NAMED,  FACE_API,  TAKES_JSON,    NULL},
	{METHOD_POST,   "/api/v1/approvals",                ROLE_NAMED,  FACE_API,  TAKES_JSON,    NULL},
	{METHOD_POST,   "/api/v1/approvals/{id}/revoke",    ROLE_NAMED,  FACE_API,  TAKES_JSON,    NULL},
	{METHOD_POST,   "/api/v1/approvals/{id}/review",    ROLE_NAMED,  FACE_API,  TAKES_JSON,    NULL},
	{METHOD_GET,    "/api/v1/events",                   ROLE_NAMED,  FACE_API,  TAKES_NOTHING, NULL},
	{METHOD_POST,   "/api/v1/explain",                  ROLE_NAMED,  FACE_API,  TAKES_JSON,    NULL},
	{METHOD_GET,    "/api/v1/rules",                    ROLE_NAMED,  FACE_API,  TAKES_NOTHING, NULL},
	{METHOD_POST,   "/api/v1/freeze",                   ROLE_NAMED,  FACE_API,  TAKES_JSON,    NULL},
	{METHOD_DELETE, "/api/v1/freeze",                   ROLE_NAMED,  FACE_API,  TAKES_NOTHING, NULL},
	{METHOD_GET,    "/openapi.json",                    ROLE_NAMED,  FACE_API,  TAKES_NOTHING, NULL},
};
/* clang-format on */

static void
run(struct admin_call *c)
{
	if (c->route->takes == TAKES_NOTHING && c->body.len)
		call_problem(c, PROBLEM_BODY, "This takes no body.");
	else if (!c->route->run)
		call_problem(c, PROBLEM_NOT_SUPPORTED_YET, "A later release brings it.");
	else
		c->route->run(c);
}

static void
take_body(struct admin_call *c, struct span body, bool is_last)
{
	buf_add(&c->body, body);
	if (c->body.is_over)
		call_problem(c, PROBLEM_TOO_LARGE, "A body here has at most 1 MiB.");
	else if (is_last)
		run(c);
}

static struct admin_call *
call_new(struct admin *a, struct http_call *http)
{
	struct admin_call *c = memory_new(sizeof(*c));

	c->admin = a;
	c->terms = a->terms;
	c->terms->users++;
	c->http = http;
	c->body = BUF_INIT(BODY_MAX);
	list_add_last(&a->calls, &c->node);
	http_call_own(http, c);
	return c;
}

/* What is needed of the head after this turn of the loop. */
static enum fault
read_request(struct admin_call *c, const struct head *head, enum method *ret_method)
{
	static const struct request_options options;
	struct request request = {0};
	enum fault fault = request_read_host(&request, head, false, &c->arena);

	c->wants_page = gate_wants_page(head);
	if (fault == FAULT_NONE)
		fault = request_read(&request, head, &options, &c->arena);
	if (fault != FAULT_NONE)
		return fault;
	*ret_method = request.method;
	c->is_head = request.method == METHOD_HEAD;
	c->host = arena_copy(&c->arena, request.host);
	c->path = arena_copy(&c->arena, request.path);
	c->query = arena_copy(&c->arena, request.query);
	c->content_type = arena_copy(&c->arena, head_value(head, FIELD_CONTENT_TYPE));
	c->if_none_match = arena_copy(&c->arena, head_value(head, FIELD_IF_NONE_MATCH));
	return FAULT_NONE;
}

/* False: it was answered. */
static bool
find_route(struct admin_call *c, enum method method)
{
	struct route_found found =
		route_find(routes, ARRAY_LEN(routes), method, c->path);
	struct buf allow = BUF_INIT(128);

	if (found.route) {
		c->route = found.route;
		c->id = found.id;
		return true;
	}
	if (found.methods == 0) {
		call_problem(c, PROBLEM_NOT_FOUND, "");
		return false;
	}
	route_allow(found.methods, &allow);
	call_field(c, "Allow", buf_span(&allow));
	buf_clear(&allow);
	call_problem(c, PROBLEM_METHOD_NOT_ALLOWED, "");
	return false;
}

static void
on_request(void *ctx, struct http_call *http, const struct head *head,
           const struct framing *framing, struct span body, bool is_last)
{
	struct admin_call *c = call_new(ctx, http);
	enum method method = METHOD_GET;
	enum fault fault = read_request(c, head, &method);

	if (fault != FAULT_NONE) {
		call_fault(c, fault);
		return;
	}
	if (!gate_takes_host(c))
		return;
	gate_read(c, head);
	if (!find_route(c, method) || !gate_admits(c))
		return;
	if (framing->kind == BODY_SIZED && framing->length > BODY_MAX) {
		call_problem(c, PROBLEM_TOO_LARGE, "A body here has at most 1 MiB.");
		return;
	}
	http_call_continue(http);
	take_body(c, body, is_last);
}

static void
on_body(void *owner, struct span body, bool is_last)
{
	take_body(owner, body, is_last);
}

static void
on_fault(void *owner, struct http_call *http, enum fault fault, const struct head *head)
{
	struct admin_call *c = http_call_is_owned(http) ? owner : call_new(owner, http);

	(void)head;
	call_fault(c, fault);
}

/* An answer is given in one piece: there is never more to send. */
static void
on_drained(void *owner)
{
	(void)owner;
}

static void
on_gone(void *owner)
{
	call_free(owner);
}

static const struct http_handler handler = {
	.on_request = on_request,
	.on_body = on_body,
	.on_fault = on_fault,
	.on_drained = on_drained,
	.on_gone = on_gone,
};

struct admin *
admin_new(struct loop *loop, const struct admin_settings *settings,
          const struct admin_parts *parts)
{
	struct admin *a = memory_new(sizeof(*a));

	a->settings = settings;
	a->terms = admin_terms_new(settings);
	a->parts = *parts;
	a->sessions = sessions_new();
	a->links = login_links_new();
	list_init(&a->calls);
	operation_register_metrics(a);
	a->server = http_server_new(loop, settings->limits, &handler, a);
	a->census = census_new(ADMIN_CONNECTIONS, ADMIN_CONNECTIONS_PER_ADDRESS);
	http_server_count_in(a->server, a->census);
	return a;
}

void
admin_adopt(struct admin *a, const struct admin_settings *settings)
{
	struct admin_terms *before = a->terms;

	a->settings = settings;
	a->terms = admin_terms_new(settings);
	http_server_limit(a->server, settings->limits);
	admin_terms_unref(&before);
}

void
admin_listen(struct admin *a, struct listener *listener)
{
	http_server_listen(a->server, listener);
}

void
admin_drain(struct admin *a)
{
	http_server_drain(a->server);
}

void
admin_free(struct admin *a)
{
	if (!a)
		return;
	http_server_free(a->server);
	census_free(a->census);
	sessions_free(a->sessions);
	login_links_free(a->links);
	admin_terms_unref(&a->terms);
	free(a);
}
