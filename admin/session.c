/* Web sessions of approvers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "admin/session.h"

#include <stdlib.h>

#include "lib/base/list.h"
#include "lib/base/memory.h"

struct session {
	struct list node; /* the one used last stands first */
	struct digest id; /* of the cookie */
	struct digest token;
	struct digest csrf_key;
	struct mono opened, used;
};

struct sessions {
	struct list list;
	size_t count;
};

struct sessions *
sessions_new(void)
{
	struct sessions *s = memory_new(sizeof(*s));

	list_init(&s->list);
	return s;
}

static struct session *
of_node(struct list *node)
{
	return LIST_ENTRY(node, struct session, node);
}

void
sessions_close(struct sessions *s, struct session *session)
{
	list_remove(&session->node);
	s->count--;
	memory_wipe(session, sizeof(*session));
	free(session);
}

void
sessions_free(struct sessions *s)
{
	if (!s)
		return;
	LIST_EACH(&s->list, node)
		sessions_close(s, of_node(node));
	free(s);
}

size_t
sessions_count(const struct sessions *s)
{
	return s->count;
}

static bool
is_over(const struct session *session, struct mono now)
{
	return now.us - session->opened.us >= SESSION_LIFE_US ||
	       now.us - session->used.us >= SESSION_IDLE_US;
}

/* What has run out goes, and the oldest of who has too many. */
static void
make_room(struct sessions *s, const struct digest *token, struct mono now)
{
	size_t of_token = 0;

	LIST_EACH(&s->list, node) {
		struct session *session = of_node(node);
		bool is_theirs = digest_eq(&session->token, token);

		if (is_over(session, now) || (is_theirs && ++of_token >= SESSIONS_PER_TOKEN))
			sessions_close(s, session);
	}
	if (s->count >= SESSIONS_MAX)
		sessions_close(s, of_node(s->list.prev));
}

struct session *
sessions_open(struct sessions *s, const struct digest *token, struct mono now,
              char ret_cookie[SESSION_COOKIE + 1])
{
	struct session *session = memory_new(sizeof(*session));
	struct digest random;

	make_room(s, token, now);
	random_fill(random.bytes, sizeof(random.bytes));
	digest_hex(&random, ret_cookie);
	memory_wipe(&random, sizeof(random));
	session->id = digest_of(span_of(ret_cookie, SESSION_COOKIE));
	session->token = *token;
	session->opened = session->used = now;
	random_fill(session->csrf_key.bytes, sizeof(session->csrf_key.bytes));
	list_add_first(&s->list, &session->node);
	s->count++;
	return session;
}

struct session *
sessions_find(struct sessions *s, struct span cookie, struct mono now)
{
	struct digest id;

	if (cookie.len != SESSION_COOKIE)
		return NULL;
	id = digest_of(cookie);
	LIST_EACH(&s->list, node) {
		struct session *session = of_node(node);

		if (!digest_eq(&session->id, &id))
			continue;
		if (is_over(session, now)) {
			sessions_close(s, session);
			return NULL;
		}
		session->used = now;
		list_remove(&session->node);
		list_add_first(&s->list, &session->node);
		return session;
	}
	return NULL;
}

const struct digest *
session_token(const struct session *session)
{
	return &session->token;
}

void
session_csrf(const struct session *session, struct span about, char ret[DIGEST_HEX + 1])
{
	struct digest d = digest_hmac(digest_span(&session->csrf_key), about);

	digest_hex(&d, ret);
}

bool
session_csrf_is(const struct session *session, struct span about, struct span given)
{
	char expected[DIGEST_HEX + 1];

	session_csrf(session, about, expected);
	return secret_eq(span_of(expected, DIGEST_HEX), given);
}
