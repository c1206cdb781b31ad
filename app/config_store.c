/* Store, keys, secrets, and the two doors: addresses and files that must fit together. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/config_text.h"
#include "lib/base/memory.h"

/* A secret that every account of the machine may read is hardly one. */
static void
check_mode(struct config_run *run, const struct node *n, const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0 && (st.st_mode & S_IROTH))
		complain_warning(run->reader.why, n,
		                 "%s can be read by every account; chmod o-rwx it", path);
}

/* Bytes of the file up to CONFIG_PASSWORD_MAX, or -1 with errno. */
static ssize_t
read_start(const char *path, char bytes[CONFIG_PASSWORD_MAX])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t len = fd < 0 ? -1 : read(fd, bytes, CONFIG_PASSWORD_MAX);
	int error = errno;

	if (fd >= 0)
		close(fd);
	errno = error;
	return len;
}

/* The first line of the password file. */
static void
take_password(struct config_run *run, const struct node *n)
{
	const char *path = config_path(run, run->text.store.password_file);
	struct config_store *store = &run->config->store;
	char bytes[CONFIG_PASSWORD_MAX];
	ssize_t len = read_start(path, bytes);
	struct span line;

	if (len < 0) {
		complain(run->reader.why, n, "a file with the password", "%s cannot be read: %s",
		         path, strerror(errno));
		return;
	}
	line = span_of(bytes, (size_t)len);
	line.len = span_find(line, '\n');
	if (line.len && line.ptr[line.len - 1] == '\r')
		line.len--;
	if (line.len == 0 || line.len == CONFIG_PASSWORD_MAX || span_contains(line, '\0'))
		complain(run->reader.why, n, "a file with the password on its first line",
		         "%s has no password on its first line", path);
	else
		buf_add(&run->config->own_password, line);
	store->password = buf_span(&run->config->own_password);
	memory_wipe(bytes, sizeof(bytes));
	check_mode(run, n, path);
}

static void
check_store_login(struct config_run *run)
{
	const struct store_text *text = &run->text.store;
	const struct node *user = config_node(run, "store", "username");
	const struct node *file = config_node(run, "store", "password_file");

	if (run->config->store.is_embedded && (user || file))
		complain_key(run->reader.why, user ? user : file, NULL,
		             "the embedded Redis has its own account; leave this out");
	else if (user && !file)
		complain(run->reader.why, user, NULL, "a username needs a password_file");
	if (file && text->password_file.len && !run->is_offline)
		take_password(run, file);
}

void
config_take_store(struct config_run *run)
{
	struct config_store *store = &run->config->store;
	const struct node *n = config_node(run, "store", NULL);

	store->is_on = n != NULL;
	store->redis = run->text.store.redis;
	store->namespace = run->text.store.namespace;
	if (n && !store->namespace.len)
		store->namespace = SPAN("countersign");
	store->username = run->text.store.username;
	if (n)
		check_store_login(run);
	else if (run->needs_store)
		complain(run->reader.why, run->root, "store: {redis: embedded}, or another Redis",
		         "a rule asks for approval, but there is no \"store\"");
	else if (run->config->admin.is_on)
		complain(run->reader.why, run->root, "store: {redis: embedded}, or another Redis",
		         "the admin endpoint needs a \"store\"");
}

static void
take_trusted_key(struct config_run *run, const struct trusted_key_text *text,
                 const struct node *n, struct config_trusted_key *ret)
{
	struct buf why = BUF_INIT(1000);
	struct public_key *key;

	ret->role = (enum key_role)text->role;
	if (!text->key.len)
		return;
	ret->path = config_path(run, text->key);
	if (run->is_offline)
		return;
	key = public_key_load(ret->path, &why);
	if (!key)
		complain(run->reader.why, node_find(n, SPAN("key")), NULL, "%s", buf_cstr(&why));
	public_key_free(key);
	buf_clear(&why);
}

static void
take_binding_secret(struct config_run *run)
{
	const struct node *n = config_node(run, "approvals", "binding_secret");
	const char *path = config_path(run, run->text.approvals.binding_secret);
	struct buf secret = BUF_INIT(65536), why = BUF_INIT(1000);

	if (!binding_secret_open(path, false, &secret, &why))
		complain(run->reader.why, n, NULL, "%s", buf_cstr(&why));
	else
		run->config->approvals.binding_secret = path;
	if (secret.len)
		memory_wipe(secret.ptr, secret.len);
	buf_clear(&secret);
	buf_clear(&why);
	check_mode(run, n, path);
}

void
config_take_approvals(struct config_run *run)
{
	const struct objects *texts = &run->text.approvals.trusted_keys;
	const struct node *list = config_node(run, "approvals", "trusted_keys");
	struct config_trusted_key *keys =
		arena_new(run->reader.arena, texts->count * sizeof(*keys));

	if (list && list->kind == NODE_LIST)
		NODE_EACH (list, item)
			take_trusted_key(run,
			                 (const struct trusted_key_text *)texts->at + item->index,
			                 item, &keys[item->index]);
	run->config->approvals.trusted_keys = keys;
	run->config->approvals.trusted_key_count = texts->count;
	if (run->text.approvals.binding_secret.len && !run->is_offline)
		take_binding_secret(run);
}

/* Port 0 is a new port each time. */
static bool
is_same_address(const struct address *a, const struct address *b)
{
	if (!address_is_unix(a) && address_port(a) == 0)
		return false;
	return a->len && a->len == b->len && memcmp(&a->sa, &b->sa, a->len) == 0;
}

static void
check_listener(struct config_run *run, const struct node *n, size_t index)
{
	const struct config *config = run->config;
	const struct address *address = &config->listen[index];
	bool is_taken = is_same_address(address, &config->admin.address);

	for (size_t i = 0; i < index; i++)
		is_taken = is_taken || is_same_address(address, &config->listen[i]);
	if (is_taken)
		complain(run->reader.why, node_find(n, SPAN("address")),
		         "an address of its own for each listener and the admin endpoint",
		         "%s stands here twice", address->text);
}

static void
check_admin(struct config_run *run)
{
	const struct node *n = config_node(run, "admin", "address");
	const struct address *address = &run->config->admin.address;

	if (address->len && !address_is_loopback(address) && !address_is_unix(address))
		complain(run->reader.why, n,
		         "a loopback address such as 127.0.0.1:9443, or unix:/PATH; tls is not "
		         "supported yet", "plain HTTP on %s would show tokens to the network",
		         address->text);
}

void
config_check_doors(struct config_run *run)
{
	const struct node *listen = config_node(run, "listen", NULL);
	const struct node *sites = config_node(run, "sites", NULL);

	if (listen && !sites)
		complain(run->reader.why, listen, "sites: with at least one site",
		         "there are listeners, but no \"sites\"");
	if (sites && !listen)
		complain(run->reader.why, sites, "listen: with at least one address",
		         "there are sites, but no \"listen\"");
	if (!listen && !sites && !run->config->admin.is_on)
		complain(run->reader.why, run->root, "listen and sites, or admin, or all of them",
		         "there is nothing to serve");
	if (listen && listen->kind == NODE_LIST && listen->count == 0)
		complain(run->reader.why, listen, "at least one address", "the list is empty");
	if (listen && listen->kind == NODE_LIST)
		NODE_EACH (listen, item)
			check_listener(run, item, item->index);
	check_admin(run);
}
