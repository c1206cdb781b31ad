/* Ed25519 keys and signatures. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/signature.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/base/memory.h"

enum { RAW_KEY = 32 };

struct public_key {
	EVP_PKEY *pkey;
	char id[KEY_ID_LEN + 1];
	unsigned char raw[RAW_KEY];
};

struct private_key {
	EVP_PKEY *pkey;
	struct public_key public;
};

static bool
public_key_fill(struct public_key *key, EVP_PKEY *pkey)
{
	size_t len = RAW_KEY;
	struct digest d;
	char hex[DIGEST_HEX + 1];

	if (EVP_PKEY_id(pkey) != EVP_PKEY_ED25519 ||
	    EVP_PKEY_get_raw_public_key(pkey, key->raw, &len) != 1 || len != RAW_KEY)
		return false;
	d = digest_of(span_of(key->raw, RAW_KEY));
	digest_hex(&d, hex);
	memcpy(key->id, hex, KEY_ID_LEN);
	key->pkey = pkey;
	return true;
}

/* Writes a new key beside `path` and links it there; a sibling that was faster wins. */
static bool
make_key(const char *path, struct buf *why)
{
	struct buf beside = BUF_INIT(4096);
	EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	FILE *file = NULL;
	int fd;
	bool is_made = false;

	buf_addf(&beside, "%s.%ld.new", path, (long)getpid());
	fd = open(buf_cstr(&beside), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd >= 0)
		file = fdopen(fd, "w");
	if (pkey && file && PEM_write_PrivateKey(file, pkey, NULL, NULL, 0, NULL, NULL) == 1 &&
	    fflush(file) == 0 && fsync(fd) == 0)
		is_made = link(buf_cstr(&beside), path) == 0 || errno == EEXIST;
	if (!is_made)
		buf_addf(why, "%s: the key cannot be made: %s", path, strerror(errno));
	if (file)
		fclose(file);
	unlink(buf_cstr(&beside));
	EVP_PKEY_free(pkey);
	buf_clear(&beside);
	return is_made;
}

struct private_key *
private_key_open(const char *path, struct buf *why)
{
	struct private_key *key;
	EVP_PKEY *pkey;
	FILE *file = fopen(path, "re");

	if (!file && errno == ENOENT) {
		if (!make_key(path, why))
			return NULL;
		file = fopen(path, "re");
	}
	if (!file) {
		buf_addf(why, "%s: the key cannot be read: %s", path, strerror(errno));
		return NULL;
	}
	pkey = PEM_read_PrivateKey(file, NULL, NULL, NULL);
	fclose(file);
	key = memory_new(sizeof(*key));
	if (!pkey || !public_key_fill(&key->public, pkey)) {
		buf_addf(why, "%s: this is not an Ed25519 private key in PEM", path);
		EVP_PKEY_free(pkey);
		free(key);
		return NULL;
	}
	key->pkey = pkey;
	return key;
}

void
private_key_free(struct private_key *key)
{
	if (!key)
		return;
	EVP_PKEY_free(key->pkey);
	free(key);
}

const struct public_key *
private_key_public(const struct private_key *key)
{
	return &key->public;
}

struct signature
private_key_sign(const struct private_key *key, struct span bytes)
{
	struct signature sig;
	size_t len = SIGNATURE_LEN;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	if (!ctx || EVP_DigestSignInit(ctx, NULL, NULL, NULL, key->pkey) != 1 ||
	    EVP_DigestSign(ctx, sig.bytes, &len, (const unsigned char *)bytes.ptr, bytes.len) != 1)
		memory_exhausted();
	EVP_MD_CTX_free(ctx);
	return sig;
}

struct public_key *
public_key_load(const char *path, struct buf *why)
{
	struct public_key *key;
	EVP_PKEY *pkey;
	FILE *file = fopen(path, "re");

	if (!file) {
		buf_addf(why, "%s: the key cannot be read: %s", path, strerror(errno));
		return NULL;
	}
	pkey = PEM_read_PUBKEY(file, NULL, NULL, NULL);
	fclose(file);
	key = memory_new(sizeof(*key));
	if (!pkey || !public_key_fill(key, pkey)) {
		buf_addf(why, "%s: this is not an Ed25519 public key in PEM", path);
		EVP_PKEY_free(pkey);
		free(key);
		return NULL;
	}
	return key;
}

void
public_key_free(struct public_key *key)
{
	if (!key)
		return;
	EVP_PKEY_free(key->pkey);
	free(key);
}

bool
public_key_verify(const struct public_key *key, struct span bytes, const struct signature *sig)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool is_valid;

	if (!ctx)
		memory_exhausted();
	is_valid = EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key->pkey) == 1 &&
	           EVP_DigestVerify(ctx, sig->bytes, SIGNATURE_LEN,
	                            (const unsigned char *)bytes.ptr, bytes.len) == 1;
	EVP_MD_CTX_free(ctx);
	return is_valid;
}

const char *
public_key_id(const struct public_key *key)
{
	return key->id;
}

struct span
public_key_raw(const struct public_key *key)
{
	return span_of(key->raw, RAW_KEY);
}

void
public_key_pem(const struct public_key *key, struct buf *to)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;
	long len;

	if (!bio || PEM_write_bio_PUBKEY(bio, key->pkey) != 1)
		memory_exhausted();
	len = BIO_get_mem_data(bio, &text);
	buf_add(to, span_of(text, (size_t)len));
	BIO_free(bio);
}
