/* How the admin endpoint says no: as problem+json, or as a page. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

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
