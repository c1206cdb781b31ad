/* One request at the admin endpoint: its life. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "admin/call.h"

#include <stdlib.h>

#include "lib/base/memory.h"

struct admin_terms *
admin_terms_new(const struct admin_settings *settings)
{
	struct admin_terms *terms = memory_new(sizeof(*terms));

	*terms = (struct admin_terms){.settings = settings, .users = 1};
	return terms;
}

void
admin_terms_unref(struct admin_terms **terms)
{
	struct admin_terms *t = *terms;

	*terms = NULL;
	if (--t->users)
		return;
	if (t->settings->release)
		t->settings->release(t->settings->owner);
	free(t);
}

void
call_free(struct admin_call *c)
{
	list_remove(&c->node);
	store_forget(&c->op);
	if (c->errand)
		c->errand->call = NULL;
	admin_terms_unref(&c->terms);
	json_decref(c->held);
	/* A login's token stood in it. */
	if (c->body.ptr)
		memory_wipe(c->body.ptr, c->body.len);
	buf_clear(&c->body);
	arena_clear(&c->arena);
	free(c);
}

struct session *
call_session(struct admin_call *c)
{
	return c->cookie.len ? sessions_find(c->admin->sessions, c->cookie, clock_mono()) : NULL;
}

struct visibility
call_visibility(const struct admin_call *c, const json_t *approval)
{
	return visibility_of(approval, &c->person, c->admin->settings->auditors,
	                     c->admin->settings->auditor_count);
}
