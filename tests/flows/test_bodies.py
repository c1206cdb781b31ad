# Bodies of any size, both ways, in memory that does not grow with them.
# SPDX-License-Identifier: Apache-2.0
import os
import pathlib
import socket
import threading
import time
import zlib

import pytest

from conftest import PUBLIC
from wire import Connection

SIZE = int(float(os.environ.get("COUNTERSIGN_BODY_MIB", "512")) * (1 << 20))
BLOCK = bytes(range(256)) * 1024
GROWTH_MAX = 24 << 20


class Bulk:
    """An upstream that swallows a body and answers with one as large, keeping neither."""

    def __init__(self, chunks):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d" % self.listener.getsockname()[1]
        self.chunks = chunks
        self.got = 0
        self.sum = 0
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        connection, _ = self.listener.accept()
        with connection:
            head, _, rest = read_head(connection)
            if b"chunked" in head.lower():
                self._take_chunks(connection, rest)
            else:
                if rest:
                    self._take(rest)
                while self.got < SIZE:
                    self._take(connection.recv(1 << 20))
            send_body(connection, b"HTTP/1.1 200 OK", self.chunks)
            connection.recv(1)

    def _take(self, data):
        assert data, "the body ended too early"
        self.got += len(data)
        self.sum = zlib.crc32(data, self.sum)

    def _take_chunks(self, connection, rest):
        source = Buffered(connection, rest)
        while size := int(source.line(), 16):
            left = size
            while left:
                data = source.some(left)
                self._take(data)
                left -= len(data)
            assert source.line() == b""


class Buffered:
    def __init__(self, connection, have):
        self.connection = connection
        self.have = have

    def line(self):
        while b"\r\n" not in self.have:
            self.have += self.connection.recv(1 << 18)
        line, self.have = self.have.split(b"\r\n", 1)
        return line

    def some(self, most):
        if not self.have:
            self.have = self.connection.recv(1 << 18)
        part, self.have = self.have[:most], self.have[most:]
        return part


def read_head(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    return data.partition(b"\r\n\r\n")


def send_body(connection, first_line, chunks, fields=b""):
    framing = b"Transfer-Encoding: chunked" if chunks else b"Content-Length: %d" % SIZE
    connection.sendall(first_line + b"\r\n" + fields + framing + b"\r\n\r\n")
    for _ in range(SIZE // len(BLOCK)):
        connection.sendall(b"%x\r\n%s\r\n" % (len(BLOCK), BLOCK) if chunks else BLOCK)
    if chunks:
        connection.sendall(b"0\r\n\r\n")


def resident(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no VmHWM")


def whole_sum():
    total = 0
    for _ in range(SIZE // len(BLOCK)):
        total = zlib.crc32(BLOCK, total)
    return total


@pytest.mark.scaled
@pytest.mark.parametrize("chunks", [False, True], ids=["sized", "chunked"])
def test_large_bodies_both_ways_in_flat_memory(serve, chunks):
    bulk = Bulk(chunks)
    proxy = serve(sites=[{"name": "bulk", "upstream": bulk.url, "rules": [PUBLIC]}])
    before = resident(proxy.process.pid)
    with Connection(proxy.port, timeout=60) as caller:
        sending = threading.Thread(target=send_body, args=(
            caller.socket, b"POST /public/bulk HTTP/1.1", chunks, b"Host: admin.test\r\n"))
        sending.start()
        head, _, rest = read_head(caller.socket)
        assert head.startswith(b"HTTP/1.1 200"), head
        back = Bulk.__new__(Bulk)
        back.got = back.sum = 0
        if chunks:
            back._take_chunks(caller.socket, rest)
        else:
            back._take(rest or caller.socket.recv(1 << 20))
            while back.got < SIZE:
                back._take(caller.socket.recv(1 << 20))
        sending.join()
    grown = resident(proxy.process.pid) - before
    expected = (SIZE // len(BLOCK) * len(BLOCK), whole_sum())
    assert (bulk.got, bulk.sum) == expected
    assert (back.got, back.sum) == expected
    print(f"{SIZE >> 20} MiB each way, memory grew by {grown >> 10} KiB")
    assert grown < GROWTH_MAX
    record = proxy.record("request.allowed")
    assert record["resp"]["bytes"] == expected[0]


def test_caller_who_does_not_read_stops_the_upstream(serve, upstream):
    """Back-pressure: what a slow reader has not taken is not piled up here."""
    size = 48 << 20
    sent = []

    def flood(received, connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
        for _ in range(size // len(BLOCK)):
            connection.sendall(BLOCK)
            sent.append(len(BLOCK))

    upstream.answer = flood
    proxy = serve([PUBLIC])
    before = resident(proxy.process.pid)
    with proxy.begin("GET", "/public/flood") as caller:
        last = -1
        while sum(sent) != last:
            last = sum(sent)
            time.sleep(0.3)
        assert last < 24 << 20
        assert resident(proxy.process.pid) - before < GROWTH_MAX
        assert len(caller.answer(60).body) == size


def test_many_bodies_at_once_arrive_unmixed(proxy, upstream):
    upstream.answer = lambda received, connection: (
        b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(received.body), received.body))
    bodies = [bytes([n]) * (50_000 + 1000 * n) for n in range(40)]
    waiting = []
    for body in bodies:
        connection = proxy.connect()
        connection.ask("POST", "/public/echo", body=body)
        waiting.append(connection)
    for connection, body in zip(waiting, bodies):
        got = connection.answer()
        assert got.status == 200 and got.body == body
