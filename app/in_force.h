/* A configuration at work: what the doors are given of it, alive while any of them needs it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_IN_FORCE_H
#define APP_IN_FORCE_H

#include "admin/admin.h"
#include "app/config.h"
#include "proxy/proxy.h"

/* Immutable and counted.  The doors release `policy` and `admin`, which each stand for one
 * reference. */
struct in_force {
	struct config *config;
	struct proxy_policy policy;
	struct admin_settings admin;
	unsigned references; /* atomic */
};

/* Takes the configuration over; the secret is borrowed for good.  One reference. */
struct in_force *in_force_new(struct config *config, struct span binding_secret);
/* From any thread. */
struct in_force *in_force_ref(struct in_force *f);
void in_force_unref(struct in_force **f);

#endif
