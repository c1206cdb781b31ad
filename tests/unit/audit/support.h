/* What the tests of the trail share: a folder, a trail in it, and its verification. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_AUDIT_SUPPORT_H
#define TESTS_AUDIT_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "audit/audit.h"
#include "audit/verify.h"

struct folder {
	char dir[64];
	char file[96];
	char state[96];
	struct private_key *key;
	unsigned boots;
};

/* cmocka fixtures: *state is a struct folder. */
int folder_make(void **state);
int folder_remove(void **state);

/* A process's view of it: each call is another boot. */
struct audit *folder_open(struct folder *f);
struct audit_ring *ring_of(struct audit *audit, const char *name);

/* One record with a number in it; asserts that there was room. */
void put_number(struct audit_ring *ring, uint64_t number);
/* The same, waiting until it is durable; returns what the callback was told. */
bool put_durable(struct audit_ring *ring, enum record_code code, uint64_t number);

/* The whole file; the caller clears it. */
struct buf read_file(const char *path);
void write_file(const char *path, struct span bytes);

/* Verifies with all that the state directory knows; findings go to `ret_text` if not NULL. */
enum verify_result folder_verify(const struct folder *f, struct buf *ret_text);
/* How many lines of the file hold this text. */
size_t count_lines_with(const char *path, const char *text);

/* A number from the environment, or what it is by default. */
uint64_t setting(const char *name, uint64_t otherwise);
/* Numbers that are the same for the same seed. */
uint64_t random_next(uint64_t *seed);

#endif
