/* What every client command shares. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/client.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "admin/visible.h"
#include "lib/base/memory.h"
#include "lib/net/outbound.h"

#define DEFAULT_ADMIN "http://127.0.0.1:9443"

enum { TOKEN_MAX = 8192, TEXT_MAX = 64 * 1024 * 1024 };

void
client_print(struct span text)
{
	struct buf shown = BUF_INIT(TEXT_MAX);

	visible_add(&shown, text);
	fwrite(shown.ptr ? shown.ptr : "", 1, shown.len, stdout);
	buf_clear(&shown);
}

static void
print_error(struct span text)
{
	struct buf shown = BUF_INIT(TEXT_MAX);

	visible_add(&shown, text);
	fwrite(shown.ptr ? shown.ptr : "", 1, shown.len, stderr);
	buf_clear(&shown);
}

int
client_usage(const char *usage, const char *format, ...)
{
	char text[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	fputs("countersign: ", stderr);
	print_error(span_cstr(text));
	fprintf(stderr, "\n\n%s", usage);
	return EXIT_USAGE;
}

int
client_usage_option(const char *usage, int option, char *const *argv)
{
	if (option == ':')
		return client_usage(usage, "%s needs a value", argv[optind - 1]);
	return client_usage(usage, "there is no option %s", argv[optind - 1]);
}

int
client_output(const char *usage, const char *value, bool *ret_is_json)
{
	*ret_is_json = strcmp(value, "json") == 0;
	if (*ret_is_json || strcmp(value, "table") == 0)
		return EXIT_OK;
	return client_usage(usage, "--output takes table or json, not \"%s\"", value);
}

int
client_not_supported(const char *command)
{
	fprintf(stderr, "countersign: %s is not supported yet\n", command);
	return EXIT_USAGE;
}

/* The one line of a token: what an editor or echo adds at its end does not count. */
static bool
take_token(struct client *c, struct span text)
{
	while (text.len && (text.ptr[text.len - 1] == '\n' || text.ptr[text.len - 1] == '\r'))
		text.len--;
	text = span_trim(text);
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] <= 0x20 || text.ptr[i] > 0x7e) {
			fprintf(stderr, "countersign: what %s holds is not a token: a token is one "
			                "word of printable characters\n", c->token_from);
			return false;
		}
	}
	if (text.len == 0) {
		fprintf(stderr, "countersign: %s holds no token\n", c->token_from);
		return false;
	}
	c->token = memory_cstr(text);
	return true;
}

static bool
read_token_file(struct client *c)
{
	char text[TOKEN_MAX];
	FILE *file = fopen(c->token_file, "re");
	size_t len;
	bool is_taken;

	snprintf(c->token_from, sizeof(c->token_from), "the file %s", c->token_file);
	if (!file) {
		fprintf(stderr, "countersign: cannot read the token file %s: %s\n", c->token_file,
		        strerror(errno));
		return false;
	}
	len = fread(text, 1, sizeof(text), file);
	fclose(file);
	is_taken = take_token(c, span_of(text, len));
	memory_wipe(text, sizeof(text));
	return is_taken;
}

static bool
find_token(struct client *c)
{
	const char *token = getenv("COUNTERSIGN_TOKEN");

	if (c->token_file)
		return read_token_file(c);
	if (!token || !token[0])
		return true;
	snprintf(c->token_from, sizeof(c->token_from), "COUNTERSIGN_TOKEN");
	return take_token(c, span_cstr(token));
}

bool
client_open(struct client *c)
{
	const char *admin = getenv("COUNTERSIGN_ADMIN"), *no_color = getenv("NO_COLOR");

	c->is_colored = isatty(STDOUT_FILENO) && !(no_color && no_color[0]);
	if (c->admin) {
		c->admin_from = "--admin";
	} else if (admin && admin[0]) {
		c->admin = admin;
		c->admin_from = "COUNTERSIGN_ADMIN";
	} else {
		c->admin = DEFAULT_ADMIN;
		c->admin_from = "the default";
	}
	return find_token(c);
}

void
client_clear(struct client *c)
{
	if (c->token)
		memory_wipe(c->token, strlen(c->token));
	free(c->token);
	c->token = NULL;
}

bool
client_ask(const struct client *c, const char *method, const char *path, json_t *body,
           struct client_answer *ret)
{
	char *text = body ? json_dumps(body, JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;
	struct outbound_request request = {
		.method = method,
		.base = c->admin,
		.path = path,
		.token = c->token,
		.content_type = body ? "application/json" : NULL,
		.body = span_cstr(text),
	};
	struct outbound_answer answer;
	struct buf why = BUF_INIT(4096);
	bool is_answered = outbound_ask(&request, &answer, &why);

	json_decref(body);
	free(text);
	if (!is_answered) {
		fprintf(stderr, "countersign: %s\n", buf_cstr(&why));
		fprintf(stderr, "  The address comes from %s; check that it is the admin address of a "
		                "running `countersign serve`.\n", c->admin_from);
		buf_clear(&why);
		return false;
	}
	ret->status = answer.status;
	ret->body = json_loadb(answer.body.ptr ? answer.body.ptr : "", answer.body.len,
	                       JSON_REJECT_DUPLICATES, NULL);
	buf_clear(&answer.body);
	buf_clear(&why);
	return true;
}

static enum exit_code
code_of(const struct client_answer *answer)
{
	const json_t *state = json_object_get(answer->body, "state");

	if (answer->status == 409 && json_is_string(state) &&
	    strcmp(json_string_value(state), "expired") == 0)
		return EXIT_EXPIRED;
	return answer->status == 403 || answer->status == 409 ? EXIT_REFUSED : EXIT_ERROR;
}

static void
explain_401(const struct client *c)
{
	if (c->token)
		fprintf(stderr, "countersign: %s does not know the token from %s\n", c->admin,
		        c->token_from);
	else
		fprintf(stderr, "countersign: %s wants to know who you are: give a token with "
		                "--token-file FILE or in COUNTERSIGN_TOKEN\n", c->admin);
}

enum exit_code
client_explain(const struct client *c, const struct client_answer *answer)
{
	const json_t *title = json_object_get(answer->body, "title");
	const json_t *detail = json_object_get(answer->body, "detail");

	if (answer->status == 401) {
		explain_401(c);
		return EXIT_ERROR;
	}
	if (!json_is_string(title)) {
		fprintf(stderr, "countersign: %s answered %d, and not as an admin endpoint of "
		                "Countersign does\n", c->admin, answer->status);
		return EXIT_ERROR;
	}
	fputs("countersign: ", stderr);
	print_error(span_cstr(json_string_value(title)));
	if (json_is_string(detail)) {
		fputs(": ", stderr);
		print_error(span_cstr(json_string_value(detail)));
	}
	fprintf(stderr, " (%d)\n", answer->status);
	return code_of(answer);
}
