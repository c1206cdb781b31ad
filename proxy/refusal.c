/* Every reason of our own to say no. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "proxy/refusal.h"

static const struct row {
	int status;
	const char *word, *title, *next;
} rows[REFUSAL_COUNT] = {
	[REFUSAL_NONE] = {0, "", "", ""},
#define REFUSAL(name, status, word, title, next) [REFUSAL_##name] = {status, word, title, next},
#include "proxy/refusals.def"
#undef REFUSAL
};

int
refusal_status(enum refusal refusal)
{
	return rows[refusal].status;
}

const char *
refusal_word(enum refusal refusal)
{
	return rows[refusal].word;
}

const char *
refusal_title(enum refusal refusal)
{
	return rows[refusal].title;
}

const char *
refusal_next(enum refusal refusal)
{
	return rows[refusal].next;
}
