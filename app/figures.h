/* What the workers count, for /metrics. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_FIGURES_H
#define APP_FIGURES_H

#include "admin/metrics.h"
#include "proxy/proxy.h"

/* `shared` must outlive the metrics. */
void figures_add(struct metrics *metrics, struct proxy_shared *shared);

#endif
