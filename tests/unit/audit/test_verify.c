/* The verifier against everything that can be done to a trail. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/audit/support.h"

#include <stdio.h>
#include <stdlib.h>

#include "audit/anchor.h"
#include "lib/base/memory.h"

enum { LINES_MAX = 1024, ATTACKS = 100, FIRST_LINES = 60, SECOND_LINES = 40 };

/* A trail in memory: lines without their line feeds. */
struct trail_copy {
	struct buf bytes;
	struct span lines[LINES_MAX];
	size_t count;
	struct anchor *anchors;
	size_t anchor_count;
	const struct public_key *key;
};

static void
cut_lines(struct trail_copy *t)
{
	struct span rest = buf_span(&t->bytes), line;

	t->count = 0;
	while (span_cut(&rest, '\n', &line) && line.len) {
		assert_true(t->count < LINES_MAX);
		t->lines[t->count++] = line;
	}
}

static void
run_process(struct folder *f, uint64_t lines)
{
	struct audit *audit = folder_open(f);
	struct audit_ring *ring = ring_of(audit, "worker-0");

	for (uint64_t i = 0; i < lines; i++)
		put_number(ring, i);
	audit_ring_close(&ring);
	audit_close(&audit);
}

static void
make_trail(struct folder *f, struct trail_copy *t)
{
	run_process(f, FIRST_LINES);
	run_process(f, SECOND_LINES);
	*t = (struct trail_copy){.bytes = read_file(f->file),
	                         .key = private_key_public(f->key)};
	t->anchor_count = anchor_list(f->state, &t->anchors);
	assert_int_equal(t->anchor_count, 1);
	cut_lines(t);
}

static void
clear_trail(struct trail_copy *t)
{
	buf_clear(&t->bytes);
	free(t->anchors);
}

static void
on_finding(void *owner, const struct finding *f)
{
	if (f->kind != FINDING_NOTE)
		buf_addf(owner, "%s %llu %llu\n", finding_name(f->kind),
		         (unsigned long long)f->line, (unsigned long long)f->seq);
}

enum trust { TRUST_NOTHING, TRUST_KEY, TRUST_HEAD, TRUST_BOTH };

static enum verify_result
verify_bytes(const struct trail_copy *t, struct span bytes, enum trust trust, struct buf *found)
{
	struct verify *v = verify_new(on_finding, found);
	enum verify_result result;

	if (trust & TRUST_KEY)
		verify_trust_key(v, t->key);
	for (size_t i = 0; (trust & TRUST_HEAD) && i < t->anchor_count; i++)
		verify_trust_head(v, span_cstr(t->anchors[i].chain), &t->anchors[i].head);
	verify_begin_file(v, "trail");
	while (bytes.len) {
		size_t len = span_find(bytes, '\n');
		bool is_whole = len < bytes.len;

		verify_line(v, span_of(bytes.ptr, len), is_whole);
		bytes = span_from(bytes, len + is_whole);
	}
	result = verify_end(v);
	verify_free(v);
	return result;
}

static enum verify_result
verify_lines_of(const struct trail_copy *t, enum trust trust, struct buf *found)
{
	struct buf bytes = BUF_INIT(1 << 22);
	enum verify_result result;

	for (size_t i = 0; i < t->count; i++) {
		buf_add(&bytes, t->lines[i]);
		buf_addc(&bytes, '\n');
	}
	result = verify_bytes(t, buf_span(&bytes), trust, found);
	buf_clear(&bytes);
	return result;
}

/* The line with its `prev` replaced; the caller clears the buf. */
static void
relink(struct span line, const struct digest *prev, struct buf *to)
{
	static const char key[] = "\"prev\":\"";
	const char *at = memmem(line.ptr, line.len, key, sizeof(key) - 1);
	size_t before = (size_t)(at - line.ptr) + sizeof(key) - 1;
	char hex[DIGEST_HEX + 1];

	digest_hex(prev, hex);
	buf_add(to, span_of(line.ptr, before));
	buf_add(to, span_of(hex, DIGEST_HEX));
	buf_add(to, span_from(line, before + DIGEST_HEX));
}

static void
drop_line(struct trail_copy *t, size_t at)
{
	memmove(&t->lines[at], &t->lines[at + 1], (t->count - at - 1) * sizeof(t->lines[0]));
	t->count--;
}

static void
swap_lines(struct trail_copy *t, size_t a, size_t b)
{
	struct span line = t->lines[a];

	t->lines[a] = t->lines[b];
	t->lines[b] = line;
}

/* Alters the line and seals all that follow in its chain anew, as who has no key can. */
static void
reseal(struct trail_copy *t, size_t at, struct buf *memory)
{
	struct line line, next;
	struct digest prev;
	size_t start = memory->len;
	char *digit;

	assert_true(line_read(t->lines[at], &line));
	buf_add(memory, t->lines[at]);
	/* A figure of the record's time. */
	digit = memmem(memory->ptr + start, memory->len - start, "Z\",\"event\"", 10) - 1;
	*digit = *digit == '7' ? '8' : '7';
	t->lines[at] = span_from(buf_span(memory), start);
	prev = digest_of(t->lines[at]);
	for (size_t i = at + 1; i < t->count; i++) {
		if (!line_read(t->lines[i], &next) || !span_eq(next.chain, line.chain))
			continue;
		start = memory->len;
		relink(t->lines[i], &prev, memory);
		t->lines[i] = span_from(buf_span(memory), start);
		prev = digest_of(t->lines[i]);
	}
}

/* Memory that never moves, so that lines may point into it. */
static struct buf
fixed_memory(void)
{
	struct buf memory = BUF_INIT(1 << 22);

	assert_non_null(buf_room(&memory, (1 << 22) - 1));
	return memory;
}

static void
whole_trail_is_proven_only_by_its_end(void **state)
{
	struct trail_copy t;
	struct buf found = BUF_INIT(65536);

	make_trail(*state, &t);
	assert_int_equal(verify_lines_of(&t, TRUST_NOTHING, &found), VERIFY_UNPROVEN);
	assert_int_equal(verify_lines_of(&t, TRUST_KEY, &found), VERIFY_UNPROVEN);
	assert_int_equal(verify_lines_of(&t, TRUST_HEAD, &found), VERIFY_PROVEN);
	assert_int_equal(verify_lines_of(&t, TRUST_BOTH, &found), VERIFY_PROVEN);
	assert_int_equal(found.len, 0);
	clear_trail(&t);
}

/* Three processes, of which one's lines are taken out; `name` is as in "boot-2\"". */
static void
drop_chain(struct trail_copy *t, const char *name)
{
	size_t kept = 0;

	for (size_t i = 0; i < t->count; i++) {
		struct line line;

		assert_true(line_read(t->lines[i], &line));
		if (!span_ends(line.chain, span_cstr(name)))
			t->lines[kept++] = t->lines[i];
	}
	assert_true(kept < t->count);
	t->count = kept;
}

static void
absent_chain_prevents_a_proof(void **state)
{
	struct folder *f = *state;
	static const struct {
		const char *chain;
		enum verify_result result;
		const char *found;
	} rows[] = {
		{"boot-1", VERIFY_UNPROVEN, ""},
		{"boot-2", VERIFY_ALTERED, "missing 63 1\n"},
		{"boot-3", VERIFY_UNPROVEN, ""},
	};

	run_process(f, FIRST_LINES);
	run_process(f, SECOND_LINES);
	run_process(f, SECOND_LINES);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct trail_copy t = {.bytes = read_file(f->file),
		                       .key = private_key_public(f->key)};
		struct buf found = BUF_INIT(65536);

		t.anchor_count = anchor_list(f->state, &t.anchors);
		cut_lines(&t);
		drop_chain(&t, rows[i].chain);
		assert_int_equal(verify_lines_of(&t, TRUST_BOTH, &found), rows[i].result);
		assert_string_equal(buf_cstr(&found), rows[i].found);
		buf_clear(&found);
		clear_trail(&t);
	}
}

/* Lines of the first chain: 1 opened, 2 to 61 records, 62 the closing checkpoint; of the
 * second: 63 opened, 64 to 103, 104. */
enum attack { FLIP, FLIP_PREV, FLIP_SEQ, FLIP_BRACE, DROP, SWAP, REPEAT, CUT, RESEAL };

static void
do_attack(struct trail_copy *t, enum attack attack, size_t at, struct buf *memory)
{
	char *bytes = t->bytes.ptr + (t->lines[at].ptr - t->bytes.ptr);
	char *seq = memmem(bytes, t->lines[at].len, "\"seq\":", 6);
	char *prev = memmem(bytes, t->lines[at].len, "\"prev\":\"", 8);

	switch (attack) {
	case FLIP:
		bytes[t->lines[at].len - 4] ^= 1;
		break;
	case FLIP_PREV:
		prev[9] = prev[9] == 'a' ? 'b' : 'a';
		break;
	case FLIP_SEQ:
		seq[6] ^= 1;
		break;
	case FLIP_BRACE:
		bytes[0] ^= 1;
		break;
	case DROP:
		drop_line(t, at);
		break;
	case SWAP:
		swap_lines(t, at, at + 1);
		break;
	case REPEAT:
		memmove(&t->lines[at + 1], &t->lines[at],
		        (t->count - at) * sizeof(t->lines[0]));
		t->count++;
		break;
	case CUT:
		t->count = at;
		break;
	case RESEAL:
		reseal(t, at, memory);
		break;
	}
}

static void
each_attack_is_named_at_its_line(void **state)
{
	static const struct {
		enum attack attack;
		size_t line;
		const char *found;
	} rows[] = {
		{FLIP, 10, "altered 10 10\n"},
		{FLIP, 61, "altered 61 61\n"},
		{FLIP_PREV, 10, "altered 10 10\n"},
		{FLIP_SEQ, 10, "altered 10 10\n"},
		{FLIP_BRACE, 10, "altered 10 10\n"},
		{DROP, 10, "missing 10 10\n"},
		{DROP, 1, "missing 1 2\n"},
		{DROP, 61, "missing 61 61\n"},
		{SWAP, 10, "moved 11 10\n"},
		{REPEAT, 10, "repeated 11 10\n"},
		{FLIP, 104, "resealed 104 42\n"},
		{CUT, 104, "missing 103 41\n"},
		{CUT, 80, "missing 79 17\n"},
		{RESEAL, 10, "resealed 62 62\nresealed 62 62\n"},
		{RESEAL, 103, "resealed 104 42\nresealed 104 42\n"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		void *folder;
		struct trail_copy t;
		struct buf found = BUF_INIT(65536), memory = fixed_memory();

		folder_make(&folder);
		make_trail(folder, &t);
		do_attack(&t, rows[i].attack, rows[i].line - 1, &memory);
		assert_int_equal(verify_lines_of(&t, TRUST_BOTH, &found), VERIFY_ALTERED);
		if (strcmp(buf_cstr(&found), rows[i].found) != 0)
			fail_msg("row %zu: %s instead of %s", i, buf_cstr(&found), rows[i].found);
		buf_clear(&found);
		buf_clear(&memory);
		clear_trail(&t);
		folder_remove(&folder);
	}
}

static void
carriage_returns_of_an_export_are_not_counted(void **state)
{
	struct trail_copy t;
	struct buf bytes = BUF_INIT(1 << 22), found = BUF_INIT(65536);

	make_trail(*state, &t);
	for (size_t i = 0; i < t.count; i++) {
		buf_add(&bytes, t.lines[i]);
		buf_add(&bytes, SPAN("\r\n"));
	}
	assert_int_equal(verify_bytes(&t, buf_span(&bytes), TRUST_BOTH, &found), VERIFY_PROVEN);
	assert_int_equal(found.len, 0);
	buf_clear(&bytes);
	clear_trail(&t);
}

static void
key_of_somebody_else_proves_nothing(void **state)
{
	struct folder *f = *state;
	struct trail_copy t;
	struct buf found = BUF_INIT(65536), why = BUF_INIT(1024);
	char path[128];
	struct private_key *other;

	make_trail(f, &t);
	snprintf(path, sizeof(path), "%s/other.pem", f->dir);
	other = private_key_open(path, &why);
	t.key = private_key_public(other);
	assert_int_equal(verify_lines_of(&t, TRUST_BOTH, &found), VERIFY_ALTERED);
	assert_string_equal(buf_cstr(&found), "resealed 62 62\nresealed 104 42\n");
	private_key_free(other);
	buf_clear(&found);
	clear_trail(&t);
}

/* Anything that random harm does to the bytes. */
static void
random_attacks_are_all_noticed(void **state)
{
	uint64_t seed = setting("CHECK_SEED", 20261122), scale = setting("CHECK_SCALE", 1);
	struct trail_copy whole;

	make_trail(*state, &whole);
	print_message("CHECK_SEED=%llu CHECK_SCALE=%llu\n", (unsigned long long)seed,
	              (unsigned long long)scale);
	for (uint64_t i = 0; i < ATTACKS * scale; i++) {
		struct trail_copy t = whole;
		struct buf memory = fixed_memory(), found = BUF_INIT(1 << 20);
		size_t at = random_next(&seed) % t.count, other = random_next(&seed) % t.count;
		size_t byte = random_next(&seed) % t.bytes.len;
		unsigned kind = (unsigned)(i % 5), bit = (unsigned)(random_next(&seed) % 8);
		enum verify_result result;

		t.bytes = BUF_INIT(1 << 22);
		buf_add(&t.bytes, buf_span(&whole.bytes));
		cut_lines(&t);
		if (kind == 0)
			t.bytes.ptr[byte] = (char)((unsigned char)t.bytes.ptr[byte] ^ 1u << bit);
		else if (kind == 1)
			t.bytes.len = byte;
		else if (kind == 2)
			drop_line(&t, at);
		else if (kind == 3)
			swap_lines(&t, at, other == at ? (at + 1) % t.count : other);
		else
			reseal(&t, at, &memory);
		result = kind < 2 ? verify_bytes(&t, buf_span(&t.bytes), TRUST_BOTH, &found)
		                  : verify_lines_of(&t, TRUST_BOTH, &found);
		/* Cut before its first line, a chain is not there at all: nothing proves it. */
		if (result == VERIFY_PROVEN || (result == VERIFY_UNPROVEN && kind != 1))
			fail_msg("attack %llu of kind %u at line %zu, byte %zu, bit %u",
			         (unsigned long long)i, kind, at + 1, byte, bit);
		buf_clear(&t.bytes);
		buf_clear(&memory);
		buf_clear(&found);
	}
	clear_trail(&whole);
}

/* Files of one trail, cut anywhere between two lines. */
static void
random_rotations_raise_no_alarm(void **state)
{
	uint64_t seed = setting("CHECK_SEED", 20261122), scale = setting("CHECK_SCALE", 1);
	struct trail_copy t;
	struct buf found = BUF_INIT(65536);

	make_trail(*state, &t);
	for (uint64_t i = 0; i < ATTACKS * scale; i++) {
		struct verify *v = verify_new(on_finding, &found);

		verify_trust_key(v, t.key);
		verify_trust_head(v, span_cstr(t.anchors[0].chain), &t.anchors[0].head);
		for (size_t line = 0; line < t.count; line++) {
			if (line == 0 || random_next(&seed) % 16 == 0)
				verify_begin_file(v, "part");
			verify_line(v, t.lines[line], true);
		}
		assert_int_equal(verify_end(v), VERIFY_PROVEN);
		assert_int_equal(found.len, 0);
		verify_free(v);
	}
	clear_trail(&t);
}

static void
export_from_the_middle_needs_the_head_before_it(void **state)
{
	struct trail_copy t;
	struct buf found = BUF_INIT(65536);
	struct line line;
	struct chain_head before;
	struct verify *v;

	make_trail(*state, &t);
	for (int knows = 0; knows < 2; knows++) {
		v = verify_new(on_finding, &found);
		assert_true(line_read(t.lines[30], &line));
		before = (struct chain_head){line.seq - 1, line.prev};
		if (knows)
			verify_trust_head(v, SPAN_NONE, &before);
		verify_begin_file(v, "export");
		for (size_t i = 30; i < 50; i++)
			verify_line(v, t.lines[i], true);
		assert_int_equal(verify_end(v), knows ? VERIFY_UNPROVEN : VERIFY_ALTERED);
		verify_free(v);
	}
	assert_string_equal(buf_cstr(&found), "missing 1 31\n");
	buf_clear(&found);
	clear_trail(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(whole_trail_is_proven_only_by_its_end, folder_make,
		                                folder_remove),
		cmocka_unit_test(each_attack_is_named_at_its_line),
		cmocka_unit_test_setup_teardown(absent_chain_prevents_a_proof, folder_make,
		                                folder_remove),
		cmocka_unit_test_setup_teardown(carriage_returns_of_an_export_are_not_counted,
		                                folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(key_of_somebody_else_proves_nothing, folder_make,
		                                folder_remove),
		cmocka_unit_test_setup_teardown(random_attacks_are_all_noticed, folder_make,
		                                folder_remove),
		cmocka_unit_test_setup_teardown(random_rotations_raise_no_alarm, folder_make,
		                                folder_remove),
		cmocka_unit_test_setup_teardown(export_from_the_middle_needs_the_head_before_it,
		                                folder_make, folder_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
