/* countersign check: exit codes, and what goes where. */
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
#include <jansson.h>

#include "app/check.h"
#include "lib/base/attr.h"

enum { OUTPUT_MAX = 65536 };

static char folder[] = "/tmp/test-check-XXXXXX";

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
	assert_non_null(strstr(r->out, "good_full.yaml: usable: 2 sites, 3 rules, policy "));
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
	assert_non_null(strstr(r->out, " warning"));
}

/* Checks a file that says only where it writes; `where` is relative to it. */
static struct result *
run_with_places(const char *state_dir, const char *trail)
{
	struct result *r;
	char path[200];
	FILE *file;

	snprintf(path, sizeof(path), "%s/c.yaml", folder);
	file = fopen(path, "w");
	assert_non_null(file);
	fprintf(file, "listen: [{address: 127.0.0.1:1}]\nstate_dir: %s\naudit: {file: %s}\n"
	        "sites: [{name: a, upstream: http://127.0.0.1:2, otherwise: allow}]\n",
	        state_dir, trail);
	fclose(file);
	r = RUN("--config", path);
	unlink(path);
	assert_int_equal(r->code, 0);
	return r;
}

static void
places_that_serve_can_use_or_make_are_not_warned_of(void **state UNUSED)
{
	assert_null(strstr(run_with_places(".", "audit.jsonl")->out, "warning"));
	assert_null(strstr(run_with_places("state", "audit.jsonl")->out, "warning"));
	assert_null(strstr(run_with_places("state/", "state/audit.jsonl")->out, "warning"));
}

static void
places_that_are_not_there_are_warned_of(void **state UNUSED)
{
	struct result *r = run_with_places("a/b", "logs/audit.jsonl");

	assert_non_null(strstr(r->out, ", 2 warnings\n"));
	assert_non_null(strstr(r->err, "c.yaml:2:12: warning: state_dir: "));
	assert_non_null(strstr(r->err, "/a/b does not exist: serve would not start"));
	assert_non_null(strstr(r->err, "warning: audit.file: "));
	assert_non_null(strstr(r->err, "/logs does not exist"));
	r = run_with_places("c.yaml", "audit.jsonl");
	assert_non_null(strstr(r->err, "/c.yaml is not a directory"));
}

static void
places_that_cannot_be_written_to_are_warned_of(void **state UNUSED)
{
	struct result *r;

	if (geteuid() == 0)
		skip();
	r = run_with_places("/", "/audit.jsonl");
	assert_non_null(strstr(r->err, "/ cannot be written to by this user"));
}

static void
a_state_dir_that_others_may_write_to_is_warned_of(void **state UNUSED)
{
	char path[100];
	struct result *r;

	snprintf(path, sizeof(path), "%s/shared", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(chmod(path, 0770), 0);
	r = run_with_places("shared", "audit.jsonl");
	assert_non_null(strstr(r->err, "/shared may be written to by others, its mode is 0770 "
	                               "(chmod go-w it): serve would not start"));
	assert_int_equal(chmod(path, 0755), 0);
	assert_null(strstr(run_with_places("shared", "audit.jsonl")->out, "warning"));
	rmdir(path);
}

/* It can be written to all the same. */
static void
a_state_dir_of_somebody_else_is_warned_of(void **state UNUSED)
{
	struct stat st;

	if (stat("/tmp", &st) < 0 || st.st_uid == geteuid() || access("/tmp", W_OK) < 0)
		skip();
	assert_non_null(strstr(run_with_places("/tmp", "audit.jsonl")->err, "/tmp belongs to user "));
}

/* Names of this kind are nobody's (RFC 6761, 6.4). */
static void
a_name_that_nobody_knows_here_is_warned_of(void **state UNUSED)
{
	struct result *r;
	char path[200];
	FILE *file;

	snprintf(path, sizeof(path), "%s/c.yaml", folder);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs("listen: [{address: 127.0.0.1:1}]\nstate_dir: .\naudit: {file: a}\n"
	      "sites: [{name: a, upstream: http://users.invalid:2, otherwise: allow}]\n", file);
	fclose(file);
	r = RUN("--config", path);
	unlink(path);
	assert_int_equal(r->code, 0);
	assert_non_null(strstr(r->err, "the name users.invalid cannot be resolved"));
	assert_non_null(strstr(r->out, ", 1 warning\n"));
}

static void
a_default_place_is_named_by_its_key(void **state UNUSED)
{
	struct result *r = RUN("--config", "good_smallest.yaml");

	if (access("/var/lib/countersign", F_OK) == 0 || access("/var/log/countersign", F_OK) == 0)
		skip();
	assert_int_equal(r->code, 0);
	assert_non_null(strstr(r->err, "audit.file is left out, and for its default "
	                               "/var/log/countersign does not exist"));
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
		cmocka_unit_test(places_that_serve_can_use_or_make_are_not_warned_of),
		cmocka_unit_test(places_that_are_not_there_are_warned_of),
		cmocka_unit_test(places_that_cannot_be_written_to_are_warned_of),
		cmocka_unit_test(a_state_dir_that_others_may_write_to_is_warned_of),
		cmocka_unit_test(a_state_dir_of_somebody_else_is_warned_of),
		cmocka_unit_test(a_name_that_nobody_knows_here_is_warned_of),
		cmocka_unit_test(a_default_place_is_named_by_its_key),
		cmocka_unit_test(a_wrong_file_gives_its_errors_and_1),
		cmocka_unit_test(a_file_that_is_not_there_is_an_error),
		cmocka_unit_test(usage_errors_are_2),
		cmocka_unit_test(json_tells_the_same),
	};
	const char *srcdir = getenv("srcdir");
	char directory[4096];
	int failed;

	snprintf(directory, sizeof(directory), "%s/tests/tables/config", srcdir ? srcdir : ".");
	if (chdir(directory) < 0) {
		perror(directory);
		return 1;
	}
	if (!mkdtemp(folder))
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rmdir(folder);
	return failed;
}
