/* SHA-256, HMAC, random bytes, and their texts.  RFC 6234, RFC 2104, RFC 4648. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include "lib/base/buf.h"
#include "lib/base/span.h"

enum { DIGEST_LEN = 32, DIGEST_HEX = 64 };

struct digest {
	unsigned char bytes[DIGEST_LEN];
};

struct hasher;

struct digest digest_of(struct span bytes);
struct digest digest_hmac(struct span key, struct span bytes);

/* Incremental SHA-256; hasher_end() frees it and sets the pointer to NULL. */
struct hasher *hasher_new(void);
void hasher_add(struct hasher *h, struct span bytes);
/* The length as 8 bytes, big end first, then the bytes: no two lists give one input. */
/* Eight bytes, the highest first. */
void hasher_add_u64(struct hasher *h, uint64_t number);
/* With its length before it. */
void hasher_add_counted(struct hasher *h, struct span bytes);
struct digest hasher_end(struct hasher **h);
void hasher_free(struct hasher *h);

/* In time that does not tell where they differ. */
bool digest_eq(const struct digest *a, const struct digest *b);
bool secret_eq(struct span a, struct span b);

static inline struct span
digest_span(const struct digest *d)
{
	return span_of(d->bytes, DIGEST_LEN);
}

/* Lower case and a NUL. */
void digest_hex(const struct digest *d, char ret[DIGEST_HEX + 1]);
MUST_CHECK bool digest_read(struct span hex, struct digest *ret);

void hex_add(struct buf *to, struct span bytes);
/* Base64 with padding (RFC 4648 section 4). */
void base64_add(struct buf *to, struct span bytes);
MUST_CHECK bool base64_read(struct span text, struct buf *to);

/* From the operating system; ends the process when there is none. */
void random_fill(void *ptr, size_t len);

#endif
