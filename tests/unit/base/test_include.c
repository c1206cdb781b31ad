/* Lists that go on in other files. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/include.h"

enum { TEXT_MAX = 1 << 20 };

static void
write_file(const char *name, const char *text)
{
	FILE *f = fopen(name, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static int
enter_folder(void **state)
{
	char *folder = strdup("/tmp/include-XXXXXX");

	*state = folder;
	assert_non_null(mkdtemp(folder));
	return chdir(folder);
}

static int
leave_folder(void **state)
{
	char command[200];

	snprintf(command, sizeof(command), "rm -r %s", (char *)*state);
	free(*state);
	return chdir("/") || system(command);
}

/* The entries after including, with a blank behind each; then what was complained of. */
static void
include(const char *text, struct buf *ret_entries, struct buf *ret_why)
{
	struct complaints *why = complaints_new();
	struct document *doc;
	struct including in = {0};
	size_t index = 0;

	write_file("main.yaml", text);
	doc = document_load("main.yaml", why);
	assert_non_null(doc);
	in.document = doc;
	include_into(&in, document_root(doc), why);
	*ret_entries = BUF_INIT(TEXT_MAX);
	*ret_why = BUF_INIT(TEXT_MAX);
	NODE_EACH (document_root(doc), n) {
		assert_int_equal(n->index, index++);
		assert_ptr_equal(n->parent, document_root(doc));
		buf_addf(ret_entries, "%.*s@%s:%u ", SPAN_ARG(n->text), manuscript_name(n->manuscript),
		         n->mark.line);
	}
	assert_int_equal(document_root(doc)->count, index);
	complaints_text(why, ret_why);
	complaints_free(why);
	document_free(doc);
}

static void
check(const char *text, const char *entries, const char *complaint)
{
	struct buf is, why;

	include(text, &is, &why);
	assert_string_equal(buf_cstr(&is), entries);
	if (complaint)
		assert_non_null(strstr(buf_cstr(&why), complaint));
	else
		assert_string_equal(buf_cstr(&why), "");
	buf_clear(&is);
	buf_clear(&why);
}

static void
entries_stand_where_the_include_stood(void **state)
{
	(void)state;
	write_file("more.yaml", "[b, c]");
	check("- a\n- include: more.yaml\n- d\n",
	      "a@main.yaml:1 b@more.yaml:1 c@more.yaml:1 d@main.yaml:3 ", NULL);
	check("- include: more.yaml\n", "b@more.yaml:1 c@more.yaml:1 ", NULL);
	check("- a\n- b\n", "a@main.yaml:1 b@main.yaml:2 ", NULL);
	check("- include: more.yaml\n- include: more.yaml\n",
	      "b@more.yaml:1 c@more.yaml:1 b@more.yaml:1 c@more.yaml:1 ", NULL);
}

static void
files_come_in_the_order_of_their_bytes(void **state)
{
	(void)state;
	mkdir("d", 0755);
	write_file("d/b.yaml", "[b]");
	write_file("d/B.yaml", "[B]");
	write_file("d/10.yaml", "[ten]");
	write_file("d/9.yaml", "[nine]");
	write_file("d/.hidden.yaml", "[hidden]");
	write_file("d/a.yaml~", "[backup]");
	check("- include: d/*.yaml\n",
	      "ten@d/10.yaml:1 nine@d/9.yaml:1 B@d/B.yaml:1 b@d/b.yaml:1 ", NULL);
}

static void
patterns_count_from_the_file_they_stand_in(void **state)
{
	(void)state;
	mkdir("e", 0755);
	write_file("e/in.yaml", "- include: beside.yaml\n- include: ../up.yaml\n");
	write_file("e/beside.yaml", "[beside]");
	write_file("up.yaml", "[up]");
	check("- include: e/in.yaml\n", "beside@e/beside.yaml:1 up@e/../up.yaml:1 ", NULL);
}

static void
a_file_that_is_not_there_is_an_error_and_a_pattern_without_files_is_not(void **state)
{
	(void)state;
	check("- include: missing.yaml\n", "", "error: [0].include: missing.yaml: No such file");
	check("- include: missing.d/*.yaml\n", "",
	      "warning: [0].include: no file fits missing.d/*.yaml");
}

static void
a_directory_that_cannot_be_read_is_not_an_empty_one(void **state)
{
	(void)state;
	if (geteuid() == 0)
		return;
	mkdir("closed", 0000);
	check("- include: closed/*.yaml\n", "", "error: [0].include: cannot look for closed/");
	rmdir("closed");
}

static void
circles_are_named(void **state)
{
	(void)state;
	write_file("one.yaml", "- include: two.yaml\n");
	write_file("two.yaml", "- x\n- include: one.yaml\n");
	check("- include: one.yaml\n", "x@two.yaml:1 ",
	      "a circle: one.yaml includes two.yaml includes one.yaml");
	check("- include: main.yaml\n", "", "a circle: main.yaml includes main.yaml");
	check("- include: main.y*\n", "", "a circle: main.yaml includes main.yaml");
	assert_int_equal(symlink("main.yaml", "other.yaml"), 0);
	check("- include: other.yaml\n", "", "a circle: main.yaml includes other.yaml");
}

static void
a_file_may_be_no_pipe_and_no_map(void **state)
{
	(void)state;
	assert_int_equal(mkfifo("pipe.yaml", 0600), 0);
	check("- include: pipe.yaml\n", "", "pipe.yaml: is no file");
	write_file("map.yaml", "a: b\n");
	check("- include: map.yaml\n", "", "map.yaml:1:1: error: is a map; expected a list");
}

static void
files_that_multiply_come_to_an_end(void **state)
{
	struct buf entries, why;
	char name[20];

	(void)state;
	mkdir("bomb", 0755);
	for (int i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "bomb/1%02d.yaml", i);
		write_file(name, "- include: 2*.yaml\n");
		snprintf(name, sizeof(name), "bomb/2%02d.yaml", i);
		write_file(name, "[x]");
	}
	include("- include: bomb/1*.yaml\n", &entries, &why);
	assert_non_null(strstr(buf_cstr(&why), "more than 1000 files are included"));
	buf_clear(&entries);
	buf_clear(&why);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_stand_where_the_include_stood),
		cmocka_unit_test(files_come_in_the_order_of_their_bytes),
		cmocka_unit_test(patterns_count_from_the_file_they_stand_in),
		cmocka_unit_test(a_file_that_is_not_there_is_an_error_and_a_pattern_without_files_is_not),
		cmocka_unit_test(a_directory_that_cannot_be_read_is_not_an_empty_one),
		cmocka_unit_test(circles_are_named),
		cmocka_unit_test(a_file_may_be_no_pipe_and_no_map),
		cmocka_unit_test(files_that_multiply_come_to_an_end),
	};

	return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
