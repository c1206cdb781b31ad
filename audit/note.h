/* Checkpoints: the head of a chain as a signed note (C2SP signed-note, tlog-checkpoint). */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_NOTE_H
#define AUDIT_NOTE_H

#include "audit/chain.h"
#include "lib/base/signature.h"

enum { NOTE_MAX = 1024 };

/*
 * Three lines (the chain's name, the number of the line, its SHA-256 in base64), a fourth
 * one `closed` when no line of this chain follows but the one that carries the note, an
 * empty line, and the signature line.
 */
struct note {
	struct span chain;
	struct chain_head head;
	bool is_closed;
};

/* Without a key: without signature. */
void note_write(const struct note *note, const struct private_key *key, struct buf *to);
/* Reads the text without looking at signatures; spans into it. */
MUST_CHECK bool note_read(struct span text, struct note *ret);
/* Whether one of the signatures is by this key, over exactly this text. */
MUST_CHECK bool note_is_signed(struct span text, const struct public_key *key);

#endif
