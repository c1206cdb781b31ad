/* Files people write: what is taken, what is refused, and where. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/stat.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/document.h"
#include "lib/base/tree.h"
#include "lib/base/memory.h"

/* Reads, and says what was complained of. */
static struct document *
read_text(struct span text, struct buf *ret_complaints)
{
	struct complaints *why = complaints_new();
	struct document *doc = document_read("x.yaml", text, why);

	*ret_complaints = BUF_INIT(1 << 20);
	complaints_text(why, ret_complaints);
	complaints_free(why);
	return doc;
}

static void
a_tree_keeps_order_and_places(void **state)
{
	struct buf why;
	struct document *doc =
		read_text(SPAN("a: 1\nb:\n  - x\n  - {c: \"y\"}\n"), &why);
	const struct node *root = document_root(doc), *b = root->first->next, *c;

	(void)state;
	assert_int_equal(why.len, 0);
	assert_int_equal(root->kind, NODE_MAP);
	assert_int_equal(root->count, 2);
	assert_true(span_eq(root->first->key, SPAN("a")));
	assert_true(span_eq(root->first->text, SPAN("1")));
	assert_int_equal(b->kind, NODE_LIST);
	assert_int_equal(b->key_mark.line, 2);
	c = node_find(b->first->next, SPAN("c"));
	assert_non_null(c);
	assert_true(c->is_quoted);
	assert_int_equal(c->mark.line, 4);
	assert_int_equal(c->mark.column, 9);
	assert_int_equal(c->key_mark.column, 6);
	assert_null(node_find(b, SPAN("c")));
	document_free(doc);
	buf_clear(&why);
}

static void
lines_end_in_lf_crlf_or_cr(void **state)
{
	struct buf why;
	struct document *doc = read_text(SPAN("\xef\xbb\xbf" "a: 1\r\nb: 2\rc: 3\nd: 4"), &why);
	const struct node *last = doc ? node_find(document_root(doc), SPAN("d")) : NULL;

	(void)state;
	assert_non_null(last);
	assert_int_equal(manuscript_line_count(last->manuscript), 4);
	assert_true(span_eq(manuscript_line(last->manuscript, 1), SPAN("a: 1")));
	assert_true(span_eq(manuscript_line(last->manuscript, 2), SPAN("b: 2")));
	assert_true(span_eq(manuscript_line(last->manuscript, 4), SPAN("d: 4")));
	assert_int_equal(manuscript_line(last->manuscript, 5).len, 0);
	assert_int_equal(manuscript_line(last->manuscript, 0).len, 0);
	assert_int_equal(last->mark.line, 4);
	document_free(doc);
	buf_clear(&why);
}

static void
what_two_readers_could_take_two_ways_is_refused(void **state)
{
	static const struct {
		struct span text;
		const char *says;
	} rows[] = {
		{SPAN("a: &x 1\n"), "anchors (&x)"},
		{SPAN("a: *x\n"), "aliases (*x)"},
		{SPAN("*x : 1\n"), "aliases (*x)"},
		{SPAN("a: !!int 1\n"), "tags"},
		{SPAN("a: !x 1\n"), "tags"},
		{SPAN("&x a: 1\n"), "anchors and tags"},
		{SPAN("<<: {a: 1}\n"), "merge keys"},
		{SPAN("a: 1\n\"a\": 2\n"), "stands in line 1 already"},
		{SPAN("{[a]: 1}\n"), "a key is a list"},
		{SPAN("? {a: 1}\n"), "a key is a map"},
		{SPAN("a: 1\n---\nb: 1\n"), "second document"},
		{SPAN("%TAG ! x\n---\na: 1\n"), "directives"},
		{SPAN("a: \0\n"), "U+0000"},
		{SPAN("a: \x7f\n"), "U+007F"},
		{SPAN("a: \xc2\x85\n"), "U+0085"},
		{SPAN("a: \xe2\x80\xa8\n"), "U+2028"},
		{SPAN("a: \xe2\x80\xae\n"), "U+202E"},
		{SPAN("a: b\xef\xbb\xbf\n"), "U+FEFF"},
		{SPAN("a: \xc3\n"), "0xc3 is not UTF-8"},
		{SPAN("a: \xed\xa0\x80\n"), "0xed is not UTF-8"},
		{SPAN(""), "is empty"},
		{SPAN("\n\n# x\n"), "is empty"},
		{SPAN("a: [\n"), "expected"},
		{SPAN("a: b: c\n"), "must be in quotes"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf why;
		struct document *doc = read_text(rows[i].text, &why);

		if (!strstr(buf_cstr(&why), rows[i].says))
			fail_msg("row %zu: %s, not %s", i, buf_cstr(&why), rows[i].says);
		document_free(doc);
		buf_clear(&why);
	}
}

/* `count` times `bytes`, between two ends. */
static struct buf
repeat(const char *before, const char *bytes, size_t count, const char *after)
{
	struct buf text = BUF_INIT(64 << 20);

	buf_add(&text, span_cstr(before));
	while (count--)
		buf_add(&text, span_cstr(bytes));
	buf_add(&text, span_cstr(after));
	return text;
}

static void
expect_of(struct buf text, const char *says)
{
	struct buf why;
	struct document *doc = read_text(buf_span(&text), &why);

	if (says && !strstr(buf_cstr(&why), says))
		fail_msg("%.300s, not %s", buf_cstr(&why), says);
	if (!says)
		assert_non_null(doc);
	document_free(doc);
	buf_clear(&why);
	buf_clear(&text);
}

static void
size_depth_and_width_are_bounded(void **state)
{
	struct buf keys = BUF_INIT(1 << 20);

	(void)state;
	expect_of(repeat("a: ", "[", 31, "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"), NULL);
	expect_of(repeat("a: ", "[", 32, ""), "more than 32 deep");
	expect_of(repeat("", "[", 1 << 20, ""), "more than 32 deep");
	expect_of(repeat("", "a:\n ", 100, ""), "");
	expect_of(repeat("a: ", "x", 1 << 20, "\n"), NULL);
	expect_of(repeat("# ", "x", 1 << 20, "\na: 1\n"), NULL);
	expect_of(repeat("a:\n", "- b\n", 1 << 18, ""), NULL);
	expect_of(repeat("a: ", "x", DOCUMENT_MAX, "\n"), "is larger than");
	expect_of(repeat("", "a: 1\n", 1 << 18, ""), "already");
	for (int i = 0; i < TREE_KEYS_MAX + 1; i++)
		buf_addf(&keys, "k%d: 1\n", i);
	expect_of(keys, "more than 1000 keys");
}

static void
expect_file(const char *path, const char *says)
{
	struct complaints *why = complaints_new();
	struct document *doc = document_load(path, why);
	struct buf text = BUF_INIT(4096);

	complaints_text(why, &text);
	assert_null(doc);
	if (!strstr(buf_cstr(&text), says))
		fail_msg("%s, not %s", buf_cstr(&text), says);
	buf_clear(&text);
	complaints_free(why);
}

static void
files_that_cannot_be_read_are_named(void **state)
{
	char path[] = "/tmp/document-XXXXXX";
	int fd = mkstemp(path);
	bool is_root = geteuid() == 0;

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	expect_file("/nonexistent/x.yaml", "/nonexistent/x.yaml: error: cannot be read: No such");
	expect_file("/", "/: error: cannot be read: Is a directory");
	expect_file(path, "is empty");
	assert_int_equal(chmod(path, 0), 0);
	if (is_root)
		assert_int_equal(seteuid(65534), 0);
	expect_file(path, "cannot be read: Permission denied");
	if (is_root)
		assert_int_equal(seteuid(0), 0);
	unlink(path);
}

static void
several_faults_are_told_in_one_run(void **state)
{
	struct buf why;
	struct document *doc = read_text(SPAN("a: &x 1\nb: 1\nb: *x\nc: !t 1\n"), &why);
	const char *text = buf_cstr(&why);

	(void)state;
	assert_non_null(strstr(text, "x.yaml:1:4: error: a: anchors"));
	assert_non_null(strstr(text, "x.yaml:3:1: error: b: this key"));
	assert_non_null(strstr(text, "x.yaml:3:4: error: b: aliases"));
	assert_non_null(strstr(text, "x.yaml:4:4: error: c: tags"));
	document_free(doc);
	buf_clear(&why);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tree_keeps_order_and_places),
		cmocka_unit_test(lines_end_in_lf_crlf_or_cr),
		cmocka_unit_test(what_two_readers_could_take_two_ways_is_refused),
		cmocka_unit_test(size_depth_and_width_are_bounded),
		cmocka_unit_test(files_that_cannot_be_read_are_named),
		cmocka_unit_test(several_faults_are_told_in_one_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
