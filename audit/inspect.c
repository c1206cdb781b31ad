/* Verifies files. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/inspect.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/anchor.h"
#include "audit/boot.h"
#include "audit/line_reader.h"
#include "lib/base/clock.h"
#include "lib/base/memory.h"

struct input {
	const char *name;
	int fd;
	char time[WALL_TEXT]; /* of the first line: sorts as text */
};

static void
read_time(struct input *input)
{
	struct line_reader r;
	struct read_line text;
	struct line line;

	line_reader_init(&r, input->fd, 0);
	if (line_reader_next(&r, &text) &&
	    line_read(line_without_carriage(text.text), &line) &&
	    line.time.len == WALL_TEXT - 1)
		memcpy(input->time, line.time.ptr, line.time.len);
	line_reader_clear(&r);
}

/* By insertion, so that files without a readable first line stay where they were given. */
static void
sort(struct input *inputs, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct input input = inputs[i];
		size_t at = i;

		for (; at > 0 && input.time[0] && strcmp(inputs[at - 1].time, input.time) > 0; at--)
			inputs[at] = inputs[at - 1];
		inputs[at] = input;
	}
}

static bool
open_inputs(struct input *inputs, char *const *files, size_t count, struct buf *why)
{
	for (size_t i = 0; i < count; i++)
		inputs[i] = (struct input){.name = files[i], .fd = -1};
	for (size_t i = 0; i < count; i++) {
		inputs[i].fd = open(files[i], O_RDONLY | O_CLOEXEC);
		if (inputs[i].fd < 0) {
			buf_addf(why, "%s: %s", files[i], strerror(errno));
			return false;
		}
		read_time(&inputs[i]);
	}
	sort(inputs, count);
	return true;
}

static void
inspect_file(struct verify *v, struct facts *facts, const struct input *input)
{
	struct line_reader r;
	struct read_line text;
	struct line line;
	uint64_t number = 0;

	verify_begin_file(v, input->name);
	line_reader_init(&r, input->fd, 0);
	while (line_reader_next(&r, &text)) {
		verify_line(v, text.text, text.is_whole);
		number++;
		if (facts && text.is_whole &&
		    line_read(line_without_carriage(text.text), &line))
			facts_line(facts, &line, input->name, number);
	}
	line_reader_clear(&r);
}

bool
inspect_files(struct verify *v, struct facts *facts, char *const *files, size_t count,
              struct buf *why)
{
	struct input *inputs = memory_new_array(count, sizeof(*inputs));
	bool is_open = open_inputs(inputs, files, count, why);

	for (size_t i = 0; i < count; i++) {
		if (is_open)
			inspect_file(v, facts, &inputs[i]);
		if (inputs[i].fd >= 0)
			close(inputs[i].fd);
	}
	free(inputs);
	return is_open;
}

struct trusting {
	struct verify *verify;
	struct digest trail;
};

static void
trust_head(const struct trusting *t, const char *chain, const struct digest *trail,
           const struct chain_head *head)
{
	if (anchor_is_of(trail, &t->trail))
		verify_trust_head(t->verify, span_cstr(chain), head);
	else
		verify_trust_other_head(t->verify, span_cstr(chain), head);
}

static void
trust_boot(void *trusting, const struct boot_state *state)
{
	if (state->head.seq)
		trust_head(trusting, state->chain, &state->trail, &state->head);
}

void
inspect_trust_state(struct verify *v, const char *state_dir, const char *file)
{
	struct trusting trusting = {v, anchor_trail(file)};
	struct anchor *anchors;
	size_t count = anchor_list(state_dir, &anchors);

	for (size_t i = 0; i < count; i++)
		trust_head(&trusting, anchors[i].chain, &anchors[i].trail, &anchors[i].head);
	free(anchors);
	boot_each(state_dir, trust_boot, &trusting);
}

bool
inspect_includes(char *const *files, size_t count, const char *file)
{
	struct stat newest, st;

	if (stat(file, &newest) < 0)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (stat(files[i], &st) == 0 && st.st_dev == newest.st_dev &&
		    st.st_ino == newest.st_ino)
			return true;
	}
	return false;
}
