/* A canonical path cut into segments. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/path.h"

#include <endian.h>

#define EACH_BYTE(value) (UINT64_C(0x0101010101010101) * (value))

/* The top bit of every byte of the word that is `byte`, and no other bit. */
static uint64_t
bytes_that_are(uint64_t word, unsigned char byte)
{
	uint64_t differs = word ^ EACH_BYTE(byte), low = EACH_BYTE(0x7f);

	return ~(((differs & low) + low) | differs | low);
}

/* Up to seven bytes as one word, first byte lowest. */
static uint64_t
load_few(const char *at, size_t len)
{
	uint64_t word = 0;

	for (size_t i = 0; i < len; i++)
		word |= (uint64_t)(unsigned char)at[i] << (8 * i);
	return word;
}

static uint64_t
load_eight(const char *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	return le64toh(word);
}

static void
end_segment(struct path *path, size_t start, size_t end)
{
	if (path->count < REQUEST_SEGMENTS_MAX)
		path->segments[path->count] = span_of(path->text.ptr + start, end - start);
	path->count++;
}

/* Eight bytes a step: every request is split, and a search per segment costs twice as much. */
void
path_split(struct path *ret, struct span text)
{
	size_t start = 1;
	uint64_t escapes = 0;

	ret->text = text;
	ret->count = 0;
	ret->is_asterisk = text.len == 0 || text.ptr[0] != '/';
	ret->ends_with_slash = !ret->is_asterisk && text.ptr[text.len - 1] == '/';
	ret->has_escape = false;
	if (ret->is_asterisk)
		return;
	for (size_t i = 1; i < text.len; i += 8) {
		size_t left = text.len - i;
		uint64_t word = left >= 8 ? load_eight(text.ptr + i) : load_few(text.ptr + i, left);
		uint64_t slashes = bytes_that_are(word, '/');

		escapes |= bytes_that_are(word, '%');
		for (; slashes; slashes &= slashes - 1) {
			size_t at = i + (size_t)__builtin_ctzll(slashes) / 8;

			end_segment(ret, start, at);
			start = at + 1;
		}
	}
	if (start < text.len)
		end_segment(ret, start, text.len);
	ret->has_escape = escapes != 0;
}

/* The character behind a leading escape that may as well stand for itself, or 0. */
static char
read_loose_escape(struct span s)
{
	int high, low;
	char c;

	if (s.len < 3 || s.ptr[0] != '%')
		return 0;
	high = ascii_hex(s.ptr[1]);
	low = ascii_hex(s.ptr[2]);
	if (high < 0 || low < 0)
		return 0;
	c = (char)(high << 4 | low);
	return c && strchr("!$&'()*+,;=:@", c) ? c : 0;
}

/* The next byte of what all variants of a spelling have in common. */
static bool
next_common(struct span *rest, unsigned char *ret)
{
	char c;

	if (rest->len == 0)
		return false;
	c = read_loose_escape(*rest);
	*rest = span_from(*rest, c ? 3 : 1);
	if (!c)
		c = ascii_lower(rest->ptr[-1]);
	*ret = (unsigned char)c;
	return true;
}

bool
segment_is_variant(struct span a, struct span b)
{
	unsigned char from_a = 0, from_b = 0;
	bool more_a;

	do {
		bool more_b = next_common(&b, &from_b);

		more_a = next_common(&a, &from_a);
		if (more_a != more_b || (more_a && from_a != from_b))
			return false;
	} while (more_a);
	return true;
}

size_t
path_unescape(struct span text, char *to)
{
	size_t len = 0;

	while (text.len) {
		char c = read_loose_escape(text);
		size_t taken = c ? 3 : 1;

		if (!c)
			c = text.ptr[0];
		to[len++] = c;
		text = span_from(text, taken);
	}
	return len;
}

/* Eight ASCII bytes to lower case at once; bytes above 0x7f stay. */
static uint64_t
lower_word(uint64_t word)
{
	uint64_t low = word & EACH_BYTE(0x7f);
	uint64_t from_a = low + EACH_BYTE(0x80 - 'A');
	uint64_t past_z = low + EACH_BYTE(0x7f - 'Z');

	return word | ((from_a & ~past_z & ~word & EACH_BYTE(0x80)) >> 2);
}

static uint64_t
mix(uint64_t hash, uint64_t word)
{
	__extension__ unsigned __int128 product =
		(unsigned __int128)(hash ^ word) * UINT64_C(0xd6e8feb86659fd93);

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/*
 * The last bytes of a segment, fewer than eight, as one word: eight are loaded where the text
 * around has them, and the others cut off, which spares a branch per byte.
 */
static uint64_t
load_tail(struct span tail, struct span within)
{
	size_t before = (size_t)(tail.ptr - within.ptr);
	unsigned surplus = 64 - 8 * (unsigned)tail.len;

	if (tail.len == 0)
		return 0;
	if (within.len - before >= 8)
		return load_eight(tail.ptr) << surplus >> surplus;
	if (before + tail.len >= 8)
		return load_eight(tail.ptr + tail.len - 8) >> surplus;
	return load_few(tail.ptr, tail.len);
}

static uint32_t
finish(uint64_t hash, size_t len)
{
	hash = mix(hash, len);
	return (uint32_t)(hash ^ hash >> 32);
}

#define HASH_START UINT64_C(0x9e3779b97f4a7c15)

static uint32_t
hash_common(struct span segment)
{
	uint64_t hash = HASH_START, word = 0;
	unsigned char byte;
	size_t len = 0;

	while (next_common(&segment, &byte)) {
		word |= (uint64_t)byte << (8 * (len % 8));
		if (++len % 8 == 0) {
			hash = mix(hash, word);
			word = 0;
		}
	}
	return finish(mix(hash, word), len);
}

static uint32_t
hash_plain(struct span segment, struct span within)
{
	uint64_t hash = HASH_START;
	size_t len = segment.len;

	while (segment.len >= 8) {
		hash = mix(hash, lower_word(load_eight(segment.ptr)));
		segment = span_from(segment, 8);
	}
	return finish(mix(hash, lower_word(load_tail(segment, within))), len);
}

uint32_t
path_segment_hash(const struct path *path, size_t index)
{
	if (UNLIKELY(path->has_escape))
		return hash_common(path->segments[index]);
	return hash_plain(path->segments[index], path->text);
}

uint32_t
segment_hash(struct span segment)
{
	return hash_common(segment);
}
