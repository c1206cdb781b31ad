# The policies of docs/recipes.md, as they stand there, in front of a server.
# SPDX-License-Identifier: Apache-2.0
import asyncio
import json
import re
import ssl
import subprocess
import threading

import pytest

import services
from wire import DEADLINE

PAGE = services.ROOT / "docs" / "recipes.md"


def policies():
    """The block of each recipe by the recipe's heading."""
    found = {}
    for section in re.split(r"^## ", PAGE.read_text(), flags=re.M)[1:]:
        blocks = re.findall(r"^```yaml\n(.*?)^```$", section, flags=re.M | re.S)
        assert len(blocks) == 1, section.splitlines()[0]
        found[section.splitlines()[0]] = blocks[0]
    return found


class Recipe(services.Countersign):
    """A Countersign whose sites are a recipe's, with another upstream."""

    def __init__(self, folder, recipe, upstream_url, redis_url, **changes):
        self.block, replaced = re.subn(r"(\n    upstream: )\S+", rf"\g<1>{upstream_url}",
                                       policies()[recipe])
        assert replaced == 1, recipe
        super().__init__(folder, upstream_url, redis_url, [], sites=None, **changes)

    def write(self):
        # One line for each key: JSON is YAML.
        head = [f"{key}: {json.dumps(value)}\n" for key, value in self.config.items()]
        self.file.write_text("".join(head) + self.block)


@pytest.fixture
def recipe(folder, redis):
    """recipe(heading, upstream) starts a Countersign with that policy; its trail is verified."""
    started = []

    def start(heading, upstream_url, **changes):
        proxy = Recipe(folder / "node", heading, upstream_url, redis.url, **changes)
        started.append(proxy)
        return proxy.start()

    yield start
    try:
        for proxy in started:
            proxy.stop()
            done = proxy.verify()
            assert done.returncode == 0, done.stdout + done.stderr
    finally:
        for proxy in started:
            if proxy.process:
                proxy.process.sweep()


def in_background(work):
    """Runs a call of a client that has to wait; `.join()` gives what it returned or threw."""
    class Call(threading.Thread):
        result = None

        def run(self):
            try:
                self.result = work()
            except Exception as error:
                self.result = error

        def join(self, timeout=DEADLINE):
            super().join(timeout)
            assert not self.is_alive(), "the client still waits"
            return self.result
    call = Call(daemon=True)
    call.start()
    return call


class TlsFront:
    """
    What stands in front of Countersign and speaks TLS: for clients that show their token
    nowhere else.  Bytes pass as they are.
    """

    def __init__(self, folder, behind):
        self.behind = behind
        self.port = services.free_port()
        made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                "subjectAltName=IP:127.0.0.1", "-keyout", folder / "front.key", "-out",
                folder / "front.pem"]
        subprocess.run(made, check=True, capture_output=True, timeout=DEADLINE)
        self.authority = folder / "front.pem"
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.authority, folder / "front.key")
        self.loop = asyncio.new_event_loop()
        self.loop.run_until_complete(asyncio.start_server(
            self._serve, "127.0.0.1", self.port, ssl=self.context))
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    async def _serve(self, source, sink):
        from_behind, to_behind = await asyncio.open_connection("127.0.0.1", self.behind)
        await asyncio.gather(self._copy(source, to_behind), self._copy(from_behind, sink))

    @staticmethod
    async def _copy(source, sink):
        try:
            while data := await source.read(1 << 16):
                sink.write(data)
                await sink.drain()
        except (ConnectionError, ssl.SSLError):
            pass
        sink.close()

    def stop(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(DEADLINE)
