/* Whether serve could write where it has to: state_dir, and the directory of the trail. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/config_text.h"
#include "app/state_dir.h"

/* What is wrong with a directory that files are made in; NULL: nothing. */
static const char *
fault_of(const char *directory)
{
	struct stat st;

	if (stat(directory, &st) < 0)
		return errno == EACCES ? "cannot be looked at by this user" : "does not exist";
	if (!S_ISDIR(st.st_mode))
		return "is not a directory";
	return access(directory, W_OK | X_OK) < 0 ? "cannot be written to by this user" : NULL;
}

static struct span
without_slashes(struct span path)
{
	while (path.len > 1 && path.ptr[path.len - 1] == '/')
		path.len--;
	return path;
}

static const char *
parent_of(struct config_run *run, const char *path)
{
	struct span text = without_slashes(span_cstr(path));

	while (text.len && text.ptr[text.len - 1] != '/')
		text.len--;
	return arena_cstr(run->reader.arena, without_slashes(text));
}

static void
warn(struct config_run *run, const struct node *at, const char *key, const char *directory,
     const char *fault)
{
	if (at)
		complain_warning(run->reader.why, at, "%s %s: serve would not start", directory,
		                 fault);
	else
		complain_warning(run->reader.why, run->root,
		                 "%s is left out, and for its default %s %s: serve would not start",
		                 key, directory, fault);
}

/* Made at start where its parent is there. */
static bool
is_made(struct config_run *run, const char *directory)
{
	struct stat st;

	return lstat(directory, &st) < 0 && errno == ENOENT && !fault_of(parent_of(run, directory));
}

void
config_check_places(struct config_run *run)
{
	const char *state = run->config->state_dir;
	const char *trail = parent_of(run, run->config->audit.file);
	const char *fault = is_made(run, state) ? NULL : fault_of(state);
	struct buf why = BUF_INIT(400);

	if (!fault && !state_dir_is_ours(state, &why))
		fault = arena_cstr(run->reader.arena, buf_span(&why));
	buf_clear(&why);
	if (fault)
		warn(run, config_node(run, "state_dir", NULL), "state_dir", state, fault);
	if (span_eq(span_cstr(trail), without_slashes(span_cstr(state))))
		return;
	fault = fault_of(trail);
	if (fault)
		warn(run, config_node(run, "audit", "file"), "audit.file", trail, fault);
}
