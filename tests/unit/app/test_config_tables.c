/* Configuration files and exactly what is said about them: tests/tables/config. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/config_load.h"
#include "lib/base/document.h"

enum { TEXT_MAX = 1 << 20 };

/* "name.yaml" -> "name.want". */
static void
name_want(const char *file, char ret[300])
{
	snprintf(ret, 300, "%.*s.want", (int)(strlen(file) - strlen(".yaml")), file);
}

static void
read_file(const char *path, struct buf *to)
{
	FILE *f = fopen(path, "r");
	char *room = buf_room(to, TEXT_MAX / 2);

	if (!f)
		return;
	buf_grew(to, fread(room, 1, TEXT_MAX / 2, f));
	fclose(f);
}

/* Paths of this machine are written as @DIR@. */
static void
add_without_directory(struct buf *to, struct span text)
{
	char here[4096];
	struct span directory;

	assert_non_null(getcwd(here, sizeof(here)));
	directory = span_cstr(here);
	while (text.len) {
		if (span_starts(text, directory)) {
			buf_add(to, SPAN("@DIR@"));
			text = span_from(text, directory.len);
		} else {
			buf_addc(to, text.ptr[0]);
			text = span_from(text, 1);
		}
	}
}

/* What is said about the file, and whether it can be used. */
static bool
describe(const char *file, struct buf *to)
{
	struct complaints *why = complaints_new();
	struct config *config = config_load(file, why);
	struct buf text = BUF_INIT(TEXT_MAX);
	bool is_usable = config;

	complaints_text(why, &text);
	add_without_directory(to, buf_span(&text));
	buf_addf(to, "%s\n", is_usable ? "usable" : "not usable");
	assert_int_equal(is_usable, complaints_errors(why) == 0);
	config_unref(&config);
	complaints_free(why);
	buf_clear(&text);
	return is_usable;
}

static void
check_file(const char *file)
{
	struct buf got = BUF_INIT(TEXT_MAX), want = BUF_INIT(TEXT_MAX);
	bool is_wrong = strncmp(file, "wrong_", 6) == 0;
	char want_file[300];

	name_want(file, want_file);
	if (describe(file, &got) == is_wrong)
		fail_msg("%s: usable though wrong, or the other way round:\n%s", file,
		         buf_cstr(&got));
	if (getenv("UPDATE_TABLES")) {
		FILE *f = fopen(want_file, "w");

		assert_non_null(f);
		fputs(buf_cstr(&got), f);
		fclose(f);
	}
	read_file(want_file, &want);
	if (!span_eq(buf_span(&got), buf_span(&want)))
		fail_msg("%s: want:\n%s\ngot:\n%s", file, buf_cstr(&want), buf_cstr(&got));
	buf_clear(&got);
	buf_clear(&want);
}

static int
is_yaml(const struct dirent *entry)
{
	return span_ends(span_cstr(entry->d_name), SPAN(".yaml"));
}

static void
every_file_is_answered_as_wanted(void **state)
{
	struct dirent **files;
	int count = scandir(".", &files, is_yaml, alphasort);

	(void)state;
	assert_true(count >= 40);
	for (int i = 0; i < count; i++) {
		check_file(files[i]->d_name);
		free(files[i]);
	}
	free(files);
}

/* Half an address could be a name, and names are asked of the network. */
static bool
is_in_address(struct span text, size_t at)
{
	size_t from = at, to = at;

	while (from && text.ptr[from - 1] != '\n')
		from--;
	while (to < text.len && text.ptr[to] != '\n')
		to++;
	return memmem(text.ptr + from, to - from, "127.0.0.1", 9) != NULL;
}

/* Cut anywhere, a file is refused or read, and nothing else happens. */
static void
a_file_cut_short_is_no_disaster(void **state)
{
	struct buf text = BUF_INIT(TEXT_MAX);

	(void)state;
	read_file("good_full.yaml", &text);
	for (size_t len = 0; len < text.len; len += 7) {
		struct complaints *why;
		struct config *config;

		if (is_in_address(buf_span(&text), len))
			continue;
		why = complaints_new();
		config = config_read("cut.yaml", span_of(text.ptr, len), why);

		assert_true(config || complaints_errors(why));
		config_unref(&config);
		complaints_free(why);
	}
	buf_clear(&text);
}

/* So is one with a byte changed. */
static void
a_file_with_a_byte_changed_is_no_disaster(void **state)
{
	static const char bytes[] = "{}[]:,&*!|>'\"%@`#-\n\t \\\x01\xff";
	struct buf text = BUF_INIT(TEXT_MAX);

	(void)state;
	read_file("good_full.yaml", &text);
	for (size_t at = 0; at < text.len; at += 5) {
		char kept = text.ptr[at];
		struct complaints *why;
		struct config *config;

		if (is_in_address(buf_span(&text), at))
			continue;
		why = complaints_new();
		text.ptr[at] = bytes[at % (sizeof(bytes) - 1)];
		config = config_read("changed.yaml", buf_span(&text), why);
		assert_true(config || complaints_errors(why));
		text.ptr[at] = kept;
		config_unref(&config);
		complaints_free(why);
	}
	buf_clear(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_file_is_answered_as_wanted),
		cmocka_unit_test(a_file_cut_short_is_no_disaster),
		cmocka_unit_test(a_file_with_a_byte_changed_is_no_disaster),
	};
	const char *srcdir = getenv("srcdir");
	char directory[4096];

	snprintf(directory, sizeof(directory), "%s/tests/tables/config", srcdir ? srcdir : ".");
	if (chdir(directory) < 0) {
		perror(directory);
		return 1;
	}
	/* A checkout may make the secret private or not; the wanted warning needs it public. */
	(void)!chmod("files/redis.pass", 0644);
	(void)!chmod("files/empty.pass", 0644);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
