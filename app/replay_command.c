/* countersign replay */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/replay_command.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/client.h"
#include "app/config_load.h"
#include "app/recorded.h"
#include "app/replay.h"
#include "audit/line_reader.h"
#include "lib/base/memory.h"

enum { TEXT_MAX = 16 << 20, FILES_MAX = 64 };

static const char usage[] =
	"usage: countersign replay --audit FILE... --config NEW [--output table|json]\n"
	"\n"
	"Judges the calls of an audit trail by another configuration, and tells what would\n"
	"change, how many would be held, and who would be asked.  Headers and bodies are not in\n"
	"the trail: headers count as absent, and where a body decides, the call as unknown.\n";

struct replay_options {
	const char *config;
	const char *files[FILES_MAX];
	size_t file_count;
	bool is_json;
};

static int
add_file(struct replay_options *o, const char *path)
{
	if (o->file_count == FILES_MAX)
		return client_usage(usage, "at most %d trails at a time; \"%s\" is one too many",
		                    FILES_MAX, path);
	o->files[o->file_count++] = path;
	return EXIT_OK;
}

/* -1: go on; else the exit code. */
static int
read_options(int argc, char **argv, struct replay_options *ret)
{
	static const struct option options[] = {
		{"audit", required_argument, NULL, 'a'},
		{"config", required_argument, NULL, 'c'},
		{"output", required_argument, NULL, 'o'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int option, code = EXIT_OK;

	optind = 0;
	opterr = 0;
	while (code == EXIT_OK && (option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (option == 'h') {
			fputs(usage, stdout);
			return EXIT_OK;
		}
		if (option == 'a')
			code = add_file(ret, optarg);
		else if (option == 'c')
			ret->config = optarg;
		else if (option == 'o')
			code = client_output(usage, optarg, &ret->is_json);
		else
			code = client_usage_option(usage, option, argv);
	}
	while (code == EXIT_OK && optind < argc)
		code = add_file(ret, argv[optind++]);
	if (code != EXIT_OK)
		return code;
	if (ret->file_count == 0)
		return client_usage(usage, "which trail?  --audit FILE");
	return -1;
}

static void
add_load(struct replay *r, struct span group)
{
	for (size_t i = 0; i < r->load_count; i++) {
		if (span_eq(span_cstr(r->loads[i].group), group)) {
			r->loads[i].calls++;
			return;
		}
	}
	r->loads = memory_resize(r->loads, (r->load_count + 1) * sizeof(*r->loads));
	r->loads[r->load_count++] = (struct load){memory_cstr(group), 1};
}

static void
add_hold(struct replay *r, const struct trial *t, struct wall at)
{
	const struct requirement *req = &t->verdict.requirement;
	int64_t hour = at.us / HOUR_US;

	r->held++;
	if (hour != r->hour) {
		r->hour = hour;
		r->in_hour = 0;
	}
	if (++r->in_hour > r->most_in_hour)
		r->most_in_hour = r->in_hour;
	for (size_t i = 0; i < req->need_count; i++)
		add_load(r, req->needs[i].group);
}

static void
add_change(struct replay *r, struct buf *text, const struct recorded_call *call)
{
	struct buf example = BUF_INIT(TEXT_MAX);

	for (size_t i = 0; i < r->change_count; i++) {
		if (strcmp(r->changes[i].text, buf_cstr(text)) == 0) {
			r->changes[i].count++;
			return;
		}
	}
	buf_addf(&example, "%.*s %.*s", SPAN_ARG(call->request.method),
	         SPAN_ARG(call->request.url));
	r->changes = memory_resize(r->changes, (r->change_count + 1) * sizeof(*r->changes));
	r->changes[r->change_count++] =
		(struct change){memory_cstr(buf_span(text)), memory_cstr(buf_span(&example)), 1};
	buf_clear(&example);
}

static void
describe(struct buf *to, int outcome, struct span rule, const char *word)
{
	buf_addf(to, "%s", replay_outcome_name(outcome));
	if (rule.len)
		buf_addf(to, " by %.*s", SPAN_ARG(rule));
	else if (word && outcome == TRIAL_REFUSED)
		buf_addf(to, " (%s)", word);
}

static void
compare(struct replay *r, const struct recorded_call *call, const struct trial *t, int after)
{
	struct span rule = t->rule && after != REPLAY_UNKNOWN ? rule_name(t->rule) : SPAN_NONE;
	struct buf text = BUF_INIT(TEXT_MAX);

	/* Which rule allows or denies changes nothing; which one asks, whom it asks. */
	if (after == (int)call->outcome &&
	    (after != TRIAL_WAITS || span_eq(rule, call->rule))) {
		r->same++;
		return;
	}
	describe(&text, call->outcome, call->rule, NULL);
	buf_addf(&text, " -> ");
	describe(&text, after, rule, t->word);
	add_change(r, &text, call);
	buf_clear(&text);
}

static void
take_call(struct replay *r, struct recorded_call *call)
{
	struct trial trial;
	int64_t hour = call->request.now.us / HOUR_US;
	int after;

	call->request.lacks_body = call->has_body;
	trial_run(&trial, r->config, &call->request);
	after = trial.lacks_body ? REPLAY_UNKNOWN : (int)trial.outcome;
	r->calls++;
	r->redacted += call->is_redacted;
	r->before[call->outcome]++;
	r->after[after]++;
	if (!r->first_hour || hour < r->first_hour)
		r->first_hour = hour;
	if (hour > r->last_hour)
		r->last_hour = hour;
	if (after == TRIAL_WAITS)
		add_hold(r, &trial, call->request.now);
	compare(r, call, &trial, after);
	trial_clear(&trial);
}

static void
on_line(void *owner, struct span line)
{
	struct replay *r = owner;
	struct arena arena = {0};
	struct recorded_call call;
	json_t *doc = json_loadb(line.ptr, line.len, JSON_REJECT_DUPLICATES, NULL);

	if (!doc)
		r->unreadable++;
	else if (recorded_read(&call, doc, &arena))
		take_call(r, &call);
	json_decref(doc);
	arena_clear(&arena);
}

static bool
read_file(struct replay *r, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	bool is_file = fd >= 0 && fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode);

	if (!is_file) {
		fprintf(stderr, "countersign: %s: %s\n", path,
		        fd < 0 ? strerror(errno) : "is a directory");
		if (fd >= 0)
			close(fd);
		return false;
	}
	each_line(fd, 0, on_line, r);
	close(fd);
	return true;
}

static void
replay_clear(struct replay *r)
{
	for (size_t i = 0; i < r->change_count; i++) {
		free(r->changes[i].text);
		free(r->changes[i].example);
	}
	for (size_t i = 0; i < r->load_count; i++)
		free(r->loads[i].group);
	free(r->changes);
	free(r->loads);
}

static int
run(const struct replay_options *o, struct config *config)
{
	struct replay r = {.config = config};
	bool is_read = true;

	for (size_t i = 0; i < o->file_count; i++)
		is_read &= read_file(&r, o->files[i]);
	if (is_read && r.calls == 0) {
		fprintf(stderr, "countersign: there is no call in %s that was judged\n",
		        o->file_count > 1 ? "these files" : o->files[0]);
		is_read = false;
	}
	if (is_read)
		replay_print(&r, o->is_json);
	replay_clear(&r);
	return is_read && fflush(stdout) == 0 ? EXIT_OK : EXIT_ERROR;
}

int
command_replay(int argc, char **argv)
{
	struct replay_options o = {.config = CONFIG_DEFAULT_PATH};
	struct config *config;
	int code = read_options(argc, argv, &o);

	if (code >= 0)
		return code;
	config = config_policy_or_say(o.config);
	if (!config)
		return EXIT_ERROR;
	code = run(&o, config);
	config_unref(&config);
	return code;
}
