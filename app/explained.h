/* What came of a trial, as JSON and as text. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_EXPLAINED_H
#define APP_EXPLAINED_H

#include <jansson.h>

#include "app/trial.h"

/*
 * The canonical request, what becomes of it, and for a call that waits who is asked and
 * what they would sign.  With `shows_rules`, every rule and every condition of it too.  The
 * reference is the caller's.
 */
json_t *explained_json(struct trial *t, bool shows_rules);
/* The same for people; rules that do not match are only counted, unless `shows_all`. */
void explained_text(const json_t *explained, bool shows_all, struct buf *to);

#endif
