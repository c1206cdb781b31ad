/* Our keys by role, the keys of others we trust, and the secret that keys digests. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APPROVALS_KEYRING_H
#define APPROVALS_KEYRING_H

#include "approvals/verified.h"
#include "lib/base/signature.h"

/* A key signs in one role only: what a proxy key signs is never a decision. */
enum key_role { KEY_PROXY, KEY_ADMIN, KEY_ROLE_COUNT };
const char *key_role_name(enum key_role role);
MUST_CHECK bool key_role_read(struct span name, enum key_role *ret);

/* Immutable once the threads run; shared by all of them. */
struct keyring;

/*
 * Opens STATE_DIR/keys/proxy.key and admin.key, made on first start; both are trusted in
 * their role.  NULL, and a sentence in `why`.
 */
MUST_CHECK struct keyring *keyring_open(const char *state_dir, struct buf *why);
void keyring_free(struct keyring **keys);
/* Trusts the public key in a PEM file in one role more.  False, and a sentence in `why`. */
MUST_CHECK bool keyring_trust(struct keyring *keys, const char *path, enum key_role role,
                              struct buf *why);

const struct private_key *keyring_own(const struct keyring *keys, enum key_role role);
/* By its id; NULL when no such key is trusted in that role. */
const struct public_key *keyring_find(const struct keyring *keys, enum key_role role,
                                      struct span id);

/* What was verified with these keys. */
struct verified *keyring_verified(const struct keyring *keys);

/* For listing: 0 to keyring_count() - 1. */
struct trusted_key {
	const struct public_key *key;
	enum key_role role;
	bool is_own;
};
size_t keyring_count(const struct keyring *keys);
struct trusted_key keyring_at(const struct keyring *keys, size_t index);

/*
 * Reads the binding secret: the raw bytes of a file of at least 16 bytes, made with 32
 * random bytes (mode 0600) when `path` does not exist and `may_make`; several processes may
 * race, all end with the same.  False, and a sentence in `why`.
 */
MUST_CHECK bool binding_secret_open(const char *path, bool may_make, struct buf *ret_secret,
                                    struct buf *why);

#endif
