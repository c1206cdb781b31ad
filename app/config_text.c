/* Where a run over the file finds its nodes and paths. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/config_text.h"

const struct node *
config_node(const struct config_run *run, const char *a, const char *b)
{
	const struct node *n = node_find(run->root, span_cstr(a));

	return n && b ? node_find(n, span_cstr(b)) : n;
}

const char *
config_path(struct config_run *run, struct span path)
{
	struct buf text = BUF_INIT(8192);
	const char *absolute;

	if (path.ptr[0] != '/')
		buf_addf(&text, "%s/", run->config->directory);
	buf_add(&text, path);
	absolute = arena_cstr(run->reader.arena, buf_span(&text));
	buf_clear(&text);
	return absolute;
}
