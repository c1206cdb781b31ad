# The folder and the processes of the demo: made on the spot, gone at the end.
# SPDX-License-Identifier: Apache-2.0
import contextlib
import hashlib
import json
import os
import pathlib
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
START_DEADLINE = 20
PEOPLE = {"alice": ["support"], "bob": ["sre"]}


class Failure(Exception):
    """The demo cannot go on; the text says why."""


class Stage:
    """The folder and the processes; leaving it ends all of them and removes the folder."""

    def __init__(self, program):
        self.program = str(pathlib.Path(program).resolve())
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="countersign-demo-"))
        self.children = []
        self.tokens = {user: f"{user}-{secrets.token_hex(8)}" for user in PEOPLE}
        self.port = self.admin_port = 0
        self.config = self.folder / "countersign.yaml"
        self.trail = self.folder / "audit.jsonl"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # From here on nothing may interrupt: what was started is ended.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        for child in reversed(self.children):
            end(child)
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, words, **options):
        child = subprocess.Popen(words, stdin=subprocess.DEVNULL, start_new_session=True,
                                 **options)
        self.children.append(child)
        return child

    def start_upstream(self):
        calls = open(self.folder / "upstream.jsonl", "w+")
        self.start([sys.executable, HERE / "sample_api.py"], stdout=calls)
        port = self.wait_for(lambda: (self.folder / "upstream.jsonl").read_text().strip(),
                             "the sample admin API did not start")
        return int(port.split()[0])

    def upstream_calls(self):
        lines = (self.folder / "upstream.jsonl").read_text().splitlines()[1:]
        return [json.loads(line) for line in lines]

    def start_countersign(self, upstream_port):
        self.port, self.admin_port = free_ports(2)
        self.config.write_text(configuration(self, upstream_port))
        log = open(self.folder / "countersign.log", "w")
        child = self.start([self.program, "serve", "--config", self.config], stderr=log,
                           stdout=log)
        self.wait_for(lambda: child.poll() is not None or self.is_ready(),
                      "Countersign did not become ready")
        if child.poll() is not None:
            raise Failure("Countersign did not start:\n" +
                          (self.folder / "countersign.log").read_text())
        return child

    def is_ready(self):
        try:
            return self.ask_admin("/readyz") is not None
        except (OSError, urllib.error.URLError):
            return False

    def wait_for(self, what, complaint):
        end_at = time.monotonic() + START_DEADLINE
        while time.monotonic() < end_at:
            answer = what()
            if answer:
                return answer
            time.sleep(0.05)
        raise Failure(complaint)

    def ask_admin(self, path):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.admin_port}{path}",
            headers={"Authorization": f"Bearer {self.tokens['bob']}"})
        # Not through a proxy that the environment may name.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=5) as answer:
            return answer.read()

    def pending(self):
        found = json.loads(self.ask_admin("/api/v1/approvals?state=pending"))["approvals"]
        return found[0] if found else None

    def countersign(self, *words):
        """Runs a client command as bob; its exit code and what it said."""
        env = {**os.environ, "NO_COLOR": "1", "COUNTERSIGN_TOKEN": self.tokens["bob"],
               "COUNTERSIGN_ADMIN": f"http://127.0.0.1:{self.admin_port}"}
        done = subprocess.run([self.program, *map(str, words)], env=env, capture_output=True,
                              stdin=subprocess.DEVNULL, text=True, timeout=30)
        return done.returncode, done.stdout + done.stderr

    def records(self):
        text = self.trail.read_text() if self.trail.exists() else ""
        return [json.loads(line) for line in text.splitlines(True) if line.endswith("\n")]


def end(child):
    """SIGTERM, then SIGKILL, to the child and all that it started."""
    for number, patience in ((signal.SIGTERM, 10), (signal.SIGKILL, 5)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(patience)
    return child.returncode


def free_ports(count):
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def configuration(stage, upstream_port):
    tokens = "\n".join(
        f"    - {{user: {user}, groups: [{', '.join(groups)}], sha256: "
        f"\"{hashlib.sha256(stage.tokens[user].encode()).hexdigest()}\"}}"
        for user, groups in PEOPLE.items())
    return f"""\
listen:
  - address: 127.0.0.1:{stage.port}
admin:
  address: 127.0.0.1:{stage.admin_port}
store: {{redis: embedded}}
state_dir: {stage.folder}/state
audit: {{file: {stage.trail}}}
identity:
  tokens:
{tokens}
limits: {{drain_timeout: 2s}}
sites:
  - name: admin
    upstream: http://127.0.0.1:{upstream_port}
    defaults: {{approval: {{from: {{group: sre, count: 1}}, hold_for: 10m}}}}
    rules:
      - {{name: reading, match: {{method: GET, path: /admin/**}}, verdict: allow}}
      - name: users.delete
        title: Delete user {{id}}
        match: {{method: DELETE, path: "/admin/users/{{id}}"}}
        verdict: approval
      - name: transfers
        title: Transfer money
        match: {{method: POST, path: /admin/transfer}}
        verdict: approval
"""
