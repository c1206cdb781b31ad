/* Everything that lives as long as the process serves. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_PROCESS_H
#define APP_PROCESS_H

#include "app/home.h"
#include "app/worker.h"
#include "approvals/embedded.h"

/* Of the main thread, which alone touches it. */
struct process {
	const char *path;          /* of the configuration */
	struct config *config;     /* it was started around; what cannot change is taken from here */
	struct in_force *in_force; /* NULL until there is a service */
	struct home home;
	struct embedded *embedded;
	struct keyring *keys;
	struct buf binding_secret;
	struct store_settings store;
	struct service service;
	struct audit_ring *ring;   /* of the main thread */
	struct loop *loop;
	struct worker *workers[CONFIG_WORKERS_MAX];
	struct worker *approvers;  /* the admin endpoint */
	uint64_t callers_max;      /* connections, as far as descriptors go */
	struct buf why;            /* the sentence about what cannot be done */
};

#endif
