/* Digests, their texts, keys and signatures. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/digest.h"
#include "lib/base/signature.h"

static void
digests_are_those_of_the_standards(void **state)
{
	char hex[DIGEST_HEX + 1];
	struct digest d = digest_of(SPAN("abc")), back;
	struct hasher *h = hasher_new();

	(void)state;
	digest_hex(&d, hex);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_true(digest_read(span_cstr(hex), &back));
	assert_true(digest_eq(&d, &back));
	hasher_add(h, SPAN("a"));
	hasher_add(h, SPAN(""));
	hasher_add(h, SPAN("bc"));
	back = hasher_end(&h);
	assert_null(h);
	assert_true(digest_eq(&d, &back));
	/* RFC 4231, test case 2. */
	d = digest_hmac(SPAN("Jefe"), SPAN("what do ya want for nothing?"));
	digest_hex(&d, hex);
	assert_string_equal(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

static void
counted_parts_cannot_move_into_each_other(void **state)
{
	struct hasher *a = hasher_new(), *b = hasher_new();
	struct digest x, y;

	(void)state;
	hasher_add_counted(a, SPAN("ab"));
	hasher_add_counted(a, SPAN("c"));
	hasher_add_counted(b, SPAN("a"));
	hasher_add_counted(b, SPAN("bc"));
	x = hasher_end(&a);
	y = hasher_end(&b);
	assert_false(digest_eq(&x, &y));
}

static void
only_64_hexadecimal_digits_are_a_digest(void **state)
{
	char hex[70];
	struct digest d;

	(void)state;
	memset(hex, 'a', sizeof(hex));
	assert_true(digest_read(span_of(hex, 64), &d));
	assert_false(digest_read(span_of(hex, 63), &d));
	assert_false(digest_read(span_of(hex, 65), &d));
	hex[10] = 'g';
	assert_false(digest_read(span_of(hex, 64), &d));
}

static void
base64_is_read_strictly(void **state)
{
	static const struct {
		const char *plain, *coded;
	} rows[] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}};
	static const char *const wrong[] = {"Zg", "Zg=", "Zg===", "Z", "Zm9v\n", "Zm 9v", "=Zm9",
	                                    "Zm-_", "Zh==", "Zm9="};
	struct buf b = BUF_INIT(100);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		buf_reset(&b);
		base64_add(&b, span_cstr(rows[i].plain));
		assert_string_equal(buf_cstr(&b), rows[i].coded);
		buf_reset(&b);
		assert_true(base64_read(span_cstr(rows[i].coded), &b));
		assert_string_equal(buf_cstr(&b), rows[i].plain);
	}
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		if (base64_read(span_cstr(wrong[i]), &b))
			fail_msg("%s", wrong[i]);
	}
	buf_clear(&b);
}

static void
a_key_is_made_once_and_verifies_what_it_signed(void **state)
{
	char directory[] = "/tmp/signature-XXXXXX", path[64];
	struct buf why = BUF_INIT(1000);
	struct private_key *key, *again;
	struct signature sig;

	(void)state;
	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/key", directory);
	key = private_key_open(path, &why);
	again = private_key_open(path, &why);
	assert_non_null(key);
	assert_non_null(again);
	sig = private_key_sign(key, SPAN("yes"));
	assert_true(public_key_verify(private_key_public(again), SPAN("yes"), &sig));
	assert_false(public_key_verify(private_key_public(again), SPAN("yes "), &sig));
	sig.bytes[0] ^= 1;
	assert_false(public_key_verify(private_key_public(again), SPAN("yes"), &sig));
	assert_int_equal(strlen(public_key_id(private_key_public(key))), KEY_ID_LEN);
	private_key_free(key);
	private_key_free(again);
	unlink(path);
	rmdir(directory);
	assert_null(public_key_load(path, &why));
	assert_true(why.len > 0);
	buf_clear(&why);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digests_are_those_of_the_standards),
		cmocka_unit_test(counted_parts_cannot_move_into_each_other),
		cmocka_unit_test(only_64_hexadecimal_digits_are_a_digest),
		cmocka_unit_test(base64_is_read_strictly),
		cmocka_unit_test(a_key_is_made_once_and_verifies_what_it_signed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
