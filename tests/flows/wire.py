# HTTP/1.1 as bytes: a caller that sends what it is told and reads answers strictly.
# SPDX-License-Identifier: Apache-2.0
import json
import socket
import time

DEADLINE = 20.0


class Closed(Exception):
    """The other side closed before a whole answer was there."""


class Answer:
    def __init__(self, status, reason, headers, body):
        self.status = status
        self.reason = reason
        self.headers = headers
        self.body = body

    def header(self, name):
        """The one value of a field; None when absent, an assertion when it stands twice."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(values) <= 1, (name, values)
        return values[0] if values else None

    def json(self):
        return json.loads(self.body)

    @property
    def problem(self):
        """The last word of the problem's type, e.g. "approval-pending"; None for other answers."""
        if self.header("Content-Type") != "application/problem+json":
            return None
        kind = self.json()["type"]
        assert kind.startswith("urn:countersign:problem:"), kind
        return kind.rsplit(":", 1)[1]

    def __repr__(self):
        return f"<{self.status} {self.reason} {self.headers} {self.body[:300]!r}>"


class Connection:
    """One connection to anything that speaks HTTP/1.1; `to` is a port or a socket path."""

    def __init__(self, to, source=None, timeout=DEADLINE):
        if isinstance(to, int):
            self.socket = socket.create_connection(
                ("127.0.0.1", to), timeout=timeout,
                source_address=(source, 0) if source else None)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        else:
            self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.socket.settimeout(timeout)
            self.socket.connect(str(to))
        self.have = bytearray()
        self.method = "GET"

    def send(self, data):
        self.socket.sendall(data)
        return self

    def ask(self, method, target, headers=(), body=None, host="admin.test"):
        self.method = method
        return self.send(request_bytes(method, target, headers, body, host))

    def answer(self, timeout=DEADLINE):
        """The next whole answer; the connection can be used on unless it says close."""
        end = time.monotonic() + timeout
        head = self._until(b"\r\n\r\n", end)
        lines = head.decode("latin-1").split("\r\n")
        version, status, reason = (lines[0].split(" ", 2) + [""])[:3]
        assert version in ("HTTP/1.1", "HTTP/1.0"), lines[0]
        headers = []
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers.append((name, value.strip()))
        got = Answer(int(status), reason, headers, b"")
        got.body = self._body(got, end)
        return got

    def closes(self, timeout=DEADLINE):
        """True when the other side ends the connection without another byte."""
        self.socket.settimeout(timeout)
        try:
            return not self.have and self.socket.recv(1) == b""
        except ConnectionError:
            return True

    def is_silent(self, seconds):
        """True when nothing at all arrives for that long."""
        if self.have:
            return False
        self.socket.settimeout(seconds)
        try:
            self.socket.recv(1, socket.MSG_PEEK)
        except (TimeoutError, socket.timeout):
            return True
        return False

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _more(self, end):
        left = end - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"no whole answer in time; so far {self.have[:200]!r}")
        self.socket.settimeout(left)
        data = self.socket.recv(1 << 18)
        if not data:
            raise Closed(bytes(self.have[:200]))
        self.have += data

    def _until(self, mark, end):
        while mark not in self.have:
            self._more(end)
        return self._take(self.have.index(mark) + len(mark))[:-len(mark)]

    def _exactly(self, count, end):
        while len(self.have) < count:
            self._more(end)
        return self._take(count)

    def _take(self, count):
        part = bytes(self.have[:count])
        del self.have[:count]
        return part

    def _body(self, got, end):
        if self.method == "HEAD" or got.status in (204, 304) or got.status < 200:
            return b""
        if (got.header("Transfer-Encoding") or "").lower() == "chunked":
            assert got.header("Content-Length") is None
            return self._chunks(end)
        if got.header("Content-Length") is not None:
            return self._exactly(int(got.header("Content-Length")), end)
        try:
            while True:
                self._more(end)
        except Closed:
            return self._take(len(self.have))

    def _chunks(self, end):
        body = b""
        while True:
            size = int(self._until(b"\r\n", end), 16)
            if size == 0:
                assert self._until(b"\r\n", end) == b""
                return body
            body += self._exactly(size, end)
            assert self._exactly(2, end) == b"\r\n"


def request_bytes(method, target, headers=(), body=None, host="admin.test"):
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {value}" for name, value in dict(headers).items()]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + (body or b"")


def eventually(what, timeout=DEADLINE, pause=0.02, why=None):
    """
    Asks again until the answer is true, and returns it; an assertion at the deadline, with
    what `why` tells.
    """
    end = time.monotonic() + timeout
    while True:
        answer = what()
        if answer:
            return answer
        assert time.monotonic() < end, (
            f"did not happen within {timeout} s: {what.__doc__ or what}", why and why())
        time.sleep(pause)
