# The programs under test and around it, started for real and ended by their process ids.
# SPDX-License-Identifier: Apache-2.0
import contextlib
import hashlib
import json
import os
import pathlib
import random
import signal
import socket
import subprocess

import requests

import trail
from wire import DEADLINE, Connection, eventually

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("COUNTERSIGN_PROGRAM", ROOT / "build" / "countersign"))

# Who there is: alice and erin ask, bob and carol may approve, dave may not, zoe reads all.
PEOPLE = {
    "alice": ["support"],
    "erin": ["support"],
    "bob": ["sre"],
    "carol": ["sre"],
    "dave": ["support"],
    "zoe": ["audit"],
}


def token(user):
    return f"token-of-{user}-0123456789"


def identity_tokens(people=None):
    return [{"user": user, "groups": groups,
             "sha256": hashlib.sha256(token(user).encode()).hexdigest()}
            for user, groups in (people or PEOPLE).items()]


# Below the range that outgoing connections take theirs from, so that no call of a test sits on
# a port while its server is restarted; none is handed out twice.
_ports = random.SystemRandom().sample(range(10240, 32768), 8192)


def free_port():
    while True:
        port = _ports.pop()
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


class Process:
    """A child in a process group of its own, with its output in a file."""

    def __init__(self, words, log, env=None, cwd=None):
        self.log = pathlib.Path(log)
        with open(self.log, "ab") as output:
            self.child = subprocess.Popen(
                [str(word) for word in words], stdin=subprocess.DEVNULL, stdout=output,
                stderr=output, env=env, cwd=cwd, start_new_session=True)

    @property
    def pid(self):
        return self.child.pid

    def is_alive(self):
        return self.child.poll() is None

    def said(self):
        return self.log.read_text(errors="replace")

    def signal(self, number):
        self.child.send_signal(number)

    def kill(self):
        """kill -9 of this process alone."""
        self.child.kill()
        self.child.wait(DEADLINE)

    def stop(self, timeout=DEADLINE):
        """SIGTERM, and the exit code."""
        if self.is_alive():
            self.child.terminate()
        try:
            return self.child.wait(timeout)
        finally:
            self.sweep()

    def sweep(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.child.pid, signal.SIGKILL)
        self.child.wait(DEADLINE)


class Redis:
    """A redis-server that syncs every write, so that it comes back with what it had."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        self.path = self.folder / "redis.sock"
        self.port = free_port()
        self.url = f"unix:{self.path}"
        self.process = None
        self.start()

    def start(self):
        self.process = Process(
            ["redis-server", "--bind", "127.0.0.1", "--port", self.port, "--unixsocket", self.path,
             "--dir", self.folder, "--appendonly", "yes", "--appendfsync", "always",
             "--save", "", "--daemonize", "no"], self.folder / "redis.log")
        eventually(self._answers)

    def _answers(self):
        """redis-server answers PING"""
        assert self.process.is_alive(), self.process.said()
        try:
            return self.ask("PING") == "PONG"
        except (OSError, RuntimeError):
            return False

    def kill(self):
        self.process.kill()

    def stop(self):
        self.process.stop()

    def ask(self, *words):
        """One command; strings, numbers, lists and None as Redis says them."""
        with Connection(self.path) as link:
            data = [word if isinstance(word, bytes) else str(word).encode() for word in words]
            link.send(b"*%d\r\n" % len(data) +
                      b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in data))
            return read_reply(link.socket.makefile("rb"))

    def keys(self):
        return self.ask("KEYS", "*")


def read_reply(source):
    line = source.readline()
    kind, rest = line[:1], line[1:-2]
    if not line:
        raise RuntimeError("Redis hung up")
    if kind == b"+":
        return rest.decode()
    if kind == b"-":
        raise RuntimeError(rest.decode())
    if kind == b":":
        return int(rest)
    if kind == b"$":
        if rest == b"-1":
            return None
        return source.read(int(rest) + 2)[:-2]
    assert kind == b"*", line
    return None if rest == b"-1" else [read_reply(source) for _ in range(int(rest))]


def merge(base, changes):
    """`changes` laid over `base`, map by map; None takes a key away."""
    for key, value in changes.items():
        if value is None:
            base.pop(key, None)
        elif isinstance(value, dict) and isinstance(base.get(key), dict):
            merge(base[key], value)
        else:
            base[key] = value
    return base


class Countersign:
    """One `countersign serve` in a folder of its own, configured by a dict."""

    def __init__(self, folder, upstream_url, redis_url, rules, **changes):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(exist_ok=True)
        self.state_dir = pathlib.Path(changes.pop("state_dir", self.folder / "state"))
        self.site = changes.pop("site", {})
        self.port = free_port()
        self.admin_port = free_port()
        self.audit_file = self.folder / "audit.jsonl"
        self.file = self.folder / "countersign.yaml"
        self.process = None
        self.before = []  # words that run the program: prlimit(1) and its like
        self.expects_clean_exit = True
        self.config = merge(self._config(upstream_url, redis_url, rules), changes)
        self.write()
        self.admin = Admin(self.admin_port)

    def _config(self, upstream_url, redis_url, rules):
        return {
            "workers": 2,
            "listen": [{"address": f"127.0.0.1:{self.port}"}],
            "admin": {"address": f"127.0.0.1:{self.admin_port}", "auditors": ["audit"]},
            "store": {"redis": redis_url, "namespace": "flows"},
            "state_dir": str(self.state_dir),
            "audit": {"file": str(self.audit_file)},
            "identity": {"tokens": identity_tokens()},
            "limits": {"drain_timeout": "5s", "connections_per_address": 5000},
            "sites": [merge({"name": "admin", "upstream": upstream_url, "rules": rules},
                            self.site)],
        }

    def write(self):
        """The configuration as a file: JSON is YAML."""
        self.file.write_text(json.dumps(self.config, indent=1) + "\n")

    # --- life ---------------------------------------------------------------

    def start(self):
        log = self.folder / "countersign.log"
        self.process = Process([*self.before, PROGRAM, "serve", "--config", self.file], log)
        eventually(self._is_ready)
        return self

    def _is_ready(self):
        """/readyz of the admin endpoint says 200"""
        assert self.process.is_alive(), self.process.said()
        try:
            return requests.get(f"{self.admin.url}/readyz", timeout=5).status_code == 200
        except requests.ConnectionError:
            return False

    def kill(self):
        self.process.kill()

    def stop(self):
        """Ends it as a service manager would, and holds it to its promises."""
        if self.process is None:
            return
        was_alive = self.process.is_alive()
        code = self.process.stop(timeout=30)
        said = self.process.said()
        assert "Sanitizer" not in said and "runtime error" not in said, said
        if self.expects_clean_exit:
            assert was_alive and code == 0, f"exit code {code}\n{said}"

    # --- what is asked of it --------------------------------------------------

    def connect(self, **options):
        return Connection(self.port, **options)

    def begin(self, method, target, user="alice", headers=(), body=None, **options):
        """Sends a request and leaves it waiting; `.answer()` takes what comes."""
        connection = self.connect(**options)
        connection.ask(method, target, {**self.who(user), **dict(headers)}, body)
        return connection

    def call(self, method, target, user="alice", headers=(), body=None, timeout=DEADLINE):
        with self.begin(method, target, user, headers, body) as connection:
            return connection.answer(timeout)

    @staticmethod
    def who(user):
        return {"Countersign-Token": token(user)} if user else {}

    def status(self, ticket, user="alice", wait=None, method="GET"):
        target = f"/.well-known/countersign/approvals/{ticket}"
        return self.call(method, target + (f"?wait={wait}" if wait else ""), user)

    # --- the command line -------------------------------------------------------

    def run(self, *words, user=None, config=False, timeout=DEADLINE):
        """`countersign WORDS`, as `user` of the admin endpoint; a finished process."""
        env = {key: value for key, value in os.environ.items()
               if not key.startswith("COUNTERSIGN_")}
        if user:
            env.update(COUNTERSIGN_ADMIN=self.admin.url, COUNTERSIGN_TOKEN=token(user))
        more = ["--config", str(self.file)] if config else []
        return subprocess.run([str(PROGRAM), *words, *more], env=env, timeout=timeout,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)

    # --- the trail ----------------------------------------------------------------

    def records(self, event=None, **wanted):
        return trail.select(trail.read(self.audit_file), event, **wanted)

    def record(self, event, count=1, **wanted):
        """Waits for that many records of a kind, and returns the last of them."""
        def there():
            return len(self.records(event, **wanted)) >= count
        there.__doc__ = f"{count} × {event} in the trail"
        eventually(there, why=lambda: [
            (r["event"], r.get("why"), trail.get(r, "resp.status")) for r in self.records()[-8:]])
        return self.records(event, **wanted)[-1]

    def exported_key(self):
        key = self.folder / "keys.pub"
        if not key.exists():
            done = self.run("keys", "export", config=True)
            assert done.returncode == 0, done.stderr
            key.write_text(done.stdout)
        return key

    def verify(self, *files, config=True):
        """`countersign audit verify` over the trail; a finished process."""
        return self.run("audit", "verify", "--key", str(self.exported_key()),
                        *map(str, files or [self.audit_file]), config=config)


class Admin:
    """The approver's side, as its REST interface."""

    def __init__(self, port):
        self.url = f"http://127.0.0.1:{port}"

    def ask(self, method, path, user="bob", **options):
        headers = {"Authorization": f"Bearer {token(user)}"} if user else {}
        headers.update(options.pop("headers", {}))
        return requests.request(method, self.url + path, headers=headers, timeout=DEADLINE,
                                **options)

    def list(self, user="bob", state="pending"):
        """All approvals in a state, page after page."""
        found, cursor = [], ""
        while True:
            query = {"cursor": cursor} if cursor else {}
            got = self.ask("GET", "/api/v1/approvals", user, params={"state": state, **query})
            assert got.status_code == 200, got.text
            found += got.json()["approvals"]
            cursor = got.json()["next"]
            if not cursor:
                return found

    def pending(self, count=1, user="bob"):
        """Waits until exactly that many wait for people, and returns them."""
        def waiting():
            found = self.list(user)
            return found if len(found) == count else None
        waiting.__doc__ = f"{count} pending approvals"
        return eventually(waiting)

    def one(self, user="bob"):
        return self.pending(1, user)[0]

    def show(self, ticket, user="bob"):
        return self.ask("GET", f"/api/v1/approvals/{ticket}", user)

    def decide(self, ticket, decision, user="bob", reason="because", **more):
        return self.ask("POST", f"/api/v1/approvals/{ticket}/decisions", user,
                        json={"decision": decision, "reason": reason, **more})

    def approve(self, ticket, user="bob", **more):
        got = self.decide(ticket, "approve", user, **more)
        assert got.status_code == 201, got.text
        return got

    def deny(self, ticket, user="bob", **more):
        got = self.decide(ticket, "deny", user, **more)
        assert got.status_code == 201, got.text
        return got
