/* Proves a trail. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/verify.h"

#include <stdlib.h>

#include "audit/follow.h"
#include "audit/note.h"
#include "audit/proof.h"
#include "lib/base/memory.h"

struct verify *
verify_new(finding_fn *fn, void *owner)
{
	struct verify *v = memory_new(sizeof(*v));

	v->fn = fn;
	v->owner = owner;
	return v;
}

void
verify_free(struct verify *v)
{
	if (!v)
		return;
	for (size_t i = 0; i < v->chain_count; i++)
		free(v->chains[i].holes);
	free(v->chains);
	free(v->trusted);
	free(v->absent);
	free(v->keys);
	free(v);
}

void
verify_trust_key(struct verify *v, const struct public_key *key)
{
	v->keys = memory_resize(v->keys, (v->key_count + 1) * sizeof(*v->keys));
	v->keys[v->key_count++] = key;
}

void
verify_trust_head(struct verify *v, struct span chain, const struct chain_head *head)
{
	struct trusted *t;

	if (chain.len > CHAIN_NAME_MAX)
		return;
	v->trusted = memory_resize(v->trusted, (v->trusted_count + 1) * sizeof(*v->trusted));
	t = &v->trusted[v->trusted_count++];
	*t = (struct trusted){.head = *head, .name_len = chain.len};
	if (chain.len)
		memcpy(t->name, chain.ptr, chain.len);
}

void
verify_trust_other_head(struct verify *v, struct span chain, const struct chain_head *head)
{
	size_t count = v->trusted_count;

	verify_trust_head(v, chain, head);
	if (v->trusted_count > count)
		v->trusted[count].is_elsewhere = true;
}

void
verify_has_newest(struct verify *v)
{
	v->has_newest = true;
}

void
verify_begin_file(struct verify *v, const char *name)
{
	v->here = (struct place){name, 0};
}

static void
tell_carriage(struct verify *v)
{
	struct where where = {v->here, NULL, 0};

	if (v->has_carriage)
		return;
	v->has_carriage = true;
	evidence_tell(v, FINDING_NOTE, &where, "lines end with CR LF; the CR is not counted as "
	              "theirs");
}

void
verify_line(struct verify *v, struct span text, bool is_whole)
{
	struct span bare = line_without_carriage(text);
	struct line line;

	v->here.line++;
	if (is_whole && bare.len < text.len)
		tell_carriage(v);
	text = bare;
	if (!is_whole) {
		struct where where = {{v->here.file, v->here.line}, NULL, 0};

		evidence_tell(v, FINDING_NOTE, &where, "the last line is incomplete: torn by a "
		              "crash, or cut; it does not count");
		return;
	}
	v->lines++;
	if (line_read(text, &line) && line.chain.len <= CHAIN_NAME_MAX) {
		follow_line(v, &line);
		return;
	}
	evidence_tell_unreadable(v, NULL, 0);
	v->has_unreadable = true;
	v->unreadable = v->here;
}

enum verify_result
verify_end(struct verify *v)
{
	evidence_tell_unreadable(v, NULL, 0);
	for (size_t i = 0; i < v->chain_count; i++)
		follow_end(v, &v->chains[i]);
	proof_end(v);
	if (v->is_altered)
		return VERIFY_ALTERED;
	return proof_is_whole(v) ? VERIFY_PROVEN : VERIFY_UNPROVEN;
}

bool
verify_chain(const struct verify *v, size_t index, struct verify_chain *ret)
{
	const struct followed *c;

	if (index >= v->chain_count)
		return false;
	c = &v->chains[index];
	*ret = (struct verify_chain){span_of(c->name, c->name_len), c->first, c->last.seq,
	                             c->proven, c->end_proof != END_UNPROVEN};
	return true;
}

size_t
verify_last_chain(const struct verify *v)
{
	return v->last_chain;
}

uint64_t
verify_lines(const struct verify *v)
{
	return v->lines;
}
