/* What the tests of the trail share. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/audit/support.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/inspect.h"
#include "audit/line_reader.h"
#include "lib/base/memory.h"

enum { FILE_MAX = 256 << 20, DEADLINE_MS = 20000 };

int
folder_make(void **state)
{
	struct folder *f = memory_new(sizeof(*f));
	struct buf why = BUF_INIT(4096);
	char key[128];

	snprintf(f->dir, sizeof(f->dir), "/tmp/countersign-audit-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->file, sizeof(f->file), "%s/audit.jsonl", f->dir);
	snprintf(f->state, sizeof(f->state), "%s/state", f->dir);
	assert_int_equal(mkdir(f->state, 0700), 0);
	snprintf(key, sizeof(key), "%s/key.pem", f->dir);
	f->key = private_key_open(key, &why);
	assert_non_null(f->key);
	buf_clear(&why);
	*state = f;
	return 0;
}

static void
remove_tree(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		char below[512];

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		snprintf(below, sizeof(below), "%s/%s", path, entry->d_name);
		remove_tree(below);
	}
	if (dir)
		closedir(dir);
	remove(path);
}

int
folder_remove(void **state)
{
	struct folder *f = *state;

	remove_tree(f->dir);
	private_key_free(f->key);
	free(f);
	return 0;
}

struct audit *
folder_open(struct folder *f)
{
	struct buf why = BUF_INIT(4096);
	char boot[32];
	struct audit *audit;

	snprintf(boot, sizeof(boot), "boot-%u", ++f->boots);
	audit = audit_open(&(struct audit_settings){.file = f->file, .state_dir = f->state,
	                                            .node = "node", .boot = boot,
	                                            .version = "0.1.0", .signer = f->key},
	                   &why);
	if (!audit)
		fail_msg("%s", buf_cstr(&why));
	buf_clear(&why);
	return audit;
}

struct audit_ring *
ring_of(struct audit *audit, const char *name)
{
	struct buf why = BUF_INIT(4096);
	struct audit_ring *ring = audit_ring_new(audit, name, &why);

	if (!ring)
		fail_msg("%s", buf_cstr(&why));
	buf_clear(&why);
	return ring;
}

void
put_number(struct audit_ring *ring, uint64_t number)
{
	struct emit *e = record_begin(ring, RECORD_REQUEST_ALLOWED, clock_wall());

	assert_non_null(e);
	emit_member_u64(e, "number", number);
	record_end(ring);
}

struct told {
	bool is_told, is_durable;
};

static void
on_told(void *owner, bool is_durable)
{
	*(struct told *)owner = (struct told){true, is_durable};
}

bool
put_durable(struct audit_ring *ring, enum record_code code, uint64_t number)
{
	struct emit *e = record_begin(ring, code, clock_wall());
	struct pollfd ready = {audit_ring_fd(ring), POLLIN, 0};
	struct told told = {false, false};

	assert_non_null(e);
	emit_member_u64(e, "number", number);
	record_end_durable(ring, on_told, &told);
	while (!told.is_told) {
		assert_int_equal(poll(&ready, 1, DEADLINE_MS), 1);
		audit_ring_poll(ring);
	}
	return told.is_durable;
}

struct buf
read_file(const char *path)
{
	struct buf bytes = BUF_INIT(FILE_MAX);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len = 1;

	assert_true(fd >= 0);
	while (len > 0) {
		char *room = buf_room(&bytes, 65536);

		assert_non_null(room);
		len = read(fd, room, 65536);
		if (len > 0)
			buf_grew(&bytes, (size_t)len);
	}
	close(fd);
	return bytes;
}

void
write_file(const char *path, struct span bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes.ptr, bytes.len), bytes.len);
	close(fd);
}

static void
on_finding(void *owner, const struct finding *f)
{
	struct buf *text = owner;

	if (text)
		buf_addf(text, "%s %llu %llu\n", finding_name(f->kind),
		         (unsigned long long)f->line, (unsigned long long)f->seq);
}

enum verify_result
folder_verify(const struct folder *f, struct buf *ret_text)
{
	struct verify *v = verify_new(on_finding, ret_text);
	struct buf why = BUF_INIT(4096);
	char *file = memory_cstr(span_cstr(f->file));
	enum verify_result result;

	verify_trust_key(v, private_key_public(f->key));
	inspect_trust_state(v, f->state, f->file);
	verify_has_newest(v);
	if (!inspect_files(v, NULL, &file, 1, &why))
		fail_msg("%s", buf_cstr(&why));
	result = verify_end(v);
	verify_free(v);
	buf_clear(&why);
	free(file);
	return result;
}

struct counting {
	const char *text;
	size_t count;
};

static void
count_line(void *owner, struct span line)
{
	struct counting *c = owner;

	c->count += memmem(line.ptr, line.len, c->text, strlen(c->text)) != NULL;
}

size_t
count_lines_with(const char *path, const char *text)
{
	struct counting counting = {text, 0};
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	each_line(fd, 0, count_line, &counting);
	close(fd);
	return counting.count;
}

uint64_t
setting(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);
	uint64_t value;

	return text && span_to_u64(span_cstr(text), UINT64_MAX, &value) ? value : otherwise;
}

/* splitmix64 */
uint64_t
random_next(uint64_t *seed)
{
	uint64_t z = *seed += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}
