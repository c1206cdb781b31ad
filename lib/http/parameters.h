/* Parameters of a query or of a form, found only where every upstream finds the same. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_PARAMETERS_H
#define HTTP_PARAMETERS_H

#include "lib/base/arena.h"
#include "lib/base/span.h"
#include "lib/http/fault.h"

enum parameter_found {
	PARAMETER_ABSENT,
	PARAMETER_FOUND,
	PARAMETER_DOUBTFUL, /* only a variant of the name, or a ';' somewhere: also when absent */
	PARAMETER_REPEATED, /* the name or its variants stand twice: refuse */
};

/* The value, escapes decoded once; set for PARAMETER_FOUND alone. */
struct parameter {
	struct span value; /* in a query '+' is a plus here, in a form a blank */
	struct span other; /* a query's '+' as a blank; equal to `value` when there is none */
	bool has_other;
	bool is_opaque;    /* holds a NUL, or an escape still: tell nothing but that it is there */
};

/*
 * Parameters are split at '&', then at the first '='.  A name that is not `name` byte for
 * byte may still be its variant: see lib/http/parameter_name.h.  `parameters` passed
 * target_check_query() or form_check().  Borrows `parameters`, or `arena` where something
 * had to be decoded.
 */
enum parameter_found parameter_find(struct span parameters, struct span name, bool is_form,
                                    struct arena *arena, struct parameter *ret);

/* A form's bytes and escapes, not empty (BODY_UNREADABLE); METHOD_OVERRIDE as in a query. */
MUST_CHECK enum fault form_check(struct span body);

#endif
