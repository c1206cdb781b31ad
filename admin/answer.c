/* How the admin endpoint answers: fields that every answer has, JSON, redirects. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "admin/call.h"

/* One policy for all that a browser may open: nothing but our stylesheet and icon loads,
 * forms lead here only, and no other page can frame it. */
static const struct own_field always[] = {
	{SPAN("Cache-Control"), SPAN("no-store")},
	{SPAN("Content-Security-Policy"),
	 SPAN("default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
	      "base-uri 'none'; frame-ancestors 'none'")},
	{SPAN("X-Content-Type-Options"), SPAN("nosniff")},
	{SPAN("X-Frame-Options"), SPAN("DENY")},
	{SPAN("Referrer-Policy"), SPAN("no-referrer")},
	{SPAN("Cross-Origin-Opener-Policy"), SPAN("same-origin")},
	{SPAN("Cross-Origin-Resource-Policy"), SPAN("same-origin")},
	{SPAN("Permissions-Policy"), SPAN("camera=(), geolocation=(), microphone=()")},
};

void
call_field(struct admin_call *c, const char *name, struct span value)
{
	if (c->own_count == CALL_FIELDS_MAX)
		return;
	c->own[c->own_count++] = (struct own_field){span_cstr(name), arena_copy(&c->arena, value)};
}

static void
count_answer(struct admin *a, int status)
{
	size_t class = (size_t)status / 100;

	if (class < ARRAY_LEN(a->counts.answers))
		a->counts.answers[class]++;
}

/* The head of an answer to HEAD tells the length of a body that is not sent. */
static void
send_head_only(struct admin_call *c, int status, const struct own_field *own, size_t count,
               size_t length)
{
	struct buf head = BUF_INIT(16384);
	struct write_answer w = {.status = status,
	                         .own = own,
	                         .own_count = count,
	                         .body = BODY_SIZED,
	                         .length = length,
	                         .closes = !http_call_persists(c->http),
	                         .minor = 1};

	http_call_frame(c->http, BODY_SIZED);
	if (write_answer(&head, &w))
		http_call_send(c->http, buf_span(&head), SPAN_NONE, true);
	else
		http_call_abort(c->http);
	buf_clear(&head);
}

void
call_answer(struct admin_call *c, int status, const char *type, struct span body)
{
	struct own_field own[ARRAY_LEN(always) + CALL_FIELDS_MAX + 1];
	size_t count = 0;

	if (type)
		own[count++] = (struct own_field){SPAN("Content-Type"), span_cstr(type)};
	memcpy(own + count, c->own, c->own_count * sizeof(*own));
	count += c->own_count;
	memcpy(own + count, always, sizeof(always));
	count += ARRAY_LEN(always);
	count_answer(c->admin, status);
	if (c->is_head)
		send_head_only(c, status, own, count, body.len);
	else
		http_call_answer(c->http, status, own, count, body);
	call_free(c);
}

void
call_answer_json(struct admin_call *c, int status, json_t *body)
{
	char *text = json_dumps(body, JSON_COMPACT | JSON_ENSURE_ASCII);
	struct span bytes = span_cstr(text);

	json_decref(body);
	call_answer(c, status, "application/json", bytes);
	free(text);
}

void
call_redirect(struct admin_call *c, struct span path)
{
	call_field(c, "Location", path);
	call_answer(c, 303, NULL, SPAN_NONE);
}
