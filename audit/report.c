/* What a verification found. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/report.h"

#include <stdio.h>

#include "audit/oneline.h"

enum { TEXT_MOST = 64 * 1024 };

void
report_begin(struct report *r, bool is_json)
{
	*r = (struct report){.is_json = is_json, .text = BUF_INIT(TEXT_MOST)};
}

void
report_clear(struct report *r)
{
	buf_clear(&r->text);
}

static void
flush(struct report *r)
{
	fwrite(r->text.ptr, 1, r->text.len, stdout);
	buf_reset(&r->text);
}

/* Opens the object and its list, once. */
static struct emit *
begin_json(struct report *r)
{
	if (r->emit.out)
		return &r->emit;
	r->emit = EMIT_INTO(&r->text);
	emit_object(&r->emit);
	emit_key(&r->emit, "findings");
	emit_array(&r->emit);
	return &r->emit;
}

static void
add_json(struct report *r, const struct finding *f)
{
	struct emit *e = begin_json(r);

	emit_object(e);
	emit_member_cstr(e, "kind", finding_name(f->kind));
	if (f->file) {
		emit_member_cstr(e, "file", f->file);
		emit_member_u64(e, "line", f->line);
	}
	if (f->chain.len)
		emit_member(e, "chain", f->chain);
	if (f->seq)
		emit_member_u64(e, "seq", f->seq);
	emit_member_cstr(e, "text", f->text);
	emit_object_end(e);
}

static void
add_table(struct buf *to, const struct finding *f)
{
	if (f->file)
		buf_addf(to, "%s:%llu: ", f->file, (unsigned long long)f->line);
	buf_addf(to, "%s: ", finding_name(f->kind));
	if (f->seq) {
		buf_addf(to, "seq %llu of ", (unsigned long long)f->seq);
		oneline_add_visible(to, f->chain);
		buf_add(to, SPAN(": "));
	}
	oneline_add_visible(to, span_cstr(f->text));
	buf_addc(to, '\n');
}

void
report_finding(void *report, const struct finding *finding)
{
	struct report *r = report;

	if (r->is_json)
		add_json(r, finding);
	else
		add_table(&r->text, finding);
	flush(r);
}

void
report_fact(void *report, const struct fact *fact)
{
	report_finding(report, &(struct finding){.kind = FINDING_NOTE, .file = fact->file,
	                                         .line = fact->line, .text = fact->text});
}

static void
end_json(struct report *r, const struct verify *v, enum verify_result result)
{
	static const char *const names[] = {
		[VERIFY_PROVEN] = "proven", [VERIFY_UNPROVEN] = "unproven",
		[VERIFY_ALTERED] = "altered",
	};
	struct emit *e = begin_json(r);
	struct verify_chain c;

	emit_array_end(e);
	emit_key(e, "chains");
	emit_array(e);
	for (size_t i = 0; verify_chain(v, i, &c); i++) {
		emit_object(e);
		emit_member(e, "chain", c.name);
		emit_member_u64(e, "first", c.first);
		emit_member_u64(e, "last", c.last);
		emit_member_u64(e, "proven", c.proven);
		emit_member_bool(e, "is_proven", c.is_proven);
		emit_object_end(e);
		flush(r);
	}
	emit_array_end(e);
	emit_member_u64(e, "lines", verify_lines(v));
	emit_member_cstr(e, "result", names[result]);
	emit_object_end(e);
	buf_addc(&r->text, '\n');
}

static void
add_chains(struct report *r, const struct verify *v)
{
	struct verify_chain c;

	for (size_t i = 0; verify_chain(v, i, &c); i++) {
		buf_add(&r->text, SPAN("chain "));
		oneline_add_visible(&r->text, c.name);
		buf_addf(&r->text, ": seq %llu to %llu, ", (unsigned long long)c.first,
		         (unsigned long long)c.last);
		if (c.is_proven)
			buf_add(&r->text, SPAN("proven to its end\n"));
		else if (c.proven)
			buf_addf(&r->text, "intact, proven to seq %llu\n",
			         (unsigned long long)c.proven);
		else
			buf_add(&r->text, SPAN("intact, but no line of it is proven\n"));
		flush(r);
	}
}

static void
end_table(struct report *r, const struct verify *v, enum verify_result result)
{
	unsigned long long lines = verify_lines(v);
	struct verify_chain last = {.last = 0};

	if (result == VERIFY_ALTERED) {
		buf_addf(&r->text, "ALTERED: %llu lines were read; see above for what was done "
		         "where\n", lines);
		return;
	}
	add_chains(r, v);
	if (result == VERIFY_PROVEN)
		buf_addf(&r->text, "proven to the end: %llu lines\n", lines);
	else if (verify_chain(v, verify_last_chain(v), &last))
		buf_addf(&r->text, "intact, but end not proven after seq %llu: %llu lines; a head "
		         "known from elsewhere (--head SEQ:HEX) would prove it\n",
		         (unsigned long long)last.last, lines);
	else
		buf_add(&r->text, SPAN("end not proven: there is no line\n"));
}

void
report_end(struct report *r, const struct verify *v, enum verify_result result)
{
	if (r->is_json)
		end_json(r, v, result);
	else
		end_table(r, v, result);
	flush(r);
	report_clear(r);
}
