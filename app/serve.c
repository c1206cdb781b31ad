/* countersign serve: the whole service in one process. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/serve.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "app/adopt.h"
#include "app/announce.h"
#include "app/config_load.h"
#include "app/count.h"
#include "app/descriptors.h"
#include "app/figures.h"
#include "app/harden.h"
#include "lib/base/log.h"
#include "lib/base/memory.h"
#include "proxy/share.h"

enum { EXIT_CODE_OK, EXIT_CODE_ERROR, EXIT_CODE_USAGE };
enum { WHY_MAX = 4096, COMPLAINTS_MAX = 1 << 20 };

static void
print_usage(FILE *to)
{
	fputs("usage: countersign serve [--config FILE]\n\n"
	      "Runs until SIGTERM or SIGINT, then lets what is under way end: held calls\n"
	      "become tickets.  SIGHUP takes a new configuration, whole or not at all.\n"
	      "SIGUSR1 opens the audit file anew after it was renamed.\n",
	      to);
}

/* -1: go on; else the exit code. */
static int
read_options(int argc, char **argv, const char **ret_config)
{
	static const struct option options[] = {
		{"config", required_argument, NULL, 'c'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int option;

	*ret_config = CONFIG_DEFAULT_PATH;
	optind = 0;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'h') {
			print_usage(stdout);
			return EXIT_CODE_OK;
		}
		if (option != 'c') {
			print_usage(stderr);
			return EXIT_CODE_USAGE;
		}
		*ret_config = optarg;
	}
	if (optind == argc)
		return -1;
	print_usage(stderr);
	return EXIT_CODE_USAGE;
}

static bool
open_store(struct process *p)
{
	const struct config *c = p->config;

	p->store = (struct store_settings){
		.redis = c->store.redis,
		.namespace = c->store.namespace,
		.username = c->store.username,
		.password = c->store.password,
		.keys = p->keys,
		.state_dir = c->state_dir,
		.node = p->home.node,
		.boot = p->home.boot,
		.binding_secret = buf_span(&p->binding_secret),
		.limits = &c->limits,
		.links = &p->service.links,
	};
	p->service.store = &p->store;
	if (!c->store.is_embedded)
		return true;
	p->embedded = embedded_start(c->state_dir, &p->why);
	if (!p->embedded)
		return false;
	p->store.redis = span_cstr(embedded_address(p->embedded));
	log_info("store.embedded", "a Redis of our own serves this node alone: %s",
	         embedded_address(p->embedded));
	return true;
}

static bool
open_keys(struct process *p)
{
	const struct config_approvals *a = &p->config->approvals;
	struct buf path = BUF_INIT(WHY_MAX);
	bool is_open;

	p->keys = keyring_open(p->config->state_dir, &p->why);
	if (!p->keys)
		return false;
	for (size_t i = 0; i < a->trusted_key_count; i++) {
		if (!keyring_trust(p->keys, a->trusted_keys[i].path, a->trusted_keys[i].role,
		                   &p->why))
			return false;
	}
	p->binding_secret = BUF_INIT(WHY_MAX);
	buf_addf(&path, "%s/binding.key", p->config->state_dir);
	is_open = binding_secret_open(a->binding_secret ? a->binding_secret : buf_cstr(&path),
	                              !a->binding_secret, &p->binding_secret, &p->why);
	buf_clear(&path);
	return is_open;
}

static bool
open_audit(struct process *p)
{
	struct audit_settings settings = {
		.file = p->config->audit.file,
		.state_dir = p->config->state_dir,
		.node = p->home.node,
		.boot = p->home.boot,
		.version = COUNTERSIGN_VERSION,
		.signer = keyring_own(p->keys, KEY_PROXY),
	};

	p->service.audit = audit_open(&settings, &p->why);
	if (p->service.audit)
		p->ring = audit_ring_new(p->service.audit, "main", &p->why);
	return p->ring != NULL;
}

static void
fill_service(struct process *p)
{
	const struct config *c = p->config;
	struct service *s = &p->service;

	p->in_force = in_force_new(config_ref(p->config), buf_span(&p->binding_secret));
	s->in_force = p->in_force;
	s->workers = c->workers;
	s->shared.census = census_new(p->callers_max, c->limits.connections_per_address);
	s->shared.shares = shares_new();
	s->metrics = metrics_new();
	figures_add(s->metrics, &s->shared);
	s->reload = adopt_for_admin;
	s->reloader = p;
}

static bool
make_workers(struct process *p)
{
	for (unsigned i = 0; i < p->service.workers; i++) {
		p->workers[i] = worker_new_proxy(&p->service, i, &p->why);
		if (!p->workers[i])
			return false;
	}
	if (!p->config->admin.is_on)
		return true;
	p->approvers = worker_new_admin(&p->service, &p->why);
	return p->approvers != NULL;
}

static bool
listen_at(struct process *p, const struct address *at)
{
	int fds[CONFIG_WORKERS_MAX];

	if (!listener_bind_each(at, fds, p->service.workers, &p->why))
		return false;
	for (unsigned i = 0; i < p->service.workers; i++)
		worker_listen(p->workers[i], fds[i]);
	log_info("listener.ready", "callers: %s", at->text);
	return true;
}

static bool
listen_all(struct process *p)
{
	const struct config *c = p->config;
	int fd;

	for (size_t i = 0; i < c->listen_count; i++) {
		if (!listen_at(p, &c->listen[i]))
			return false;
	}
	if (!p->approvers)
		return true;
	fd = listener_bind(&c->admin.address, &p->why);
	if (fd < 0)
		return false;
	worker_listen(p->approvers, fd);
	log_info("listener.ready", "approvers: %s", c->admin.address.text);
	return true;
}

static void
on_end_signal(void *owner)
{
	struct process *p = owner;

	log_info("serve.draining", "no new requests; held calls become tickets");
	loop_stop(p->loop);
}

static void
on_reopen_signal(void *owner)
{
	struct process *p = owner;

	audit_reopen(p->service.audit);
}

static void
on_child_signal(void *owner)
{
	struct process *p = owner;

	if (p->embedded)
		embedded_check(p->embedded);
}

static void
on_reload_signal(void *owner)
{
	struct buf text = BUF_INIT(COMPLAINTS_MAX);

	(void)adopt_configuration(owner, &text);
	buf_clear(&text);
}

static void
say_serving(const struct process *p)
{
	struct buf text = BUF_INIT(WHY_MAX);

	count_words(&text, p->service.workers, "worker");
	buf_addf(&text, ", ");
	announce_size(p->config, &text);
	log_info("serve.ready", "countersign %s, %s", COUNTERSIGN_VERSION, buf_cstr(&text));
	buf_clear(&text);
}

static void
run(struct process *p)
{
	sigset_t ends;
	struct signal_watch *signals[] = {
		signal_watch_new(p->loop, SIGTERM, on_end_signal, p),
		signal_watch_new(p->loop, SIGINT, on_end_signal, p),
		signal_watch_new(p->loop, SIGUSR1, on_reopen_signal, p),
		signal_watch_new(p->loop, SIGHUP, on_reload_signal, p),
		signal_watch_new(p->loop, SIGCHLD, on_child_signal, p),
	};

	for (unsigned i = 0; i < p->service.workers; i++)
		worker_start(p->workers[i]);
	if (p->approvers)
		worker_start(p->approvers);
	say_serving(p);
	loop_run(p->loop);
	/* Pressed twice, it must not cut off the drain and the end of the trail. */
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		signal_watch_free(&signals[i]);
}

static void
unlink_sockets(const struct process *p)
{
	for (size_t i = 0; i < p->config->listen_count; i++) {
		const struct address *at = &p->config->listen[i];

		if (address_is_unix(at))
			unlink(at->sa.un.sun_path);
	}
	if (p->approvers && address_is_unix(&p->config->admin.address))
		unlink(p->config->admin.address.sa.un.sun_path);
}

static void
end(struct process *p)
{
	int64_t drain_us = (p->in_force ? p->in_force->config : p->config)->limits.drain_timeout_us;

	unlink_sockets(p);
	for (unsigned i = 0; i < p->service.workers && p->workers[i]; i++)
		worker_drain(p->workers[i]);
	for (unsigned i = 0; i < p->service.workers; i++)
		worker_end(&p->workers[i], drain_us);
	if (p->approvers)
		worker_drain(p->approvers);
	worker_end(&p->approvers, SECOND_US);
	loop_free(p->loop);
	if (p->ring)
		audit_ring_close(&p->ring);
	if (p->service.audit)
		audit_close(&p->service.audit);
	embedded_stop(&p->embedded);
	metrics_free(p->service.metrics);
	census_free(p->service.shared.census);
	shares_free(p->service.shared.shares);
	keyring_free(&p->keys);
	memory_wipe(p->binding_secret.ptr, p->binding_secret.len);
	buf_clear(&p->binding_secret);
	in_force_unref(&p->in_force);
	config_unref(&p->config);
	buf_clear(&p->why);
}

static bool
start(struct process *p)
{
	if (!descriptors_take(p->config, &p->callers_max, &p->why))
		return false;
	if (!home_open(&p->home, p->config->state_dir, &p->why) || !open_keys(p))
		return false;
	/* Forks, so it comes before there are threads. */
	if (p->config->store.is_on && !open_store(p))
		return false;
	if (!open_audit(p))
		return false;
	fill_service(p);
	if (!make_workers(p) || !listen_all(p))
		return false;
	announce_loaded(p->config, p->ring);
	return true;
}

int
command_serve(int argc, char **argv)
{
	struct process p = {.why = BUF_INIT(WHY_MAX)};
	bool is_started;
	int code = read_options(argc, argv, &p.path);

	if (code >= 0)
		return code;
	harden();
	p.config = config_load_or_say(p.path);
	if (!p.config)
		return EXIT_CODE_ERROR;
	log_setup(p.config->log_level, p.config->log_format);
	p.loop = loop_new();
	is_started = start(&p);
	if (is_started)
		run(&p);
	else
		log_error("serve.failed", "%s", buf_cstr(&p.why));
	end(&p);
	return is_started ? EXIT_CODE_OK : EXIT_CODE_ERROR;
}
