/* One question: what is asked, copied for as long as it takes, and the request it may open. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "approvals/store_ask.h"

#include "lib/base/memory.h"

enum { SEALED_MAX = 64 * 1024 * 1024 };

/* What limits count by: hashed, because it becomes part of a key. */
static struct span
who_of(const struct bindable *b, struct arena *arena)
{
	bool is_named = person_is_named(b->requester);
	struct hasher *h = hasher_new();
	struct digest d;
	char hex[DIGEST_HEX + 1];

	hasher_add_counted(h, is_named ? SPAN("user") : SPAN("source"));
	hasher_add_counted(h, is_named ? b->requester->user : b->anonymous_source);
	d = hasher_end(&h);
	digest_hex(&d, hex);
	return arena_copy(arena, span_of(hex, DIGEST_HEX));
}

static void
copy_requirement(struct ask_op *a, const struct requirement *from)
{
	a->requirement = *from;
	a->requirement.reason_rule = NULL;
	for (size_t i = 0; i < from->need_count; i++)
		a->requirement.needs[i].group = arena_copy(&a->op.arena, from->needs[i].group);
}

bool
ask_read_ticket(struct ask_op *a, struct span ticket)
{
	struct span id = SPAN_NONE, rest = ticket;

	if (!span_cut(&rest, '.', &id) || !ulid_is_valid(id))
		return false;
	memcpy(a->known, id.ptr, ULID_LEN);
	a->secret = arena_copy(&a->op.arena, rest);
	a->is_ticket = true;
	return true;
}

struct ask_op *
ask_make(struct store *s, const struct ask *ask)
{
	struct ask_op *a = memory_new(sizeof(*a));
	struct arena *arena = &a->op.arena;

	a->sealed = BUF_INIT(SEALED_MAX);
	a->binding = ask->binding;
	a->lease_us = ask->lease_us;
	a->waiter = arena_copy(arena, ask->waiter);
	a->who = who_of(ask->bindable, arena);
	if (person_is_named(ask->bindable->requester))
		a->requester = arena_copy(arena, ask->bindable->requester->user);
	a->person = person_copy(ask->bindable->requester, arena);
	a->joiner = (struct joiner){&a->person, arena_copy(arena, ask->source),
	                            arena_copy(arena, ask->reason)};
	copy_requirement(a, ask->requirement);
	a->draft = request_draft_json(&(struct request_draft){
		.bindable = ask->bindable,
		.requirement = ask->requirement,
		.binding = ask->binding,
		.title = ask->title,
		.reason = ask->reason,
		.source = ask->source,
		.node = span_cstr(s->node),
		.boot = span_cstr(s->boot),
	});
	/* What is bound is the upstream's host; people and the trail know the caller's. */
	sealed_set_text(a->draft, "caller_host",
	                request_authority(ask->bindable->request, arena));
	return a;
}

void
ask_stamp(struct ask_op *a, struct wall now)
{
	struct digest secret;

	ulid_make(now, a->id);
	if (!a->requester.len && !a->new_secret[0]) {
		unsigned char noise[ULID_LEN];

		random_fill(noise, sizeof(noise));
		for (size_t i = 0; i < ULID_LEN; i++)
			a->new_secret[i] = ulid_digit(noise[i]);
	}
	secret = digest_of(span_cstr(a->new_secret));
	buf_reset(&a->sealed);
	request_stamp(a->draft,
	              &(struct request_stamp){
			      .id = a->id,
			      .epoch = span_cstr(a->op.store->epoch),
			      .now = now,
			      .secret = a->requester.len ? NULL : &secret,
			      .follows = a->follows[0] ? a->follows : NULL,
		      },
	              keyring_own(a->op.store->keys, KEY_PROXY), &a->sealed);
}
