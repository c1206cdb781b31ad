/* Whether a state directory is ours alone. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/state_dir.h"

#include <sys/stat.h>
#include <unistd.h>

enum { PERMISSIONS = 07777 };

/* Who may make or rename files there can put a key of his own under the name of ours, or take
 * the spent log away: whoever owns the directory, and whoever may write in it. */
bool
state_dir_is_ours(const char *directory, struct buf *why)
{
	struct stat st;

	if (stat(directory, &st) < 0)
		return true;
	if (st.st_uid != geteuid())
		buf_addf(why, "belongs to user %u, not to user %u who runs this (chown it, or use "
		              "another directory)",
		         (unsigned)st.st_uid, (unsigned)geteuid());
	else if (st.st_mode & (S_IWGRP | S_IWOTH))
		buf_addf(why, "may be written to by others, its mode is %04o (chmod go-w it)",
		         (unsigned)st.st_mode & PERMISSIONS);
	else
		return true;
	return false;
}
