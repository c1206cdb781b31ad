/* countersign audit ... */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/audit_commands.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/client.h"
#include "app/config_load.h"
#include "audit/inspect.h"
#include "audit/line_reader.h"
#include "audit/oneline.h"
#include "audit/report.h"
#include "lib/base/memory.h"

enum {
	TEXT_MAX = 1 << 20,
	KEYS_MAX = 16,
	HEADS_MAX = 64,
	TAIL_DEFAULT = 10,
	TAIL_MOST = 1000000,
};

static const char usage[] =
	"usage: countersign audit verify [--key FILE]... [--head SEQ:HEX]...\n"
	"                                [--output table|json] [FILE]...\n"
	"       countersign audit tail [-n LINES] [-f] [--output table|json] [FILE]\n"
	"\n"
	"  --config FILE   where audit.file and state_dir are named; used when no FILE is\n"
	"                  given.  verify then knows the heads kept in state_dir too.\n"
	"  --key FILE      a public key as `countersign keys export` writes it: checkpoints\n"
	"                  must be signed with it\n"
	"  --head SEQ:HEX  number and SHA-256 of a line (without its line feed) known from\n"
	"                  elsewhere\n"
	"  -n LINES        how many lines to begin with (10)\n"
	"  -f              go on as the file grows, and when it is replaced\n"
	"\n"
	"verify exits 0: proven to the end; 4: intact, but the end is not proven; 1: altered.\n";

struct audit_options {
	const char *config; /* NULL: not given */
	const char *keys[KEYS_MAX];
	size_t key_count;
	struct chain_head heads[HEADS_MAX];
	size_t head_count;
	uint64_t lines;
	bool follows, is_json, wants_help;
};

static bool
read_head(struct span text, struct audit_options *o)
{
	struct span seq;
	struct chain_head *head = &o->heads[o->head_count];

	if (o->head_count == HEADS_MAX || !span_cut(&text, ':', &seq) ||
	    !span_to_u64(seq, UINT64_MAX, &head->seq) || !digest_read(text, &head->hash))
		return false;
	o->head_count++;
	return true;
}

static bool
read_option(int option, struct audit_options *o)
{
	switch (option) {
	case 'c':
		o->config = optarg;
		return true;
	case 'k':
		if (o->key_count == KEYS_MAX)
			return false;
		o->keys[o->key_count++] = optarg;
		return true;
	case 'H':
		return read_head(span_cstr(optarg), o);
	case 'n':
		return span_to_u64(span_cstr(optarg), TAIL_MOST, &o->lines);
	case 'f':
		o->follows = true;
		return true;
	case 'o':
		o->is_json = strcmp(optarg, "json") == 0;
		return o->is_json || strcmp(optarg, "table") == 0;
	case 'h':
		o->wants_help = true;
		return true;
	default:
		return false;
	}
}

static bool
read_options(int argc, char **argv, struct audit_options *o)
{
	static const struct option options[] = {
		{"config", required_argument, NULL, 'c'}, {"key", required_argument, NULL, 'k'},
		{"head", required_argument, NULL, 'H'},   {"lines", required_argument, NULL, 'n'},
		{"follow", no_argument, NULL, 'f'},       {"output", required_argument, NULL, 'o'},
		{"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0},
	};
	int option;

	optind = 0;
	while ((option = getopt_long(argc, argv, "n:f", options, NULL)) != -1) {
		if (!read_option(option, o))
			return false;
	}
	return true;
}

static struct config *
load_config(const struct audit_options *o)
{
	struct config *config =
		config_load_or_say_why(o->config ? o->config : CONFIG_DEFAULT_PATH);

	if (config && !config->audit.file) {
		fputs("countersign: the configuration names no audit.file\n", stderr);
		config_unref(&config);
	}
	return config;
}

/* Neither a file nor a configuration that names one. */
static bool
has_nothing(const struct audit_options *o, size_t count)
{
	if (count || o->config || access(CONFIG_DEFAULT_PATH, F_OK) == 0)
		return false;
	fprintf(stderr, "countersign: which FILE? There is no --config and no %s\n",
	        CONFIG_DEFAULT_PATH);
	return true;
}

static bool
load_keys(struct verify *v, const struct audit_options *o, struct public_key **keys)
{
	struct buf why = BUF_INIT(4096);

	for (size_t i = 0; i < o->key_count; i++) {
		keys[i] = public_key_load(o->keys[i], &why);
		if (!keys[i]) {
			fprintf(stderr, "countersign: %s\n", buf_cstr(&why));
			buf_clear(&why);
			return false;
		}
		verify_trust_key(v, keys[i]);
	}
	return true;
}

static enum exit_code
code_of(enum verify_result result)
{
	if (result == VERIFY_PROVEN)
		return EXIT_OK;
	return result == VERIFY_ALTERED ? EXIT_ERROR : EXIT_PENDING;
}

static void
trust(struct verify *v, const struct audit_options *o, const struct config *config,
      char **files, size_t count)
{
	for (size_t i = 0; i < o->head_count; i++)
		verify_trust_head(v, SPAN_NONE, &o->heads[i]);
	if (!config)
		return;
	inspect_trust_state(v, config->state_dir, config->audit.file);
	if (inspect_includes(files, count, config->audit.file))
		verify_has_newest(v);
}

static enum exit_code
verify_files(const struct audit_options *o, const struct config *config, char **files,
             size_t count)
{
	struct report report;
	struct verify *v = verify_new(report_finding, &report);
	struct facts *facts = facts_new();
	struct public_key *keys[KEYS_MAX] = {NULL};
	struct buf why = BUF_INIT(4096);
	enum exit_code code = EXIT_ERROR;

	report_begin(&report, o->is_json);
	trust(v, o, config, files, count);
	if (load_keys(v, o, keys)) {
		if (inspect_files(v, facts, files, count, &why)) {
			enum verify_result result = verify_end(v);

			facts_end(facts, report_fact, &report);
			report_end(&report, v, result);
			code = code_of(result);
		} else {
			fprintf(stderr, "countersign: %s\n", buf_cstr(&why));
		}
	}
	for (size_t i = 0; i < o->key_count; i++)
		public_key_free(keys[i]);
	report_clear(&report);
	buf_clear(&why);
	facts_free(facts);
	verify_free(v);
	return code;
}

static enum exit_code
run_verify(const struct audit_options *o, char **files, size_t count)
{
	struct config *config;
	enum exit_code code = EXIT_ERROR;

	if (has_nothing(o, count))
		return EXIT_USAGE;
	config = count == 0 || o->config ? load_config(o) : NULL;
	if (count) {
		if (config || !o->config)
			code = verify_files(o, config, files, count);
	} else if (config) {
		char *file = memory_cstr(span_cstr(config->audit.file));

		code = verify_files(o, config, &file, 1);
		free(file);
	}
	config_unref(&config);
	return fflush(stdout) == 0 ? code : EXIT_ERROR;
}

struct printing {
	uint64_t skip;
	bool is_json;
};

static void
print_line(void *printing, struct span line)
{
	struct printing *p = printing;
	struct buf text = BUF_INIT(TEXT_MAX);

	if (p->skip > 0) {
		p->skip--;
		return;
	}
	if (p->is_json)
		buf_add(&text, line);
	else
		oneline_add(&text, line);
	buf_addc(&text, '\n');
	fwrite(text.ptr, 1, text.len, stdout);
	buf_clear(&text);
}

static void
count_line(void *count, struct span line UNUSED)
{
	++*(uint64_t *)count;
}

static bool
was_replaced(int fd, const char *path)
{
	struct stat ours, theirs;

	return fstat(fd, &ours) == 0 && stat(path, &theirs) == 0 &&
	       (ours.st_ino != theirs.st_ino || ours.st_dev != theirs.st_dev);
}

/* Until a signal ends it.  The directory is watched: it tells of growth and of renames. */
static enum exit_code
follow(const struct audit_options *o, int fd, const char *path, uint64_t at)
{
	const char *slash = strrchr(path, '/');
	char *dir = slash ? memory_cstr(span_of(path, (size_t)(slash - path) + 1))
	                  : memory_cstr(SPAN("."));
	int watch = inotify_init1(IN_CLOEXEC);
	struct printing printing = {0, o->is_json};
	char events[4096];
	bool goes_on = watch >= 0 &&
	               inotify_add_watch(watch, dir, IN_MODIFY | IN_CREATE | IN_MOVED_TO) >= 0;

	free(dir);
	while (goes_on && !ferror(stdout)) {
		at = each_line(fd, at, print_line, &printing);
		fflush(stdout);
		if (was_replaced(fd, path)) {
			close(fd);
			fd = open(path, O_RDONLY | O_CLOEXEC);
			at = 0;
			continue;
		}
		goes_on = read(watch, events, sizeof(events)) > 0;
	}
	fprintf(stderr, "countersign: %s: %s\n", path, strerror(errno));
	if (watch >= 0)
		close(watch);
	close(fd);
	return EXIT_ERROR;
}

static enum exit_code
tail_file(const struct audit_options *o, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct printing printing = {0, o->is_json};
	uint64_t count = 0, at;

	if (fd < 0) {
		fprintf(stderr, "countersign: %s: %s\n", path, strerror(errno));
		return EXIT_ERROR;
	}
	each_line(fd, 0, count_line, &count);
	printing.skip = count > o->lines ? count - o->lines : 0;
	at = each_line(fd, 0, print_line, &printing);
	if (o->follows)
		return follow(o, fd, path, at);
	close(fd);
	return fflush(stdout) == 0 ? EXIT_OK : EXIT_ERROR;
}

static enum exit_code
run_tail(const struct audit_options *o, char **files, size_t count)
{
	struct config *config;
	enum exit_code code = EXIT_ERROR;

	if (has_nothing(o, count))
		return EXIT_USAGE;
	config = count ? NULL : load_config(o);
	if (count)
		code = tail_file(o, files[0]);
	else if (config)
		code = tail_file(o, config->audit.file);
	config_unref(&config);
	return code;
}

int
command_audit(int argc, char **argv)
{
	struct audit_options o = {.lines = TAIL_DEFAULT};
	bool is_read = read_options(argc, argv, &o);
	size_t count = is_read && optind < argc ? (size_t)(argc - optind - 1) : 0;

	if (is_read && o.wants_help) {
		fputs(usage, stdout);
		return EXIT_OK;
	}
	if (is_read && optind < argc && strcmp(argv[optind], "verify") == 0)
		return run_verify(&o, argv + optind + 1, count);
	if (is_read && optind < argc && count < 2 && strcmp(argv[optind], "tail") == 0)
		return run_tail(&o, argv + optind + 1, count);
	fputs(usage, stderr);
	return EXIT_USAGE;
}
