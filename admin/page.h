/* The web page: what is the same on every page, and the small ones. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADMIN_PAGE_H
#define ADMIN_PAGE_H

#include "admin/call.h"

/* Everything in a page comes out of named limits; past this it is not sent at all. */
enum { PAGE_MAX = 32 * 1024 * 1024 };

/* Head and banner; `title` is text.  Then the content, then page_end(), which answers. */
void page_begin(struct html *h, struct admin_call *c, struct span title);
void page_end(struct html *h, struct admin_call *c, int status);
/* The hidden field that makes a form ours; about: see session_csrf(). */
void page_csrf(struct html *h, struct admin_call *c, struct span about);
/* <time>, and how long that is from now: "in 12 minutes". */
void page_time(struct html *h, struct span time, struct wall now);

void page_login(struct admin_call *c, int status, const char *detail);
/* A one-time link was opened: nothing happens before the button is pressed. */
void page_login_link(struct admin_call *c, struct span code);
/* Leads to the same page again, this time from our own site. */
void page_lead_on(struct admin_call *c);
void page_problem(struct admin_call *c, int status, const char *title, const char *detail);

/* Routes: the stylesheet and the icon. */
void page_stylesheet(struct admin_call *c);
void page_icon(struct admin_call *c);

#endif
