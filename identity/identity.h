/* Who asks: what a request shows, turned into a person.  Pure: bytes in, an answer out. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IDENTITY_IDENTITY_H
#define IDENTITY_IDENTITY_H

#include "identity/person.h"
#include "identity/token.h"
#include "lib/http/head.h"

struct address; /* lib/net's; only handed through */

/* identity.header.trust: whether `peer` may say who somebody is. */
typedef bool identity_trust_fn(const void *trusted, const struct address *peer);

/* All borrowed, and must outlive the identity made of it. */
struct identity_settings {
	const struct identity_token *tokens;
	size_t token_count;
	struct span user_header;    /* identity.header.user; empty: not configured */
	struct span groups_header;  /* identity.header.groups; may be empty */
	identity_trust_fn *is_trusted; /* NULL: nobody is */
	const void *trusted;
};

/* A site's `identify`: ways to name a caller, in order.  A certificate and a jwt name
 * nobody yet. */
enum identity_way {
	IDENTITY_WAY_CERTIFICATE,
	IDENTITY_WAY_JWT,
	IDENTITY_WAY_TOKEN,
	IDENTITY_WAY_BEARER,
	IDENTITY_WAY_HEADER,
	IDENTITY_WAY_COUNT
};

struct identify {
	enum identity_way ways[IDENTITY_WAY_COUNT]; /* each at most once */
	size_t count;
};

/* [certificate, jwt, token, bearer, header] */
extern const struct identify identify_default;
MUST_CHECK bool identity_way_read(struct span word, enum identity_way *ret);
const char *identity_way_name(enum identity_way way);

/* Names of people and groups, configured or told by a trusted peer: 1 to 255 printable
 * ASCII characters without comma, no space at an end; a user is not called "anonymous". */
bool identity_user_is_valid(struct span user);
bool identity_group_is_valid(struct span group);

struct identity;
/* NULL, and a sentence in `why`: a bad name, the same token twice, a header name that is
 * no field name. */
MUST_CHECK struct identity *identity_new(const struct identity_settings *settings,
                                         struct buf *why);
/* Wipes what it remembered of tokens. */
void identity_free(struct identity *id);

enum identified_as {
	IDENTIFIED_NAMED,
	IDENTIFIED_ANONYMOUS, /* no credential was shown */
	IDENTIFIED_WRONG,     /* a credential that is wrong: 401, never anonymous */
	IDENTIFIED_CONFLICT,  /* two sources, or two lines of one, may name two persons: 400 */
};

struct identified {
	enum identified_as as;
	struct person person;  /* of the first way that names one; else anonymous */
	bool bearer_is_ours;   /* Authorization carried a token of ours */
};

/* `arena` takes what a header says; what tokens say is borrowed from the settings, so that a
 * person must not outlive its configuration: person_copy(). */
struct identity_question {
	const struct head *head;
	const struct address *peer;
	const struct identify *identify;
	uintptr_t *memo;       /* of the connection, zero at first; may be NULL */
	struct arena *arena;
};

/* A wrong Countersign-Token is wrong whatever else names the caller.  An unknown bearer token
 * is wrong only when nothing else does: beside another credential of ours it is the
 * upstream's.  A field of identity.header from a peer that is not trusted is not looked at. */
struct identified identity_identify(const struct identity *id,
                                    const struct identity_question *question);

/* A token alone; false: unknown.  `memo` remembers which entry the last token of the
 * connection was, so that the same bytes need no digest again: they are compared whole with
 * a copy that the entry keeps.  A memo of another configuration is noticed. */
MUST_CHECK bool identity_find_token(const struct identity *id, struct span token,
                                    uintptr_t *memo, struct person *ret);

/* The same by the digest of a token that was shown before: a session stands and falls
 * with the token that opened it. */
MUST_CHECK bool identity_find_digest(const struct identity *id, const struct digest *sha256,
                                     struct person *ret);

/* The token of "Bearer <token>"; false when the scheme is another. */
MUST_CHECK bool identity_bearer_of(struct span authorization, struct span *ret_token);

/* Whether a field says who the caller is: Countersign-Token, the configured identity headers
 * (whoever sent them), Authorization when it carried our token.  It is bound as the requester,
 * not as bytes, and not forwarded, but for an Authorization where the site says `pass`. */
bool identity_is_credential(const struct identity *id, const struct identified *who,
                            const struct head *h, const struct field *f);

#endif
