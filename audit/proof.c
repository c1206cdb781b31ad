/* What speaks for a chain from outside of it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/proof.h"

#include <jansson.h>

#include "audit/note.h"

static bool
is_same(const struct chain_head *a, uint64_t seq, const struct digest *hash)
{
	return a->seq == seq && digest_eq(&a->hash, hash);
}

static bool
may_be_of(const struct trusted *t, struct span chain)
{
	return t->name_len == 0 || span_eq(chain, span_of(t->name, t->name_len));
}

bool
proof_knows_before(struct verify *v, const struct line *line)
{
	for (size_t i = 0; i < v->trusted_count; i++) {
		struct trusted *t = &v->trusted[i];

		if (may_be_of(t, line->chain) && is_same(&t->head, line->seq - 1, &line->prev)) {
			t->is_found = true;
			return true;
		}
	}
	return false;
}

static void
compare_heads(struct verify *v, struct followed *c, const struct line *line)
{
	for (size_t i = 0; i < v->trusted_count; i++) {
		struct trusted *t = &v->trusted[i];

		if (t->head.seq != line->seq || !may_be_of(t, line->chain))
			continue;
		if (is_same(&t->head, c->last.seq, &c->last.hash)) {
			t->is_found = true;
			c->proven = c->met_head = c->last.seq;
			c->end_proof = END_HEAD;
		} else {
			t->rival = (size_t)(c - v->chains) + 1;
			t->rival_place = v->here;
		}
	}
}

static void
read_predecessor(struct verify *v, const struct followed *successor, const json_t *named)
{
	const char *name = json_string_value(json_object_get(named, "chain"));
	const char *hex = json_string_value(json_object_get(named, "hash"));
	uint64_t seq = (uint64_t)json_integer_value(json_object_get(named, "seq"));
	struct followed *c = name ? follow_find(v, span_cstr(name)) : NULL;
	struct where where = {v->here, NULL, 0};
	struct digest hash;

	if (!name || !hex || !digest_read(span_cstr(hex), &hash))
		return;
	if (!c) {
		verify_report(v, FINDING_NOTE, &where,
		              "chain %s, which ended at seq %llu, is not in these files", name,
		              (unsigned long long)seq);
		return;
	}
	where = (struct where){c->last_place, c, c->last.seq};
	if (c->last.seq < seq) {
		verify_report(v, FINDING_MISSING, &where,
		              "lines seq %llu to %llu are missing behind it: the next chain names "
		              "the last of them",
		              (unsigned long long)c->last.seq + 1, (unsigned long long)seq);
	} else if (c->last.seq == seq && !digest_eq(&hash, &c->last.hash)) {
		verify_report(v, FINDING_RESEALED, &where,
		              "the next chain names another last line");
	} else if (c->last.seq == seq) {
		c->successor = (size_t)(successor - v->chains) + 1;
		c->successor_seq = successor->last.seq;
	}
}

static void
read_opened(struct verify *v, const struct followed *c, const json_t *record)
{
	const json_t *list = json_object_get(json_object_get(record, "opened"), "predecessors");
	size_t i;
	json_t *named;

	json_array_foreach(list, i, named) {
		read_predecessor(v, c, named);
	}
}

static bool
is_signed(const struct verify *v, struct span note)
{
	for (size_t i = 0; i < v->key_count; i++) {
		if (note_is_signed(note, v->keys[i]))
			return true;
	}
	return false;
}

/* The note speaks of the line before; a link that does not fit is told already. */
static void
read_checkpoint(struct verify *v, struct followed *c, const struct line *line,
                const json_t *record)
{
	const json_t *object = json_object_get(record, "checkpoint");
	struct span text = span_cstr(json_string_value(json_object_get(object, "note")));
	struct where where = {v->here, c, line->seq};
	struct note note;

	if (!note_read(text, &note) || !span_eq(note.chain, line->chain) ||
	    !is_same(&note.head, line->seq - 1, &line->prev)) {
		verify_report(v, FINDING_RESEALED, &where, "the checkpoint signs another line than "
		              "the one before it");
		return;
	}
	if (v->key_count == 0)
		return;
	if (!is_signed(v, text)) {
		verify_report(v, FINDING_RESEALED, &where, "the checkpoint is not signed by a key "
		              "that was given");
		return;
	}
	c->is_closed = note.is_closed;
	if (c->proven < note.head.seq)
		c->proven = note.head.seq;
}

void
proof_line(struct verify *v, struct followed *c, const struct line *line)
{
	bool is_opened = span_eq(line->event, SPAN("audit.opened"));
	bool is_checkpoint = span_eq(line->event, SPAN("audit.checkpoint"));
	json_t *record = NULL;

	c->end_proof = END_UNPROVEN;
	compare_heads(v, c, line);
	if (!is_opened && !is_checkpoint)
		return;
	record = json_loadb(line->text.ptr, line->text.len, 0, NULL);
	if (!record) {
		struct where where = {v->here, c, line->seq};

		verify_report(v, FINDING_ALTERED, &where, "this is not JSON any more");
	} else if (is_opened) {
		read_opened(v, c, record);
	} else {
		read_checkpoint(v, c, line, record);
	}
	json_decref(record);
}

/* A head that no line met.  What is absent altogether may be in files that were not given. */
static void
report_unmet(struct verify *v, const struct trusted *t)
{
	const struct followed *c = NULL;
	struct where where = {.chain = NULL};

	if (t->rival) {
		where = (struct where){t->rival_place, &v->chains[t->rival - 1], t->head.seq};
		verify_report(v, FINDING_RESEALED, &where,
		              "its SHA-256 is not that of the head: the line, or lines before it, "
		              "were altered and sealed anew");
		return;
	}
	if (t->name_len)
		c = follow_find(v, span_of(t->name, t->name_len));
	else if (v->chain_count)
		c = &v->chains[v->last_chain];
	if (!c && t->name_len) {
		verify_report(v, FINDING_NOTE, &where, "chain %.*s is known up to seq %llu, but no "
		              "line of it is in these files", (int)t->name_len, t->name,
		              (unsigned long long)t->head.seq);
		return;
	}
	if (c)
		where = (struct where){c->last_place, c, c->last.seq};
	if (c && c->last.seq < t->head.seq)
		verify_report(v, FINDING_MISSING, &where,
		              "the lines behind it are cut off: the head is seq %llu",
		              (unsigned long long)t->head.seq);
	else if (!c || t->head.seq >= c->first)
		verify_report(v, FINDING_MISSING, &where, "the head seq %llu is not in these files",
		              (unsigned long long)t->head.seq);
}

/* Whether something new was proven. */
static bool
prove_by_successor(struct verify *v, struct followed *c)
{
	if (!c->successor || c->end_proof >= END_SUCCESSOR ||
	    v->chains[c->successor - 1].proven < c->successor_seq)
		return false;
	c->proven = c->last.seq;
	c->end_proof = END_SUCCESSOR;
	return true;
}

void
proof_end(struct verify *v)
{
	bool goes_on = true;

	for (size_t i = 0; i < v->trusted_count; i++) {
		if (!v->trusted[i].is_found)
			report_unmet(v, &v->trusted[i]);
	}
	for (size_t i = 0; i < v->chain_count; i++) {
		struct followed *c = &v->chains[i];

		if (c->is_closed && c->end_proof == END_UNPROVEN)
			c->end_proof = END_CLOSED;
	}
	while (goes_on) {
		goes_on = false;
		for (size_t i = 0; i < v->chain_count; i++)
			goes_on |= prove_by_successor(v, &v->chains[i]);
	}
}

/*
 * A closed chain proves that nothing follows in it, but not that no other chain followed:
 * for that the last line of all must be known from outside.
 */
bool
proof_is_whole(const struct verify *v)
{
	for (size_t i = 0; i < v->chain_count; i++) {
		if (v->chains[i].end_proof == END_UNPROVEN)
			return false;
	}
	return v->chain_count > 0 && v->chains[v->last_chain].end_proof == END_HEAD;
}
