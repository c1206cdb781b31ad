/* Names of header fields: from any spelling to an id, its flags and the spelling we write. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_FIELDS_H
#define HTTP_FIELDS_H

#include "lib/base/span.h"

/* Fields that some code asks for by name; rows of fields.def: FIELD(NAME, "Spelling", flags).
 * The spelling is the one we write.  Flags: see enum field_flag. */
enum field_id {
	FIELD_OTHER = 0,
#define FIELD(name, spelling, flags) FIELD_##name,
#include "lib/http/fields.def"
#undef FIELD
	FIELD_COUNT
};

enum field_flag {
	FIELD_SINGLE = 1 << 0,     /* a second line of it is a fault */
	FIELD_HOP = 1 << 1,        /* belongs to one connection; never forwarded (RFC 9110 7.6.1) */
	FIELD_FORWARDING = 1 << 2, /* X-Forwarded-*, Forwarded, ...: ours to write */
	FIELD_OVERRIDE = 1 << 3,   /* would change method or path behind our back: a fault */
	FIELD_OURS = 1 << 4,       /* Countersign-*: read by us, never passed on */
	FIELD_UNBOUND = 1 << 5,    /* left out of an exact binding (docs/binding.md) */
	FIELD_SECRET = 1 << 6,     /* shown and recorded as a keyed digest only */
	FIELD_WRITTEN = 1 << 7,    /* end to end, but always written anew: Host, Content-Length */
};

const char *field_spelling(enum field_id id);
unsigned field_flags(enum field_id id);
/* The id of a field name in any case; FIELD_OTHER when it is not in fields.def.  Families
 * (X-Forwarded-*, Countersign-*) are known by prefix: see field_family_flags(). */
enum field_id field_lookup(struct span name);
/* Flags of a name that is FIELD_OTHER but belongs to a family known by prefix; else 0. */
unsigned field_family_flags(struct span name);

#endif
