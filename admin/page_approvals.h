/* The two pages that people come for: the inbox, and one approval. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADMIN_PAGE_APPROVALS_H
#define ADMIN_PAGE_APPROVALS_H

#include "admin/call.h"

/* Routes. */
void page_inbox(struct admin_call *c);
void page_approval(struct admin_call *c);

/* Parts of both.  The requester, in a line of text. */
void page_requester(struct html *h, const json_t *requester);
/* Pending or approved: what is settled ends no more. */
bool page_is_open(const json_t *approval);
/* That what came of a use is not known; nothing otherwise. */
void page_review_mark(struct html *h, const json_t *approval);
/* Everything of the request that is signed, and what is not. */
void page_request(struct html *h, const json_t *approval);
void page_body(struct html *h, const json_t *request);

#endif
