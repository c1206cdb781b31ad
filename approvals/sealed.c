/* Signed JSON: sealing, opening, and reading members strictly. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "approvals/sealed.h"

#include <assert.h>
#include <stdlib.h>

#include "lib/base/memory.h"
#include "lib/base/utf8.h"

/* Documents hold a request with its body; nothing larger is ever made or taken. */
enum { DOCUMENT_MAX = 64 * 1024 * 1024 };

static void
add_signed_bytes(struct buf *to, struct span domain, struct span json)
{
	buf_add(to, domain);
	buf_addc(to, '\n');
	buf_add(to, json);
}

static int
dump_part(const char *bytes, size_t len, void *to)
{
	buf_add(to, span_of(bytes, len));
	return 0;
}

void
sealed_dump(const json_t *value, struct buf *to)
{
	int failed = json_dump_callback(value, dump_part, to,
	                                JSON_SORT_KEYS | JSON_COMPACT | JSON_ENSURE_ASCII |
	                                        JSON_ENCODE_ANY);

	if (failed)
		memory_exhausted();
}

void
sealed_make(json_t *doc, struct span domain, const struct private_key *key, struct buf *to)
{
	struct buf json = BUF_INIT(DOCUMENT_MAX), bytes = BUF_INIT(DOCUMENT_MAX);
	const char *id = public_key_id(private_key_public(key));
	struct signature sig;

	json_object_set_new(doc, "key", json_string(id));
	sealed_dump(doc, &json);
	add_signed_bytes(&bytes, domain, buf_span(&json));
	sig = private_key_sign(key, buf_span(&bytes));
	buf_add(to, span_cstr(id));
	buf_addc(to, ' ');
	hex_add(to, span_of(sig.bytes, SIGNATURE_LEN));
	buf_addc(to, '\n');
	buf_add(to, buf_span(&json));
	buf_clear(&json);
	buf_clear(&bytes);
}

static bool
read_signature(struct span hex, struct signature *ret)
{
	for (size_t i = 0; i < SIGNATURE_LEN; i++) {
		int high = ascii_hex(hex.ptr[2 * i]), low = ascii_hex(hex.ptr[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		ret->bytes[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

/* All that a signature's check depends on: the seal names the key and holds the signature. */
static struct digest
digest_of_seal(struct span sealed, struct span domain, enum key_role role)
{
	struct hasher *h = hasher_new();

	hasher_add_counted(h, domain);
	hasher_add_counted(h, span_cstr(key_role_name(role)));
	hasher_add_counted(h, sealed);
	return hasher_end(&h);
}

static bool
is_signed(struct span sealed, struct span domain, const struct public_key *key)
{
	struct buf bytes = BUF_INIT(DOCUMENT_MAX);
	struct signature sig;
	bool is_valid;

	if (!read_signature(span_of(sealed.ptr + KEY_ID_LEN + 1, 2 * SIGNATURE_LEN), &sig))
		return false;
	add_signed_bytes(&bytes, domain, span_from(sealed, SEAL_LEN));
	is_valid = !bytes.is_over && public_key_verify(key, buf_span(&bytes), &sig);
	buf_clear(&bytes);
	return is_valid;
}

bool
sealed_open(struct span sealed, struct span domain, const struct keyring *keys,
              enum key_role role, struct span *ret_json)
{
	struct verified *verified = keyring_verified(keys);
	const struct public_key *key;
	struct digest seal;

	if (sealed.len <= SEAL_LEN || sealed.len > DOCUMENT_MAX ||
	    sealed.ptr[KEY_ID_LEN] != ' ' || sealed.ptr[SEAL_LEN - 1] != '\n')
		return false;
	key = keyring_find(keys, role, span_of(sealed.ptr, KEY_ID_LEN));
	if (!key)
		return false;
	seal = digest_of_seal(sealed, domain, role);
	if (!verified_has(verified, &seal)) {
		if (!is_signed(sealed, domain, key))
			return false;
		verified_add(verified, &seal);
	}
	*ret_json = span_from(sealed, SEAL_LEN);
	return true;
}

json_t *
sealed_parse(struct span sealed, struct span json)
{
	json_t *doc = json_loadb(json.ptr, json.len, JSON_REJECT_DUPLICATES, NULL);
	struct span key;

	if (doc && json_is_object(doc) && sealed_get_string(doc, "key", &key) &&
	    span_eq(key, span_of(sealed.ptr, KEY_ID_LEN)))
		return doc;
	json_decref(doc);
	return NULL;
}

static bool
is_text(struct span bytes)
{
	return utf8_is_valid(bytes) && !span_contains(bytes, '\0');
}

json_t *
sealed_text(struct span bytes)
{
	struct buf base64 = BUF_INIT(DOCUMENT_MAX);
	json_t *value;

	if (is_text(bytes))
		return json_stringn(bytes.ptr ? bytes.ptr : "", bytes.len);
	base64_add(&base64, bytes);
	value = json_pack("{s:s%}", "base64", base64.ptr, base64.len);
	buf_clear(&base64);
	if (!value)
		memory_exhausted();
	return value;
}

static struct span
string_of(const json_t *value)
{
	return span_of(json_string_value(value), json_string_length(value));
}

bool
sealed_get_string(const json_t *object, const char *key, struct span *ret)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_string(value))
		return false;
	*ret = string_of(value);
	return true;
}

bool
sealed_read_text(const json_t *value, struct arena *arena, struct span *ret)
{
	struct buf bytes = BUF_INIT(DOCUMENT_MAX);
	struct span base64;
	bool is_read;

	if (json_is_string(value)) {
		*ret = string_of(value);
		return true;
	}
	if (!sealed_get_string(value, "base64", &base64))
		return false;
	is_read = base64_read(base64, &bytes);
	if (is_read)
		*ret = arena_copy(arena, buf_span(&bytes));
	buf_clear(&bytes);
	return is_read;
}

bool
sealed_get_text(const json_t *object, const char *key, struct arena *arena, struct span *ret)
{
	return sealed_read_text(json_object_get(object, key), arena, ret);
}

bool
sealed_get_u64(const json_t *object, const char *key, uint64_t *ret)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return false;
	*ret = (uint64_t)json_integer_value(value);
	return true;
}

bool
sealed_get_time(const json_t *object, const char *key, struct wall *ret)
{
	struct span text;

	return sealed_get_string(object, key, &text) && wall_read(text, ret);
}

bool
sealed_get_digest(const json_t *object, const char *key, struct digest *ret)
{
	struct span text;

	return sealed_get_string(object, key, &text) && digest_read(text, ret);
}

bool
sealed_get_strings(const json_t *object, const char *key, struct arena *arena,
                     const struct span **ret, size_t *ret_count)
{
	const json_t *array = json_object_get(object, key);
	size_t count = json_array_size(array);
	struct span *texts = arena_new(arena, count * sizeof(*texts));

	if (!json_is_array(array))
		return false;
	for (size_t i = 0; i < count; i++) {
		const json_t *value = json_array_get(array, i);

		if (!json_is_string(value))
			return false;
		texts[i] = string_of(value);
	}
	*ret = texts;
	*ret_count = count;
	return true;
}

/* jansson fails here only for want of memory. */
static void
set(json_t *object, const char *key, json_t *value)
{
	if (!value || json_object_set_new(object, key, value) != 0)
		memory_exhausted();
}

void
sealed_set_text(json_t *object, const char *key, struct span bytes)
{
	set(object, key, sealed_text(bytes));
}

void
sealed_set_u64(json_t *object, const char *key, uint64_t value)
{
	assert(value <= INT64_MAX);
	set(object, key, json_integer((json_int_t)value));
}

void
sealed_set_time(json_t *object, const char *key, struct wall value)
{
	char text[WALL_TEXT];

	wall_text(value, text);
	set(object, key, json_string(text));
}

void
sealed_set_digest(json_t *object, const char *key, const struct digest *value)
{
	char hex[DIGEST_HEX + 1];

	digest_hex(value, hex);
	set(object, key, json_string(hex));
}

void
sealed_set_strings(json_t *object, const char *key, const struct span *texts, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, sealed_text(texts[i]));
	set(object, key, array);
}
