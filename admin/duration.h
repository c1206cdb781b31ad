/* Lengths of time as people read them. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADMIN_DURATION_H
#define ADMIN_DURATION_H

#include "lib/base/buf.h"

/* Exactly, since what is shown is signed: "1 hour 30 minutes". */
void duration_words(int64_t us, struct buf *to);
/* The same for terminals, as a configuration writes it: "1h30m". */
void duration_short(int64_t us, struct buf *to);

#endif
