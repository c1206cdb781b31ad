/* What came of a trial, as text for people. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "admin/duration.h"
#include "app/explained.h"

static const char *
text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static void
add_json(struct buf *to, const json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);

	buf_addf(to, "%s", text ? text : "");
	free(text);
}

static const char *
truth_of(const json_t *of)
{
	const char *truth = text_of(of, "truth");

	return strcmp(truth, "cannot_tell") == 0 ? "cannot tell" : truth;
}

static void
add_key(struct buf *to, const json_t *key)
{
	const char *name = text_of(key, "name");

	buf_addf(to, "      %-11s %s%s", truth_of(key), text_of(key, "key"), name[0] ? " " : "");
	buf_addf(to, "%s asks ", name);
	add_json(to, json_object_get(key, "asked"));
	buf_addf(to, ", sees ");
	add_json(to, json_object_get(key, "seen"));
	if (json_object_get(key, "why"))
		buf_addf(to, " (%s)", text_of(key, "why"));
	buf_addc(to, '\n');
}

static void
add_match(struct buf *to, const char *what, const json_t *match)
{
	const json_t *key;
	size_t i;

	if (!json_is_object(match))
		return;
	buf_addf(to, "    %s: %s\n", what, truth_of(match));
	json_array_foreach (json_object_get(match, "keys"), i, key)
		add_key(to, key);
}

static void
add_rule(struct buf *to, const json_t *rule)
{
	buf_addf(to, "  %s %s (%s%s)\n", json_is_true(json_object_get(rule, "applies")) ? "*" : "-",
	         text_of(rule, "rule"), text_of(rule, "verdict"),
	         json_is_true(json_object_get(rule, "observe")) ? ", observed" : "");
	add_match(to, "match", json_object_get(rule, "match"));
	add_match(to, "except", json_object_get(rule, "except"));
}

static void
add_duration(struct buf *to, const char *before, const json_t *approval, const char *key)
{
	buf_addf(to, "%s", before);
	duration_short(json_integer_value(json_object_get(approval, key)), to);
}

static void
add_people(struct buf *to, const json_t *approval)
{
	json_int_t uses = json_integer_value(json_object_get(approval, "uses"));
	const json_t *need;
	size_t i;

	buf_addf(to, "asks       ");
	json_array_foreach (json_object_get(approval, "from"), i, need)
		buf_addf(to, "%s%lld of %s", i ? " and " : "",
		         (long long)json_integer_value(json_object_get(need, "count")),
		         text_of(need, "group"));
	buf_addc(to, '\n');
	if (strcmp(text_of(approval, "mode"), "hold") == 0)
		add_duration(to, "waits      ", approval, "hold_for_us");
	else
		buf_addf(to, "waits      not at all: it comes back");
	add_duration(to, ", people have ", approval, "expires_us");
	buf_addf(to, "\na yes is   good for %lld call%s", (long long)uses, uses == 1 ? "" : "s");
	add_duration(to, " within ", approval, "valid_for_us");
	buf_addf(to, "\nbinds      ");
	add_json(to, json_object_get(approval, "bind"));
	buf_addc(to, '\n');
}

static void
add_signed(struct buf *to, const json_t *all)
{
	const char *before = "signed    ", *key;
	json_t *value;

	json_object_foreach (json_object_get(all, "signed"), key, value) {
		buf_addf(to, "%s %s: ", before, key);
		add_json(to, value);
		buf_addc(to, '\n');
		before = "          ";
	}
}

static void
add_caller(struct buf *to, const json_t *caller)
{
	const json_t *groups = json_object_get(caller, "groups"), *group;
	size_t i;

	if (!json_is_object(caller)) {
		buf_addf(to, "caller     not named\n");
		return;
	}
	buf_addf(to, "caller     %s", text_of(caller, "user"));
	json_array_foreach (groups, i, group)
		buf_addf(to, "%s%s", i ? ", " : " of ", json_string_value(group));
	buf_addc(to, '\n');
}

static void
add_request(struct buf *to, const json_t *all)
{
	const json_t *request = json_object_get(all, "request");
	const json_t *query = json_object_get(request, "query");

	if (request) {
		buf_addf(to, "request    %s %s%s%s%s\n", text_of(request, "method"),
		         text_of(request, "host"), text_of(request, "path"),
		         json_is_string(query) ? "?" : "", text_of(request, "query"));
		add_caller(to, json_object_get(all, "caller"));
	}
	if (json_object_get(all, "site"))
		buf_addf(to, "site       %s\n", text_of(all, "site"));
}

static void
add_outcome(struct buf *to, const json_t *all)
{
	const json_t *would = json_object_get(all, "would");
	const char *rule = text_of(all, "rule"), *title = text_of(all, "title");

	buf_addf(to, "outcome    %s", text_of(all, "outcome"));
	if (rule[0])
		buf_addf(to, " by %s", rule);
	if (strcmp(rule, title) != 0)
		buf_addf(to, ": %s", title);
	buf_addc(to, '\n');
	if (would)
		buf_addf(to, "would be   %s", text_of(would, "verdict"));
	if (would && json_object_get(would, "rule"))
		buf_addf(to, " by %s", text_of(would, "rule"));
	if (would)
		buf_addf(to, "%s%s, if it were not only observed\n",
		         json_object_get(would, "problem") ? ", " : "",
		         text_of(would, "problem"));
	if (json_object_get(all, "status"))
		buf_addf(to, "answer     %lld %s\n",
		         (long long)json_integer_value(json_object_get(all, "status")),
		         text_of(all, "problem"));
	if (json_object_get(all, "detail"))
		buf_addf(to, "           %s\n", text_of(all, "detail"));
}

static bool
is_silent(const json_t *rule)
{
	return strcmp(text_of(json_object_get(rule, "match"), "truth"), "false") == 0;
}

static void
add_rules(struct buf *to, const json_t *explanation, bool shows_all)
{
	size_t silent = 0, i;
	const json_t *rule;

	buf_addf(to, "\nrules, * those that apply; otherwise %s\n",
	         text_of(explanation, "otherwise"));
	json_array_foreach (json_object_get(explanation, "rules"), i, rule) {
		if (shows_all || !is_silent(rule))
			add_rule(to, rule);
		else
			silent++;
	}
	if (silent)
		buf_addf(to, "  %s%zu that do%s not match; --rules shows %s\n",
		         silent < i ? "and " : "", silent, silent == 1 ? "es" : "",
		         silent == 1 ? "it" : "them");
}

void
explained_text(const json_t *all, bool shows_all, struct buf *to)
{
	const json_t *approval = json_object_get(all, "approval");
	const json_t *explanation = json_object_get(all, "explanation");

	add_request(to, all);
	add_outcome(to, all);
	if (approval) {
		add_people(to, approval);
		add_signed(to, all);
	}
	if (explanation)
		add_rules(to, explanation, shows_all);
}
