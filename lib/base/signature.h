/* Ed25519 keys and signatures (RFC 8032), kept as PEM files. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_SIGNATURE_H
#define BASE_SIGNATURE_H

#include "lib/base/buf.h"
#include "lib/base/digest.h"
#include "lib/base/span.h"

enum { SIGNATURE_LEN = 64, KEY_ID_LEN = 16 };

struct signature {
	unsigned char bytes[SIGNATURE_LEN];
};

struct private_key;
struct public_key;

/*
 * Loads the key in `path`, or makes it there (mode 0600) when there is none.  Several
 * processes may race: all end with the same key.  NULL, and a sentence in `why`.
 */
MUST_CHECK struct private_key *private_key_open(const char *path, struct buf *why);
void private_key_free(struct private_key *key);
/* The public half, owned by the private key. */
const struct public_key *private_key_public(const struct private_key *key);
struct signature private_key_sign(const struct private_key *key, struct span bytes);

/* From a PEM file ("PUBLIC KEY").  NULL, and a sentence in `why`. */
MUST_CHECK struct public_key *public_key_load(const char *path, struct buf *why);
void public_key_free(struct public_key *key);
MUST_CHECK bool public_key_verify(const struct public_key *key, struct span bytes,
                                  const struct signature *sig);
/* 16 hex digits of the SHA-256 of the raw key, and a NUL: names the key in records. */
const char *public_key_id(const struct public_key *key);
/* The 32 raw bytes of the key. */
struct span public_key_raw(const struct public_key *key);
void public_key_pem(const struct public_key *key, struct buf *to);

#endif
