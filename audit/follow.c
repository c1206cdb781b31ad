/* Follows each chain line by line. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/follow.h"

#include "audit/proof.h"
#include "lib/base/memory.h"

static bool
follows(const struct followed *c, const struct line *line)
{
	return digest_eq(&c->last.hash, &line->prev);
}

/* A line whose chain's name was altered still links to its chain's last line. */
static struct followed *
find_by_link(struct verify *v, const struct line *line)
{
	for (size_t i = 0; i < v->chain_count; i++) {
		if (v->chains[i].last.seq + 1 == line->seq && follows(&v->chains[i], line))
			return &v->chains[i];
	}
	return NULL;
}

static struct followed *
add_chain(struct verify *v, const struct line *line)
{
	struct followed *c;

	v->chains = memory_resize(v->chains, (v->chain_count + 1) * sizeof(*v->chains));
	c = &v->chains[v->chain_count++];
	*c = (struct followed){.name_len = line->chain.len, .first = line->seq};
	memcpy(c->name, line->chain.ptr, line->chain.len);
	return c;
}

static bool
is_zero(const struct digest *d)
{
	static const struct digest zero;

	return digest_eq(d, &zero);
}

/* The first line that is seen of a chain: nothing may be missing before it. */
static void
check_start(struct verify *v, const struct followed *c, const struct line *line)
{
	struct where where = {v->here, c, line->seq};
	bool is_opening = span_eq(line->event, SPAN("audit.opened"));

	if (line->seq == 1 && (!is_opening || !is_zero(&line->prev)))
		evidence_tell(v, FINDING_ALTERED, &where, "a chain begins with audit.opened and a "
		              "prev of zeros");
	if (line->seq == 1 || proof_knows_before(v, line))
		return;
	if (is_opening)
		evidence_tell(v, FINDING_NOTE, &where, "the chain's earlier lines are in another "
		              "file");
	else
		evidence_tell(v, FINDING_MISSING, &where, "the lines before it are missing; every "
		              "file begins with audit.opened");
}

static void
settle_doubt(struct verify *v, struct followed *c, bool last_is_good)
{
	struct where before = {c->doubt_place, c, c->last.seq - 1};
	struct where last = {c->last_place, c, c->last.seq};

	if (!c->has_doubt)
		return;
	c->has_doubt = false;
	c->last_is_bad = !last_is_good;
	evidence_tell(v, FINDING_ALTERED, last_is_good ? &before : &last,
	              "the line does not match the chain around it");
}

/* The number that was due. */
static void
take_due(struct verify *v, struct followed *c, const struct line *line)
{
	bool fits = follows(c, line);

	if (c->has_doubt)
		settle_doubt(v, c, fits);
	else if (!fits && !c->last_is_bad) {
		c->has_doubt = true;
		c->doubt_place = c->last_place;
		return;
	}
	c->last_is_bad = false;
}

static void
add_hole(struct verify *v, struct followed *c, uint64_t to)
{
	struct hole hole = {c->last.seq + 1, to, v->here};

	c->holes = memory_resize(c->holes, (c->hole_count + 1) * sizeof(*c->holes));
	c->holes[c->hole_count++] = hole;
}

/* Numbers were passed over.  Without its predecessor the link of this line says nothing. */
static void
pass_over(struct verify *v, struct followed *c, const struct line *line)
{
	settle_doubt(v, c, true);
	if (v->has_unreadable && line->seq == c->last.seq + 2)
		evidence_tell_unreadable(v, c, c->last.seq + 1);
	else
		add_hole(v, c, line->seq - 1);
	c->last_is_bad = false;
}

/* An earlier number: it fills a hole, or was there before. */
static void
take_late(struct verify *v, struct followed *c, const struct line *line)
{
	struct where where = {v->here, c, line->seq};

	for (size_t i = 0; i < c->hole_count; i++) {
		struct hole *hole = &c->holes[i];

		if (line->seq < hole->from || line->seq > hole->to)
			continue;
		evidence_tell(v, FINDING_MOVED, &where, "the line stands behind line seq %llu",
		              (unsigned long long)c->last.seq);
		if (line->seq < hole->to) {
			struct hole rest = {line->seq + 1, hole->to, hole->place};

			c->holes = memory_resize(c->holes,
			                         (c->hole_count + 1) * sizeof(*c->holes));
			hole = &c->holes[i];
			c->holes[c->hole_count++] = rest;
		}
		hole->to = line->seq - 1;
		return;
	}
	evidence_tell(v, FINDING_REPEATED, &where, "a line of this number stood before");
}

/* Right place by its link, wrong by its number or its chain's name. */
static void
take_misnamed(struct verify *v, struct followed *c, const struct line *line)
{
	struct where where = {v->here, c, c->last.seq + 1};

	evidence_tell(v, FINDING_ALTERED, &where, "its number or its chain's name was altered");
	settle_doubt(v, c, true);
	c->last.seq++;
	c->last.hash = digest_of(line->text);
	c->last_place = v->here;
	c->last_is_bad = true;
}

static void
advance(struct verify *v, struct followed *c, const struct line *line)
{
	c->last = (struct chain_head){line->seq, digest_of(line->text)};
	c->last_place = v->here;
	c->successor = 0;
	c->is_closed = false;
	c->is_sealed = span_eq(line->event, SPAN("audit.checkpoint"));
	v->last_chain = (size_t)(c - v->chains);
	proof_line(v, c, line);
}

static void
start(struct verify *v, const struct line *line)
{
	struct followed *c = find_by_link(v, line);

	if (c) {
		take_misnamed(v, c, line);
		return;
	}
	c = add_chain(v, line);
	check_start(v, c, line);
	advance(v, c, line);
}

void
follow_line(struct verify *v, const struct line *line)
{
	struct followed *c = evidence_find(v, line->chain);

	if (!c) {
		start(v, line);
		return;
	}
	if (line->seq != c->last.seq + 1 && follows(c, line)) {
		take_misnamed(v, c, line);
		return;
	}
	if (line->seq <= c->last.seq) {
		take_late(v, c, line);
		return;
	}
	if (c->is_closed) {
		struct where where = {v->here, c, line->seq};

		evidence_tell(v, FINDING_RESEALED, &where, "the chain was closed before this line");
	}
	if (line->seq == c->last.seq + 1)
		take_due(v, c, line);
	else
		pass_over(v, c, line);
	advance(v, c, line);
}

void
follow_end(struct verify *v, struct followed *c)
{
	/* No line follows that could decide; a head that is the line before can. */
	settle_doubt(v, c, c->met_head + 1 != c->last.seq);
	for (size_t i = 0; i < c->hole_count; i++) {
		const struct hole *hole = &c->holes[i];
		struct where where = {hole->place, c, hole->from};

		if (hole->from == hole->to)
			evidence_tell(v, FINDING_MISSING, &where,
			              "line seq %llu is missing before it",
			              (unsigned long long)hole->from);
		else if (hole->from < hole->to)
			evidence_tell(v, FINDING_MISSING, &where,
			              "lines seq %llu to %llu are missing before it",
			              (unsigned long long)hole->from,
			              (unsigned long long)hole->to);
	}
}
