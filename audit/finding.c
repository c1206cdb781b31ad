/* What the verifier tells of a trail. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/finding.h"

const char *
finding_name(enum finding_kind kind)
{
	static const char *const names[] = {
		[FINDING_ALTERED] = "altered",   [FINDING_MISSING] = "missing",
		[FINDING_MOVED] = "moved",       [FINDING_REPEATED] = "repeated",
		[FINDING_FOREIGN] = "foreign",   [FINDING_RESEALED] = "resealed",
		[FINDING_NOTE] = "note",
	};

	return names[kind];
}
