/* What speaks for a chain from outside of it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/proof.h"

#include <jansson.h>

#include "audit/note.h"
#include "lib/base/memory.h"

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

static enum stood
read_stood(const char *found)
{
	if (found && strcmp(found, "here") == 0)
		return STOOD_HERE;
	return found && strcmp(found, "nowhere") == 0 ? STOOD_NOWHERE : STOOD_UNKNOWN;
}

/* Its lines may still come: in files of several processes the order is not that of time. */
static void
add_absent(struct verify *v, const struct absent *absent, struct span name)
{
	struct absent *added;

	if (name.len > CHAIN_NAME_MAX)
		return;
	v->absent = memory_resize(v->absent, (v->absent_count + 1) * sizeof(*v->absent));
	added = &v->absent[v->absent_count++];
	*added = *absent;
	memcpy(added->name, name.ptr, name.len);
	added->name_len = name.len;
}

/* A chain that was seen, against what its successor says of its end. */
static void
compare_end(struct verify *v, struct followed *c, const struct absent *named)
{
	struct where where = {c->last_place, c, c->last.seq};

	if (c->last.seq < named->head.seq) {
		evidence_tell(v, FINDING_MISSING, &where,
		              "lines seq %llu to %llu are missing behind it: the next chain names "
		              "the last of them",
		              (unsigned long long)c->last.seq + 1,
		              (unsigned long long)named->head.seq);
	} else if (c->last.seq == named->head.seq &&
	           !digest_eq(&named->head.hash, &c->last.hash)) {
		evidence_tell(v, FINDING_RESEALED, &where,
		              "the next chain names another last line");
	} else if (c->last.seq == named->head.seq) {
		c->successor = named->successor;
		c->successor_seq = named->successor_seq;
	}
}

static void
read_predecessor(struct verify *v, const struct followed *successor, const json_t *named)
{
	struct span name = span_cstr(json_string_value(json_object_get(named, "chain")));
	struct span hex = span_cstr(json_string_value(json_object_get(named, "hash")));
	struct followed *c = name.len ? evidence_find(v, name) : NULL;
	struct absent absent = {
		.head.seq = (uint64_t)json_integer_value(json_object_get(named, "seq")),
		.stood = read_stood(json_string_value(json_object_get(named, "found"))),
		.has_before = v->lines > 1,
		.place = v->here,
		.successor = (size_t)(successor - v->chains) + 1,
		.successor_seq = successor->last.seq,
	};

	if (name.len == 0 || !digest_read(hex, &absent.head.hash))
		return;
	if (c)
		compare_end(v, c, &absent);
	else
		add_absent(v, &absent, name);
}

/* A head from outside, given without a name, stands for the lines up to it. */
static bool
is_vouched_for(struct verify *v, const struct absent *absent)
{
	for (size_t i = 0; i < v->trusted_count; i++) {
		struct trusted *t = &v->trusted[i];

		if (t->name_len == 0 &&
		    is_same(&t->head, absent->head.seq, &absent->head.hash)) {
			t->is_found = true;
			return true;
		}
	}
	return false;
}

static void
report_absent(struct verify *v, const struct absent *absent)
{
	const struct followed *successor = &v->chains[absent->successor - 1];
	struct where where = {absent->place, successor, absent->successor_seq};
	int len = (int)absent->name_len;
	unsigned long long seq = absent->head.seq;

	if (absent->stood == STOOD_NOWHERE)
		evidence_tell(v, FINDING_MISSING, &where, "chain %.*s, seq 1 to %llu, is missing: "
		              "when this chain began, it was not to be found any more", len,
		              absent->name, seq);
	else if (absent->stood == STOOD_HERE && (absent->has_before || v->has_newest))
		evidence_tell(v, FINDING_MISSING, &where, "chain %.*s, which ended at seq %llu, is "
		              "missing: its last line stood before this one in the same file", len,
		              absent->name, seq);
	else
		evidence_tell(v, FINDING_NOTE, &where, "chain %.*s, which ended at seq %llu, is "
		              "not in these files: give the file that was in use before this one "
		              "too", len, absent->name, seq);
	v->needs_more = true;
}

static void
settle_absent(struct verify *v)
{
	for (size_t i = 0; i < v->absent_count; i++) {
		const struct absent *absent = &v->absent[i];
		struct followed *c = evidence_find(v, span_of(absent->name, absent->name_len));

		if (c)
			compare_end(v, c, absent);
		else if (!is_vouched_for(v, absent))
			report_absent(v, absent);
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
		evidence_tell(v, FINDING_RESEALED, &where, "the checkpoint signs another line than "
		              "the one before it");
		return;
	}
	if (v->key_count == 0)
		return;
	if (!is_signed(v, text)) {
		v->unsigned_count++;
		evidence_tell(v, FINDING_RESEALED, &where, "the checkpoint is not signed by a key "
		              "that was given");
		return;
	}
	v->signed_count++;
	c->has_signature = true;
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

		evidence_tell(v, FINDING_ALTERED, &where, "this is not JSON any more");
	} else if (is_opened) {
		read_opened(v, c, record);
	} else {
		read_checkpoint(v, c, line, record);
	}
	json_decref(record);
}

/* A head of a chain of which no line was seen. */
static void
report_unseen(struct verify *v, const struct trusted *t)
{
	struct where where = {.chain = NULL};
	unsigned long long seq = t->head.seq;

	if (t->is_elsewhere)
		return;
	if (v->has_newest) {
		evidence_tell(v, FINDING_MISSING, &where, "chain %.*s is known up to seq %llu, and "
		              "no line of it is here: it was cut off, unless its file was renamed "
		              "and is not given", (int)t->name_len, t->name, seq);
		return;
	}
	evidence_tell(v, FINDING_NOTE, &where, "chain %.*s is known up to seq %llu, but no line of "
	              "it is in these files: give the newer file too", (int)t->name_len, t->name,
	              seq);
	v->needs_more = true;
}

/* A head further on than the last line.  A file that was left ends with a checkpoint. */
static void
report_cut(struct verify *v, const struct trusted *t, const struct followed *c)
{
	struct where where = {c->last_place, c, c->last.seq};
	unsigned long long seq = t->head.seq;

	if (v->has_newest || t->name_len == 0 || !c->is_sealed) {
		evidence_tell(v, FINDING_MISSING, &where,
		              "the lines behind it are cut off: the head is seq %llu", seq);
		return;
	}
	evidence_tell(v, FINDING_NOTE, &where, "the chain is known up to seq %llu: it goes on in "
	              "a newer file, or was cut off here; give the newer file too", seq);
	v->needs_more = true;
}

/* A head that no line met. */
static void
report_unmet(struct verify *v, const struct trusted *t)
{
	const struct followed *c = NULL;
	struct where where = {.chain = NULL};

	if (t->rival) {
		where = (struct where){t->rival_place, &v->chains[t->rival - 1], t->head.seq};
		evidence_tell(v, FINDING_RESEALED, &where,
		              "its SHA-256 is not that of the head: the line, or lines before it, "
		              "were altered and sealed anew");
		return;
	}
	if (t->name_len)
		c = evidence_find(v, span_of(t->name, t->name_len));
	else if (v->chain_count)
		c = &v->chains[v->last_chain];
	if (!c && t->name_len)
		report_unseen(v, t);
	else if (c && c->last.seq < t->head.seq)
		report_cut(v, t, c);
	else if (!c || t->head.seq >= c->first)
		evidence_tell(v, FINDING_MISSING, &where, "the head seq %llu is not in these files",
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

static void
remark_on_keys(struct verify *v)
{
	struct where nowhere = {.chain = NULL};

	if (v->unsigned_count && v->signed_count == 0)
		evidence_tell(v, FINDING_NOTE, &nowhere, "not one checkpoint is signed by a key that "
		              "was given: it may be the key of another role or another installation; "
		              "`countersign keys export` without --role writes the right one");
	if (v->key_count == 0 || v->is_altered)
		return;
	for (size_t i = 0; i < v->chain_count; i++) {
		const struct followed *c = &v->chains[i];
		struct where where = {c->last_place, c, c->last.seq};

		if (!c->has_signature && c->end_proof == END_UNPROVEN)
			evidence_tell(v, FINDING_NOTE, &where, "there is no checkpoint in this chain: "
			              "nothing in it is signed, and whoever could write the file "
			              "could have computed it anew");
	}
}

void
proof_end(struct verify *v)
{
	bool goes_on = true;

	settle_absent(v);
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
	remark_on_keys(v);
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
	return v->chain_count > 0 && !v->needs_more && v->chains[v->last_chain].end_proof == END_HEAD;
}
