/* Which seals were verified before: an Ed25519 check costs a hundred times their digest. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APPROVALS_VERIFIED_H
#define APPROVALS_VERIFIED_H

#include "lib/base/digest.h"

/*
 * Shared by the threads of a process, of a fixed size; forgets what stands in the way of
 * something newer.  The digest must cover everything that the check depends on but the keys,
 * of which none is ever taken away.
 */
struct verified;

struct verified *verified_new(void);
void verified_free(struct verified *v);
bool verified_has(struct verified *v, const struct digest *seal);
void verified_add(struct verified *v, const struct digest *seal);

#endif
