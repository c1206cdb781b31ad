/* Batches of lines, syncs, checkpoints, gaps. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/writer.h"

#include <unistd.h>

#include "audit/anchor.h"
#include "audit/line_reader.h"
#include "audit/note.h"
#include "lib/base/log.h"

enum {
	CHECKPOINT_LINES = 100000,
	CHECKPOINT_SECONDS = 60,
};

void
writer_add(struct audit *a, struct span record, struct span recovered)
{
	chain_add(&a->chain, record, recovered, &a->batch);
	a->batch_lines++;
}

struct emit *
writer_begin(struct audit *a, enum record_code code)
{
	a->draft.style = &a->style;
	draft_begin(&a->draft, a->room, sizeof(a->room), &a->stamp, code, clock_wall());
	return &a->draft.emit;
}

void
writer_end(struct audit *a)
{
	size_t len = draft_end(&a->draft);

	writer_add(a, span_of(a->room, len), SPAN_NONE);
}

static bool
gap_is_empty(const struct gap *gap)
{
	return gap->records == 0 && gap->ring_bytes == 0 && gap->heads == 0 &&
	       gap->file.torn_bytes == 0 && gap->file.lost_bytes == 0 && !gap->file.was_removed;
}

static void
take_news(struct audit *a)
{
	struct trail_news *news = &a->trail.news, *told = &a->gap.file;

	if (news->torn_bytes)
		told->torn = news->torn;
	told->torn_bytes += news->torn_bytes;
	told->lost_bytes += news->lost_bytes;
	told->was_removed |= news->was_removed;
	*news = (struct trail_news){0};
}

static void
add_ancestors(struct audit *a, struct emit *e)
{
	static const char *const places[] = {
		[FOUND_NOWHERE] = "nowhere",
		[FOUND_BESIDE] = "beside",
		[FOUND_HERE] = "here",
	};

	emit_key(e, "predecessors");
	emit_array(e);
	for (size_t i = 0; i < a->ancestor_count; i++) {
		emit_object(e);
		emit_member_cstr(e, "chain", a->ancestors[i].chain);
		emit_member_u64(e, "seq", a->ancestors[i].head.seq);
		emit_member_digest(e, "hash", &a->ancestors[i].head.hash);
		emit_member_cstr(e, "found", places[a->ancestors[i].found]);
		emit_object_end(e);
	}
	emit_array_end(e);
}

static void
add_opened(struct audit *a)
{
	static const char *const reasons[] = {
		[OPENING_START] = "start",
		[OPENING_REOPEN] = "reopen",
		[OPENING_REPLACED] = "replaced",
	};
	struct emit *e = writer_begin(a, RECORD_AUDIT_OPENED);

	emit_key(e, "opened");
	emit_object(e);
	emit_member_cstr(e, "reason", reasons[a->opening]);
	if (a->signer)
		emit_member_cstr(e, "key", public_key_id(private_key_public(a->signer)));
	if (a->opening == OPENING_START)
		add_ancestors(a, e);
	emit_object_end(e);
	writer_end(a);
	a->opening_in_batch = true;
}

static void
add_gap(struct audit *a)
{
	struct emit *e = writer_begin(a, RECORD_AUDIT_GAP);

	emit_key(e, "gap");
	emit_object(e);
	if (a->gap.records)
		emit_member_u64(e, "records", a->gap.records);
	if (a->gap.ring_bytes)
		emit_member_u64(e, "ring_bytes", a->gap.ring_bytes);
	if (a->gap.heads)
		emit_member_u64(e, "heads", a->gap.heads);
	if (a->gap.file.lost_bytes)
		emit_member_u64(e, "file_bytes", a->gap.file.lost_bytes);
	if (a->gap.file.was_removed)
		emit_member_bool(e, "file_removed", true);
	if (a->gap.file.torn_bytes) {
		emit_member_u64(e, "torn_bytes", a->gap.file.torn_bytes);
		emit_member_digest(e, "torn_sha256", &a->gap.file.torn);
	}
	emit_object_end(e);
	writer_end(a);
	a->gap_in_batch = true;
}

void
writer_add_news(struct audit *a)
{
	take_news(a);
	if (a->opening != OPENING_NONE)
		add_opened(a);
	if (!gap_is_empty(&a->gap))
		add_gap(a);
}

static void
log_gap(const struct gap *gap)
{
	if (gap->records)
		log_error("audit.gap", "%llu records found no room in a ring and are lost",
		          (unsigned long long)gap->records);
	if (gap->ring_bytes)
		log_error("audit.gap", "%llu bytes of records were lost when the machine went down",
		          (unsigned long long)gap->ring_bytes);
	if (gap->heads)
		log_error("audit.gap", "lines are not in the audit file, nor in one next to it: "
		          "the ends of %llu chains that state_dir knows",
		          (unsigned long long)gap->heads);
	if (gap->file.lost_bytes || gap->file.was_removed)
		log_error("audit.gap", "somebody else %s the audit file: %llu bytes are lost",
		          gap->file.was_removed ? "removed" : "cut",
		          (unsigned long long)gap->file.lost_bytes);
	if (gap->file.torn_bytes)
		log_warning("audit.gap", "a line of %llu bytes that a crash had torn was cut off",
		            (unsigned long long)gap->file.torn_bytes);
}

static void
commit(struct audit *a)
{
	boot_has_written(&a->boot, &a->chain.head);
	a->written = a->chain.head;
	atomic_fetch_add_explicit(&a->lines, a->batch_lines, memory_order_relaxed);
	if (a->gap_in_batch) {
		log_gap(&a->gap);
		a->gap = (struct gap){0};
	}
	if (a->opening_in_batch)
		a->opening = OPENING_NONE;
}

/* A file that somebody removed or cut needs its first line before any other. */
static bool
was_replaced(struct audit *a)
{
	if (a->trail.news.lost_bytes == 0 && !a->trail.news.was_removed)
		return false;
	a->opening = OPENING_REPLACED;
	return true;
}

static enum trail_result
write_batch(struct audit *a, bool uses_reserve)
{
	enum trail_result result = TRAIL_MOVED;

	if (!trail_begin(&a->trail))
		return TRAIL_FAILED;
	if (!was_replaced(a)) {
		boot_will_write(&a->boot, a->trail.device, a->trail.inode, a->trail.size);
		result = trail_write(&a->trail, buf_span(&a->batch), uses_reserve);
	}
	trail_end(&a->trail);
	return result;
}

enum trail_result
writer_flush(struct audit *a, bool uses_reserve)
{
	enum trail_result result = write_batch(a, uses_reserve);

	if (result == TRAIL_DONE)
		commit(a);
	else
		a->chain.head = a->written;
	atomic_store_explicit(&a->left, trail_left(&a->trail), memory_order_relaxed);
	a->gap_in_batch = a->opening_in_batch = false;
	a->batch_lines = 0;
	buf_reset(&a->batch);
	return result;
}

/* Whether the file still holds, unchanged, all that this chain wrote since its last sync. */
static bool
unsynced_is_intact(struct audit *a)
{
	struct chain_head head = a->synced;
	struct line_reader r;
	struct read_line text;
	struct line line;

	line_reader_init(&r, a->trail.fd, a->trail.synced);
	while (line_reader_next(&r, &text)) {
		if (!line_read(text.text, &line) ||
		    !span_eq(line.chain, span_of(a->chain.name, a->chain.name_len)))
			continue;
		if (line.seq != head.seq + 1 || !digest_eq(&line.prev, &head.hash))
			break;
		head = (struct chain_head){line.seq, digest_of(text.text)};
	}
	line_reader_clear(&r);
	return head.seq == a->written.seq && digest_eq(&head.hash, &a->written.hash);
}

bool
writer_repair(struct audit *a)
{
	if (!unsynced_is_intact(a)) {
		log_error("audit.damaged", "%s lost lines after a failed sync: move it away and "
		          "send SIGUSR1, the chain goes on in a new file", a->trail.path);
		return false;
	}
	if (!trail_repair(&a->trail))
		return false;
	a->synced = a->written;
	return true;
}

bool
writer_sync_work(void *audit)
{
	struct audit *a = audit;
	struct sync_job *job = &a->job;
	struct note note = {span_of(a->chain.name, a->chain.name_len), job->head,
	                    job->is_closed};

	if (fdatasync(job->fd) < 0)
		return false;
	job->is_anchored = job->has_anchor &&
	                   anchor_write(a->state_dir, a->boot_name, &a->trail_id, &note,
	                                a->signer);
	return true;
}

void
writer_begin_sync(struct audit *a)
{
	a->job = (struct sync_job){.fd = a->trail.fd, .size = a->trail.size, .head = a->written,
	                           .has_anchor = a->wants_anchor, .is_closed = a->is_closed};
	a->wants_anchor = false;
	a->is_syncing = true;
	syncer_begin(&a->syncer);
}

enum sync_state
writer_end_sync(struct audit *a, bool waits)
{
	enum sync_state state;

	if (!a->is_syncing)
		return SYNC_IDLE;
	state = waits ? syncer_wait(&a->syncer) : syncer_take(&a->syncer);
	if (state == SYNC_FAILED)
		a->trail.is_poisoned = true;
	if (state == SYNC_DONE) {
		a->trail.synced = a->job.size;
		a->synced = a->job.head;
		a->is_sealed = a->job.is_anchored && a->job.is_closed;
		if (a->job.has_anchor && !a->job.is_anchored)
			log_warning("audit.anchor", "the head of the trail could not be kept in "
			            "%s/anchors", a->state_dir);
	}
	a->is_syncing = state == SYNC_WANTED;
	return state;
}

bool
writer_sync(struct audit *a)
{
	enum sync_state before = writer_end_sync(a, true);

	if (before == SYNC_FAILED)
		return false;
	writer_begin_sync(a);
	return writer_end_sync(a, true) == SYNC_DONE;
}

bool
writer_checkpoint_is_due(const struct audit *a)
{
	uint64_t since = a->written.seq - a->checkpoint_seq;

	return since >= CHECKPOINT_LINES ||
	       (since > 0 && clock_mono().us >= a->checkpoint_at.us +
	                                        CHECKPOINT_SECONDS * SECOND_US);
}

/* The note speaks of the line before its own: what is signed is what `prev` says. */
static void
add_checkpoint(struct audit *a, bool is_closing)
{
	struct note note = {span_of(a->chain.name, a->chain.name_len), a->chain.head, is_closing};
	struct buf text = BUF_INIT(NOTE_MAX);
	struct emit *e = writer_begin(a, RECORD_AUDIT_CHECKPOINT);

	note_write(&note, a->signer, &text);
	emit_key(e, "checkpoint");
	emit_object(e);
	if (a->signer)
		emit_member_cstr(e, "key", public_key_id(private_key_public(a->signer)));
	emit_member(e, "note", buf_span(&text));
	emit_object_end(e);
	writer_end(a);
	buf_clear(&text);
}

void
writer_checkpoint(struct audit *a, bool is_closing)
{
	add_checkpoint(a, is_closing);
	a->checkpoint_at = clock_mono();
	if (writer_flush(a, is_closing) != TRAIL_DONE)
		return;
	a->checkpoint_seq = a->written.seq;
	a->wants_anchor = true;
	a->is_closed = is_closing;
}

void
audit_wake(struct audit *a)
{
	static const uint64_t one = 1;

	if (!atomic_exchange(&a->is_awake, true)) {
		ssize_t ignored UNUSED = write(a->wake_fd, &one, sizeof(one));
	}
}
