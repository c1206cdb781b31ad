/* Signed checkpoints. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <unistd.h>

#include "audit/note.h"

static struct private_key *
make_key(void)
{
	struct buf why = BUF_INIT(1024);
	char path[] = "/tmp/countersign-note-XXXXXX";
	struct private_key *key;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	close(fd);
	unlink(path);
	key = private_key_open(path, &why);
	unlink(path);
	assert_non_null(key);
	buf_clear(&why);
	return key;
}

static void
note_is_read_as_it_was_written(void **state)
{
	struct private_key *key = make_key(), *other = make_key();
	struct note note = {SPAN("node/boot"), {42, digest_of(SPAN("line"))}, false}, read;
	struct buf text = BUF_INIT(NOTE_MAX);

	(void)state;
	for (int closed = 0; closed < 2; closed++) {
		note.is_closed = closed;
		buf_reset(&text);
		note_write(&note, key, &text);
		assert_true(note_read(buf_span(&text), &read));
		assert_true(span_eq(read.chain, note.chain));
		assert_int_equal(read.head.seq, 42);
		assert_true(digest_eq(&read.head.hash, &note.head.hash));
		assert_int_equal(read.is_closed, closed);
		assert_true(note_is_signed(buf_span(&text), private_key_public(key)));
		assert_false(note_is_signed(buf_span(&text), private_key_public(other)));
	}
	private_key_free(key);
	private_key_free(other);
	buf_clear(&text);
}

/* All but the name in front of the signature, which only finds the key. */
static void
every_flipped_bit_breaks_the_signature(void **state)
{
	struct private_key *key = make_key();
	struct note note = {SPAN("node/boot"), {42, digest_of(SPAN("line"))}, true};
	struct buf text = BUF_INIT(NOTE_MAX);

	(void)state;
	note_write(&note, key, &text);
	for (size_t at = 0; at < text.len - 1; at++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			text.ptr[at] = (char)((unsigned char)text.ptr[at] ^ 1u << bit);
			if (note_is_signed(buf_span(&text), private_key_public(key)))
				fail_msg("byte %zu, bit %u", at, bit);
			text.ptr[at] = (char)((unsigned char)text.ptr[at] ^ 1u << bit);
		}
	}
	private_key_free(key);
	buf_clear(&text);
}

static void
unsigned_note_is_nobodys(void **state)
{
	struct private_key *key = make_key();
	struct note note = {SPAN("node/boot"), {1, digest_of(SPAN("line"))}, false}, read;
	struct buf text = BUF_INIT(NOTE_MAX);

	(void)state;
	note_write(&note, NULL, &text);
	assert_true(note_read(buf_span(&text), &read));
	assert_false(note_is_signed(buf_span(&text), private_key_public(key)));
	private_key_free(key);
	buf_clear(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(note_is_read_as_it_was_written),
		cmocka_unit_test(every_flipped_bit_breaks_the_signature),
		cmocka_unit_test(unsigned_note_is_nobodys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
