/* A record while it is being written. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/draft.h"

#include "audit/redact.h"
#include "lib/base/utf8.h"

/* Kept free for what draft_end() adds before the ending: `redacted`, `truncated` and names. */
enum { NOTES_ROOM = 48 + DRAFT_NAMES_MAX * 20 };

void
draft_style_init(struct draft_style *style, const char *node, const char *version)
{
	struct buf out = BUF_INIT(sizeof(style->ending));
	struct emit e = {&out, true};

	emit_key(&e, "node");
	emit_object(&e);
	emit_member_cstr(&e, "name", node);
	emit_member_cstr(&e, "version", version);
	emit_object_end(&e);
	emit_object_end(&e);
	style->ending_len = out.is_over ? 0 : out.len;
	if (style->ending_len)
		memcpy(style->ending, out.ptr, out.len);
	buf_clear(&out);
}

static size_t
room_for_ending(const struct draft_style *style)
{
	return NOTES_ROOM + style->ending_len;
}

static const char key_id[] = "\"id\":\"";

void
draft_begin(struct draft *d, char *room, size_t max, struct stamp *stamp,
            enum record_code code, struct wall now)
{
	static const char key_time[] = "\",\"time\":\"";
	struct span heading = record_heading(code);
	char *at = room;

	stamp_next(stamp, now);
	memcpy(at, key_id, sizeof(key_id) - 1);
	at += sizeof(key_id) - 1;
	memcpy(at, stamp->id, STAMP_ID);
	at += STAMP_ID;
	memcpy(at, key_time, sizeof(key_time) - 1);
	at += sizeof(key_time) - 1;
	memcpy(at, stamp->time, STAMP_TIME);
	at += STAMP_TIME;
	memcpy(at, heading.ptr, heading.len);
	at += heading.len;
	d->start = (size_t)(at - room);
	/* As much capacity as the maximum needs, so that the buf never asks for memory. */
	d->out = (struct buf){room, d->start, max, max - room_for_ending(d->style) - 1, false};
	d->emit = (struct emit){&d->out, true};
	d->cut_count = 0;
	d->is_redacted = false;
}

void
draft_set_id(struct draft *d, const char id[STAMP_ID])
{
	memcpy(d->out.ptr + sizeof(key_id) - 1, id, STAMP_ID);
}

/* The severity is the last thing that draft_begin() writes. */
void
draft_set_severity(struct draft *d, const char *severity)
{
	size_t at = d->start - 1;

	while (d->out.ptr[at - 1] != '"')
		at--;
	d->out.len = at;
	buf_add(&d->out, span_cstr(severity));
	buf_addc(&d->out, '"');
	d->start = d->out.len;
}

void
draft_keep(struct draft *d)
{
	if (!d->out.is_over)
		d->start = d->out.len;
}

/* A record that does not fit keeps the groups that did, and says so, rather than be lost. */
static void
cut_rest(struct draft *d)
{
	d->out.len = d->start;
	d->out.is_over = false;
	d->emit.needs_comma = true;
	if (d->cut_count == DRAFT_NAMES_MAX)
		d->cut_count--;
	d->cut[d->cut_count++] = "*";
}

size_t
draft_end(struct draft *d)
{
	if (d->out.is_over)
		cut_rest(d);
	d->out.max += room_for_ending(d->style);
	if (d->is_redacted)
		buf_add(&d->out, SPAN(",\"redacted\":[\"req.query\"]"));
	if (d->cut_count) {
		emit_key(&d->emit, "truncated");
		emit_array(&d->emit);
		for (size_t i = 0; i < d->cut_count; i++)
			emit_string(&d->emit, span_cstr(d->cut[i]));
		emit_array_end(&d->emit);
	}
	buf_add(&d->out, span_of(d->style->ending, d->style->ending_len));
	return d->out.len;
}

static size_t
cost_of(struct span s, size_t *ret_len)
{
	uint32_t point;

	*ret_len = utf8_read(s, &point);
	if (*ret_len == 0) {
		*ret_len = 1;
		return 6;
	}
	if (point == '"' || point == '\\' || point == '\n')
		return 2;
	if (point >= 0x20 && point < 0x7f)
		return 1;
	return point >= 0x10000 ? 12 : 6;
}

/* The longest beginning, in whole characters, whose JSON text is at most `max` bytes. */
static struct span
beginning(struct span s, size_t max)
{
	size_t at = 0, used = 0, len;

	while (at < s.len) {
		used += cost_of(span_from(s, at), &len);
		if (used > max)
			break;
		at += len;
	}
	return span_of(s.ptr, at);
}

void
draft_was_cut(struct draft *d, const char *name)
{
	if (d->cut_count < DRAFT_NAMES_MAX)
		d->cut[d->cut_count++] = name;
}

/* What of `value` is written. */
static inline struct span
fit(struct draft *d, const char *name, struct span value, size_t max)
{
	enum { COST_MOST = 6 };
	size_t left = d->out.max > d->out.len ? d->out.max - d->out.len : 0;
	struct span fits;

	/* Never more than half of what is left, so that short members always find room. */
	if (max > left / 2)
		max = left / 2;
	if (value.len * COST_MOST <= max)
		return value;
	fits = beginning(value, max);
	if (fits.len < value.len)
		draft_was_cut(d, name);
	return fits;
}

void
draft_value(struct draft *d, const char *name, struct span value, size_t max)
{
	emit_string(&d->emit, fit(d, name, value, max));
}

void
draft_text(struct draft *d, const char *key, const char *name, struct span value, size_t max)
{
	emit_member(&d->emit, key, fit(d, name, value, max));
}

void
draft_query(struct draft *d, struct span query, size_t max)
{
	char shown[REDACT_MAX];
	struct buf out = {shown, 0, sizeof(shown), sizeof(shown) - 1, false};

	if (query_redact(query, &d->style->redaction_key, &out)) {
		d->is_redacted = true;
		query = buf_span(&out);
	}
	draft_text(d, "query", "req.query", query, max);
}
