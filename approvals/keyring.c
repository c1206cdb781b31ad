/* Our keys by role, the keys of others we trust, and the secret that keys digests. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "approvals/keyring.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/memory.h"

enum { SECRET_LEN = 32, SECRET_LEAST = 16, SECRET_MOST = 4096, PATH_LONGEST = 4096 };

struct keyring {
	struct private_key *own[KEY_ROLE_COUNT];
	struct public_key **loaded; /* owned; the own ones belong to their private keys */
	size_t loaded_count;
	struct trusted_key *trusted;
	size_t count;
	struct verified *verified;
};

static const char *const role_names[KEY_ROLE_COUNT] = {
	[KEY_PROXY] = "proxy",
	[KEY_ADMIN] = "admin",
};

const char *
key_role_name(enum key_role role)
{
	return role_names[role];
}

bool
key_role_read(struct span name, enum key_role *ret)
{
	for (unsigned i = 0; i < KEY_ROLE_COUNT; i++) {
		if (span_eq(name, span_cstr(role_names[i]))) {
			*ret = (enum key_role)i;
			return true;
		}
	}
	return false;
}

static void
add(struct keyring *keys, struct trusted_key key)
{
	keys->trusted = memory_resize(keys->trusted, (keys->count + 1) * sizeof(key));
	keys->trusted[keys->count++] = key;
}

static bool
open_own(struct keyring *keys, const char *state_dir, enum key_role role, struct buf *why)
{
	struct buf path = BUF_INIT(PATH_LONGEST);

	buf_addf(&path, "%s/keys/%s.key", state_dir, role_names[role]);
	keys->own[role] = private_key_open(buf_cstr(&path), why);
	buf_clear(&path);
	if (!keys->own[role])
		return false;
	add(keys, (struct trusted_key){private_key_public(keys->own[role]), role, true});
	return true;
}

static bool
make_directory(const char *state_dir, struct buf *why)
{
	struct buf path = BUF_INIT(PATH_LONGEST);
	bool is_there;

	buf_addf(&path, "%s/keys", state_dir);
	is_there = mkdir(buf_cstr(&path), 0700) == 0 || errno == EEXIST;
	if (!is_there)
		buf_addf(why, "%s: the directory cannot be made: %s", buf_cstr(&path),
		         strerror(errno));
	buf_clear(&path);
	return is_there;
}

struct keyring *
keyring_open(const char *state_dir, struct buf *why)
{
	struct keyring *keys = memory_new(sizeof(*keys));

	keys->verified = verified_new();
	if (make_directory(state_dir, why) && open_own(keys, state_dir, KEY_PROXY, why) &&
	    open_own(keys, state_dir, KEY_ADMIN, why))
		return keys;
	keyring_free(&keys);
	return NULL;
}

void
keyring_free(struct keyring **keys)
{
	struct keyring *k = *keys;

	if (!k)
		return;
	for (size_t i = 0; i < k->loaded_count; i++)
		public_key_free(k->loaded[i]);
	for (size_t i = 0; i < KEY_ROLE_COUNT; i++)
		private_key_free(k->own[i]);
	verified_free(k->verified);
	free(k->loaded);
	free(k->trusted);
	free(k);
	*keys = NULL;
}

bool
keyring_trust(struct keyring *keys, const char *path, enum key_role role, struct buf *why)
{
	struct public_key *key = public_key_load(path, why);

	if (!key)
		return false;
	keys->loaded = memory_resize(keys->loaded, (keys->loaded_count + 1) * sizeof(key));
	keys->loaded[keys->loaded_count++] = key;
	add(keys, (struct trusted_key){key, role, false});
	return true;
}

const struct private_key *
keyring_own(const struct keyring *keys, enum key_role role)
{
	return keys->own[role];
}

const struct public_key *
keyring_find(const struct keyring *keys, enum key_role role, struct span id)
{
	for (size_t i = 0; i < keys->count; i++) {
		const struct trusted_key *t = &keys->trusted[i];

		if (t->role == role && span_eq(span_cstr(public_key_id(t->key)), id))
			return t->key;
	}
	return NULL;
}

struct verified *
keyring_verified(const struct keyring *keys)
{
	return keys->verified;
}

size_t
keyring_count(const struct keyring *keys)
{
	return keys->count;
}

struct trusted_key
keyring_at(const struct keyring *keys, size_t index)
{
	return keys->trusted[index];
}

/* Written beside and linked into place: nobody ever reads half a secret. */
static bool
make_secret(const char *path)
{
	struct buf beside = BUF_INIT(PATH_LONGEST);
	unsigned char secret[SECRET_LEN];
	bool is_made = false;
	int fd;

	random_fill(secret, sizeof(secret));
	buf_addf(&beside, "%s.%ld.new", path, (long)getpid());
	fd = open(buf_cstr(&beside), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd >= 0) {
		is_made = write(fd, secret, sizeof(secret)) == (ssize_t)sizeof(secret) &&
		          fsync(fd) == 0 &&
		          (link(buf_cstr(&beside), path) == 0 || errno == EEXIST);
		close(fd);
		unlink(buf_cstr(&beside));
	}
	memory_wipe(secret, sizeof(secret));
	buf_clear(&beside);
	return is_made;
}

bool
binding_secret_open(const char *path, bool may_make, struct buf *ret_secret, struct buf *why)
{
	char bytes[SECRET_MOST + 1];
	ssize_t len = -1;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT && may_make && make_secret(path))
		fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		len = read(fd, bytes, sizeof(bytes));
		close(fd);
	}
	if (len < 0) {
		buf_addf(why, "%s: the binding secret cannot be read: %s", path, strerror(errno));
		return false;
	}
	if (len < SECRET_LEAST || len > SECRET_MOST) {
		buf_addf(why, "%s: a binding secret has %d to %d bytes, this file has %zd", path,
		         SECRET_LEAST, SECRET_MOST, len);
		return false;
	}
	buf_add(ret_secret, span_of(bytes, (size_t)len));
	memory_wipe(bytes, sizeof(bytes));
	return true;
}
