/* countersign check: exit codes, and what goes where. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "app/check.h"

enum { OUTPUT_MAX = 65536 };

struct result {
	int code;
	char out[OUTPUT_MAX], err[OUTPUT_MAX];
};

/* What is written to descriptor `fd` goes to an unnamed file from now on. */
static int
divert(int fd, FILE *to)
{
	int kept = dup(fd);

	assert_true(kept >= 0);
	assert_true(dup2(fileno(to), fd) >= 0);
	return kept;
}

static void
restore(int fd, int kept, FILE *from, char to[OUTPUT_MAX])
{
	size_t len;

	dup2(kept, fd);
	close(kept);
	rewind(from);
	len = fread(to, 1, OUTPUT_MAX - 1, from);
	to[len] = '\0';
	fclose(from);
}

static struct result *
run(const char *const *arguments)
{
	static struct result result;
	char *argv[8] = {0};
	FILE *out = tmpfile(), *err = tmpfile();
	int argc = 0, kept_out, kept_err;

	for (; arguments[argc]; argc++)
		argv[argc] = strdup(arguments[argc]);
	fflush(stdout);
	fflush(stderr);
	kept_out = divert(STDOUT_FILENO, out);
	kept_err = divert(STDERR_FILENO, err);
	result.code = command_check(argc, argv);
	fflush(stdout);
	fflush(stderr);
	restore(STDOUT_FILENO, kept_out, out, result.out);
	restore(STDERR_FILENO, kept_err, err, result.err);
	/* getopt_long() moves the pointers, none is lost. */
	while (argc--)
		free(argv[argc]);
	return &result;
}

#define RUN(...) run((const char *const[]){"check", __VA_ARGS__, NULL})

static void
a_usable_file_gives_its_summary_and_0(void **state)
{
	struct result *r = RUN("--config", "good_full.yaml");

	(void)state;
	assert_int_equal(r->code, 0);
	assert_non_null(strstr(r->out, "good_full.yaml: usable: 2 sites, 2 rules, policy "));
	assert_non_null(strstr(r->out, "opt-ins of users: encoded_slash: keep, matrix: keep"));
	assert_null(strstr(r->out, "opt-ins of rest"));
}

static void
warnings_are_told_and_harmless(void **state)
{
	struct result *r = RUN("--config", "warned_site_denies_all.yaml");

	(void)state;
	assert_int_equal(r->code, 0);
	assert_non_null(strstr(r->err, "warning: sites[0]: has no rules"));
	assert_non_null(strstr(r->out, ", 1 warning\n"));
}

static void
a_wrong_file_gives_its_errors_and_1(void **state)
{
	struct result *r = RUN("--config=wrong_unknown_keys.yaml");

	(void)state;
	assert_int_equal(r->code, 1);
	assert_string_equal(r->out, "");
	assert_non_null(strstr(r->err, "did you mean \"sites\"?"));
	assert_non_null(strstr(r->err, "wrong_unknown_keys.yaml: not usable: 8 errors\n"));
}

static void
a_file_that_is_not_there_is_an_error(void **state)
{
	struct result *r = RUN("--config", "none.yaml");

	(void)state;
	assert_int_equal(r->code, 1);
	assert_non_null(strstr(r->err, "none.yaml: error: cannot be read: No such file"));
	r = RUN("--config", ".");
	assert_int_equal(r->code, 1);
	assert_non_null(strstr(r->err, "Is a directory"));
}

static void
usage_errors_are_2(void **state)
{
	(void)state;
	assert_int_equal(RUN("--nonsense")->code, 2);
	assert_int_equal(RUN("file.yaml")->code, 2);
	assert_int_equal(RUN("--output", "xml")->code, 2);
	assert_int_equal(RUN("--config")->code, 2);
	assert_int_equal(RUN("--help")->code, 0);
}

static void
json_tells_the_same(void **state)
{
	struct result *r = RUN("--config", "wrong_unknown_keys.yaml", "--output", "json");
	json_t *said = json_loads(r->out, 0, NULL), *first;

	(void)state;
	assert_int_equal(r->code, 1);
	assert_string_equal(r->err, "");
	assert_non_null(said);
	assert_true(json_is_false(json_object_get(said, "usable")));
	assert_int_equal(json_integer_value(json_object_get(said, "errors")), 8);
	first = json_array_get(json_object_get(said, "complaints"), 1);
	assert_string_equal(json_string_value(json_object_get(first, "nearest")), "address");
	assert_int_equal(json_integer_value(json_object_get(first, "line")), 1);
	json_decref(said);
	r = RUN("--config", "good_smallest.yaml", "--output", "json");
	said = json_loads(r->out, 0, NULL);
	assert_int_equal(r->code, 0);
	assert_true(json_is_true(json_object_get(said, "usable")));
	assert_int_equal(json_array_size(json_object_get(said, "sites")), 1);
	json_decref(said);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_usable_file_gives_its_summary_and_0),
		cmocka_unit_test(warnings_are_told_and_harmless),
		cmocka_unit_test(a_wrong_file_gives_its_errors_and_1),
		cmocka_unit_test(a_file_that_is_not_there_is_an_error),
		cmocka_unit_test(usage_errors_are_2),
		cmocka_unit_test(json_tells_the_same),
	};
	const char *srcdir = getenv("srcdir");
	char directory[4096];

	snprintf(directory, sizeof(directory), "%s/tests/tables/config", srcdir ? srcdir : ".");
	if (chdir(directory) < 0) {
		perror(directory);
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
