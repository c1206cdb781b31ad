/* The key `approval`. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/load_approval.h"

#include "rules/effect.h"
#include "rules/load_bind.h"
#include "rules/rule.h"

#define DAY_US (86400 * SECOND_US)
/* The usual idle limit of proxies and HTTP clients. */
#define PATIENCE_US (60 * SECOND_US)

enum { COUNT_MAX = 100, USES_MAX = 1000000 };

/* clang-format off */
static const struct key from_keys[] = {
	{.name = "group", .type = KEY_STRING, .offset = offsetof(struct approval_text, from.group) - offsetof(struct approval_text, from),
	 .is_required = true, .help = "The group whose people may approve."},
	{.name = "count", .type = KEY_INTEGER, .offset = offsetof(struct approval_text, from.count) - offsetof(struct approval_text, from),
	 .bounds = {1, COUNT_MAX}, .fallback = "1", .help = "How many of them must."},
};
/* clang-format on */

static const struct schema from_schema = {
	.name = "a from",
	.help = "Who must approve.",
	.keys = from_keys,
	.key_count = ARRAY_LEN(from_keys),
	.size = sizeof(((struct approval_text *)NULL)->from),
};

/* Read whole, so that a count of the site's defaults does not stay behind another group. */
static void
read_from(struct reader *r, const struct node *n, void *to)
{
	if (n->kind == NODE_MAP) {
		const struct node *later = node_find(n, SPAN("all"));

		if (!later)
			later = node_find(n, SPAN("any"));
		if (later) {
			complain_key(r->why, later, NULL, "not supported yet");
			return;
		}
	}
	schema_defaults(r, &from_schema, to);
	schema_read(r, &from_schema, n, to);
}

struct reason_text {
	struct span pattern;
};

static const struct key reason_keys[] = {
	{.name = "pattern", .type = KEY_STRING, .offset = offsetof(struct reason_text, pattern),
	 .is_required = true, .help = "An expression that the whole reason must match."},
};

static const struct schema reason_schema = {
	.name = "a reason",
	.help = "What a reason must look like.",
	.keys = reason_keys,
	.key_count = ARRAY_LEN(reason_keys),
	.size = sizeof(struct reason_text),
};

static void
read_reason_pattern(struct reader *r, const struct node *n, struct regex **ret)
{
	struct reason_text text = {SPAN_NONE};
	struct ruleset *rules = r->owner;
	struct flaw flaw = {0, ""};

	schema_read(r, &reason_schema, n, &text);
	if (text.pattern.len == 0)
		return;
	*ret = regex_get(&rules->regexes, text.pattern, REGEX_REASON, &flaw);
	if (!*ret)
		complain_within(r->why, node_find(n, SPAN("pattern")), flaw.offset, "%s",
		                flaw.text);
}

static void
read_reason(struct reader *r, const struct node *n, void *to)
{
	static const struct word words[] = {
		{"optional", REASON_OPTIONAL},
		{"required", REASON_REQUIRED},
		{NULL, 0},
	};
	static const struct key word = {.name = "reason", .type = KEY_WORD, .words = words};
	struct approval_text *text =
		CONTAINER_OF(to, struct approval_text, reason);
	int mode = REASON_OPTIONAL;

	text->reason.pattern = NULL;
	if (n->kind == NODE_MAP) {
		read_reason_pattern(r, n, &text->reason.pattern);
		mode = REASON_PATTERN;
	} else {
		schema_read_value(r, &word, n, &mode);
	}
	text->reason.mode = (enum reason_mode)mode;
}

static const struct word modes[] = {{"hold", false}, {"reject", true}, {NULL, 0}};
static const struct word disconnects[] = {{"cancel", false}, {"keep", true}, {NULL, 0}};
static const struct word statuses[] = {
	{"428", 428}, {"403", 403}, {"429", 429}, {"503", 503}, {NULL, 0},
};

/* clang-format off */
static const struct key approval_keys[] = {
	{.name = "from", .type = KEY_CUSTOM, .offset = offsetof(struct approval_text, from),
	 .read = read_from, .object = &from_schema, .form = "{group: NAME, count: NUMBER}", .help = "Who must approve.",
	 .json_schema = "@"},
	{.name = "mode", .type = KEY_WORD, .offset = offsetof(struct approval_text, mode), .words = modes, .fallback = "hold",
	 .help = "hold: the caller waits; reject: it is told to come back."},
	{.name = "hold_for", .type = KEY_DURATION, .offset = offsetof(struct approval_text, hold_for_us), .bounds = {MS_US, DAY_US}, .fallback = "50s",
	 .help = "How long a caller waits before it is given a ticket."},
	{.name = "expires", .type = KEY_DURATION, .offset = offsetof(struct approval_text, expires_us), .bounds = {MS_US, 366 * DAY_US}, .fallback = "30m",
	 .help = "How long people have to decide."},
	{.name = "valid_for", .type = KEY_DURATION, .offset = offsetof(struct approval_text, valid_for_us), .bounds = {MS_US, 366 * DAY_US}, .fallback = "10m",
	 .help = "How long a yes may be used."},
	{.name = "uses", .type = KEY_INTEGER, .offset = offsetof(struct approval_text, uses), .bounds = {1, USES_MAX}, .fallback = "1",
	 .help = "How many calls a yes is good for."},
	{.name = "bind", .type = KEY_CUSTOM, .offset = offsetof(struct approval_text, bind),
	 .read = read_bind, .object = &bind_schema, .form = "exact, {exact_except: [PARTS]} or a list of parts",
	 .help = "What of the request people sign.",
	 .json_schema = "{\"anyOf\": [{\"enum\": [\"exact\"]}, @, "
	                "{\"type\": \"array\", \"items\": {\"type\": \"string\"}}]}"},
	{.name = "reason", .type = KEY_CUSTOM, .offset = offsetof(struct approval_text, reason),
	 .read = read_reason, .form = "optional, required or {pattern: EXPRESSION}", .help = "Whether the caller must say why.",
	 .json_schema = "{\"anyOf\": [{\"enum\": [\"optional\", \"required\"]}, @]}",
	 .json_object = &reason_schema},
	{.name = "on_disconnect", .type = KEY_WORD, .offset = offsetof(struct approval_text, keeps_on_disconnect), .words = disconnects, .fallback = "cancel",
	 .help = "What becomes of an approval when the last caller who waits for it hangs up."},
	{.name = "pending_status", .type = KEY_WORD, .offset = offsetof(struct approval_text, pending_status), .words = statuses, .fallback = "428",
	 .help = "The status of an answer that gives a ticket."},
	{.name = "confirm", .is_later = true},
	{.name = "escalate", .is_later = true},
	{.name = "notify", .is_later = true},
};
/* clang-format on */

static void
check_approval(struct reader *r, const struct node *n, void *object)
{
	const struct approval_text *text = object;
	const struct node *hold = node_find(n, SPAN("hold_for"));

	if (!hold)
		return;
	if (text->hold_for_us > text->expires_us)
		complain_warning(r->why, hold, "callers are held longer than people have to "
		                 "decide (expires)");
	if (text->hold_for_us > PATIENCE_US && !text->mode)
		complain_warning(r->why, hold, "many clients, and proxies in front, give up after "
		                 "60s: they would never see the ticket");
}

const struct schema approval_schema = {
	.name = "an approval",
	.help = "What is asked of people before the request runs.",
	.keys = approval_keys,
	.key_count = ARRAY_LEN(approval_keys),
	.size = sizeof(struct approval_text),
	.check = check_approval,
};

struct requirement
approval_compile(const struct approval_text *text, const struct rule *rule)
{
	struct requirement req = {
		.needs = {{text->from.group, (unsigned)text->from.count}},
		.need_count = 1,
		.rejects = text->mode,
		.hold_for_us = text->hold_for_us,
		.expires_us = text->expires_us,
		.valid_for_us = text->valid_for_us,
		.uses = text->uses,
		.reason = text->reason.mode,
		.keeps_on_disconnect = text->keeps_on_disconnect,
		.pending_status = text->pending_status,
		.bind = text->bind,
	};

	if (text->reason.pattern) {
		req.reason_rule = req.reason_rules[0] = rule;
		req.reason_rule_count = 1;
	}
	req.effect = effect_of(&req);
	return req;
}
