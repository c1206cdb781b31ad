# The policies of docs/recipes.md with the real clients: RabbitMQ's and a search server's.
# SPDX-License-Identifier: Apache-2.0
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest
import requests

import recipes
from recipes import recipe  # noqa: F401
from services import Process, free_port, token
from trail import get
from wire import DEADLINE, eventually


@pytest.mark.parametrize("heading", recipes.policies())
def test_policy_can_be_used_and_draws_no_warning(heading, folder):
    proxy = recipes.Recipe(folder / "node", heading, "http://127.0.0.1:1", "embedded")
    done = proxy.run("check", "--output", "json", config=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["warnings"] == 0, done.stdout


# --- RabbitMQ ---------------------------------------------------------------------

# The script behind the wrapper that insists on root: it runs as anybody.
RABBITMQ = pathlib.Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
needs_rabbitmq = pytest.mark.skipif(
    not RABBITMQ.exists(), reason="no rabbitmq-server: ./bootstrap check installs it")


def rabbitmq_environment(folder, ports):
    home = folder / "rabbitmq"
    home.mkdir()
    (home / "plugins").write_text("[rabbitmq_management].\n")
    # A bare system has no /etc/hosts, and Erlang wants to know where localhost is.
    (home / "inetrc").write_text('{host, {127,0,0,1}, ["localhost"]}.\n{lookup, [file, native]}.\n')
    (home / "rabbitmq.conf").write_text(
        f"listeners.tcp.default = 127.0.0.1:{ports['amqp']}\n"
        f"management.tcp.ip = 127.0.0.1\nmanagement.tcp.port = {ports['http']}\n"
        "management_agent.disable_metrics_collector = false\nlog.file = false\n")
    return {
        "PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8",
        "ERL_EPMD_PORT": str(ports["epmd"]), "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_INETRC": str(home / "inetrc"),
        "RABBITMQ_NODENAME": f"flows{ports['amqp']}@localhost",
        "RABBITMQ_NODE_PORT": str(ports["amqp"]), "RABBITMQ_DIST_PORT": str(ports["dist"]),
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_CONF_ENV_FILE": str(home / "none"),
        "RABBITMQ_CONFIG_FILE": str(home / "rabbitmq.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "plugins"),
        "RABBITMQ_MNESIA_BASE": str(home / "data"), "RABBITMQ_LOG_BASE": str(home / "log"),
        "RABBITMQ_PID_FILE": str(home / "pid"), "RABBITMQ_LOGS": "-",
    }


@pytest.fixture(scope="module")
def rabbitmq():
    """RabbitMQ with its management plugin on the loopback; its URL."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="cs-"))
    ports = {name: free_port() for name in ("amqp", "http", "epmd", "dist")}
    env = rabbitmq_environment(folder, ports)
    # A port mapper of our own, that ends with the test.
    mapper = Process(["epmd", "-port", ports["epmd"], "-address", "127.0.0.1"],
                     folder / "epmd.log", env=env)
    server = Process([RABBITMQ], folder / "rabbitmq.log", env=env, cwd=folder)
    url = f"http://127.0.0.1:{ports['http']}"

    def ready():
        """RabbitMQ's management answers"""
        assert server.is_alive(), server.said()
        try:
            got = requests.get(f"{url}/api/overview", auth=("guest", "guest"), timeout=5)
            return got.status_code == 200
        except requests.ConnectionError:
            return False
    try:
        eventually(ready, timeout=60, pause=0.2, why=server.said)
        yield url
    finally:
        server.sweep()
        mapper.stop()
        shutil.rmtree(folder, ignore_errors=True)


def rabbitmqadmin(port, *words):
    """The tool as people run it; a running process."""
    return subprocess.Popen(
        ["rabbitmqadmin", f"--port={port}", "--host=127.0.0.1", "-u", "guest", "-p", "guest",
         *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def said(process):
    out, _ = process.communicate(timeout=DEADLINE)
    return process.returncode, out


def queues(url):
    got = requests.get(f"{url}/api/queues", auth=("guest", "guest"), timeout=DEADLINE)
    return {queue["name"] for queue in got.json()}


@needs_rabbitmq
def test_rabbitmqadmin_declares_freely_and_deletes_with_consent(rabbitmq, recipe):
    proxy = recipe("RabbitMQ management", rabbitmq)
    assert said(rabbitmqadmin(proxy.port, "declare", "queue", "name=jobs")) == (
        0, "queue declared\n")
    code, out = said(rabbitmqadmin(proxy.port, "publish", "routing_key=jobs", "payload=hi",
                                   "exchange=amq.default"))
    assert code == 0, out
    assert "jobs" in said(rabbitmqadmin(proxy.port, "list", "queues", "name"))[1]

    purging = rabbitmqadmin(proxy.port, "purge", "queue", "name=jobs")
    one = proxy.admin.one()
    assert one["title"] == "Purge queue jobs of %2F"
    assert one["request"]["path"] == "/api/queues/%2F/jobs/contents"
    proxy.admin.deny(one["id"], reason="they are needed")
    code, out = said(purging)
    assert code != 0 and "they are needed" in out, out

    deleting = rabbitmqadmin(proxy.port, "delete", "queue", "name=jobs")
    one = proxy.admin.one()
    assert one["title"] == "Delete queue jobs of %2F"
    assert "jobs" in queues(rabbitmq), "gone before anybody agreed"
    proxy.admin.approve(one["id"])
    assert said(deleting) == (0, "queue deleted\n")
    assert "jobs" not in queues(rabbitmq)


@needs_rabbitmq
def test_rabbitmq_takes_a_named_caller_and_two_for_a_virtual_host(rabbitmq, recipe):
    proxy = recipe("RabbitMQ management", rabbitmq)
    requests.put(f"{rabbitmq}/api/vhosts/blue", auth=("guest", "guest"), timeout=DEADLINE)
    deleting = subprocess.Popen(
        ["curl", "-sS", "-i", "-u", "guest:guest", "-H", f"Countersign-Token: {token('alice')}",
         "-X", "DELETE", f"http://127.0.0.1:{proxy.port}/api/vhosts/blue"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    one = proxy.admin.one()
    assert one["requester"]["user"] == "alice" and one["need"] == 2
    proxy.admin.approve(one["id"], user="bob")
    proxy.admin.approve(one["id"], user="carol")
    _, out = said(deleting)
    assert out.startswith("HTTP/1.1 204"), out
    assert "guest" not in json.dumps(proxy.admin.show(one["id"]).json()["request"])
    code, out = said(rabbitmqadmin(proxy.port, "get", "queue=any"))
    assert code != 0 and "403" in out, out


# --- a search server ----------------------------------------------------------------

class SearchServer:
    """Answers as Elasticsearch does, as far as its client asks in these tests."""

    def __init__(self, upstream):
        self.documents = {"logs": {"1": {"level": "info"}, "2": {"level": "debug"}}, "kept": {}}
        upstream.answer = self.answer
        self.received = upstream.requests

    def answer(self, received, _):
        status, body = self.work(received.method, received.target.split("?")[0],
                                 json.loads(received.body or "null"))
        data = json.dumps(body).encode()
        return (b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nX-Elastic-Product: "
                b"Elasticsearch\r\nContent-Length: %d\r\n\r\n" % (status, len(data))) + data

    def work(self, method, path, body):
        index, _, act = path.strip("/").partition("/")
        if not index:
            return 200, {"version": {"number": "7.17.6", "build_flavor": "default"},
                         "tagline": "You Know, for Search"}
        if act == "_search":
            return 200, {"hits": {"hits": self.found(index, body["query"])}}
        if act == "_delete_by_query":
            gone = self.found(index, body["query"])
            for hit in gone:
                del self.documents[index][hit["_id"]]
            return 200, {"deleted": len(gone)}
        if method == "DELETE":
            self.documents.pop(index)
            return 200, {"acknowledged": True}
        self.documents.setdefault(index, {})[act.split("/")[-1]] = body
        return 201, {"result": "created"}

    def found(self, index, query):
        (field, value), = query["term"].items()
        return [{"_id": number, "_source": one} for number, one in self.documents[index].items()
                if one.get(field) == value]


CLIENT = pathlib.Path("/usr/lib/python3/dist-packages/elasticsearch")
needs_client = pytest.mark.skipif(
    not CLIENT.exists(), reason="no python3-elasticsearch: ./bootstrap check installs it")


@pytest.fixture
def search(upstream, recipe):
    elasticsearch = pytest.importorskip("elasticsearch", reason="no python3-elasticsearch")
    server = SearchServer(upstream)
    proxy = recipe("A search server", upstream.url)
    client = elasticsearch.Elasticsearch(
        [f"http://127.0.0.1:{proxy.port}"], headers={"Countersign-Token": token("alice")},
        send_get_body_as="GET", timeout=DEADLINE, max_retries=0)
    yield server, proxy, client
    client.close()


@needs_client
def test_searches_with_a_body_on_get_pass(search):
    server, proxy, client = search
    hits = client.search(index="logs", query={"term": {"level": "debug"}})
    assert [hit["_id"] for hit in hits["hits"]["hits"]] == ["2"]
    client.index(index="logs", id="3", document={"level": "info"})
    assert server.documents["logs"]["3"] == {"level": "info"}
    by_get = client.transport.perform_request(
        "GET", "/logs/_search", body={"query": {"term": {"level": "info"}}})
    assert len(by_get["hits"]["hits"]) == 2
    assert [r.method for r in server.received if r.target.endswith("_search")] == ["POST", "GET"]
    assert proxy.admin.list() == []


@needs_client
def test_index_is_deleted_with_consent_and_never_by_a_pattern(search):
    server, proxy, client = search
    deleting = recipes.in_background(lambda: client.indices.delete(index="logs"))
    one = proxy.admin.one()
    assert one["title"] == "Delete index logs" and "logs" in server.documents
    proxy.admin.approve(one["id"])
    assert deleting.join() == {"acknowledged": True}
    assert "logs" not in server.documents
    for pattern in ("kep*", "kept,logs", "_all"):
        with pytest.raises(Exception) as refused:
            client.indices.delete(index=pattern)
        assert refused.value.status_code == 403, pattern
    assert "kept" in server.documents and proxy.admin.list() == []


@needs_client
def test_query_that_deletes_is_shown_to_the_approver(search):
    server, proxy, client = search
    query = {"query": {"term": {"level": "debug"}}}
    deleting = recipes.in_background(lambda: client.delete_by_query(index="logs", body=query))
    one = proxy.admin.one()
    assert json.loads(one["request"]["body"]) == query
    proxy.admin.deny(one["id"], reason="ask the owner")
    error = deleting.join()
    assert error.status_code == 403 and "ask the owner" in str(error.info), error
    assert get(proxy.record("decision.denied"), "approval.id") == one["id"]
    assert len(server.documents["logs"]) == 2
