/* Heads of chains, kept in state_dir/anchors apart from the file they speak of. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_ANCHOR_H
#define AUDIT_ANCHOR_H

#include "audit/note.h"

struct anchor {
	char name[256]; /* of the file: the boot's */
	char chain[CHAIN_NAME_MAX + 1];
	struct chain_head head;
	bool is_closed; /* no line of this chain follows */
	struct digest trail; /* whose chain it is; zeros: not known */
};

/* Processes with trails of their own may share a state directory: a trail is known by the
 * SHA-256 of its file's name in the configuration, which outlives a rename. */
struct digest anchor_trail(const char *file);
/* Whether both are the same, or one is not known. */
bool anchor_is_of(const struct digest *trail, const struct digest *other);

/* Replaces the one before at once and for good.  `key` may be NULL: then unsigned. */
MUST_CHECK bool anchor_write(const char *state_dir, const char *name,
                             const struct digest *trail, const struct note *note,
                             const struct private_key *key);
/* All there are; the array is the caller's to free. */
size_t anchor_list(const char *state_dir, struct anchor **ret);
void anchor_remove(const char *state_dir, const char *name);

#endif
