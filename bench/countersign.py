# Countersign under measurement: its configuration, its Redis, and its admin endpoint.
# SPDX-License-Identifier: Apache-2.0
import hashlib
import http.client
import itertools
import json
import subprocess
import urllib.parse

from peers import Proxy, find_program
from processes import BenchError, Family

CALLER_TOKEN = "bench-caller-token-4c1f0a"
APPROVER_TOKEN = "bench-approver-token-97be52"
GATED_PATH = "/gated/"

namespaces = itertools.count()


def token(user, groups, text):
    return {"user": user, "groups": groups,
            "sha256": hashlib.sha256(text.encode()).hexdigest()}


class Redis(Family):
    """A server on a Unix socket, on the core of load and upstream.  With `is_synced`
    every write waits for the device."""

    def __init__(self, bench, scratch, is_synced):
        self.socket = scratch / "redis.sock"
        durable = (["--appendonly", "yes", "--appendfsync", "always"] if is_synced
                   else ["--appendonly", "no"])
        command = [find_program("redis-server", "redis-server"), "--port", "0",
                   "--unixsocket", self.socket, "--dir", scratch, "--save", "",
                   "--daemonize", "no", *durable]
        super().__init__("redis-server", command, bench.load_core,
                         scratch / "redis.log")


class Countersign(Proxy):
    headers = {"Countersign-Token": CALLER_TOKEN}

    def __init__(self, name, rules=1000):
        super().__init__(name)
        self.rule_count = rules
        self.admin_port = None

    def rules(self, bench):
        for i in range(self.rule_count):
            yield {"name": f"rule{i:05d}", "verdict": "allow",
                   "match": {"method": "GET", "path": bench.rule_template(i)}}
        yield {"name": "large", "match": {"method": "GET", "path": "/large"},
               "verdict": "allow"}
        yield {"name": "post", "match": {"method": "POST", "path": "/post/{id}"},
               "verdict": "allow"}
        # Its body is read for this, and turns out to need nobody.
        yield {"name": "post.large", "verdict": "approval",
               "match": {"method": "POST", "path": "/post/{id}",
                         "body": {"/amount": {"gt": 1000}}},
               "approval": {"from": {"group": "approvers", "count": 1}}}
        yield {"name": "gated", "verdict": "approval",
               "match": {"method": "POST", "path": GATED_PATH + "{id}"},
               "approval": {"from": {"group": "approvers", "count": 1},
                            "hold_for": "10m", "expires": "1h"}}

    def configuration(self, bench, scratch, port):
        return {
            "workers": 1,
            "log": {"level": "warning", "format": "text"},
            "listen": [{"address": f"127.0.0.1:{port}"}],
            "admin": {"address": f"127.0.0.1:{self.admin_port}",
                      "public_url": f"http://127.0.0.1:{self.admin_port}"},
            "store": {"redis": f"unix:{bench.redis.socket}",
                      "namespace": f"bench{next(namespaces)}"},
            "state_dir": str(scratch / "state"),
            "audit": {"file": str(scratch / "audit.jsonl")},
            "identity": {"tokens": [token("caller", ["callers"], CALLER_TOKEN),
                                    token("approver", ["approvers"], APPROVER_TOKEN)]},
            "limits": {"connections_per_address": 100000,
                       "pending_per_requester": 100000,
                       "upstream_connections": 20000, "idle_timeout": "10m"},
            "sites": [{"name": "bench", "callers": "identified", "identify": ["token"],
                       "upstream": f"http://127.0.0.1:{bench.upstream_port}",
                       "otherwise": "deny", "rules": list(self.rules(bench))}],
        }

    def start(self, bench, scratch, port):
        self.admin_port = bench.take_port()
        (scratch / "state").mkdir(mode=0o700)
        path = scratch / "countersign.yaml"
        # JSON is YAML, and Python writes it without help.
        path.write_text(json.dumps(self.configuration(bench, scratch, port)))
        return Family(self.name, [bench.program, "serve", "--config", path],
                      bench.proxy_core, scratch / "log")


def version_of(program):
    run = subprocess.run([program, "version"], capture_output=True, text=True,
                         check=False)
    return (run.stdout.split() or ["?"])[-1]


class Admin:
    """The approver's side, over one kept connection."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def call(self, method, path, document=None):
        headers = {"Authorization": f"Bearer {APPROVER_TOKEN}"}
        body = None
        if document is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(document)
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        return answer.status, json.loads(answer.read() or b"null")

    def pending(self):
        """All open approvals: target -> id."""
        found, cursor = {}, None
        while True:
            query = {"state": "pending", **({"cursor": cursor} if cursor else {})}
            status, page = self.call("GET", "/api/v1/approvals?" +
                                     urllib.parse.urlencode(query))
            if status != 200:
                raise self.surprise("list", status, page)
            for approval in page["approvals"]:
                found[approval["request"]["path"]] = approval["id"]
            cursor = page.get("next")
            if not cursor:
                return found

    def approve(self, approval):
        status, answer = self.call("POST", f"/api/v1/approvals/{approval}/decisions",
                                   {"decision": "approve", "reason": "benchmark"})
        if status != 201:
            raise self.surprise(f"decide {approval}", status, answer)

    @staticmethod
    def surprise(what, status, document):
        text = json.dumps(document)[:500]
        return BenchError(f"admin endpoint: {what}: {status} {text}")
