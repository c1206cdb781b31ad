# An upstream that keeps the exact bytes of every request and answers from a script.
# SPDX-License-Identifier: Apache-2.0
import socket
import struct
import threading
import time

from wire import DEADLINE

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nX-From: upstream\r\n\r\nyes"


class Received:
    """One whole request as it arrived."""

    def __init__(self, head, body, connection):
        self.raw = head + b"\r\n\r\n" + body
        self.body = body
        self.connection = connection
        self.at = time.monotonic()
        lines = head.decode("latin-1").split("\r\n")
        self.method, self.target, self.version = lines[0].split(" ")
        self.headers = [tuple(part.strip() for part in line.split(":", 1)) for line in lines[1:]]

    def header(self, name):
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(values) <= 1, (name, values)
        return values[0] if values else None

    def names(self):
        return {name.lower() for name, _ in self.headers}

    def __repr__(self):
        return f"<{self.method} {self.target} {self.headers}>"


class Upstream:
    """
    Listens on a free port of the loopback.  `answer(received, socket)` may be replaced: what
    it returns is sent; None means that it has dealt with the socket itself.
    """

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
        self.port = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.answer = lambda received, connection: OK
        self.condition = threading.Condition()
        self.requests = []
        self.connections = 0
        self.bytes_seen = 0
        self.open = set()
        self.is_closing = False
        self.acceptor = self._start(self._accept)

    def seen(self, count, timeout=DEADLINE):
        """Waits until at least that many requests have arrived, and returns all of them."""
        with self.condition:
            assert self.condition.wait_for(lambda: len(self.requests) >= count, timeout), (
                f"{len(self.requests)} requests reached the upstream, not {count}")
            return list(self.requests)

    def targets(self):
        with self.condition:
            return [f"{r.method} {r.target}" for r in self.requests]

    def close(self):
        self.is_closing = True
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        with self.condition:
            for connection in self.open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
        self.acceptor.join(DEADLINE)

    def _start(self, work, *args):
        thread = threading.Thread(target=work, args=args, daemon=True)
        thread.start()
        return thread

    def _accept(self):
        while not self.is_closing:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.condition:
                self.connections += 1
                self.open.add(connection)
            self._start(self._serve, connection, self.connections)

    def _serve(self, connection, number):
        reader = Reader(connection, self._count)
        try:
            while True:
                request = reader.request()
                if request is None:
                    return
                received = Received(*request, number)
                with self.condition:
                    self.requests.append(received)
                    self.condition.notify_all()
                reply = self.answer(received, connection)
                if reply is None:
                    return
                connection.sendall(reply)
        except OSError:
            pass
        finally:
            with self.condition:
                self.open.discard(connection)
            connection.close()

    def _count(self, number):
        with self.condition:
            self.bytes_seen += number


class Reader:
    """Requests out of a socket; anything odd is an assertion, for Countersign never sends odd."""

    def __init__(self, connection, count):
        self.connection = connection
        self.count = count
        self.have = b""

    def request(self):
        while b"\r\n\r\n" not in self.have:
            if not self._more():
                return None
        head, self.have = self.have.split(b"\r\n\r\n", 1)
        fields = head.lower().split(b"\r\n")[1:]
        length = [int(f.split(b":")[1]) for f in fields if f.startswith(b"content-length:")]
        if b"transfer-encoding: chunked" in fields:
            body = self._chunks()
        else:
            body = self._exactly(length[0] if length else 0)
        return None if body is None else (head, body)

    def _more(self):
        data = self.connection.recv(1 << 18)
        self.count(len(data))
        self.have += data
        return bool(data)

    def _exactly(self, count):
        while len(self.have) < count:
            if not self._more():
                return None
        part, self.have = self.have[:count], self.have[count:]
        return part

    def _line(self):
        while b"\r\n" not in self.have:
            if not self._more():
                return None
        line, self.have = self.have.split(b"\r\n", 1)
        return line

    def _chunks(self):
        body = b""
        while True:
            line = self._line()
            if line is None:
                return None
            size = int(line, 16)
            part = self._exactly(size + 2)
            if part is None:
                return None
            body += part[:-2]
            if size == 0:
                return body


def reset(received, connection):
    """An answer: the connection is torn down after the request was read."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def partial(received, connection):
    """An answer: half of one, then the end."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    connection.close()


def chunked(*parts):
    """An answer in chunks."""
    body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
    return lambda received, connection: (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body)


class Gate:
    """An answer that waits until the test opens the gate."""

    def __init__(self, reply=OK):
        self.event = threading.Event()
        self.reply = reply

    def __call__(self, received, connection):
        assert self.event.wait(DEADLINE)
        return self.reply

    def open(self):
        self.event.set()
