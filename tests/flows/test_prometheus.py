# A real admin API: Debian's Prometheus behind Countersign, its series deleted with consent.
# SPDX-License-Identifier: Apache-2.0
import json
import subprocess
import time

import pytest
import requests

from services import Process, free_port, token
from trail import events_of, get
from wire import DEADLINE, eventually

RULES = [
    {"name": "queries", "verdict": "allow",
     "match": {"method": ["GET", "POST"], "path": ["/api/v1/query", "/api/v1/query_range",
                                                   "/api/v1/series", "/api/v1/labels"]}},
    {"name": "status", "match": {"method": "GET", "path": ["/-/ready", "/-/healthy", "/metrics",
                                                           "/api/v1/status/**"]},
     "verdict": "allow"},
    {"name": "tsdb.admin", "title": "TSDB administration",
     "match": {"path": "/api/v1/admin/tsdb/**"}, "verdict": "approval",
     "approval": {"from": {"group": "sre", "count": 1}, "hold_for": "20s"}},
]


@pytest.fixture
def prometheus(folder):
    """Prometheus on loopback, with two series written an hour ago."""
    data = folder / "prometheus"
    data.mkdir()
    then = int(time.time()) - 3600
    series = folder / "series.txt"
    series.write_text("# TYPE doomed gauge\n" +
                      "".join(f'doomed{{n="{n}"}} {n} {then}\n' for n in (1, 2)) +
                      f"# TYPE kept gauge\nkept 3 {then}\n# EOF\n")
    subprocess.run(["promtool", "tsdb", "create-blocks-from", "openmetrics", series, data],
                   check=True, capture_output=True, timeout=DEADLINE)
    config = folder / "prometheus.yml"
    config.write_text("global: {scrape_interval: 1h}\n")
    port = free_port()
    process = Process(["prometheus", f"--config.file={config}", f"--storage.tsdb.path={data}",
                       f"--web.listen-address=127.0.0.1:{port}", "--web.enable-admin-api",
                       "--storage.tsdb.retention.time=10d"], folder / "prometheus.log",
                      cwd=folder)
    server = f"http://127.0.0.1:{port}"

    def ready():
        assert process.is_alive(), process.said()
        try:
            return requests.get(f"{server}/-/ready", timeout=5).status_code == 200
        except requests.ConnectionError:
            return False
    eventually(ready)
    yield server, then
    process.stop()


@pytest.fixture
def proxy(prometheus, serve):
    server, _ = prometheus
    return serve(sites=[{"name": "prometheus", "upstream": server, "rules": RULES}])


def values(server, then, name):
    """The series of that name, straight from Prometheus."""
    got = requests.get(f"{server}/api/v1/query", params={"query": name, "time": then}, timeout=20)
    return {sample["metric"].get("n") for sample in got.json()["data"]["result"]}


def curl(proxy, selector, *words):
    """The delete call as a person makes it; a running curl."""
    return subprocess.Popen(
        ["curl", "-sS", "-g", "-i", "-X", "POST", "-H", f"Countersign-Token: {token('alice')}",
         *words, f"http://127.0.0.1:{proxy.port}/api/v1/admin/tsdb/delete_series?match[]={selector}"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def approvals(proxy, *words):
    return proxy.run("approvals", *words, user="bob")


def test_series_is_deleted_only_with_consent(prometheus, proxy):
    server, then = prometheus
    deleting = curl(proxy, "doomed%7Bn%3D%221%22%7D")
    one = proxy.admin.one()
    assert values(server, then, "doomed") == {"1", "2"}, "gone before anybody agreed"
    listed = json.loads(approvals(proxy, "ls", "--output", "json").stdout)
    assert one["id"] in json.dumps(listed)
    done = approvals(proxy, "approve", one["id"], "--reason", "as agreed")
    assert done.returncode == 0, done.stderr
    out, errors = deleting.communicate(timeout=DEADLINE)
    assert out.startswith("HTTP/1.1 204"), out + errors
    assert f"Countersign-Ticket: {one['id']}" in out
    assert values(server, then, "doomed") == {"2"}

    again = curl(proxy, "doomed%7Bn%3D%221%22%7D")
    anew = proxy.admin.one()
    assert anew["id"] != one["id"], "the same call again asks anew"
    done = approvals(proxy, "deny", anew["id"], "--reason", "once is enough")
    assert done.returncode == 0, done.stderr
    out, errors = again.communicate(timeout=DEADLINE)
    assert out.startswith("HTTP/1.1 403"), out + errors
    assert "once is enough" in out

    kept = curl(proxy, "kept")
    approvals(proxy, "deny", proxy.admin.one()["id"], "--reason", "it is needed")
    out, _ = kept.communicate(timeout=DEADLINE)
    assert out.startswith("HTTP/1.1 403") and "it is needed" in out
    assert values(server, then, "kept") == {None}

    records = proxy.records()
    told = events_of(records, one["id"])
    assert told[:4] == ["approval.opened", "decision.approved", "approval.claimed",
                        "approval.completed"]
    assert get(proxy.records("approval.completed")[0], "resp.status") == 204
    assert len(proxy.records("decision.denied")) == 2


def test_queries_pass_without_waiting(prometheus, proxy):
    _, then = prometheus
    front = f"http://127.0.0.1:{proxy.port}"
    got = requests.get(f"{front}/api/v1/query", params={"query": "kept", "time": then}, timeout=5)
    assert got.json()["data"]["result"][0]["value"][1] == "3"
    done = subprocess.run(["promtool", "query", "instant", f"--time={then}", front, "doomed"],
                          capture_output=True, text=True, timeout=DEADLINE)
    assert done.returncode == 0, done.stderr
    assert 'doomed{n="1"} => 1' in done.stdout
    assert requests.get(f"{front}/-/ready", timeout=5).status_code == 200
    assert requests.get(f"{front}/graph", timeout=5).status_code == 403
    assert proxy.admin.list() == []
    assert len(proxy.records("approval.opened")) == 0


def test_metrics_are_what_prometheus_understands(proxy):
    text = proxy.admin.ask("GET", "/metrics", user=None).text
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True,
                          text=True, timeout=DEADLINE)
    assert done.returncode == 0, done.stdout + done.stderr
