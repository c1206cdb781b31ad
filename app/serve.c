/* countersign serve: the whole service in one process. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/serve.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "app/config.h"
#include "app/figures.h"
#include "app/home.h"
#include "app/worker.h"
#include "approvals/embedded.h"
#include "lib/base/log.h"
#include "lib/base/memory.h"

enum { EXIT_CODE_OK, EXIT_CODE_ERROR, EXIT_CODE_USAGE };
enum { WHY_MAX = 4096, COMPLAINTS_MAX = 1 << 20 };
/* Descriptors that are not connections: loops, files, the store, the admin endpoint. */
enum { DESCRIPTORS_RESERVED = 256 };

/* Everything that lives as long as the process serves. */
struct process {
	struct config *config;
	struct home home;
	struct embedded *embedded;
	struct keyring *keys;
	struct buf binding_secret;
	struct store_settings store;
	struct admin_settings admin;
	struct service service;
	struct audit_ring *ring;   /* of the main thread */
	struct loop *loop;
	struct worker *workers[CONFIG_WORKERS_MAX];
	struct worker *approvers;  /* the admin endpoint */
	struct buf why;            /* the sentence about what cannot be done */
};

static void
print_usage(FILE *to)
{
	fputs("usage: countersign serve [--config FILE]\n\n"
	      "Runs until SIGTERM or SIGINT, then lets what is under way end: held calls\n"
	      "become tickets.  SIGUSR1 opens the audit file anew after it was renamed.\n",
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

static struct config *
load(const char *path)
{
	struct complaints *complaints = complaints_new();
	struct config *config = config_load(path, complaints);
	struct buf text = BUF_INIT(COMPLAINTS_MAX);

	complaints_text(complaints, &text);
	fputs(buf_cstr(&text), stderr);
	buf_clear(&text);
	complaints_free(complaints);
	return config;
}

/* No core with secrets in it, no new privileges, files for nobody else. */
static void
harden(void)
{
	struct rlimit none = {0, 0};

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	umask(077);
	signal(SIGPIPE, SIG_IGN);
}

/* As many descriptors as the system lets us have; says so when they are few. */
static void
raise_descriptors(const struct limits *limits)
{
	struct rlimit files;
	uint64_t wanted = 2 * limits->connections + DESCRIPTORS_RESERVED;

	if (getrlimit(RLIMIT_NOFILE, &files) < 0)
		return;
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	if (files.rlim_cur < wanted)
		log_warning("serve.descriptors",
		            "at most %llu descriptors: limits.connections of %llu would want %llu",
		            (unsigned long long)files.rlim_cur,
		            (unsigned long long)limits->connections, (unsigned long long)wanted);
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

	s->workers = c->workers;
	s->policy = (struct proxy_policy){
		.sites = c->sites,
		.site_count = c->site_count,
		.table = c->site_table,
		.identity = c->identity,
		.limits = &c->limits,
		.namespace = c->store.namespace,
		.binding_secret = buf_span(&p->binding_secret),
		.passes_without_audit = c->audit.passes_on_failure,
	};
	s->shared.census = census_new(c->limits.connections, c->limits.connections_per_address);
	s->metrics = metrics_new();
	figures_add(s->metrics, &s->shared);
	p->admin = (struct admin_settings){
		.public_url = c->admin.public_url,
		.auditors = c->admin.auditors.at,
		.auditor_count = c->admin.auditors.count,
		.is_local = address_is_unix(&c->admin.address) ||
		            address_is_loopback(&c->admin.address),
		.has_embedded_store = c->store.is_embedded,
		.version = COUNTERSIGN_VERSION,
		.limits = &c->limits,
	};
	s->admin = c->admin.is_on ? &p->admin : NULL;
}

static bool
make_workers(struct process *p)
{
	for (unsigned i = 0; i < p->service.workers; i++) {
		p->workers[i] = worker_new_proxy(&p->service, i, &p->why);
		if (!p->workers[i])
			return false;
	}
	if (!p->service.admin)
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
say_opt_ins(const struct config *c)
{
	struct buf text = BUF_INIT(WHY_MAX);

	for (size_t i = 0; i < c->site_count; i++) {
		buf_reset(&text);
		config_opt_ins(&c->sites[i], &text);
		if (text.len)
			log_info("site.opt_ins", "site %.*s: %s", SPAN_ARG(c->sites[i].name),
			         buf_cstr(&text));
	}
	buf_clear(&text);
}

static void
record_config(struct process *p)
{
	struct emit *e = record_begin(p->ring, RECORD_CONFIG_LOADED, clock_wall());

	if (!e)
		return;
	emit_key(e, "config");
	emit_object(e);
	emit_member_digest(e, "hash", &p->config->policy);
	emit_member_u64(e, "sites", p->config->site_count);
	emit_member_u64(e, "rules", config_rule_count(p->config));
	emit_object_end(e);
	record_end(p->ring);
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
on_reload_signal(void *owner UNUSED)
{
	log_warning("config.kept", "this version takes a new configuration with a restart only");
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
	log_info("serve.ready", "countersign %s, %u workers, %zu sites, %zu rules",
	         COUNTERSIGN_VERSION, p->service.workers, p->config->site_count,
	         config_rule_count(p->config));
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
	int64_t drain_us = p->config->limits.drain_timeout_us;

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
	keyring_free(&p->keys);
	memory_wipe(p->binding_secret.ptr, p->binding_secret.len);
	buf_clear(&p->binding_secret);
	config_unref(&p->config);
	buf_clear(&p->why);
}

static bool
start(struct process *p)
{
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
	record_config(p);
	say_opt_ins(p->config);
	return true;
}

int
command_serve(int argc, char **argv)
{
	struct process p = {.why = BUF_INIT(WHY_MAX)};
	const char *path;
	bool is_started;
	int code = read_options(argc, argv, &path);

	if (code >= 0)
		return code;
	harden();
	p.config = load(path);
	if (!p.config)
		return EXIT_CODE_ERROR;
	log_setup(p.config->log_level, p.config->log_format);
	raise_descriptors(&p.config->limits);
	p.loop = loop_new();
	is_started = start(&p);
	if (is_started)
		run(&p);
	else
		log_error("serve.failed", "%s", buf_cstr(&p.why));
	end(&p);
	return is_started ? EXIT_CODE_OK : EXIT_CODE_ERROR;
}
