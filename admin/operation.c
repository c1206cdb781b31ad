/* Routes for those who run it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "admin/operation.h"

#include <stdlib.h>

#include "lib/base/memory.h"

enum { METRICS_MAX = 8 * 1024 * 1024 };

void
operation_whoami(struct admin_call *c)
{
	const struct admin_settings *settings = c->admin->settings;
	json_t *groups = json_array();

	for (size_t i = 0; i < c->person.group_count; i++)
		json_array_append_new(groups, json_stringn(c->person.groups[i].ptr,
		                                           c->person.groups[i].len));
	call_answer_json(c, 200,
	                 json_pack("{s:s%,s:o,s:s%,s:s,s:b}", "user", c->person.user.ptr,
	                           c->person.user.len, "groups", groups, "source",
	                           c->source.ptr, c->source.len, "auth",
	                           identity_source_name(c->person.source), "auditor",
	                           person_is_auditor(&c->person, settings->auditors,
	                                             settings->auditor_count)));
}

/* The process answers: that is all it says. */
void
operation_health(struct admin_call *c)
{
	call_answer_json(c, 200, json_pack("{s:s}", "status", "ok"));
}

/* A worker whose link is not up yet would answer 503 to a gated call. */
static bool
is_reached(const struct admin *a)
{
	return store_is_up(a->parts.store) && store_links_are_up(a->parts.links);
}

static const char *
state_of_store(const struct admin *a)
{
	if (is_reached(a))
		return "up";
	return store_is_up(a->parts.store) ? "not reached by every thread" : "away";
}

void
operation_readiness(struct admin_call *c)
{
	const struct admin *a = c->admin;
	bool store = is_reached(a), audit = audit_is_well(a->parts.audit);
	json_t *body = json_pack("{s:s,s:s,s:s}", "status", store && audit ? "ready" : "not-ready",
	                         "store", state_of_store(a), "audit",
	                         audit ? "well" : "cannot be written");

	if (a->settings->has_embedded_store)
		json_object_set_new(body, "note",
		                    json_string("the store is embedded: it is for one node"));
	call_answer_json(c, store && audit ? 200 : 503, body);
}

static void
on_reloaded(void *owner, const struct reload_result *result)
{
	struct admin_errand *errand = owner;
	struct admin_call *c = errand->call;

	free(errand);
	if (!c)
		return;
	c->errand = NULL;
	if (result->is_adopted)
		call_answer_json(c, 200, json_pack("{s:s,s:s}", "status", "adopted", "warnings",
		                                   arena_cstr(&c->arena, result->text)));
	else
		call_problem(c, PROBLEM_CONFIG_REFUSED, arena_cstr(&c->arena, result->text));
}

static bool
is_operator(const struct admin_call *c)
{
	const struct admin_settings *settings = c->admin->settings;

	for (size_t i = 0; i < settings->operator_count; i++) {
		if (person_in_group(&c->person, settings->operators[i]))
			return true;
	}
	return false;
}

void
operation_reload(struct admin_call *c)
{
	const struct admin_parts *parts = &c->admin->parts;

	if (!is_operator(c)) {
		call_problem(c, PROBLEM_NOT_OPERATOR, "admin.operators names the groups.");
		return;
	}
	c->errand = memory_new(sizeof(*c->errand));
	c->errand->call = c;
	parts->reload(parts->reloader, on_reloaded, c->errand);
}

void
operation_metrics(struct admin_call *c)
{
	struct buf text = BUF_INIT(METRICS_MAX);

	metrics_write(c->admin->parts.metrics, &text);
	call_answer(c, 200, "text/plain; version=0.0.4; charset=utf-8", buf_span(&text));
	buf_clear(&text);
}

static void
read_info(void *ctx, struct metrics_text *text)
{
	const struct admin *a = ctx;
	struct metric_label label = {"version", span_cstr(a->settings->version)};

	metric_value(text, &label, 1, 1);
}

static void
read_store(void *ctx, struct metrics_text *text)
{
	const struct admin *a = ctx;

	metric_value(text, NULL, 0, is_reached(a));
}

static void
read_audit(void *ctx, struct metrics_text *text)
{
	const struct admin *a = ctx;

	metric_value(text, NULL, 0, audit_is_well(a->parts.audit));
}

static void
read_audit_lines(void *ctx, struct metrics_text *text)
{
	const struct admin *a = ctx;

	metric_value(text, NULL, 0, audit_lines_written(a->parts.audit));
}

static void
read_answers(void *ctx, struct metrics_text *text)
{
	static const struct span classes[] = {SPAN("0xx"), SPAN("1xx"), SPAN("2xx"),
	                                      SPAN("3xx"), SPAN("4xx"), SPAN("5xx")};
	const struct admin *a = ctx;

	for (size_t i = 2; i < ARRAY_LEN(classes); i++) {
		struct metric_label label = {"class", classes[i]};

		metric_value(text, &label, 1, a->counts.answers[i]);
	}
}

static void
read_decisions(void *ctx, struct metrics_text *text)
{
	const struct admin *a = ctx;
	struct metric_label approve = {"decision", SPAN("approve")};
	struct metric_label deny = {"decision", SPAN("deny")};
	struct metric_label refused = {"decision", SPAN("refused")};

	metric_value(text, &approve, 1, a->counts.approvals);
	metric_value(text, &deny, 1, a->counts.denials);
	metric_value(text, &refused, 1, a->counts.refused_decisions);
}

static void
read_logins(void *ctx, struct metrics_text *text)
{
	const struct admin *a = ctx;
	struct metric_label good = {"outcome", SPAN("ok")};
	struct metric_label bad = {"outcome", SPAN("failed")};

	metric_value(text, &good, 1, a->counts.logins);
	metric_value(text, &bad, 1, a->counts.failed_logins);
}

static void
read_sessions(void *ctx, struct metrics_text *text)
{
	const struct admin *a = ctx;

	metric_value(text, NULL, 0, sessions_count(a->sessions));
}

void
operation_register_metrics(struct admin *a)
{
	const struct metric list[] = {
		{"countersign_build_info", "Always 1, with the version of the program",
		 METRIC_GAUGE, read_info, a},
		{"countersign_store_up", "Whether every thread reaches the store", METRIC_GAUGE, read_store, a},
		{"countersign_audit_up", "Whether the audit trail can be written", METRIC_GAUGE,
		 read_audit, a},
		{"countersign_audit_lines_total", "Lines written to the audit trail",
		 METRIC_COUNTER, read_audit_lines, a},
		{"countersign_admin_answers_total", "Answers of the admin endpoint, by status",
		 METRIC_COUNTER, read_answers, a},
		{"countersign_decisions_total", "Decisions taken here, and attempts refused",
		 METRIC_COUNTER, read_decisions, a},
		{"countersign_admin_logins_total", "Logins at the web page, and credentials refused",
		 METRIC_COUNTER, read_logins, a},
		{"countersign_admin_sessions", "Web sessions that are open", METRIC_GAUGE,
		 read_sessions, a},
	};

	for (size_t i = 0; i < ARRAY_LEN(list); i++)
		metrics_add(a->parts.metrics, &list[i]);
}
