# The policy for MCP tools of docs/recipes.md, with the SDK of MCP at both ends.
# SPDX-License-Identifier: Apache-2.0
import json
import os
import pathlib
import shutil
import socket
import subprocess

import pytest

from recipes import recipe  # noqa: F401
from services import PROGRAM, Process, free_port, token
from wire import DEADLINE, eventually

HERE = pathlib.Path(__file__).resolve().parent / "mcp"
# Where ./bootstrap check puts the SDK, beside the program.
SDK = pathlib.Path(os.environ.get("COUNTERSIGN_MCP_SDK", PROGRAM.parent / "mcp"))
pytestmark = pytest.mark.skipif(
    not shutil.which("node") or not (SDK / "node_modules").exists(),
    reason=f"no Node, or no MCP SDK in {SDK}: ./bootstrap check installs them")


@pytest.fixture
def tools(folder):
    """The tool server's URL."""
    port = free_port()
    server = Process(["node", HERE / "server.mjs", port, SDK], folder / "tools.log")

    def listens():
        """the tool server takes connections"""
        assert server.is_alive(), server.said()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0
    eventually(listens)
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def proxy(tools, recipe):  # noqa: F811
    return recipe("MCP tools", tools)


class Agent:
    """A client of the tools with a session of its own."""

    def __init__(self, proxy, user="alice"):
        self.child = subprocess.Popen(
            ["node", HERE / "client.mjs", f"http://127.0.0.1:{proxy.port}/mcp", token(user), SDK],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        told = self.child.stdout.readline()
        self.tools = json.loads(told)["tools"] if told else self.child.stderr.read()

    def begin(self, name, wait=None, **arguments):
        self.child.stdin.write(json.dumps({"name": name, "wait": wait, "arguments": arguments})
                               + "\n")
        self.child.stdin.flush()
        return self

    def result(self):
        return json.loads(self.child.stdout.readline())

    def call(self, name, wait=None, **arguments):
        return self.begin(name, wait, **arguments).result()

    def stop(self):
        self.child.stdin.close()
        self.child.stdin = None
        try:
            _, errors = self.child.communicate(timeout=DEADLINE)
        finally:
            self.child.kill()
        assert self.child.returncode == 0, errors


@pytest.fixture
def agent(proxy):
    started = []

    def start(user="alice"):
        started.append(Agent(proxy, user))
        return started[-1]
    yield start
    for one in started:
        one.stop()


def test_harmless_tools_pass(agent, proxy):
    one = agent()
    assert set(one.tools) == {"list_records", "delete_record", "shell_run"}
    assert one.call("list_records") == {"text": "1 2 3"}
    assert proxy.admin.list() == []


def test_tool_that_deletes_runs_with_consent(agent, proxy):
    one = agent()
    one.begin("delete_record", id="1")
    asked = proxy.admin.one()
    assert asked["title"] == "Delete records"
    shown = asked["request"]["body"]
    assert '"arguments":{"id":"1"}' in shown and '"id":<not signed>' in shown, shown
    proxy.admin.approve(asked["id"])
    assert one.result() == {"text": "deleted 1"}
    assert one.call("list_records") == {"text": "2 3"}


def test_denial_is_an_error_of_that_call_alone(agent, proxy):
    one = agent()
    one.begin("delete_record", id="2")
    proxy.admin.deny(proxy.admin.one()["id"], reason="keep it")
    told = one.result()
    assert told["data"]["reason"] == "keep it" and told["code"] < 0, told
    assert one.call("list_records") == {"text": "1 2 3"}


def test_call_that_was_not_decided_in_time_succeeds_when_repeated(agent, proxy):
    one = agent()
    told = one.call("delete_record", wait=1, id="3")
    asked = proxy.admin.one()
    assert told["data"]["ticket"] == asked["id"], told
    proxy.admin.approve(asked["id"])
    # Another id, and another session too.
    assert agent().call("delete_record", id="3") == {"text": "deleted 3"}
    assert len(proxy.records("approval.opened")) == 1


def test_other_arguments_are_another_action(agent, proxy):
    one, other = agent(), agent()
    one.begin("delete_record", id="1")
    asked = proxy.admin.one()
    other.begin("delete_record", id="2")
    both = proxy.admin.pending(2)
    for each in both:
        if each["id"] == asked["id"]:
            proxy.admin.approve(each["id"])
        else:
            proxy.admin.deny(each["id"], reason="not this one")
    assert one.result() == {"text": "deleted 1"}
    assert other.result()["data"]["reason"] == "not this one"


def test_denied_tool_never_asks_anybody(agent, proxy):
    told = agent().call("shell_run")
    assert told["code"] < 0, told
    assert proxy.admin.list() == []
    proxy.record("request.denied", rule__name="tools.shell")


def test_batch_is_refused_whatever_is_in_it(proxy):
    """Two calls in one document: nobody can tell which rule speaks of it, so the strictest does."""
    batch = [{"jsonrpc": "2.0", "id": n, "method": "tools/list"} for n in (1, 2)]
    got = proxy.call("POST", "/mcp", headers={"Content-Type": "application/json"},
                     body=json.dumps(batch).encode())
    assert got.status == 200 and got.json()["error"]["data"]["status"] == 403, got
    proxy.record("request.denied", rule__name="tools.shell")
    assert not proxy.records("request.allowed")
