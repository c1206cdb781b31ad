/* Web sessions of approvers, in the memory of the admin thread. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADMIN_SESSION_H
#define ADMIN_SESSION_H

#include "lib/base/clock.h"
#include "lib/base/digest.h"

/* A session is another way to show the token that opened it, and ends when that token is
 * no longer configured.  Who reads this memory finds digests, no cookie and no token. */
struct session;
struct sessions;

#define SESSION_IDLE_US (SECOND_US * 60 * 60)
#define SESSION_LIFE_US (SECOND_US * 60 * 60 * 12)
/* Past these the one that was longest unused ends: of the same token, or of all. */
enum { SESSIONS_PER_TOKEN = 16, SESSIONS_MAX = 1024 };
/* 256 random bits in hexadecimal. */
enum { SESSION_COOKIE = 64 };

struct sessions *sessions_new(void);
void sessions_free(struct sessions *s);
size_t sessions_count(const struct sessions *s);

/* `ret_cookie` is what the browser keeps; it is nowhere else. */
struct session *sessions_open(struct sessions *s, const struct digest *token,
                              struct mono now, char ret_cookie[SESSION_COOKIE + 1]);
/* NULL: unknown or run out.  Counts as use; the pointer is good until sessions_*() again. */
struct session *sessions_find(struct sessions *s, struct span cookie, struct mono now);
void sessions_close(struct sessions *s, struct session *session);

/* SHA-256 of the token. */
const struct digest *session_token(const struct session *session);

/* What a form must bring along: bound to this session and to `about`, the thing it acts
 * on, so that it is of no use for another approval. */
void session_csrf(const struct session *session, struct span about,
                  char ret[DIGEST_HEX + 1]);
bool session_csrf_is(const struct session *session, struct span about, struct span given);

#endif
