# Many callers and an upstream that keeps raw bytes, all on one event loop.
# SPDX-License-Identifier: Apache-2.0
import os
import select
import socket
import time

from wire import DEADLINE

# Less than usual where a program is expected to hang: see tools/mutate.
PATIENCE = float(os.environ.get("COUNTERSIGN_PATIENCE", DEADLINE))
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes"


class Loop:
    def __init__(self):
        self.poll = select.epoll()
        self.handlers = {}

    def add(self, sock, handler):
        sock.setblocking(False)
        self.handlers[sock.fileno()] = handler
        self.poll.register(sock.fileno(), select.EPOLLIN)

    def end(self, sock):
        if sock.fileno() >= 0:
            self.handlers.pop(sock.fileno(), None)
            self.poll.unregister(sock.fileno())
            sock.close()

    def turn(self, timeout):
        for fd, _ in self.poll.poll(timeout):
            handler = self.handlers.get(fd)
            if handler:
                handler()

    def until(self, is_so, timeout=PATIENCE):
        """Goes on until it is so; False when it did not become so in time."""
        end = time.monotonic() + timeout
        while not is_so():
            left = end - time.monotonic()
            if left <= 0:
                return False
            self.turn(min(left, 1))
        return True


def message_end(have, is_head=False):
    """Where the message at the beginning of `have` ends, or None; strict about its framing."""
    at = have.find(b"\r\n\r\n")
    if at < 0:
        return None
    lines = bytes(have[:at]).lower().split(b"\r\n")
    lengths = [line[15:].strip() for line in lines if line.startswith(b"content-length:")]
    codings = [line for line in lines if line.startswith(b"transfer-encoding:")]
    assert len(lengths) + len(codings) <= 1, have[:at]
    at += 4
    status = lines[0][9:12] if lines[0].startswith(b"http/") else b""
    if is_head or status in (b"204", b"304") or status.startswith(b"1"):
        return at
    if lengths:
        assert lengths[0].isdigit(), have[:at]
        return at + int(lengths[0]) if len(have) >= at + int(lengths[0]) else None
    return chunks_end(have, at) if codings else at


def chunks_end(have, at):
    while True:
        end = have.find(b"\r\n", at)
        if end < 0:
            return None
        size = int(have[at:end], 16)
        at = end + 2 + size + 2
        if len(have) < at:
            return None
        assert have[at - 2:at] == b"\r\n", have[:at]
        if size == 0:
            return at


def without_chunks(data):
    body, at = b"", 0
    while True:
        end = data.index(b"\r\n", at)
        size = int(data[at:end], 16)
        if size == 0:
            return body
        body += data[end + 2:end + 2 + size]
        at = end + 2 + size + 2


class Message:
    """A whole message: its first line, its fields as they stand, its body without chunks."""

    def __init__(self, raw):
        self.raw = bytes(raw)
        head, _, body = self.raw.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.first_line = lines[0]
        self.fields = [line.partition(": ")[::2] for line in lines[1:]]
        coding = self.values("transfer-encoding")
        self.body = without_chunks(body) if coding else body

    @property
    def status(self):
        return int(self.first_line.split(" ")[1])

    def values(self, name):
        return [value for key, value in self.fields if key.lower() == name]

    def value(self, name):
        values = self.values(name)
        return values[0] if len(values) == 1 else None

    def __repr__(self):
        return f"{self.first_line!r} {self.fields} {self.body[:80]!r}"


class Upstream:
    """
    Keeps every byte that arrives and answers whole requests.  `script(number)` may give the
    pieces of another answer; the second goes when release() is called.
    """

    def __init__(self, loop):
        self.loop = loop
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
        self.port = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.loop.add(self.listener, self.accept)
        self.peers = set()
        self.script = None
        self.is_early = False
        self.forget()

    def forget(self):
        self.bytes_seen = 0
        self.messages = []
        self.complaints = []
        self.answered = []  # peers that got a scripted answer
        self.connections = 0

    def accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except BlockingIOError:
                return
            self.connections += 1
            self.peers.add(Peer(self, sock))

    def release(self):
        """Sends what is left of the scripted answers."""
        for peer in self.answered:
            peer.send_rest()

    def close(self):
        for peer in list(self.peers):
            peer.end()
        self.loop.end(self.listener)


class Peer:
    def __init__(self, upstream, sock):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.upstream = upstream
        self.sock = sock
        self.have = bytearray()
        self.rest = []
        self.has_answered = False
        self.is_open = True
        upstream.loop.add(sock, self.read)

    def read(self):
        try:
            data = self.sock.recv(1 << 18)
        except ConnectionError:
            data = b""
        if not data:
            self.end()
            return
        self.have += data
        self.upstream.bytes_seen += len(data)
        while self.have and self.is_open and self.take():
            pass

    def take(self):
        try:
            end = message_end(self.have)
        except (AssertionError, ValueError) as problem:
            self.upstream.complaints.append(f"malformed upstream: {problem}")
            self.end()
            return False
        if self.upstream.is_early and not self.has_answered and b"\r\n\r\n" in self.have:
            self.reply()
        if end is None:
            return False
        self.upstream.messages.append(Message(self.have[:end]))
        del self.have[:end]
        if not self.has_answered:
            self.reply()
        self.has_answered = False
        return True

    def reply(self):
        pieces = [OK]
        if self.upstream.script:
            pieces = list(self.upstream.script(len(self.upstream.answered)))
            self.upstream.answered.append(self)
        self.has_answered = True
        self.rest = pieces[1:]
        self.send(pieces[0])

    def send_rest(self):
        rest, self.rest = self.rest, []
        for piece in rest:
            self.send(piece)

    def send(self, data):
        try:
            if data is None:
                self.sock.shutdown(socket.SHUT_WR)
            else:
                self.sock.sendall(data)
        except OSError:
            pass

    def end(self):
        self.is_open = False
        self.upstream.peers.discard(self)
        self.upstream.loop.end(self.sock)


class Caller:
    """One connection that sends its pieces one by one and takes what comes."""

    def __init__(self, loop, to, pieces, wanted=1, heads=()):
        self.loop = loop
        self.to = to
        self.pieces = list(pieces)
        self.wanted = wanted
        self.heads = list(heads)
        self.have = bytearray()
        self.answers = []
        self.has_ended = False
        self.problem = None
        self.sock = None

    def open(self):
        kind = socket.AF_INET if isinstance(self.to, tuple) else socket.AF_UNIX
        self.sock = socket.socket(kind)
        if kind == socket.AF_INET:
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.connect(self.to)
        self.loop.add(self.sock, self.read)
        return self

    def send_next(self):
        """Sends one more piece; False when nothing is left or an end has come."""
        if self.has_ended:
            self.pieces.clear()
        if not self.pieces:
            return False
        piece = self.pieces.pop(0)
        try:
            if piece is None:
                self.sock.shutdown(socket.SHUT_WR)
            else:
                self.sock.sendall(piece)
        except OSError:
            self.pieces.clear()
        return bool(self.pieces)

    def read(self):
        try:
            data = self.sock.recv(1 << 16)
        except ConnectionError:
            data = b""
        if not data:
            self.has_ended = True
            self.loop.end(self.sock)
            return
        self.have += data
        while self.have and self.take():
            pass

    def take(self):
        turn = len(self.answers)
        is_head = turn < len(self.heads) and self.heads[turn]
        try:
            end = message_end(self.have, is_head)
        except (AssertionError, ValueError) as problem:
            self.problem = f"malformed answer: {problem}"
            end = None
        if end is None:
            return False
        self.answers.append(Message(self.have[:end]))
        del self.have[:end]
        return True

    def is_done(self):
        """All answers are here, and the end where the last of them, or a case, speaks of it."""
        if self.has_ended or self.problem is not None:
            return True
        if self.wanted == 0 or len(self.answers) < self.wanted:
            return False
        return self.answers[-1].value("connection") != "close"

    def close(self):
        if self.sock is not None:
            self.loop.end(self.sock)
            self.has_ended = True
