// Tells what Node's http received: one line of JSON per request, appended to a file.
// SPDX-License-Identifier: Apache-2.0
import { createServer } from "node:http";
import { openSync, writeSync } from "node:fs";

const [, , port, name] = process.argv;
const file = openSync(name, "a");

function pairs(raw) {
	const told = [];
	for (let i = 0; i < raw.length; i += 2)
		told.push([raw[i], raw[i + 1]]);
	return told;
}

function riskIn(body) {
	try {
		const risk = JSON.parse(body.toString("utf8")).risk;
		return typeof risk === "number" ? String(risk) : null;
	} catch {
		return null;
	}
}

function urlOf(target) {
	try {
		return new URL(target, "http://origin.test");
	} catch {
		return null;
	}
}

function tell(request, body, complete) {
	const url = urlOf(request.url);
	writeSync(file, JSON.stringify({
		method: request.method, target: request.url, path: url && url.pathname,
		headers: pairs(request.rawHeaders), body: body.toString("base64"), complete,
		forces: url && url.searchParams.getAll("force"), risk: riskIn(body),
	}) + "\n");
}

const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (request, response) => {
	const parts = [];
	request.on("data", (part) => parts.push(part));
	request.on("close", () => {
		if (!request.complete)
			tell(request, Buffer.concat(parts), false);
	});
	request.on("error", () => {});
	request.on("end", () => {
		tell(request, Buffer.concat(parts), true);
		response.setHeader("X-Origin", "app");
		response.end("ok");
	});
});
server.headersTimeout = 0;
server.listen(Number(port), "127.0.0.1");
