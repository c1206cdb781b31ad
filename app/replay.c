/* What came of judging recorded calls anew. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/replay.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/client.h"

enum { TEXT_MAX = 16 << 20, SHOWN_MAX = 20 };

const char *
replay_outcome_name(int outcome)
{
	return outcome == REPLAY_UNKNOWN ? "unknown"
	                                  : trial_outcome_name((enum trial_outcome)outcome);
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
	for (int i = 0; i < REPLAY_OUTCOMES; i++) {
		if (r->before[i] || r->after[i])
			printf("%-10s %10llu %10llu\n", replay_outcome_name(i),
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

	for (int i = 0; i < REPLAY_OUTCOMES; i++)
		json_object_set_new(object, replay_outcome_name(i), json_integer((json_int_t)counts[i]));
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

void
replay_print(struct replay *r, bool is_json)
{
	if (r->change_count)
		qsort(r->changes, r->change_count, sizeof(*r->changes), by_count);
	if (r->load_count)
		qsort(r->loads, r->load_count, sizeof(*r->loads), by_calls);
	if (is_json)
		print_json(r);
	else
		print_table(r);
}
