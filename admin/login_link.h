/* One-time login links: what `approvals open` prints for a browser on the same desk. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADMIN_LOGIN_LINK_H
#define ADMIN_LOGIN_LINK_H

#include "approvals/store.h"
#include "lib/base/clock.h"
#include "lib/base/digest.h"

struct login_links;

#define LOGIN_LINK_LIFE_US (SECOND_US * 60 * 5)
/* Past these the oldest ends: of the same token, or of all. */
enum { LOGIN_LINKS_PER_TOKEN = 8, LOGIN_LINKS_MAX = 256 };
/* 256 random bits in hexadecimal. */
enum { LOGIN_LINK_CODE = 64 };

struct login_links *login_links_new(void);
void login_links_free(struct login_links *l);

/* For who showed the token with this digest.  `approval`: where it leads to; may be "". */
void login_links_make(struct login_links *l, const struct digest *token,
                      const char *approval, struct mono now,
                      char ret_code[LOGIN_LINK_CODE + 1]);
/* Uses it up.  False: unknown, used before, or run out. */
MUST_CHECK bool login_links_take(struct login_links *l, struct span code, struct mono now,
                                 struct digest *ret_token,
                                 char ret_approval[APPROVAL_ID_LEN + 1]);

#endif
