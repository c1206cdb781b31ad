# Refusals in the form that a site's clients read: problem+json, Kubernetes, JSON-RPC.
# SPDX-License-Identifier: Apache-2.0
import json

import pytest

import upstream as fake
from conftest import DELETE, PUBLIC, delete_rule
from wire import request_bytes

USER = "/admin/users/7"
RPC = {"name": "rpc", "match": {"method": "POST", "path": "/rpc"}, "verdict": "approval",
       "approval": {"from": {"group": "sre", "count": 1}, "mode": "reject"}}


def site(form, **more):
    return {"error_format": form, **more}


def rpc_post(proxy, body, user="alice", target="/rpc"):
    return proxy.call("POST", target, user, {"Content-Type": "application/json"}, body)


# --- Kubernetes -------------------------------------------------------------------------------


def test_kubernetes_gets_a_status_with_our_members_as_details(serve):
    proxy = serve([delete_rule(mode="reject")], site=site("kubernetes"))
    got = proxy.call("DELETE", USER)
    ticket = got.header("Countersign-Ticket")
    assert got.status == 428
    assert got.header("Content-Type") == "application/json"
    assert got.header("Retry-After") == "10"
    assert f"approvals/{ticket}>" in got.header("Link")
    told = got.json()
    assert (told["apiVersion"], told["kind"], told["metadata"]) == ("v1", "Status", {})
    assert (told["status"], told["code"], told["reason"]) == ("Failure", 428, "ApprovalPending")
    assert ticket in told["message"] and told["details"]["code"] in told["message"]
    details = told["details"]
    assert details["type"] == "urn:countersign:problem:approval-pending"
    assert (details["ticket"], details["state"], details["rule"]) == (
        ticket, "pending", DELETE["name"])
    assert (details["have"], details["need"], details["retryAfterSeconds"]) == (0, 1, 10)
    assert details["next"] == "repeat-after-approval"


def test_kubernetes_has_its_own_words_for_known_statuses(serve):
    proxy = serve([delete_rule()], site=site("kubernetes"))
    denied = proxy.call("GET", "/elsewhere").json()
    unnamed = proxy.call("DELETE", USER, user=None)
    fault = proxy.call("GET", "/a/../b").json()
    assert (denied["code"], denied["reason"]) == (403, "Forbidden")
    assert (unnamed.json()["code"], unnamed.json()["reason"]) == (401, "Unauthorized")
    assert unnamed.header("WWW-Authenticate")
    assert (fault["code"], fault["reason"]) == (400, "BadRequest")
    assert fault["details"]["type"] == "urn:countersign:problem:path-dot-segment"


def test_kubernetes_reads_why_a_person_said_no(serve):
    proxy = serve([DELETE], site=site("kubernetes"))
    with proxy.begin("DELETE", USER) as held:
        proxy.admin.deny(proxy.admin.one()["id"], reason="not \"today\"")
        got = held.answer()
    assert got.status == 403
    assert 'not "today"' in got.json()["message"]
    assert got.json()["details"]["reason"] == 'not "today"'


def test_accepted_call_is_no_error(serve):
    proxy = serve([DELETE], site=site("kubernetes"))
    got = proxy.call("DELETE", USER, headers={"Prefer": "respond-async"})
    assert got.status == 202
    assert got.json()["ticket"] == got.header("Countersign-Ticket")
    assert "kind" not in got.json()


# --- JSON-RPC -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [7, "seven", "a\"b\\u00e9", -1.5e3, 0])
def test_json_rpc_error_has_the_id_of_its_request(serve, name):
    proxy = serve([RPC], site=site("jsonrpc"))
    body = json.dumps({"jsonrpc": "2.0", "method": "wipe", "id": name}).encode()
    got = rpc_post(proxy, body)
    assert (got.status, got.header("Content-Type")) == (200, "application/json")
    told = got.json()
    assert (told["jsonrpc"], told["id"]) == ("2.0", name)
    assert set(told) == {"jsonrpc", "id", "error"}
    error = told["error"]
    assert error["code"] == -32088
    assert error["message"]
    assert error["data"]["type"] == "urn:countersign:problem:approval-pending"
    assert error["data"]["status"] == 428
    assert error["data"]["ticket"] == got.header("Countersign-Ticket")
    assert got.header("Retry-After") == "10" and got.header("Link")


@pytest.mark.parametrize("body", [
    b'[{"jsonrpc":"2.0","method":"a","id":1}]', b'{"jsonrpc":"2.0","method":"a"}',
    b'{"id":null}', b'{"id":{"a":1}}', b'{"id":1,"id":2}', b'{"id":1', b'{"id":1,"ID":2}',
    b'{"id":"' + b"x" * 300 + b'"}', b'{"id":1}x', b"\xff"])
def test_json_rpc_id_that_is_not_one_is_null(serve, body):
    proxy = serve([RPC], site=site("jsonrpc"))
    got = rpc_post(proxy, body)
    assert (got.status, got.json()["id"]) == (200, None)


def test_json_rpc_id_is_known_however_the_body_came(serve, upstream):
    proxy = serve([RPC, PUBLIC], site=site("jsonrpc"))
    body = b'{"jsonrpc":"2.0","id":"cut","method":"m"}'
    whole = request_bytes("POST", "/rpc", {**proxy.who("alice")}, body)
    for cut in (60, len(whole) - len(body), len(whole) - 5):
        with proxy.connect() as caller:
            caller.method = "POST"
            caller.send(whole[:cut])
            assert caller.is_silent(0.05)
            caller.send(whole[cut:])
            assert caller.answer().json()["id"] == "cut"
    # Denied, and not reached: neither was kept for people.
    assert rpc_post(proxy, body, target="/nowhere").json()["id"] == "cut"
    upstream.answer = fake.reset
    got = rpc_post(proxy, body, target="/public/a")
    assert (got.status, got.json()["id"]) == (200, "cut")
    assert got.json()["error"]["code"] == -32097
    assert got.json()["error"]["data"]["status"] == 502


def test_json_rpc_tells_of_a_denial_after_the_hold(serve):
    proxy = serve([{**RPC, "approval": {**RPC["approval"], "mode": "hold"}}],
                  site=site("jsonrpc"))
    with proxy.begin("POST", "/rpc", headers={"Content-Type": "application/json"},
                     body=b'{"id":5,"method":"x"}') as held:
        proxy.admin.deny(proxy.admin.one()["id"])
        told = held.answer().json()
    assert (told["id"], told["error"]["code"]) == (5, -32063)
    assert told["error"]["data"]["reason"] == "because"


def test_json_rpc_has_no_accepted_answer(serve):
    proxy = serve([{**RPC, "approval": {"from": {"group": "sre", "count": 1}}}],
                  site=site("jsonrpc"))
    got = proxy.call("POST", "/rpc", headers={"Prefer": "respond-async"}, body=b'{"id":5}')
    assert got.status == 200
    assert got.json()["error"]["data"]["next"] == "repeat-after-approval"
    assert got.header("Location").endswith(got.header("Countersign-Ticket"))
    assert got.header("Preference-Applied") == "respond-async"


# --- all forms ----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["kubernetes", "jsonrpc"])
def test_fault_before_a_site_is_known_is_a_problem(serve, form):
    proxy = serve([DELETE], site=site(form, hosts=["admin.test"]))
    with proxy.connect() as caller:
        caller.send(b"GET / HTTP/1.1\r\nHost: elsewhere\r\n\r\n")
        assert caller.answer().problem == "unknown-host"
    with proxy.connect() as caller:
        caller.send(b"nonsense\r\n\r\n")
        assert caller.answer().problem == "request-line-malformed"


@pytest.mark.parametrize("form,status", [("problem", 403), ("kubernetes", 403),
                                         ("jsonrpc", 200)])
def test_record_says_what_the_caller_got_and_why(serve, form, status):
    proxy = serve([delete_rule()], site=site(form))
    assert proxy.call("GET", "/elsewhere").status == status
    record = proxy.record("request.denied")
    assert record["why"] == "denied-by-rule"
    assert record["resp"]["status"] == status


@pytest.mark.parametrize("form", ["problem", "kubernetes", "jsonrpc"])
def test_connection_is_used_on_after_a_refusal(serve, form):
    proxy = serve([PUBLIC], site=site(form))
    with proxy.connect() as caller:
        for _ in range(3):
            caller.ask("POST", "/no", body=b'{"id": 1}').answer()
            assert caller.ask("GET", "/public/a").answer().status == 200
