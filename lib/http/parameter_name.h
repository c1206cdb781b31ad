/* Names of parameters, as different as servers read them. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_PARAMETER_NAME_H
#define HTTP_PARAMETER_NAME_H

#include "lib/base/span.h"

/* Decodes into `to`, which may be where `s` is: nothing gets longer. */
struct span parameter_decode(struct span s, char plus, char *to);

/*
 * What is compared of a name that was decoded once: escapes that are left are decoded into
 * `room`, which may be where the name is and NULL if it has none; up to a NUL; without
 * blanks and '+' at both ends.
 */
struct span parameter_name_loose(struct span name, char *room);

/* Of a name somebody asks about: the same, and each "[]" at its end is dropped as well. */
struct span parameter_name_base(struct span name);

/*
 * Equal but for ASCII case, and for which of '_', '.', ' ', '+' and `also` stands where one
 * of them does.
 */
bool parameter_name_is_alike(struct span a, struct span b, char also);

/* Whether servers may take a loose name for the base: it is alike, or ends in ']' and what
 * stands before one of its '[' is ("user[role]" of "user"). */
bool parameter_name_is_variant(struct span loose, struct span base);

#endif
