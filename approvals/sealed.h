/* Signed JSON: sealing, opening, and reading members strictly. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APPROVALS_SEALED_H
#define APPROVALS_SEALED_H

#include <jansson.h>

#include "approvals/keyring.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"

/*
 * A sealed document is "<key id> <signature in hex>\n<JSON>".  The signature covers the
 * domain, a line end and the bytes of the JSON as they stand: nothing is written anew
 * before it is verified.  The domain keeps one kind of document from passing as another.
 */
enum { SEAL_LEN = KEY_ID_LEN + 1 + 2 * SIGNATURE_LEN + 1 };

/* Adds key id member "key" to `doc` and the sealed document to `to`. */
void sealed_make(json_t *doc, struct span domain, const struct private_key *key,
                   struct buf *to);

/* Signed by a key trusted in `role`?  The JSON of it, borrowed from `sealed`. */
MUST_CHECK bool sealed_open(struct span sealed, struct span domain,
                              const struct keyring *keys, enum key_role role,
                              struct span *ret_json);
/* An object whose "key" is the key that sealed it; NULL when it is not. */
MUST_CHECK json_t *sealed_parse(struct span sealed, struct span json);

/* Keys sorted, no spaces, ASCII: the form that is signed. */
void sealed_dump(const json_t *value, struct buf *to);

/* A JSON string, or {"base64": "..."} for bytes that are not UTF-8 text. */
json_t *sealed_text(struct span bytes);

/* Members.  False: missing, or of another type. */
MUST_CHECK bool sealed_get_text(const json_t *object, const char *key, struct arena *arena,
                                  struct span *ret);
/* The same of a value that is no member. */
MUST_CHECK bool sealed_read_text(const json_t *value, struct arena *arena, struct span *ret);
/* Where only a plain string will do. */
MUST_CHECK bool sealed_get_string(const json_t *object, const char *key, struct span *ret);
MUST_CHECK bool sealed_get_u64(const json_t *object, const char *key, uint64_t *ret);
MUST_CHECK bool sealed_get_time(const json_t *object, const char *key, struct wall *ret);
MUST_CHECK bool sealed_get_digest(const json_t *object, const char *key, struct digest *ret);
/* An array of plain strings. */
MUST_CHECK bool sealed_get_strings(const json_t *object, const char *key,
                                     struct arena *arena, const struct span **ret,
                                     size_t *ret_count);

/* Setting what the getters read. */
void sealed_set_text(json_t *object, const char *key, struct span bytes);
void sealed_set_u64(json_t *object, const char *key, uint64_t value);
void sealed_set_time(json_t *object, const char *key, struct wall value);
void sealed_set_digest(json_t *object, const char *key, const struct digest *value);
void sealed_set_strings(json_t *object, const char *key, const struct span *texts,
                          size_t count);

#endif
