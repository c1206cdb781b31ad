# Tells what nginx or Apache received and hands on: a line of JSON per request, in a file.
# SPDX-License-Identifier: Apache-2.0
import asyncio
import base64
import json
import os
import sys

FILE = os.open(sys.argv[2], os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o644)
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Origin: app\r\n\r\n"


async def read_body(source, fields):
    told = {name.lower(): value for name, value in fields}
    if "transfer-encoding" not in told:
        return await source.readexactly(int(told.get("content-length", 0)))
    body = b""
    while size := int(await source.readuntil(b"\r\n"), 16):
        body += (await source.readexactly(size + 2))[:-2]
    await source.readexactly(2)
    return body


async def serve(source, sink):
    try:
        while True:
            head = (await source.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, target, _ = head[0].split(" ")
            fields = [line.split(": ", 1) if ": " in line else [line.rstrip(":"), ""]
                      for line in head[1:-2]]
            body = await read_body(source, fields)
            # What the server made of it comes along in fields of its own.
            seen = dict(field for field in fields if field[0].startswith("X-Origin-"))
            line = json.dumps({
                "method": method, "target": target, "path": seen["X-Origin-Uri"],
                "headers": [field for field in fields if field[0] not in seen],
                "body": base64.b64encode(body).decode(), "complete": True,
                "forces": [seen["X-Origin-Force"]] if "X-Origin-Force" in seen else [],
                "risk": None})
            os.write(FILE, line.encode() + b"\n")
            sink.write(ANSWER + (b"" if method == "HEAD" else b"ok"))
            await sink.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        sink.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]), limit=1 << 20)
    await server.serve_forever()


asyncio.run(main())
