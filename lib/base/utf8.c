/* UTF-8, read strictly. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/utf8.h"

size_t
utf8_read(struct span s, uint32_t *ret_point)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	unsigned char first;
	size_t len;
	uint32_t point;

	if (s.len == 0)
		return 0;
	first = (unsigned char)s.ptr[0];
	if (first < 0x80) {
		*ret_point = first;
		return 1;
	}
	len = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
	if (first < 0xc2 || first > 0xf4 || s.len < len)
		return 0;
	point = first & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		if (((unsigned char)s.ptr[i] & 0xc0) != 0x80)
			return 0;
		point = point << 6 | ((unsigned char)s.ptr[i] & 0x3f);
	}
	if (point < least[len] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
		return 0;
	*ret_point = point;
	return len;
}

bool
utf8_is_valid(struct span s)
{
	uint32_t point;

	while (s.len) {
		size_t len = utf8_read(s, &point);

		if (len == 0)
			return false;
		s = span_from(s, len);
	}
	return true;
}

bool
point_is_hidden(uint32_t point)
{
	if (point < 0x20 || (point >= 0x7f && point < 0xa0))
		return true;
	if (point == 0xad || point == 0x61c || point == 0x180e || point == 0xfeff)
		return true;
	return (point >= 0x200b && point <= 0x200f) || (point >= 0x2028 && point <= 0x202e) ||
	       (point >= 0x2060 && point <= 0x206f) || (point >= 0xfff9 && point <= 0xfffb) ||
	       (point >= 0xe0000 && point <= 0xe0fff);
}
