/* countersign test */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/test_command.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "app/cases.h"
#include "app/client.h"
#include "app/config_load.h"
#include "lib/base/log.h"

enum { TEXT_MAX = 16 << 20, WHY_MAX = 8192 };

enum report_form { REPORT_TAP, REPORT_JUNIT };

struct test_options {
	const char *config;
	enum report_form form;
};

static const char usage[] =
	"usage: countersign test [--config FILE] [--format tap|junit] CASES...\n"
	"\n"
	"Judges the requests of the files by the configuration, sends nothing, and compares.\n"
	"Exits 0 when every case is as expected, 1 when not, 2 when something cannot be read.\n";

/* What one file came to. */
struct report {
	const struct test_options *options;
	struct buf text;
	size_t passed, failed;
};

/* -1: go on; else the exit code. */
static int
read_options(int argc, char **argv, struct test_options *ret)
{
	static const struct option options[] = {
		{"config", required_argument, NULL, 'c'},
		{"format", required_argument, NULL, 'f'},
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
		if (option == 'c')
			ret->config = optarg;
		else if (option == 'f' && strcmp(optarg, "tap") == 0)
			ret->form = REPORT_TAP;
		else if (option == 'f' && strcmp(optarg, "junit") == 0)
			ret->form = REPORT_JUNIT;
		else if (option == 'f')
			return client_usage(usage, "--format is tap or junit, not \"%s\"", optarg);
		else
			return client_usage_option(usage, option, argv);
	}
	if (optind == argc)
		return client_usage(usage, "which file of cases?");
	return -1;
}

static void
differ(struct buf *why, const char *what, struct span wanted, struct span is)
{
	buf_addf(why, "%s%s: expected %.*s, is %.*s", why->len ? "; " : "", what,
	         SPAN_ARG(wanted), SPAN_ARG(is));
}

static void
compare_text(struct buf *why, const char *what, struct span wanted, struct span is)
{
	if (wanted.len && !span_eq(wanted, is))
		differ(why, what, wanted, is.len ? is : SPAN("none"));
}

static bool
asks(const struct requirement *req, struct span group)
{
	for (size_t i = 0; i < req->need_count; i++) {
		if (span_eq(req->needs[i].group, group))
			return true;
	}
	return false;
}

static void
compare_from(struct buf *why, const struct strings *wanted, const struct trial *t)
{
	const struct requirement *req = &t->verdict.requirement;
	struct buf is = BUF_INIT(WHY_MAX);
	bool is_same;

	if (t->outcome != TRIAL_WAITS) {
		buf_addf(why, "%sfrom: nobody is asked", why->len ? "; " : "");
		return;
	}
	is_same = wanted->count == req->need_count;
	for (size_t i = 0; i < wanted->count; i++)
		is_same &= asks(req, wanted->at[i]);
	if (!is_same) {
		for (size_t i = 0; i < req->need_count; i++)
			buf_addf(&is, "%s%.*s", i ? ", " : "", SPAN_ARG(req->needs[i].group));
		buf_addf(why, "%sfrom: is %s", why->len ? "; " : "", buf_cstr(&is));
	}
	buf_clear(&is);
}

static int
would_of(const struct trial *t)
{
	static const int outcomes[] = {
		[VERDICT_ALLOW] = TRIAL_ALLOWED,
		[VERDICT_DENY] = TRIAL_DENIED,
		[VERDICT_APPROVAL] = TRIAL_WAITS,
	};

	return outcomes[t->would.kind];
}

static struct span
would_word(int outcome)
{
	return outcome == TRIAL_DENIED  ? SPAN("deny")
	       : outcome == TRIAL_WAITS ? SPAN("hold")
	                                : SPAN("nothing");
}

/* What differs from the expectation, in words; nothing: it is met. */
static void
compare(const struct expectation *want, struct trial *t, struct buf *why)
{
	const struct rule *rule = t->rule;
	int would = would_of(t);

	if (want->outcome >= 0 && want->outcome != (int)t->outcome)
		differ(why, "verdict", span_cstr(trial_outcome_name((enum trial_outcome)want->outcome)),
		       span_cstr(trial_outcome_name(t->outcome)));
	compare_text(why, "rule", want->rule, rule ? rule_name(rule) : SPAN_NONE);
	compare_text(why, "problem", want->problem, span_cstr(t->word));
	if (want->status && want->status != (uint64_t)t->status)
		buf_addf(why, "%sstatus: expected %u, is %d", why->len ? "; " : "",
		         (unsigned)want->status, t->status);
	if (want->has_from)
		compare_from(why, &want->from, t);
	if (want->title.len)
		compare_text(why, "title", want->title,
		             rule ? rule_title(rule, &t->request, &t->arena) : SPAN_NONE);
	if (want->would >= 0 && want->would != would)
		differ(why, "would", would_word(want->would), would_word(would));
}

static void
add_xml(struct buf *to, struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (strchr("<>&\"'", c) && c)
			buf_addf(to, "&#%d;", c);
		else if ((unsigned char)c >= 0x20 || c == '\t' || c == '\n')
			buf_addc(to, c);
		else
			buf_addc(to, '?');
	}
}

/* A "#" in a name would begin a directive. */
static void
add_name(struct buf *to, struct span name)
{
	for (size_t i = 0; i < name.len; i++) {
		if (name.ptr[i] == '#' || name.ptr[i] == '\\')
			buf_addc(to, '\\');
		buf_addc(to, name.ptr[i]);
	}
}

static void
add_quoted(struct buf *to, const char *key, const char *text)
{
	buf_addf(to, "  %s: \"", key);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			buf_addc(to, '\\');
		buf_addc(to, *text);
	}
	buf_addf(to, "\"\n");
}

static void
add_tap(struct report *r, const char *path, const struct one_case *c, struct buf *why)
{
	size_t number = r->passed + r->failed;

	struct buf at = BUF_INIT(WHY_MAX);

	buf_addf(&r->text, "%s %zu - ", why->len ? "not ok" : "ok", number);
	add_name(&r->text, c->name);
	buf_addc(&r->text, '\n');
	if (why->len) {
		buf_addf(&at, "%s:%u", path, c->at->mark.line);
		buf_addf(&r->text, "  ---\n");
		add_quoted(&r->text, "message", buf_cstr(why));
		add_quoted(&r->text, "at", buf_cstr(&at));
		buf_addf(&r->text, "  ...\n");
	}
	buf_clear(&at);
}

static void
add_junit(struct report *r, const char *path, const struct one_case *c, struct buf *why)
{
	buf_addf(&r->text, "  <testcase classname=\"");
	add_xml(&r->text, span_cstr(path));
	buf_addf(&r->text, "\" name=\"");
	add_xml(&r->text, c->name);
	if (!why->len) {
		buf_addf(&r->text, "\"/>\n");
		return;
	}
	buf_addf(&r->text, "\">\n    <failure message=\"");
	add_xml(&r->text, buf_span(why));
	buf_addf(&r->text, "\">line %u</failure>\n  </testcase>\n", c->at->mark.line);
}

static void
run_case(struct report *r, const char *path, const struct config *config,
         const struct one_case *c)
{
	struct buf why = BUF_INIT(WHY_MAX);
	struct trial trial;

	trial_run(&trial, config, &c->request);
	compare(&c->expect, &trial, &why);
	*(why.len ? &r->failed : &r->passed) += 1;
	if (r->options->form == REPORT_TAP)
		add_tap(r, path, c, &why);
	else
		add_junit(r, path, c, &why);
	trial_clear(&trial);
	buf_clear(&why);
}

static bool
run_file(struct report *r, const char *path, const struct config *config)
{
	struct complaints *why = complaints_new();
	struct cases cases;
	bool is_read = cases_read(&cases, path, config, why);
	struct buf text = BUF_INIT(TEXT_MAX);

	complaints_text(why, &text);
	fputs(buf_cstr(&text), stderr);
	buf_clear(&text);
	complaints_free(why);
	for (size_t i = 0; is_read && i < cases.count; i++)
		run_case(r, path, config, &cases.at[i]);
	cases_clear(&cases);
	return is_read;
}

static void
print_report(struct report *r)
{
	if (r->options->form == REPORT_TAP) {
		printf("TAP version 13\n%s1..%zu\n", buf_cstr(&r->text), r->passed + r->failed);
		return;
	}
	printf("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	       "<testsuite name=\"countersign\" tests=\"%zu\" failures=\"%zu\">\n%s</testsuite>\n",
	       r->passed + r->failed, r->failed, buf_cstr(&r->text));
}

static int
run(const struct test_options *o, int count, char **paths)
{
	struct config *config = config_policy_or_say(o->config);
	struct report report = {.options = o, .text = BUF_INIT(TEXT_MAX)};
	bool is_read = config != NULL;

	for (int i = 0; i < count && config; i++)
		is_read &= run_file(&report, paths[i], config);
	if (is_read)
		print_report(&report);
	buf_clear(&report.text);
	config_unref(&config);
	if (!is_read)
		return EXIT_USAGE;
	return report.failed ? EXIT_ERROR : EXIT_OK;
}

int
command_test(int argc, char **argv)
{
	struct test_options o = {.config = CONFIG_DEFAULT_PATH};
	int code = read_options(argc, argv, &o);

	return code >= 0 ? code : run(&o, argc - optind, argv + optind);
}
