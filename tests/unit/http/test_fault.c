/* The list of faults: each says a status, a word and a sentence. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/http/case.h"

static void
no_fault_has_no_status(void **state)
{
	(void)state;
	assert_int_equal(fault_status(FAULT_NONE), 0);
}

static void
every_fault_has_a_known_status(void **state)
{
	static const int known[] = {400, 405, 408, 413, 414, 415, 417, 421, 422, 431, 502};

	(void)state;
	for (enum fault fault = FAULT_NONE + 1; fault < FAULT_COUNT; fault++) {
		bool is_known = false;

		for (size_t i = 0; i < ARRAY_LEN(known); i++)
			is_known |= fault_status(fault) == known[i];
		if (!is_known)
			fail_msg("%s has status %d", fault_word(fault), fault_status(fault));
	}
}

static void
words_are_unique_and_plain(void **state)
{
	(void)state;
	for (enum fault a = 0; a < FAULT_COUNT; a++) {
		for (const char *at = fault_word(a); *at; at++)
			assert_true(*at == '-' || ascii_is_digit(*at) ||
			            (*at >= 'a' && *at <= 'z'));
		for (enum fault b = 0; b < a; b++)
			assert_string_not_equal(fault_word(a), fault_word(b));
	}
}

static void
texts_are_sentences(void **state)
{
	(void)state;
	for (enum fault fault = 0; fault < FAULT_COUNT; fault++)
		assert_true(span_ends(span_cstr(fault_text(fault)), SPAN(".")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_fault_has_no_status),
		cmocka_unit_test(every_fault_has_a_known_status),
		cmocka_unit_test(words_are_unique_and_plain),
		cmocka_unit_test(texts_are_sentences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
