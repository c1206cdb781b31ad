/* What dead processes left. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/recover.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/ancestors.h"
#include "audit/anchor.h"
#include "audit/lane.h"
#include "audit/line_reader.h"
#include "audit/path.h"
#include "lib/base/log.h"
#include "lib/base/memory.h"

/* A record that waits in some lane; sorted by id while the file is searched. */
struct left {
	char id[STAMP_ID];
	bool is_written; /* the process died between writing it and saying so */
};

struct dead {
	struct boot *boot;
	struct boot_state state;
	bool has_state;
	struct lane *lanes;
	size_t lane_count;
};

struct estate {
	struct dead *dead;
	size_t dead_count;
	struct left *left;
	size_t left_count;
};

/* Records start with "id":"…". */
static const char *
id_of(struct span record)
{
	static const char key[] = "\"id\":\"";

	return record.len > sizeof(key) + STAMP_ID ? record.ptr + sizeof(key) - 1 : NULL;
}

static int
compare_ids(const void *a, const void *b)
{
	return memcmp(a, b, STAMP_ID);
}

static struct left *
find_left(const struct estate *e, const char *id)
{
	if (e->left_count == 0)
		return NULL;
	return bsearch(id, e->left, e->left_count, sizeof(*e->left), compare_ids);
}

static void
open_lanes(struct dead *d)
{
	DIR *dir = opendir(d->boot->dir);
	struct dirent *entry;
	struct buf why = BUF_INIT(4096);

	while (dir && (entry = readdir(dir))) {
		struct lane lane;
		char *path;

		if (!span_ends(span_cstr(entry->d_name), SPAN(".ring")))
			continue;
		path = path_join(d->boot->dir, entry->d_name);
		if (lane_open(&lane, path, &why)) {
			d->lanes = memory_resize(d->lanes, (d->lane_count + 1) * sizeof(lane));
			d->lanes[d->lane_count++] = lane;
		} else if (why.len) {
			log_warning("audit.ring", "%s", buf_cstr(&why));
			buf_reset(&why);
		}
		free(path);
	}
	if (dir)
		closedir(dir);
	buf_clear(&why);
}

static void
list_left(struct estate *e, struct lane *lane)
{
	struct lane_record record;

	while (lane_next(lane, &record)) {
		const char *id = id_of(record.bytes);
		struct left left = {.is_written = false};

		if (!id)
			continue;
		memcpy(left.id, id, STAMP_ID);
		if ((e->left_count & (e->left_count - 1)) == 0)
			e->left = memory_resize(e->left, (e->left_count ? e->left_count * 2 : 1) *
			                                 sizeof(left));
		e->left[e->left_count++] = left;
	}
	lane_rewind(lane);
}

static void
open_estate(struct estate *e, struct boot *boots, size_t count)
{
	*e = (struct estate){.dead = memory_new_array(count, sizeof(*e->dead)),
	                     .dead_count = count};
	for (size_t i = 0; i < count; i++) {
		struct dead *d = &e->dead[i];

		d->boot = &boots[i];
		d->has_state = boot_read(d->boot, &d->state);
		open_lanes(d);
		/* Mapped pages of another life of the machine may be old, new or half. */
		for (size_t at = 0; d->has_state && d->state.same_machine && at < d->lane_count;
		     at++)
			list_left(e, &d->lanes[at]);
		if (d->has_state && !d->state.same_machine)
			d->state.head = (struct chain_head){0};
	}
	if (e->left_count)
		qsort(e->left, e->left_count, sizeof(*e->left), compare_ids);
}

static void
close_estate(struct estate *e)
{
	for (size_t i = 0; i < e->dead_count; i++) {
		for (size_t at = 0; at < e->dead[i].lane_count; at++)
			lane_unmap(&e->dead[i].lanes[at]);
		free(e->dead[i].lanes);
	}
	free(e->dead);
	free(e->left);
}

static void
note_line(struct estate *e, const struct line *line)
{
	struct left *left = line->id.len == STAMP_ID ? find_left(e, line->id.ptr) : NULL;

	if (left)
		left->is_written = true;
	for (size_t i = 0; i < e->dead_count; i++) {
		struct boot_state *state = &e->dead[i].state;

		if (e->dead[i].has_state && line->seq > state->head.seq &&
		    span_eq(line->chain, span_cstr(state->chain)))
			state->head = (struct chain_head){line->seq, digest_of(line->text)};
	}
}

static void
scan(struct estate *e, int fd, uint64_t from)
{
	struct line_reader r;
	struct read_line text;
	struct line line;

	line_reader_init(&r, fd, from);
	while (line_reader_next(&r, &text)) {
		if (text.is_whole && line_read(text.text, &line))
			note_line(e, &line);
	}
	line_reader_clear(&r);
}

/* The file with this number, which may have been renamed since; -1 when it is gone. */
static int
open_inode(const struct audit *a, uint64_t inode)
{
	char *parent = path_parent(a->trail.path);
	DIR *dir = opendir(parent);
	struct dirent *entry;
	int fd = -1;

	while (dir && fd < 0 && (entry = readdir(dir))) {
		if (entry->d_ino == inode)
			fd = openat(dirfd(dir), entry->d_name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	}
	if (dir)
		closedir(dir);
	free(parent);
	return fd;
}

/*
 * Everything in flight when a process died stands behind the offset it noted.  After a
 * loss of power that note means nothing, and the whole file is looked at.
 */
static void
search_file(struct audit *a, struct estate *e)
{
	uint64_t from = UINT64_MAX;

	for (size_t i = 0; i < e->dead_count; i++) {
		const struct dead *d = &e->dead[i];
		bool is_same = d->has_state && d->state.inode == a->trail.inode;
		uint64_t at = d->has_state && d->state.same_machine ? d->state.batch_at : 0;
		int fd;

		if (!d->has_state)
			continue;
		if (is_same) {
			from = at < from ? at : from;
			continue;
		}
		from = 0;
		fd = open_inode(a, d->state.inode);
		if (fd >= 0) {
			scan(e, fd, at);
			close(fd);
		}
	}
	if (from != UINT64_MAX)
		scan(e, a->trail.fd, from);
}

static void
name_ancestors(struct audit *a, struct estate *e, struct anchor *anchors, size_t count)
{
	for (size_t i = 0; i < e->dead_count; i++) {
		const struct dead *d = &e->dead[i];

		if (d->has_state && anchor_is_of(&d->state.trail, &a->trail_id) &&
		    !ancestors_add(a, span_cstr(d->state.chain), &d->state.head))
			log_warning("audit.opened", "more chains ended than one line can name");
	}
	for (size_t i = 0; i < count; i++) {
		/* Kept for the next start when there is no room, its process lives, or it is
		 * another trail's. */
		if (!anchor_is_of(&anchors[i].trail, &a->trail_id) ||
		    boot_is_alive(a->state_dir, anchors[i].name) ||
		    !ancestors_add(a, span_cstr(anchors[i].chain), &anchors[i].head))
			anchors[i].name[0] = '\0';
	}
	a->gap.heads += ancestors_search(a);
	ancestors_add_last_line(a);
}

/* The end of a chain of another trail, for that trail's next start to look for. */
static void
pass_on_head(const struct audit *a, const struct dead *d)
{
	const char *slash = strrchr(d->boot->dir, '/');
	struct note note = {span_cstr(d->state.chain), d->state.head, false};

	if (!d->has_state || !d->state.same_machine || d->state.head.seq == 0 || !slash ||
	    anchor_is_of(&d->state.trail, &a->trail_id))
		return;
	if (!anchor_write(a->state_dir, slash + 1, &d->state.trail, &note, NULL))
		log_warning("audit.anchor", "the head of %s could not be kept in %s/anchors",
		            d->state.chain, a->state_dir);
}

static bool
flush(struct audit *a, struct buf *why)
{
	if (writer_flush(a, false) == TRAIL_DONE)
		return true;
	buf_addf(why, "%s cannot be written: %s", a->trail.path, strerror(errno));
	return false;
}

static bool
drain_lane(struct audit *a, struct estate *e, struct span chain, struct lane *lane,
           struct buf *why)
{
	struct lane_record record;

	while (lane_next(lane, &record)) {
		const char *id = id_of(record.bytes);
		const struct left *left = id ? find_left(e, id) : NULL;

		if (left && !left->is_written)
			writer_add(a, record.bytes, chain);
		if (a->batch.len < BATCH_BYTES)
			continue;
		if (!flush(a, why))
			return false;
		lane_take(lane);
	}
	if (!flush(a, why))
		return false;
	/* Where a damaged record stops the reading, the rest cannot be told apart. */
	a->gap.ring_bytes += lane_head(lane) - lane->read_to;
	lane_take(lane);
	return true;
}

static bool
drain(struct audit *a, struct estate *e, struct buf *why)
{
	for (size_t i = 0; i < e->dead_count; i++) {
		struct dead *d = &e->dead[i];

		for (size_t at = 0; at < d->lane_count; at++) {
			struct lane *lane = &d->lanes[at];

			if (!d->has_state || !d->state.same_machine)
				a->gap.ring_bytes += lane_head(lane) - lane->read_to;
			else if (!drain_lane(a, e, span_cstr(d->state.chain), lane, why))
				return false;
		}
	}
	writer_add_news(a);
	return flush(a, why);
}

static void
clean_up(struct audit *a, struct estate *e, const struct anchor *anchors, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (anchors[i].name[0])
			anchor_remove(a->state_dir, anchors[i].name);
	}
	for (size_t i = 0; i < e->dead_count; i++) {
		pass_on_head(a, &e->dead[i]);
		boot_close(e->dead[i].boot, true);
	}
}

bool
recover(struct audit *a, struct boot *dead, size_t count, struct buf *why)
{
	struct estate estate;
	struct anchor *anchors;
	size_t anchor_count = anchor_list(a->state_dir, &anchors);
	bool is_done = false;

	open_estate(&estate, dead, count);
	/* Cuts a torn line; and under the lock the last line named is the last there is. */
	if (trail_begin(&a->trail)) {
		search_file(a, &estate);
		name_ancestors(a, &estate, anchors, anchor_count);
		a->opening = OPENING_START;
		writer_add_news(a);
		is_done = flush(a, why) && drain(a, &estate, why) && writer_sync(a);
	}
	if (!is_done && why->len == 0)
		buf_addf(why, "%s cannot be written: %s", a->trail.path, strerror(errno));
	if (is_done)
		clean_up(a, &estate, anchors, anchor_count);
	close_estate(&estate);
	free(anchors);
	return is_done;
}
