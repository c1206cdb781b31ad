/* Checkpoints. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/note.h"

enum { KEY_HASH_LEN = 4, ED25519_TYPE = 1 };

/* U+2014 and a space: what a signature line starts with. */
static const struct span dash = SPAN("\xe2\x80\x94 ");
static const struct span key_name = SPAN("countersign");

/* SHA-256(name, line feed, type, key), of which four bytes name the key. */
static struct digest
key_hash(struct span name, const struct public_key *key)
{
	struct hasher *h = hasher_new();
	unsigned char type = ED25519_TYPE;

	hasher_add(h, name);
	hasher_add(h, SPAN("\n"));
	hasher_add(h, span_of(&type, 1));
	hasher_add(h, public_key_raw(key));
	return hasher_end(&h);
}

static void
add_signature(struct span body, const struct private_key *key, struct buf *to)
{
	struct signature sig = private_key_sign(key, body);
	struct digest hash = key_hash(key_name, private_key_public(key));
	char blob[KEY_HASH_LEN + SIGNATURE_LEN];

	memcpy(blob, hash.bytes, KEY_HASH_LEN);
	memcpy(blob + KEY_HASH_LEN, sig.bytes, SIGNATURE_LEN);
	buf_addc(to, '\n');
	buf_add(to, dash);
	buf_add(to, key_name);
	buf_addc(to, ' ');
	base64_add(to, span_of(blob, sizeof(blob)));
	buf_addc(to, '\n');
}

void
note_write(const struct note *note, const struct private_key *key, struct buf *to)
{
	size_t start = to->len;

	buf_add(to, note->chain);
	buf_addc(to, '\n');
	buf_add_u64(to, note->head.seq);
	buf_addc(to, '\n');
	base64_add(to, digest_span(&note->head.hash));
	buf_addc(to, '\n');
	if (note->is_closed)
		buf_add(to, SPAN("closed\n"));
	if (key)
		add_signature(span_from(buf_span(to), start), key, to);
	else
		buf_addc(to, '\n');
}

static bool
read_hash(struct span text, struct digest *ret)
{
	struct buf raw = BUF_INIT(64);
	bool is_hash = base64_read(text, &raw) && raw.len == DIGEST_LEN;

	if (is_hash)
		memcpy(ret->bytes, raw.ptr, DIGEST_LEN);
	buf_clear(&raw);
	return is_hash;
}

bool
note_read(struct span text, struct note *ret)
{
	struct span seq, hash, line;
	struct note note = {0};

	if (!span_cut(&text, '\n', &note.chain) || !span_cut(&text, '\n', &seq) ||
	    !span_cut(&text, '\n', &hash) || !span_cut(&text, '\n', &line))
		return false;
	if (!span_to_u64(seq, UINT64_MAX, &note.head.seq) || !read_hash(hash, &note.head.hash))
		return false;
	if (span_eq(line, SPAN("closed"))) {
		note.is_closed = true;
		if (!span_cut(&text, '\n', &line))
			return false;
	}
	*ret = note;
	return line.len == 0;
}

/* `line` is "name base64". */
static bool
is_signature(struct span line, struct span body, const struct public_key *key)
{
	struct buf blob = BUF_INIT(128);
	struct span name;
	struct digest hash;
	struct signature sig;
	bool is_good = false;

	if (!span_cut(&line, ' ', &name))
		return false;
	hash = key_hash(name, key);
	if (base64_read(line, &blob) && blob.len == KEY_HASH_LEN + SIGNATURE_LEN &&
	    memcmp(blob.ptr, hash.bytes, KEY_HASH_LEN) == 0) {
		memcpy(sig.bytes, blob.ptr + KEY_HASH_LEN, SIGNATURE_LEN);
		is_good = public_key_verify(key, body, &sig);
	}
	buf_clear(&blob);
	return is_good;
}

/* Length of what is signed: up to the empty line, with the line feed before it. */
static size_t
body_len(struct span text)
{
	for (size_t i = 0; i + 1 < text.len; i++) {
		if (text.ptr[i] == '\n' && text.ptr[i + 1] == '\n')
			return i + 1;
	}
	return text.len;
}

bool
note_is_signed(struct span text, const struct public_key *key)
{
	struct span body = span_of(text.ptr, body_len(text));
	struct span rest = span_from(text, body.len), line;

	while (span_cut(&rest, '\n', &line)) {
		if (span_starts(line, dash) &&
		    is_signature(span_from(line, dash.len), body, key))
			return true;
	}
	return false;
}
