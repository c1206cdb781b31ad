/* How the admin endpoint answers: fields that every answer has, problems, redirects. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "admin/call.h"
#include "admin/page.h"
#include "lib/base/emit.h"

enum { PROBLEM_MAX = 8192 };

static const struct {
	int status;
	const char *word, *title;
} problems[PROBLEM_COUNT] = {
#define PROBLEM(name, status, word, title) [PROBLEM_##name] = {status, word, title},
#include "admin/problems.def"
#undef PROBLEM
};

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

/* Programs get JSON; who opened a page, or an address that is none, reads HTML. */
static bool
is_page(const struct admin_call *c)
{
	if (c->route)
		return c->route->face == FACE_PAGE;
	return c->wants_page && !span_starts(c->path, SPAN("/api/"));
}

struct said {
	int status;
	const char *word, *title, *detail, *state;
};

static void
say_problem(struct admin_call *c, const struct said *said)
{
	struct buf body = BUF_INIT(PROBLEM_MAX);
	struct emit e = EMIT_INTO(&body);
	char type[80];

	snprintf(type, sizeof(type), "urn:countersign:problem:%s", said->word);
	emit_object(&e);
	emit_member_cstr(&e, "type", type);
	emit_member_cstr(&e, "title", said->title);
	emit_member_u64(&e, "status", (uint64_t)said->status);
	if (said->detail[0])
		emit_member_cstr(&e, "detail", said->detail);
	if (said->state)
		emit_member_cstr(&e, "state", said->state);
	emit_object_end(&e);
	call_answer(c, said->status, "application/problem+json", buf_span(&body));
	buf_clear(&body);
}

static void
say(struct admin_call *c, const struct said *said)
{
	if (said->status == 401)
		call_field(c, "WWW-Authenticate", SPAN("Bearer realm=\"countersign\""));
	if (said->status == 503)
		call_field(c, "Retry-After", SPAN("5"));
	if (!is_page(c))
		say_problem(c, said);
	else if (said->status == 401)
		page_login(c, 401, said->detail);
	else
		page_problem(c, said->status, said->title, said->detail);
}

void
call_problem_state(struct admin_call *c, enum problem problem, const char *detail,
                   const char *state)
{
	say(c, &(struct said){.status = problems[problem].status,
	                      .word = problems[problem].word,
	                      .title = problems[problem].title,
	                      .detail = detail,
	                      .state = state});
}

void
call_problem(struct admin_call *c, enum problem problem, const char *detail)
{
	call_problem_state(c, problem, detail, NULL);
}

void
call_fault(struct admin_call *c, enum fault fault)
{
	http_call_close_after(c->http);
	say(c, &(struct said){.status = fault_status(fault),
	                      .word = fault_word(fault),
	                      .title = fault_text(fault),
	                      .detail = ""});
}

void
call_redirect(struct admin_call *c, struct span path)
{
	call_field(c, "Location", path);
	call_answer(c, 303, NULL, SPAN_NONE);
}
