/* Memory that cannot be had ends the process. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/memory.h"

#include <stdlib.h>
#include <unistd.h>

void
memory_exhausted(void)
{
	static const char text[] = "countersign: out of memory\n";
	ssize_t ignored UNUSED = write(STDERR_FILENO, text, sizeof(text) - 1);

	abort();
}

void *
memory_new(size_t size)
{
	void *ptr = calloc(1, size ? size : 1);

	if (!ptr)
		memory_exhausted();
	return ptr;
}

void *
memory_new_array(size_t count, size_t size)
{
	void *ptr = calloc(count ? count : 1, size ? size : 1);

	if (!ptr)
		memory_exhausted();
	return ptr;
}

void *
memory_resize(void *old, size_t size)
{
	void *ptr = realloc(old, size ? size : 1);

	if (!ptr)
		memory_exhausted();
	return ptr;
}

char *
memory_cstr(struct span text)
{
	char *copy = memory_new(text.len + 1);

	if (text.len)
		memcpy(copy, text.ptr, text.len);
	return copy;
}

void
memory_wipe(void *ptr, size_t len)
{
	explicit_bzero(ptr, len);
}
