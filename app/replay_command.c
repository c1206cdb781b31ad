/* countersign replay */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/replay_command.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/client.h"
#include "app/config_load.h"
#include "app/recorded.h"
#include "audit/line_reader.h"
#include "lib/base/memory.h"

enum { TEXT_MAX = 16 << 20, FILES_MAX = 64, SHOWN_MAX = 20, OUTCOMES = TRIAL_REFUSED + 2 };
/* The trail lacks what the verdict depends on. */
enum { OUTCOME_UNKNOWN = TRIAL_REFUSED + 1 };

#define HOUR_US (3600 * SECOND_US)

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

/* Calls of one kind that would change in one way. */
struct change {
	char *text; /* "allow by reads -> approval by users.delete" */
	char *example;
	uint64_t count;
};

struct load {
	char *group;
	uint64_t calls;
};

struct replay {
	const struct config *config;
	uint64_t calls, unreadable, redacted;
	uint64_t before[OUTCOMES], after[OUTCOMES];
	uint64_t same;
	struct change *changes;
	size_t change_count;
	struct load *loads;
	size_t load_count;
	/* Holds in the hour that is being counted; trails are in order of time but for seconds. */
	int64_t hour, first_hour, last_hour;
	uint64_t in_hour, most_in_hour, held;
};

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
	int option;

	optind = 0;
	opterr = 0;
	while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (option == 'h') {
			fputs(usage, stdout);
			return EXIT_OK;
		}
		if (option == 'a' && ret->file_count < FILES_MAX)
			ret->files[ret->file_count++] = optarg;
		else if (option == 'c')
			ret->config = optarg;
		else if (option != 'o')
			return client_usage_option(usage, option, argv);
		else if (client_output(usage, optarg, &ret->is_json) != EXIT_OK)
			return EXIT_USAGE;
	}
	while (optind < argc && ret->file_count < FILES_MAX)
		ret->files[ret->file_count++] = argv[optind++];
	if (ret->file_count == 0)
		return client_usage(usage, "which trail?  --audit FILE");
	return -1;
}

static const char *
outcome_name(int outcome)
{
	return outcome == OUTCOME_UNKNOWN ? "unknown"
	                                  : trial_outcome_name((enum trial_outcome)outcome);
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
	buf_addf(to, "%s", outcome_name(outcome));
	if (rule.len)
		buf_addf(to, " by %.*s", SPAN_ARG(rule));
	else if (word && outcome == TRIAL_REFUSED)
		buf_addf(to, " (%s)", word);
}

static void
compare(struct replay *r, const struct recorded_call *call, const struct trial *t, int after)
{
	struct span rule = t->is_judged && t->verdict.rule && after != OUTCOME_UNKNOWN
	                           ? rule_name(t->verdict.rule)
	                           : SPAN_NONE;
	struct buf text = BUF_INIT(TEXT_MAX);

	if (after == (int)call->outcome) {
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
	after = trial.lacks_body ? OUTCOME_UNKNOWN : (int)trial.outcome;
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

	if (fd < 0) {
		fprintf(stderr, "countersign: %s: %s\n", path, strerror(errno));
		return false;
	}
	each_line(fd, 0, on_line, r);
	close(fd);
	return true;
}

static int
by_count(const void *a, const void *b)
{
	const struct change *x = a, *y = b;

	return (x->count < y->count) - (x->count > y->count);
}

static int
by_calls(const void *a, const void *b)
{
	const struct load *x = a, *y = b;

	return (x->calls < y->calls) - (x->calls > y->calls);
}

static double
hours(const struct replay *r)
{
	return (double)(r->last_hour - r->first_hour + 1);
}

static void
print_changes(const struct replay *r)
{
	printf("%llu of %llu calls would be judged as they were\n",
	       (unsigned long long)r->same, (unsigned long long)r->calls);
	for (size_t i = 0; i < r->change_count && i < SHOWN_MAX; i++) {
		struct buf line = BUF_INIT(TEXT_MAX);

		buf_addf(&line, "%8llu  %s, as %s", (unsigned long long)r->changes[i].count,
		         r->changes[i].text, r->changes[i].example);
		client_print(buf_span(&line));
		putchar('\n');
		buf_clear(&line);
	}
	if (r->change_count > SHOWN_MAX)
		printf("          and %zu more kinds of change\n", r->change_count - SHOWN_MAX);
}

static void
print_table(const struct replay *r)
{
	print_changes(r);
	printf("\n%-10s %10s %10s\n", "verdict", "recorded", "new");
	for (int i = 0; i < OUTCOMES; i++) {
		if (r->before[i] || r->after[i])
			printf("%-10s %10llu %10llu\n", outcome_name(i),
			       (unsigned long long)r->before[i], (unsigned long long)r->after[i]);
	}
	if (r->held)
		printf("\n%.1f held per hour, %llu in the busiest\n", (double)r->held / hours(r),
		       (unsigned long long)r->most_in_hour);
	for (size_t i = 0; i < r->load_count; i++)
		printf("%8llu  would ask %s\n", (unsigned long long)r->loads[i].calls,
		       r->loads[i].group);
	if (r->redacted)
		printf("\n%llu calls have a secret in their query, which the trail does not have\n",
		       (unsigned long long)r->redacted);
	if (r->unreadable)
		printf("\n%llu lines are not JSON\n", (unsigned long long)r->unreadable);
}

static json_t *
counts_json(const uint64_t *counts)
{
	json_t *object = json_object();

	for (int i = 0; i < OUTCOMES; i++)
		json_object_set_new(object, outcome_name(i), json_integer((json_int_t)counts[i]));
	return object;
}

static void
print_json(const struct replay *r)
{
	json_t *changes = json_array(), *loads = json_object(), *all;

	for (size_t i = 0; i < r->change_count; i++)
		json_array_append_new(changes, json_pack("{s:s,s:s,s:I}", "change",
		                                         r->changes[i].text, "example",
		                                         r->changes[i].example, "calls",
		                                         (json_int_t)r->changes[i].count));
	for (size_t i = 0; i < r->load_count; i++)
		json_object_set_new(loads, r->loads[i].group,
		                    json_integer((json_int_t)r->loads[i].calls));
	all = json_pack("{s:I,s:I,s:o,s:o,s:o,s:o,s:f,s:I,s:I,s:I}", "calls",
	                (json_int_t)r->calls, "same", (json_int_t)r->same, "changes", changes,
	                "recorded", counts_json(r->before), "new", counts_json(r->after),
	                "asked", loads, "held_per_hour",
	                r->calls ? (double)r->held / hours(r) : 0.0, "held_in_busiest_hour",
	                (json_int_t)r->most_in_hour, "redacted", (json_int_t)r->redacted,
	                "unreadable", (json_int_t)r->unreadable);
	json_dumpf(all, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(all);
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
	if (r.change_count)
		qsort(r.changes, r.change_count, sizeof(*r.changes), by_count);
	if (r.load_count)
		qsort(r.loads, r.load_count, sizeof(*r.loads), by_calls);
	if (o->is_json)
		print_json(&r);
	else
		print_table(&r);
	replay_clear(&r);
	return is_read ? EXIT_OK : EXIT_ERROR;
}

int
command_replay(int argc, char **argv)
{
	struct replay_options o = {.config = CONFIG_DEFAULT_PATH};
	struct config *config;
	int code = read_options(argc, argv, &o);

	if (code >= 0)
		return code;
	config = config_load_or_say(o.config);
	if (!config)
		return EXIT_ERROR;
	code = run(&o, config);
	config_unref(&config);
	return code;
}
