# The Kubernetes policy of docs/recipes.md with the real kubectl, against a stand-in.
# SPDX-License-Identifier: Apache-2.0
import json
import os
import shutil
import subprocess

import pytest

import recipes
from recipes import recipe  # noqa: F401
from services import token
from wire import DEADLINE

KUBECTL = os.environ.get("COUNTERSIGN_KUBECTL") or shutil.which("kubectl")
pytestmark = pytest.mark.skipif(
    not KUBECTL, reason="no kubectl: ./bootstrap check installs kubernetes-client")

VERBS = ["create", "delete", "get", "list", "patch", "update", "watch"]


def resource(name, kind, **more):
    return {"name": name, "singularName": "", "namespaced": True, "kind": kind, "verbs": VERBS,
            **more}


DISCOVERY = {
    "/version": {"major": "1", "minor": "20", "gitVersion": "v1.20.0"},
    "/api": {"kind": "APIVersions", "versions": ["v1"]},
    "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": [
        {"name": "apps", "versions": [{"groupVersion": "apps/v1", "version": "v1"}],
         "preferredVersion": {"groupVersion": "apps/v1", "version": "v1"}}]},
    "/api/v1": {"kind": "APIResourceList", "groupVersion": "v1", "resources": [
        resource("pods", "Pod", shortNames=["po"]), resource("secrets", "Secret"),
        resource("configmaps", "ConfigMap")]},
    "/apis/apps/v1": {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "apps/v1",
                      "resources": [resource("deployments", "Deployment"),
                                    resource("deployments/scale", "Scale", group="autoscaling",
                                             version="v1")]},
}


def status(code, reason, message):
    return code, {"kind": "Status", "apiVersion": "v1", "metadata": {}, "code": code,
                  "status": "Success" if code < 400 else "Failure", "reason": reason,
                  "message": message}


def made(kind, name):
    return {"apiVersion": "apps/v1" if kind == "Deployment" else "v1", "kind": kind,
            "metadata": {"name": name, "namespace": "default", "uid": f"uid-{name}",
                         "resourceVersion": "7", "creationTimestamp": "2026-01-01T00:00:00Z"},
            "spec": {"replicas": 3, "selector": {}, "template": {"spec": {"containers": []}},
                     "containers": [{"name": "main", "image": "web"}]},
            "status": {"phase": "Running"},
            **({"data": {"key": "dg=="}} if kind == "Secret" else {})}


class Cluster:
    """As much of an API server as kubectl asks for in these tests."""

    def __init__(self, upstream):
        self.upstream = upstream
        self.replicas = 3
        self.objects = {("pods", "web-1"): made("Pod", "web-1"),
                        ("pods", "web-2"): made("Pod", "web-2"),
                        ("secrets", "key"): made("Secret", "key"),
                        ("deployments", "web"): made("Deployment", "web")}
        upstream.answer = self.answer

    def answer(self, received, connection):
        path, _, query = received.target.partition("?")
        if "watch=true" in query or "watch=1" in query:
            return self.watch(connection)
        code, body = self.work(received.method, path, query, received.body)
        data = json.dumps(body).encode()
        return (b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                % (code, len(data))) + data

    def watch(self, connection):
        """Three events in an answer that has no end until then."""
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                           b"Transfer-Encoding: chunked\r\n\r\n")
        for phase in ("ADDED", "MODIFIED", "DELETED"):
            line = json.dumps({"type": phase, "object": made("Pod", "web-9")}).encode() + b"\n"
            connection.sendall(b"%x\r\n%s\r\n" % (len(line), line))
        return b"0\r\n\r\n"

    def work(self, method, path, query, body):
        if path in DISCOVERY:
            return 200, DISCOVERY[path]
        parts = path.split("/namespaces/default/")[-1].split("/")
        if path.endswith("/scale"):
            self.replicas = json.loads(body)["spec"]["replicas"]
            return 200, {"kind": "Scale", "apiVersion": "autoscaling/v1",
                         "metadata": made("Deployment", "web")["metadata"],
                         "spec": {"replicas": self.replicas}}
        if len(parts) == 1 or parts[0] == "":
            return self.list(parts[0], query)
        found = self.objects.get(tuple(parts))
        if found is None:
            return status(404, "NotFound", f'{parts[0]} "{parts[-1]}" not found')
        if method == "DELETE":
            del self.objects[tuple(parts)]
            return status(200, "", "")
        return 200, found

    def list(self, kind, query):
        wanted = [part.split("%3D")[-1] for part in query.split("&")
                  if part.startswith("fieldSelector=metadata.name")]
        items = [one for (of, name), one in self.objects.items()
                 if of == kind and (not wanted or name in wanted)]
        return 200, {"kind": "List", "apiVersion": "v1", "metadata": {"resourceVersion": "9"},
                     "items": items}


@pytest.fixture
def cluster(upstream):
    return Cluster(upstream)


@pytest.fixture
def proxy(cluster, recipe):  # noqa: F811
    return recipe("Kubernetes", cluster.upstream.url)


@pytest.fixture
def kubectl(proxy, folder):
    """kubectl shows its token only over TLS."""
    front = recipes.TlsFront(folder, proxy.port)

    def start(*words, user="alice"):
        env = {"HOME": str(folder), "PATH": os.environ["PATH"], "KUBECONFIG": str(folder / "none")}
        return subprocess.Popen(
            [KUBECTL, f"--server=https://127.0.0.1:{front.port}",
             f"--certificate-authority={front.authority}", f"--token={token(user)}",
             "--namespace=default", *words],
            env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    yield start
    front.stop()


def said(process, timeout=DEADLINE):
    out, errors = process.communicate(timeout=timeout)
    return process.returncode, out, errors


def test_reads_and_a_watch_pass(kubectl, proxy):
    code, out, errors = said(kubectl("get", "pods", "-o", "name"))
    assert code == 0 and out.split() == ["pod/web-1", "pod/web-2"], out + errors
    code, out, errors = said(kubectl("get", "pods", "--watch-only", "--output-watch-events",
                                     "-o", "name", "--request-timeout=5s"))
    assert "pod/web-9" in out, out + errors
    assert proxy.admin.list() == []


def test_pod_is_deleted_with_consent(kubectl, proxy, cluster):
    deleting = kubectl("delete", "pod", "web-1")
    one = proxy.admin.one()
    assert one["title"] == "Delete pods web-1 of default"
    assert one["requester"]["user"] == "alice"
    assert "propagationPolicy" in one["request"]["body"]
    assert ("pods", "web-1") in cluster.objects
    proxy.admin.approve(one["id"])
    code, out, errors = said(deleting)
    assert code == 0 and 'pod "web-1" deleted' in out, out + errors
    assert ("pods", "web-1") not in cluster.objects


def test_denial_is_printed_as_an_error_of_the_server(kubectl, proxy, cluster):
    deleting = kubectl("delete", "pod", "web-2")
    proxy.admin.deny(proxy.admin.one()["id"], reason="it serves customers")
    code, _, errors = said(deleting)
    assert code != 0 and "Error from server (Forbidden)" in errors, errors
    assert "it serves customers" in errors
    assert ("pods", "web-2") in cluster.objects


def test_second_run_of_a_command_joins_the_first(kubectl, proxy):
    first = kubectl("delete", "pod", "web-1", "--wait=false")
    one = proxy.admin.one()
    second = kubectl("delete", "pod", "web-1", "--wait=false")
    proxy.record("approval.joined")
    assert [open_one["id"] for open_one in proxy.admin.list()] == [one["id"]]
    proxy.admin.deny(one["id"], reason="no")
    assert said(first)[0] != 0 and said(second)[0] != 0


def test_scaling_waits_only_when_nothing_would_be_left(kubectl, proxy, cluster):
    code, _, errors = said(kubectl("scale", "deployment", "web", "--replicas=2"))
    assert code == 0 and cluster.replicas == 2, errors
    scaling = kubectl("scale", "deployment", "web", "--replicas=0")
    one = proxy.admin.one()
    assert one["title"] == "Scale web of default to nothing" and cluster.replicas == 2
    proxy.admin.approve(one["id"])
    code, _, errors = said(scaling)
    assert code == 0 and cluster.replicas == 0, errors


def test_secret_waits_and_a_shell_is_refused(kubectl, proxy):
    reading = kubectl("get", "secret", "key", "-o", "jsonpath={.data.key}")
    proxy.admin.approve(proxy.admin.one()["id"])
    code, out, errors = said(reading)
    assert code == 0 and out == "dg==", errors
    code, _, errors = said(kubectl("exec", "web-1", "--", "true"))
    assert code != 0, errors
    proxy.record("request.denied", rule__name="shells")
    assert proxy.admin.list() == []


def test_stranger_is_told_to_log_in(kubectl):
    code, _, errors = said(kubectl("get", "pods", user="mallory"))
    assert code != 0 and "You must be logged in to the server" in errors, errors
