// A tool server: the MCP SDK behind Node's http, with a session for each client.
// SPDX-License-Identifier: Apache-2.0
import { createServer } from "node:http";
import { randomUUID, webcrypto } from "node:crypto";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

// Node 18 has it under another name.
globalThis.crypto ??= webcrypto;

const [, , port, modules] = process.argv;
const find = createRequire(`${modules}/`).resolve;
const load = (name) => import(pathToFileURL(find(`@modelcontextprotocol/sdk/${name}`)));
const { McpServer } = await load("server/mcp.js");
const { StreamableHTTPServerTransport } = await load("server/streamableHttp.js");
const z = await import(pathToFileURL(find("zod")));

const records = new Set(["1", "2", "3"]);
const sessions = new Map();

function text(told) {
	return { content: [{ type: "text", text: told }] };
}

function tools() {
	const server = new McpServer({ name: "records", version: "1.0.0" });
	server.registerTool("list_records", { description: "All records" },
		async () => text([...records].join(" ")));
	server.registerTool("delete_record", { description: "Deletes one",
		inputSchema: { id: z.string() } },
		async ({ id }) => text(records.delete(id) ? `deleted ${id}` : `no record ${id}`));
	server.registerTool("shell_run", { description: "Runs a command" },
		async () => text("ran"));
	return server;
}

async function transportOf(request) {
	const known = sessions.get(request.headers["mcp-session-id"]);
	if (known)
		return known;
	const transport = new StreamableHTTPServerTransport({
		sessionIdGenerator: randomUUID,
		onsessioninitialized: (id) => sessions.set(id, transport),
	});
	await tools().connect(transport);
	return transport;
}

createServer(async (request, response) => {
	const transport = await transportOf(request);
	await transport.handleRequest(request, response);
}).listen(Number(port), "127.0.0.1");
