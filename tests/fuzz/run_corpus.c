/* Replays a fuzz target's corpus without a fuzzer, so that any compiler can run it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 1 << 20 };

static int
replay(const char *path)
{
	static uint8_t input[INPUT_MAX];
	FILE *file = fopen(path, "rb");
	uint8_t *exact;
	size_t size;

	if (!file) {
		perror(path);
		return 1;
	}
	size = fread(input, 1, sizeof(input), file);
	fclose(file);
	/* As large as the input: a sanitizer sees a step past its end. */
	exact = malloc(size ? size : 1);
	if (!exact)
		abort();
	memcpy(exact, input, size);
	LLVMFuzzerTestOneInput(exact, size);
	free(exact);
	return 0;
}

/* All files of the folder named after the program. */
static int
replay_folder(const char *program)
{
	const char *root = getenv("srcdir"), *name = strrchr(program, '/');
	char folder[512], path[1024];
	struct dirent *entry;
	unsigned count = 0;
	int failed = 0;
	DIR *dir;

	snprintf(folder, sizeof(folder), "%s/tests/fuzz/corpus/%s", root ? root : ".",
	         name ? name + 1 : program);
	dir = opendir(folder);
	if (!dir) {
		perror(folder);
		return 1;
	}
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		failed |= replay(path);
		count++;
	}
	closedir(dir);
	printf("%u inputs\n", count);
	return failed || count == 0;
}

int
main(int argc, char **argv)
{
	int failed = 0;

	if (argc < 2)
		return replay_folder(argv[0]);
	for (int i = 1; i < argc; i++)
		failed |= replay(argv[i]);
	return failed;
}
