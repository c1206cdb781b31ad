/* SHA-256, HMAC, random bytes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/random.h>

#include "lib/base/memory.h"

struct hasher {
	EVP_MD_CTX *ctx;
};

/* Fetched once: an implicit fetch per digest costs more than hashing a line. */
static const EVP_MD *sha256;
static pthread_once_t sha256_once = PTHREAD_ONCE_INIT;

static void
fetch_sha256(void)
{
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	if (!sha256)
		memory_exhausted();
}

static const EVP_MD *
get_sha256(void)
{
	pthread_once(&sha256_once, fetch_sha256);
	return sha256;
}

/* OpenSSL fails here only for want of memory; there is nothing else to be done. */
static void
insist(int ok)
{
	if (ok != 1)
		memory_exhausted();
}

/* One context a thread, freed with it: making one costs more than hashing a line. */
static pthread_key_t context_key;
static pthread_once_t context_once = PTHREAD_ONCE_INIT;

static void
free_context(void *ctx)
{
	EVP_MD_CTX_free(ctx);
}

static void
make_context_key(void)
{
	if (pthread_key_create(&context_key, free_context) != 0)
		memory_exhausted();
}

static EVP_MD_CTX *
get_context(void)
{
	static _Thread_local EVP_MD_CTX *ctx;

	if (ctx)
		return ctx;
	ctx = EVP_MD_CTX_new();
	pthread_once(&context_once, make_context_key);
	if (!ctx || pthread_setspecific(context_key, ctx) != 0)
		memory_exhausted();
	return ctx;
}

struct digest
digest_of(struct span bytes)
{
	EVP_MD_CTX *ctx = get_context();
	struct digest d;

	insist(EVP_DigestInit_ex2(ctx, get_sha256(), NULL));
	insist(EVP_DigestUpdate(ctx, bytes.ptr, bytes.len));
	insist(EVP_DigestFinal_ex(ctx, d.bytes, NULL));
	return d;
}

struct digest
digest_hmac(struct span key, struct span bytes)
{
	struct digest d;
	unsigned len = DIGEST_LEN;

	if (!HMAC(get_sha256(), key.ptr ? key.ptr : "", (int)key.len,
	          (const unsigned char *)bytes.ptr, bytes.len, d.bytes, &len))
		memory_exhausted();
	return d;
}

struct hasher *
hasher_new(void)
{
	struct hasher *h = memory_new(sizeof(*h));

	h->ctx = EVP_MD_CTX_new();
	if (!h->ctx)
		memory_exhausted();
	insist(EVP_DigestInit_ex2(h->ctx, get_sha256(), NULL));
	return h;
}

void
hasher_add(struct hasher *h, struct span bytes)
{
	insist(EVP_DigestUpdate(h->ctx, bytes.ptr, bytes.len));
}

void
hasher_add_u64(struct hasher *h, uint64_t number)
{
	unsigned char bytes[8];

	for (int i = 0; i < 8; i++)
		bytes[i] = (unsigned char)(number >> (56 - 8 * i));
	hasher_add(h, span_of(bytes, sizeof(bytes)));
}

void
hasher_add_counted(struct hasher *h, struct span bytes)
{
	hasher_add_u64(h, bytes.len);
	hasher_add(h, bytes);
}

struct digest
hasher_end(struct hasher **h)
{
	struct digest d;

	insist(EVP_DigestFinal_ex((*h)->ctx, d.bytes, NULL));
	hasher_free(*h);
	*h = NULL;
	return d;
}

void
hasher_free(struct hasher *h)
{
	if (!h)
		return;
	EVP_MD_CTX_free(h->ctx);
	free(h);
}

bool
secret_eq(struct span a, struct span b)
{
	return a.len == b.len && CRYPTO_memcmp(a.ptr, b.ptr, a.len) == 0;
}

bool
digest_eq(const struct digest *a, const struct digest *b)
{
	return CRYPTO_memcmp(a->bytes, b->bytes, DIGEST_LEN) == 0;
}

static const char hex_digits[] = "0123456789abcdef";

void
digest_hex(const struct digest *d, char ret[DIGEST_HEX + 1])
{
	for (size_t i = 0; i < DIGEST_LEN; i++) {
		ret[2 * i] = hex_digits[d->bytes[i] >> 4];
		ret[2 * i + 1] = hex_digits[d->bytes[i] & 15];
	}
	ret[DIGEST_HEX] = '\0';
}

bool
digest_read(struct span hex, struct digest *ret)
{
	struct digest d;

	if (hex.len != DIGEST_HEX)
		return false;
	for (size_t i = 0; i < DIGEST_LEN; i++) {
		int high = ascii_hex(hex.ptr[2 * i]), low = ascii_hex(hex.ptr[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		d.bytes[i] = (unsigned char)(high << 4 | low);
	}
	*ret = d;
	return true;
}

void
hex_add(struct buf *to, struct span bytes)
{
	for (size_t i = 0; i < bytes.len; i++) {
		unsigned char byte = (unsigned char)bytes.ptr[i];

		buf_addc(to, hex_digits[byte >> 4]);
		buf_addc(to, hex_digits[byte & 15]);
	}
}

void
base64_add(struct buf *to, struct span bytes)
{
	size_t len = (bytes.len + 2) / 3 * 4;
	char *at = buf_room(to, len + 1);

	if (!at)
		return;
	EVP_EncodeBlock((unsigned char *)at, (const unsigned char *)bytes.ptr, (int)bytes.len);
	buf_grew(to, len);
}

static size_t
padding_of(struct span text)
{
	size_t padding = 0;

	while (padding < 2 && padding < text.len && text.ptr[text.len - 1 - padding] == '=')
		padding++;
	return padding;
}

static bool
is_base64(struct span text)
{
	for (size_t i = 0; i < text.len - padding_of(text); i++) {
		char c = text.ptr[i];

		if (!ascii_is_alpha(c) && !ascii_is_digit(c) && c != '+' && c != '/')
			return false;
	}
	return text.len % 4 == 0;
}

/* Bits that belong to no byte must be zero: else two texts would give the same bytes. */
static bool
reads_back(struct span text, struct span bytes)
{
	struct buf again = BUF_INIT(text.len + 1);
	bool is_same;

	base64_add(&again, bytes);
	is_same = span_eq(buf_span(&again), text);
	buf_clear(&again);
	return is_same;
}

bool
base64_read(struct span text, struct buf *to)
{
	size_t len;
	char *at;

	if (!is_base64(text))
		return false;
	at = buf_room(to, text.len / 4 * 3);
	if (!at || (text.len && EVP_DecodeBlock((unsigned char *)at,
	                                        (const unsigned char *)text.ptr,
	                                        (int)text.len) < 0))
		return false;
	len = text.len / 4 * 3 - padding_of(text);
	if (!reads_back(text, span_of(at, len)))
		return false;
	buf_grew(to, len);
	return true;
}

void
random_fill(void *ptr, size_t len)
{
	char *at = ptr;

	while (len) {
		size_t step = len < 256 ? len : 256;

		if (getrandom(at, step, 0) != (ssize_t)step)
			memory_exhausted();
		at += step;
		len -= step;
	}
}
