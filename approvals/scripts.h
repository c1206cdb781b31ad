/* The text of the scripts in approvals/scripts, compiled in. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APPROVALS_SCRIPTS_H
#define APPROVALS_SCRIPTS_H

#include "lib/base/span.h"

extern const struct span script_hello, script_open, script_look, script_list, script_decide,
	script_claim, script_close, script_leave, script_cancel, script_sweep, script_recorded;

#endif
