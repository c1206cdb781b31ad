/* A record as one line for people. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/oneline.h"

#include <jansson.h>

#include "audit/chain.h"

enum { TIME_SHOWN = 23 }; /* 2026-11-22T08:00:00.123 */

void
oneline_add_visible(struct buf *to, struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c >= 0x20 && c < 0x7f)
			buf_addc(to, c);
		else
			buf_addf(to, "\\x%02x", (unsigned)(unsigned char)c);
	}
}

/* " prefix value", when record.group.key is there. */
static void
add_string(struct buf *to, const json_t *group, const char *key, const char *prefix)
{
	const char *text = json_string_value(json_object_get(group, key));

	if (!text)
		return;
	buf_add(to, span_cstr(prefix));
	oneline_add_visible(to, span_cstr(text));
}

static void
add_number(struct buf *to, const json_t *group, const char *key, const char *prefix)
{
	const json_t *value = json_object_get(group, key);

	if (!json_is_number(value))
		return;
	buf_add(to, span_cstr(prefix));
	if (json_is_integer(value))
		buf_add_u64(to, (uint64_t)json_integer_value(value));
	else
		buf_addf(to, "%.1f", json_real_value(value));
}

static void
add_call(struct buf *to, const json_t *record)
{
	const json_t *req = json_object_get(record, "req"), *resp = json_object_get(record, "resp");

	add_string(to, json_object_get(record, "actor"), "id", " ");
	add_string(to, json_object_get(record, "src"), "ip", " from ");
	add_string(to, req, "method", " ");
	add_string(to, req, "host", " ");
	add_string(to, req, "path", "");
	add_string(to, req, "query", "?");
	add_number(to, resp, "status", " -> ");
	add_number(to, resp, "ms", " in ");
	if (json_is_number(json_object_get(resp, "ms")))
		buf_add(to, SPAN(" ms"));
}

static void
add_approval(struct buf *to, const json_t *record)
{
	const json_t *approval = json_object_get(record, "approval");

	add_string(to, approval, "id", " approval ");
	add_string(to, approval, "state", " ");
	add_number(to, approval, "have", " have ");
	add_number(to, approval, "need", " need ");
	add_string(to, approval, "code", " code ");
	add_string(to, json_object_get(record, "approver"), "id", " by ");
}

void
oneline_add(struct buf *to, struct span text)
{
	struct line line;
	json_t *record = json_loadb(text.ptr, text.len, 0, NULL);

	if (!record || !line_read(text, &line) || line.time.len < TIME_SHOWN) {
		oneline_add_visible(to, text);
		json_decref(record);
		return;
	}
	oneline_add_visible(to, span_of(line.time.ptr, TIME_SHOWN));
	buf_addf(to, " %llu %-8.*s ", (unsigned long long)line.seq, SPAN_ARG(line.severity));
	oneline_add_visible(to, line.event);
	add_call(to, record);
	add_approval(to, record);
	add_string(to, json_object_get(record, "rule"), "name", " rule ");
	add_string(to, record, "decision", " decision ");
	add_string(to, record, "why", " why ");
	add_string(to, record, "ending", " ending ");
	add_string(to, record, "reason", " reason ");
	add_string(to, record, "msg", " msg ");
	json_decref(record);
}
