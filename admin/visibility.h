/* Who sees an approval, and who may decide on it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADMIN_VISIBILITY_H
#define ADMIN_VISIBILITY_H

#include <jansson.h>

#include "identity/person.h"

struct visibility {
	bool may_see;      /* else the answer is that there is nothing */
	bool has_asked;    /* it is their own request */
	bool may_decide;   /* in a group that is asked, and not the requester */
	bool has_decided;  /* their yes or no stands already */
};

/* `approval` is the object of DESIGN.md section 7; `auditors` are groups. */
struct visibility visibility_of(const json_t *approval, const struct person *person,
                                const struct span *auditors, size_t auditor_count);

bool person_is_auditor(const struct person *person, const struct span *auditors,
                       size_t auditor_count);

#endif
