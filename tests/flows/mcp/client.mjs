// Calls tools with the MCP SDK: one JSON document per line in, one per line out.
// SPDX-License-Identifier: Apache-2.0
import { webcrypto } from "node:crypto";
import { createInterface } from "node:readline";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

// Node 18 has it under another name.
globalThis.crypto ??= webcrypto;

const [, , url, token, modules] = process.argv;
const find = createRequire(`${modules}/`).resolve;
const load = (name) => import(pathToFileURL(find(`@modelcontextprotocol/sdk/${name}`)));
const { Client } = await load("client/index.js");
const { StreamableHTTPClientTransport } = await load("client/streamableHttp.js");

const headers = { "Countersign-Token": token };
const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } });
const client = new Client({ name: "flows", version: "1.0.0" });

async function call({ name, wait, ...more }) {
	// How long the next call may be held, as a caller says it.
	delete headers.Prefer;
	if (wait)
		headers.Prefer = `wait=${wait}`;
	try {
		const result = await client.callTool({ name, arguments: more.arguments ?? {} });
		return { text: result.content[0].text };
	} catch (error) {
		return { code: error.code, message: error.message, data: error.data };
	}
}

const tell = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
await client.connect(transport);
tell({ tools: (await client.listTools()).tools.map((tool) => tool.name) });
for await (const line of createInterface({ input: process.stdin }))
	tell(await call(JSON.parse(line)));
await transport.terminateSession();
await client.close();
