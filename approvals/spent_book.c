/* What the lines of the spent log come to. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "approvals/spent_book.h"

#include <stdlib.h>

#include "lib/base/memory.h"

enum { WORDS_MAX = 6, LINE_LONGEST = 400, PRUNE_LEAST = 1024 };

struct spent {
	struct table_node node;
	char *id;
	uint64_t uses;
	int64_t last_us;
	bool has_no, has_unknown;
};

static const char *const end_names[CLAIM_END_COUNT] = {
	[CLAIM_END_COMPLETED] = "completed",
	[CLAIM_END_UNKNOWN] = "unknown",
	[CLAIM_END_BURNT] = "burnt",
};

const char *
claim_end_name(enum claim_end end)
{
	return end_names[end];
}

static struct spent *
spent_find(const struct spent_book *book, struct span id)
{
	struct table_node *node = table_find(&book->spents, id);

	return node ? CONTAINER_OF(node, struct spent, node) : NULL;
}

static struct spent *
spent_of(struct spent_book *book, struct span id)
{
	struct spent *s = spent_find(book, id);

	if (s)
		return s;
	s = memory_new(sizeof(*s));
	s->id = memory_cstr(id);
	s->node.key = span_cstr(s->id);
	table_add(&book->spents, &s->node);
	return s;
}

static void
spent_free(struct spent_book *book, struct spent *s)
{
	table_remove(&book->spents, &s->node);
	free(s->id);
	free(s);
}

static void
outlast(struct spent *s, struct span last)
{
	uint64_t us;

	if (span_to_u64(last, INT64_MAX, &us) && s->last_us < (int64_t)us)
		s->last_us = (int64_t)us;
}

static struct trace *
trace_find(const struct spent_book *book, struct span claim)
{
	struct table_node *node = table_find(&book->traces, claim);

	return node ? CONTAINER_OF(node, struct trace, node) : NULL;
}

const struct trace *
spent_book_trace(const struct spent_book *book, struct span claim)
{
	return trace_find(book, claim);
}

static void
trace_free(struct spent_book *book, struct trace *t)
{
	table_remove(&book->traces, &t->node);
	free(t->id);
	free(t->claim);
	free(t->boot);
	free(t->kernel);
	free(t);
}

static void
take_took(struct spent_book *book, const struct span word[WORDS_MAX])
{
	struct spent *s;
	struct trace *t;

	if (trace_find(book, word[2]))
		return;
	s = spent_of(book, word[1]);
	s->uses++;
	outlast(s, word[3]);
	t = memory_new(sizeof(*t));
	*t = (struct trace){
		.id = memory_cstr(word[1]),
		.claim = memory_cstr(word[2]),
		.boot = memory_cstr(word[4]),
		.kernel = memory_cstr(word[5]),
		.last_us = s->last_us,
	};
	t->node.key = span_cstr(t->claim);
	table_add(&book->traces, &t->node);
}

static void
take_end(struct spent_book *book, struct span claim, struct span how)
{
	struct trace *t = trace_find(book, claim);

	if (!t)
		return;
	t->has_ended = true;
	t->end = CLAIM_END_UNKNOWN;
	for (unsigned i = 0; i < CLAIM_END_COUNT; i++) {
		if (span_eq(how, span_cstr(end_names[i])))
			t->end = (enum claim_end)i;
	}
	if (t->end == CLAIM_END_UNKNOWN)
		spent_of(book, span_cstr(t->id))->has_unknown = true;
	free(t->boot);
	free(t->kernel);
	t->boot = t->kernel = NULL;
}

static void
take_intent(struct spent_book *book, struct span claim)
{
	struct trace *t = trace_find(book, claim);

	if (t)
		t->has_intent = true;
}

static void
take_no(struct spent_book *book, struct span id, struct span last)
{
	struct spent *s = spent_of(book, id);

	s->has_no = true;
	outlast(s, last);
}

void
spent_book_take(struct spent_book *book, struct span line)
{
	struct span word[WORDS_MAX];
	size_t count = 0;

	while (count < WORDS_MAX && span_cut(&line, ' ', &word[count]))
		count++;
	if (count == 6 && span_eq(word[0], SPAN("took")))
		take_took(book, word);
	else if (count == 3 && span_eq(word[0], SPAN("no")))
		take_no(book, word[1], word[2]);
	else if (count == 3 && span_eq(word[0], SPAN("intent")))
		take_intent(book, word[2]);
	else if (count == 4 && span_eq(word[0], SPAN("end")))
		take_end(book, word[2], word[3]);
}

struct spent_known
spent_book_look(const struct spent_book *book, struct span id)
{
	const struct spent *s = spent_find(book, id);

	if (!s)
		return (struct spent_known){0};
	return (struct spent_known){s->has_no, s->has_unknown, s->uses};
}

struct each {
	trace_fn *fn;
	void *owner;
};

static void
each_trace(void *owner, struct table_node *node)
{
	const struct each *e = owner;

	e->fn(e->owner, CONTAINER_OF(node, struct trace, node));
}

void
spent_book_each(const struct spent_book *book, trace_fn *fn, void *owner)
{
	struct each e = {fn, owner};

	table_each(&book->traces, each_trace, &e);
}

struct prune {
	struct spent_book *book;
	int64_t before_us;
};

static void
prune_spent(void *owner, struct table_node *node)
{
	struct spent *s = CONTAINER_OF(node, struct spent, node);
	const struct prune *p = owner;

	if (s->last_us < p->before_us)
		spent_free(p->book, s);
}

/* A claim that has not ended is kept however old it is. */
static void
prune_trace(void *owner, struct table_node *node)
{
	struct trace *t = CONTAINER_OF(node, struct trace, node);
	const struct prune *p = owner;

	if (t->has_ended && t->last_us < p->before_us)
		trace_free(p->book, t);
}

void
spent_book_prune(struct spent_book *book, struct wall before)
{
	struct prune p = {book, before.us};

	if (book->spents.count < book->prune_at || book->spents.count < PRUNE_LEAST)
		return;
	table_each(&book->spents, prune_spent, &p);
	table_each(&book->traces, prune_trace, &p);
	book->prune_at = 2 * book->spents.count;
}

struct writing {
	spent_write_fn *fn;
	void *owner;
	struct buf line;
};

static void
write_line(struct writing *w)
{
	w->fn(w->owner, buf_span(&w->line));
	buf_reset(&w->line);
}

static void
write_no(void *owner, struct table_node *node)
{
	const struct spent *s = CONTAINER_OF(node, struct spent, node);
	struct writing *w = owner;

	if (!s->has_no)
		return;
	buf_addf(&w->line, "no %s %lld", s->id, (long long)s->last_us);
	write_line(w);
}

static void
write_trace(void *owner, struct table_node *node)
{
	const struct trace *t = CONTAINER_OF(node, struct trace, node);
	struct writing *w = owner;

	buf_addf(&w->line, "took %s %s %lld %s %s", t->id, t->claim, (long long)t->last_us,
	         t->boot ? t->boot : "-", t->kernel ? t->kernel : "-");
	write_line(w);
	if (t->has_intent) {
		buf_addf(&w->line, "intent %s %s", t->id, t->claim);
		write_line(w);
	}
	if (t->has_ended) {
		buf_addf(&w->line, "end %s %s %s", t->id, t->claim, end_names[t->end]);
		write_line(w);
	}
}

void
spent_book_write(const struct spent_book *book, spent_write_fn *fn, void *owner)
{
	struct writing w = {fn, owner, BUF_INIT(LINE_LONGEST)};

	table_each(&book->spents, write_no, &w);
	table_each(&book->traces, write_trace, &w);
	buf_clear(&w.line);
}

void
spent_book_clear(struct spent_book *book)
{
	struct table_node *node;

	while ((node = table_any(&book->spents)) != NULL)
		spent_free(book, CONTAINER_OF(node, struct spent, node));
	while ((node = table_any(&book->traces)) != NULL)
		trace_free(book, CONTAINER_OF(node, struct trace, node));
	table_clear(&book->spents);
	table_clear(&book->traces);
	book->prune_at = 0;
}
