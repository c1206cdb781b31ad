/* Approvals in Redis, as seen by one thread: its beginning and its end. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APPROVALS_STORE_H
#define APPROVALS_STORE_H

#include "approvals/store_calls.h"
#include "approvals/store_links.h"
#include "approvals/store_view.h"
#include "audit/audit.h"
#include "lib/net/limits.h"
#include "lib/net/loop.h"

struct keyring; /* approvals/keyring.h: our keys by role, and the ones we trust */

struct store_settings {
	struct span redis;            /* store.redis as configured, or "unix:..." of the embedded one */
	struct span namespace, username, password;
	const struct keyring *keys;
	const char *state_dir, *node, *boot;
	struct span binding_secret;
	const struct limits *limits;
	struct store_links *links; /* of the process; NULL: we count alone */
};
/*
 * Connects in the background and goes on trying; all answers are UNAVAILABLE meanwhile.
 * NULL, and a line in the log, when the address cannot be read or the spent log not opened.
 * Namespace without braces; node and boot without spaces and slashes.
 */
struct store *store_new(struct loop *loop, const struct store_settings *settings,
                        struct audit_ring *ring);
/* Other limits from now on; on the store's own thread. */
void store_limit(struct store *s, const struct limits *limits);
void store_free(struct store **s);
bool store_is_up(const struct store *s);
/* "kept": approvals survive a restart of Redis.  "replication-id": they do not. */
const char *store_epoch_kind(const struct store *s);
/* At start, once per process: closes claims that a dead process of this node left open. */
void store_recover(struct store *s);

#endif
