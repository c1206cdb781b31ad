/* What a trail tells of approvals. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/facts.h"

#include <jansson.h>
#include <stdlib.h>

#include "lib/base/memory.h"

/* Both by id: claims {approval, file, line, end}, approvals {uses, forwards, file, line}. */
struct facts {
	json_t *claims;
	json_t *approvals;
};

struct facts *
facts_new(void)
{
	struct facts *f = memory_new(sizeof(*f));

	f->claims = json_object();
	f->approvals = json_object();
	if (!f->claims || !f->approvals)
		memory_exhausted();
	return f;
}

void
facts_free(struct facts *f)
{
	if (!f)
		return;
	json_decref(f->claims);
	json_decref(f->approvals);
	free(f);
}

static json_t *
entry_of(json_t *map, const char *key, const char *file, uint64_t number)
{
	json_t *entry = json_object_get(map, key);

	if (entry)
		return entry;
	entry = json_pack("{s:I, s:I}", "file", (json_int_t)(intptr_t)file, "line",
	                  (json_int_t)number);
	if (!entry || json_object_set_new(map, key, entry) < 0)
		memory_exhausted();
	return entry;
}

static json_int_t
count_of(const json_t *entry, const char *key)
{
	return json_integer_value(json_object_get(entry, key));
}

static void
add_to(json_t *entry, const char *key, json_int_t by)
{
	if (json_object_set_new(entry, key, json_integer(count_of(entry, key) + by)) < 0)
		memory_exhausted();
}

static void
note_claim(struct facts *f, const struct line *line, const json_t *approval,
           const char *file, uint64_t number)
{
	const char *id = json_string_value(json_object_get(approval, "id"));
	const char *claim = json_string_value(json_object_get(approval, "claim"));
	bool is_claim = span_eq(line->event, SPAN("approval.claimed"));
	json_t *entry, *of_approval;

	if (!id)
		return;
	entry = entry_of(f->claims, claim ? claim : id, file, number);
	add_to(entry, is_claim ? "claimed" : "ended", 1);
	json_object_set_new(entry, "approval", json_string(id));
	of_approval = entry_of(f->approvals, id, file, number);
	if (is_claim)
		add_to(of_approval, "forwards", 1);
	else if (span_eq(line->event, SPAN("approval.burnt")) && count_of(entry, "claimed"))
		add_to(of_approval, "forwards", -1);
	if (count_of(approval, "uses"))
		json_object_set(of_approval, "uses", json_object_get(approval, "uses"));
}

static bool
is_about_claims(struct span event)
{
	return span_eq(event, SPAN("approval.claimed")) ||
	       span_eq(event, SPAN("approval.completed")) ||
	       span_eq(event, SPAN("approval.outcome_unknown")) ||
	       span_eq(event, SPAN("approval.burnt"));
}

void
facts_line(struct facts *f, const struct line *line, const char *file, uint64_t number)
{
	json_t *record;

	if (!is_about_claims(line->event))
		return;
	record = json_loadb(line->text.ptr, line->text.len, 0, NULL);
	if (record)
		note_claim(f, line, json_object_get(record, "approval"), file, number);
	json_decref(record);
}

static void
tell(const json_t *entry, struct buf *text, fact_fn *fn, void *owner)
{
	struct fact fact = {(const char *)(intptr_t)count_of(entry, "file"),
	                    (uint64_t)count_of(entry, "line"), buf_cstr(text)};

	fn(owner, &fact);
	buf_reset(text);
}

/* A burnt claim has no intent line when the process died before it. */
static size_t
tell_open(struct facts *f, struct buf *text, fact_fn *fn, void *owner)
{
	const char *claim;
	json_t *entry;
	size_t count = 0;

	json_object_foreach(f->claims, claim, entry) {
		if (!count_of(entry, "claimed") || count_of(entry, "ended"))
			continue;
		buf_addf(text, "claim %s of approval %s is open: no outcome is recorded", claim,
		         json_string_value(json_object_get(entry, "approval")));
		tell(entry, text, fn, owner);
		count++;
	}
	return count;
}

static size_t
tell_too_many(struct facts *f, struct buf *text, fact_fn *fn, void *owner)
{
	const char *id;
	json_t *entry;
	size_t count = 0;

	json_object_foreach(f->approvals, id, entry) {
		json_int_t uses = count_of(entry, "uses"), forwards = count_of(entry, "forwards");

		if (uses == 0 || forwards <= uses)
			continue;
		buf_addf(text, "approval %s was good for %lld uses and was forwarded %lld times",
		         id, (long long)uses, (long long)forwards);
		tell(entry, text, fn, owner);
		count++;
	}
	return count;
}

size_t
facts_end(struct facts *f, fact_fn *fn, void *owner)
{
	struct buf text = BUF_INIT(4096);
	size_t count = tell_open(f, &text, fn, owner);

	count += tell_too_many(f, &text, fn, owner);
	buf_clear(&text);
	return count;
}
