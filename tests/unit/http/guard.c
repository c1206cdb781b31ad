/* Bytes that end where readable memory ends. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/http/guard.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static char *
map(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *memory = mmap(NULL, GUARD_MAX + page, PROT_READ | PROT_WRITE,
	                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED || mprotect(memory + GUARD_MAX, page, PROT_NONE))
		abort();
	return memory + GUARD_MAX;
}

char *
guard_copy(struct span bytes)
{
	static char *end;

	if (!end)
		end = map();
	if (bytes.len > GUARD_MAX)
		abort();
	if (bytes.len)
		memcpy(end - bytes.len, bytes.ptr, bytes.len);
	return end - bytes.len;
}
