/* A process's directory under state_dir/rings: whether it lives, and how far it got. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_BOOT_H
#define AUDIT_BOOT_H

#include "audit/chain.h"

/* What a process leaves to the next one if it is killed. */
struct boot_state {
	char chain[CHAIN_NAME_MAX + 1];
	struct chain_head head;         /* of the chain, as of the last batch that was taken */
	uint64_t device, inode;   /* of the file */
	uint64_t batch_at;        /* size of the file before the batch that may be in flight */
	bool same_machine;        /* the kernel still runs that ran the process */
	struct digest trail;      /* anchor_trail() of the file; zeros: not known */
};

struct boot_page;

struct boot {
	char *dir;
	int lock_fd; /* holds the lock that says: alive */
	struct boot_page *page;
};

/*
 * Makes rings/<name> and locks it.  `ret_dead` receives the directories of dead processes,
 * locked, so that only one heir takes each; the array is the caller's to free.
 */
MUST_CHECK bool boot_create(struct boot *b, const char *state_dir, const char *name,
                            const char *chain, struct buf *why);
size_t boot_find_dead(const char *state_dir, struct boot **ret_dead);
/* Nobody else may look at the directories while this is held. */
MUST_CHECK int boot_lock_all(const char *state_dir, struct buf *why);

/* Which trail the process writes. */
void boot_set_trail(struct boot *b, const struct digest *trail);
/* Before the bytes of a batch are written, and after. */
void boot_will_write(struct boot *b, uint64_t device, uint64_t inode, uint64_t at);
void boot_has_written(struct boot *b, const struct chain_head *head);

/* False when the process died before it had a state. */
MUST_CHECK bool boot_read(const struct boot *b, struct boot_state *ret);

/* What every process, living or dead, has said of itself; changes nothing. */
typedef void boot_fn(void *owner, const struct boot_state *state);
void boot_each(const char *state_dir, boot_fn *fn, void *owner);

/* Whether the process of this boot name holds its lock. */
bool boot_is_alive(const char *state_dir, const char *name);

/* Lets go; `removes` deletes the directory with all that is in it. */
void boot_close(struct boot *b, bool removes);

#endif
