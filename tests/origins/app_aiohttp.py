# Tells what aiohttp received: one line of JSON per request, appended to a file.
# SPDX-License-Identifier: Apache-2.0
import asyncio
import base64
import json
import os
import sys

from aiohttp import web

FILE = os.open(sys.argv[2], os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o644)


def risk_in(body):
    try:
        risk = json.loads(body)["risk"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    is_number = isinstance(risk, (int, float)) and not isinstance(risk, bool)
    return str(risk) if is_number else None


async def tell(request):
    complete, body = True, b""
    try:
        body = await request.read()
    except Exception:
        complete = False
    line = json.dumps({
        "method": request.method, "target": request.raw_path, "path": request.path,
        "headers": [[name.decode("latin-1"), value.decode("latin-1")]
                    for name, value in request.raw_headers],
        "body": base64.b64encode(body).decode(), "complete": complete,
        "forces": request.query.getall("force", []), "risk": risk_in(body),
    })
    os.write(FILE, line.encode() + b"\n")
    return web.Response(text="ok", headers={"X-Origin": "app"})


async def main():
    # A body is told as it came: what a coding hides is not our question.
    server = web.Server(tell, auto_decompress=False, keepalive_timeout=3600)
    runner = web.ServerRunner(server)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(sys.argv[1])).start()
    await asyncio.Event().wait()


asyncio.run(main())
