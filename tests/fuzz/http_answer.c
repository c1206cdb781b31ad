/* Any bytes as an upstream's answer: the same for every way of cutting them in two, and
 * what is relayed reads as the same answer. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/http/write.h"
#include "tests/fuzz/fuzz.h"

enum { INPUT_MAX = 2048, OUTPUT_MAX = 1 << 16 };

static const struct head_limits limits = {4096, 128, 64, true};

/* In memory of its own for each of the two pieces. */
static enum progress
read_in_two(struct head *h, struct span bytes, size_t first, enum fault *ret_fault)
{
	enum progress progress = PROGRESS_MORE;
	size_t lens[] = {first, bytes.len};

	*ret_fault = FAULT_NONE;
	head_reset(h, HEAD_ANSWER);
	for (size_t i = 0; i < ARRAY_LEN(lens) && progress == PROGRESS_MORE; i++) {
		char *copy = malloc(lens[i] ? lens[i] : 1);

		must(copy, "no memory");
		memcpy(copy, bytes.ptr, lens[i]);
		progress = head_read(h, span_of(copy, lens[i]), &limits, ret_fault);
		free(copy);
	}
	return progress;
}

static void
check_cuts(struct span bytes, enum progress progress, enum fault fault, size_t len)
{
	static struct head h;

	for (size_t first = 0; first < bytes.len; first++) {
		enum fault again;

		must(read_in_two(&h, bytes, first, &again) == progress && again == fault,
		     "cut in two, the outcome is another");
		must(progress != PROGRESS_DONE || h.len == len, "cut in two, the end is elsewhere");
	}
}

static bool
relay(struct buf *to, const struct head *h, const struct framing *f)
{
	struct write_answer w = {.status = h->status, .upstream = h, .body = f->kind,
	                         .length = f->length, .minor = 1};

	if (f->kind == BODY_TO_END)
		w.body = BODY_CHUNKED;
	w.omits_length = f->kind == BODY_NONE;
	return write_answer(to, &w);
}

/* Reads what was written, whole. */
static void
read_back(struct head *h, struct span bytes, struct framing *ret)
{
	struct head_limits wide = {OUTPUT_MAX, 128, HEAD_FIELDS_MAX, true};
	enum fault fault;

	head_reset(h, HEAD_ANSWER);
	must(head_read(h, bytes, &wide, &fault) == PROGRESS_DONE && h->len == bytes.len,
	     "what is relayed is no answer");
	must(framing_of_answer(h, false, ret) == FAULT_NONE, "what is relayed has no framing");
}

static void
check_relayed(const struct head *h, const struct framing *f)
{
	static struct head again;
	struct buf once = BUF_INIT(OUTPUT_MAX), twice = BUF_INIT(OUTPUT_MAX);
	struct framing framing;

	must(relay(&once, h, f), "an answer cannot be relayed");
	read_back(&again, buf_span(&once), &framing);
	must(again.status == h->status, "what is relayed has another status");
	must(framing.kind == (f->kind == BODY_TO_END ? BODY_CHUNKED : f->kind) &&
	     (f->kind != BODY_SIZED || framing.length == f->length),
	     "what is relayed has another body");
	must(relay(&twice, &again, &framing), "what is relayed cannot be relayed");
	must(span_eq(buf_span(&once), buf_span(&twice)), "relayed twice, it is another answer");
	buf_clear(&once);
	buf_clear(&twice);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct head h;
	struct span bytes = span_of(data, size);
	struct framing framing;
	enum progress progress;
	enum fault fault = FAULT_NONE;

	if (size > INPUT_MAX)
		return 0;
	head_reset(&h, HEAD_ANSWER);
	progress = head_read(&h, bytes, &limits, &fault);
	check_cuts(bytes, progress, fault, h.len);
	if (progress == PROGRESS_DONE && !framing_of_answer(&h, false, &framing) &&
	    framing.kind != BODY_TUNNEL)
		check_relayed(&h, &framing);
	return 0;
}
