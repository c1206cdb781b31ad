/* Finds the word somebody may have meant. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/nearest.h"

enum { WORD_MAX = 40 };

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Insertions, deletions, replacements and swaps of neighbours, case apart. */
static size_t
edits(struct span a, struct span b)
{
	size_t rows[3][WORD_MAX + 1];

	for (size_t j = 0; j <= b.len; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t *now = rows[i % 3], *last = rows[(i + 2) % 3], *older = rows[(i + 1) % 3];

		now[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			char x = ascii_lower(a.ptr[i - 1]), y = ascii_lower(b.ptr[j - 1]);

			now[j] = least(last[j - 1] + (x != y), least(last[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && x == ascii_lower(b.ptr[j - 2]) &&
			    y == ascii_lower(a.ptr[i - 2]))
				now[j] = least(now[j], older[j - 2] + 1);
		}
	}
	return rows[a.len % 3][b.len];
}

struct nearest
nearest_to(struct span word)
{
	/* A third of the letters may be wrong, else it is another word. */
	return (struct nearest){.word = word, .distance = word.len / 3 + 2};
}

void
nearest_try(struct nearest *n, const char *candidate)
{
	struct span other = span_cstr(candidate);
	size_t distance;

	if (n->word.len == 0 || n->word.len > WORD_MAX || other.len > WORD_MAX)
		return;
	distance = edits(n->word, other);
	/* Somebody who stopped in the middle: "hold" for "hold_for". */
	if (n->word.len >= 3 && span_starts(other, n->word))
		distance = 1;
	if (distance >= n->distance)
		return;
	n->distance = distance;
	n->best = candidate;
}
