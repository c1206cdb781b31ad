/* The program countersign: one table of subcommands. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "app/approvals_commands.h"
#include "app/audit_commands.h"
#include "app/check.h"
#include "app/client.h"
#include "app/explain_command.h"
#include "app/keys_commands.h"
#include "app/replay_command.h"
#include "app/serve.h"
#include "app/test_command.h"
#include "app/token.h"
#include "lib/base/attr.h"

static int command_version(int argc, char **argv);

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
} commands[] = {
	{"serve", command_serve, "run the proxy and its admin endpoint"},
	{"check", command_check, "read a configuration and tell all that is wrong with it"},
	{"explain", command_explain, "tell which rule speaks about a request, and why"},
	{"test", command_test, "hold a policy against the cases beside it"},
	{"replay", command_replay, "judge recorded calls by another policy"},
	{"approvals", command_approvals, "list, show, decide, wait for approvals"},
	{"audit", command_audit, "verify the audit trail, or read it as it grows"},
	{"keys", command_keys, "list and export the keys of this installation"},
	{"token", command_token, "make a token for a person or a service"},
	{"version", command_version, "print the version"},
};

/* Later releases'. */
static const char *const later[] = {"freeze", "thaw", "login", "doctor", "completion"};

static int
command_version(int argc UNUSED, char **argv UNUSED)
{
	puts("countersign " COUNTERSIGN_VERSION);
	return 0;
}

static void
print_usage(FILE *to)
{
	fputs("usage: countersign COMMAND [ARGUMENT]...\n\n", to);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		fprintf(to, "  %-10s %s\n", commands[i].name, commands[i].help);
	fputs("\nEach command explains itself with --help.\n", to);
}

int
main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	if (strcmp(name, "--help") == 0 || strcmp(name, "help") == 0) {
		print_usage(stdout);
		return 0;
	}
	if (strcmp(name, "--version") == 0)
		name = "version";
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		if (strcmp(name, commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	}
	for (size_t i = 0; i < ARRAY_LEN(later); i++) {
		if (strcmp(name, later[i]) == 0)
			return client_not_supported(name);
	}
	if (name[0])
		fprintf(stderr, "countersign: there is no command %s\n\n", name);
	else
		fputs("countersign: which command?\n\n", stderr);
	print_usage(stderr);
	return EXIT_USAGE;
}
