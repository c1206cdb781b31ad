# Rules that only watch: everything goes on, and the trail says what would have been.
# SPDX-License-Identifier: Apache-2.0
import json
import os
import threading
import time

import pytest
import requests

from conftest import DELETE, PUBLIC, delete_rule
from services import token
from wire import eventually

JSON = {"Content-Type": "application/json"}
USER = "/admin/users/7"
PAY = {"name": "pay.large", "observe": True,
       "match": {"method": "POST", "path": "/pay", "body": {"/amount": {"gt": 1000}}},
       "verdict": "approval", "approval": {"from": {"group": "sre", "count": 2}}}
FREE = {"name": "pay", "match": {"method": "POST", "path": "/pay"}, "verdict": "allow"}
ASKS = {"mode": "hold", "from": [{"group": "sre", "count": 2}]}
LARGE = b'{"amount": 5000}'


def watching(*rules, **more):
    return {"rules": list(rules), "site": {"observe": True, **more}}


def head(length, more=""):
    return (f"POST /pay HTTP/1.1\r\nHost: admin.test\r\nContent-Type: application/json\r\n"
            f"Countersign-Token: {token('alice')}\r\n{more}"
            + (f"Content-Length: {length}\r\n\r\n" if length is not None
               else "Transfer-Encoding: chunked\r\n\r\n")).encode()


def pay(proxy, body, headers=None):
    return proxy.call("POST", "/pay", headers={**JSON, **(headers or {})}, body=body)


# --- a site that watches --------------------------------------------------------------------------


def test_site_holds_and_refuses_nothing_but_records_it(serve, upstream):
    proxy = serve(**watching(delete_rule(mode="reject"), PUBLIC))
    assert proxy.call("DELETE", USER, body=b"x").status == 200
    assert proxy.call("GET", "/elsewhere?a=b").status == 200
    assert proxy.call("GET", "/public/a").status == 200
    assert upstream.targets() == [f"DELETE {USER}", "GET /elsewhere?a=b", "GET /public/a"]
    assert upstream.requests[0].header("Countersign-Ticket") is None
    proxy.record("request.allowed", count=3)
    held, denied = proxy.record("would.hold"), proxy.record("would.deny")
    assert (held["code"], held["rule"]["name"], held["verdict"]) == (
        "CS1005I", DELETE["name"], "approval")
    assert held["would"] == {"mode": "reject", "from": [{"group": "sre", "count": 1}]}
    assert held["actor"]["id"] == "alice" and held["req"]["path"] == USER
    assert (denied["code"], denied["verdict"], denied["req"]["path"]) == (
        "CS1006I", "deny", "/elsewhere")
    assert "rule" not in denied
    assert len(proxy.records("would.hold")) == len(proxy.records("would.deny")) == 1
    assert {r["verdict"] for r in proxy.records("request.allowed")} == {"allow"}
    assert proxy.records("approval.opened") == []


def test_site_says_so_at_start(serve):
    proxy = serve(**watching(DELETE))
    assert "site admin only watches" in proxy.process.said()
    assert "observe: true" in proxy.process.said()
    done = proxy.run("check", config=True)
    assert "observe: true" in done.stdout


def test_site_still_refuses_what_no_rule_decides(serve, upstream):
    proxy = serve(**watching(DELETE, hosts=["admin.test"]))
    with proxy.connect() as caller:
        caller.send(b"GET / HTTP/1.1\r\nHost: elsewhere\r\n\r\n")
        assert caller.answer().problem == "unknown-host"
    assert proxy.call("GET", "/a/../b").problem == "path-dot-segment"
    wrong = proxy.call("GET", "/a", user=None, headers={"Countersign-Token": "wrong"})
    assert wrong.problem == "identity-required"
    assert upstream.bytes_seen == 0
    assert proxy.records("would.deny") == []


def test_unnamed_caller_would_have_been_asked_for_a_name(serve):
    proxy = serve(**watching(DELETE))
    assert proxy.call("DELETE", USER, user=None).status == 200
    record = proxy.record("would.deny")
    assert (record["why"], record["rule"]["name"]) == ("identity-required", DELETE["name"])


def test_two_readings_are_noted_where_they_would_have_been_refused(serve, upstream):
    rule = {"name": "force", "match": {"path": "/q", "query": {"force": True}},
            "verdict": "deny"}
    proxy = serve(**watching(rule))
    assert proxy.call("GET", "/q?force=true&force=false").status == 200
    record = proxy.record("would.deny")
    assert (record["fault"], record["rule"]["name"]) == ("query-repeated", "force")
    assert upstream.targets() == ["GET /q?force=true&force=false"]


def test_site_reads_bodies_and_never_minds_them(serve, upstream):
    rule = {key: value for key, value in PAY.items() if key != "observe"}
    proxy = serve(**watching(rule, FREE), limits={"inspected_body_max": "4k"})
    bodies = [LARGE, b"{", b" " * 5000, b'{"amount": 1}']
    for body in bodies:
        assert pay(proxy, body).status == 200
    assert [r.body for r in upstream.requests] == bodies
    assert proxy.record("would.hold")["would"] == ASKS
    proxy.record("would.deny", count=2)
    assert {r["fault"] for r in proxy.records("would.deny")} == {
        "body-unreadable", "body-too-large"}


def test_what_would_have_been_is_counted(serve):
    proxy = serve(**watching(DELETE, PUBLIC))
    proxy.call("DELETE", USER)
    proxy.call("GET", "/elsewhere")
    proxy.call("GET", "/public/a")

    def text():
        return requests.get(f"{proxy.admin.url}/metrics", timeout=5).text

    eventually(lambda: 'countersign_requests_total{outcome="allowed"} 3' in text())
    assert 'countersign_observed_total{outcome="hold"} 1' in text()
    assert 'countersign_observed_total{outcome="deny"} 1' in text()


# --- a rule that watches ----------------------------------------------------------------------------


def test_watched_rule_is_recorded_and_another_decides(serve, upstream):
    proxy = serve([PAY, FREE])
    assert pay(proxy, LARGE).status == 200
    assert pay(proxy, b'{"amount": 1}').status == 200
    proxy.record("request.allowed", count=2)
    record = proxy.record("would.hold")
    assert (record["rule"]["name"], record["would"]) == ("pay.large", ASKS)
    assert len(proxy.records("would.hold")) == 1
    assert {r["rule"]["name"] for r in proxy.records("request.allowed")} == {"pay"}
    assert [r.body for r in upstream.seen(2)] == [LARGE, b'{"amount": 1}']


def test_watched_denial_of_a_held_call_is_recorded_once(serve):
    deny = {"name": "no.moon", "observe": True, "verdict": "deny",
            "match": {"method": "DELETE", "path": "/admin/users/{id}",
                      "body": {"/to": "moon"}}}
    proxy = serve([DELETE, deny])
    with proxy.begin("DELETE", USER, headers=JSON, body=b'{"to": "moon"}') as held:
        proxy.admin.approve(proxy.admin.one()["id"])
        assert held.answer().status == 200
    proxy.record("approval.relayed")
    assert [r["rule"]["name"] for r in proxy.records("would.deny")] == ["no.moon"]
    assert proxy.records("would.hold") == []


def test_enforced_denial_leaves_nothing_to_watch(serve, upstream):
    proxy = serve([PAY, {**FREE, "verdict": "deny"}])
    assert pay(proxy, LARGE).problem == "denied-by-rule"
    proxy.record("request.denied")
    assert proxy.records("would.hold") == []
    assert upstream.bytes_seen == 0


@pytest.mark.parametrize("body,headers,fault", [
    (b"{", {}, "body-unreadable"), (b'{"amount": 1, "amount": 2}', {}, "body-ambiguous"),
    (LARGE, {"Content-Type": "text/plain"}, "content-type-unsupported"),
    (LARGE, {"Content-Encoding": "gzip"}, "content-coding-unsupported"),
    (b" " * 5000, {}, "body-too-large")])
def test_unreadable_body_is_noted_and_goes_on(serve, upstream, body, headers, fault):
    proxy = serve([PAY, FREE], limits={"inspected_body_max": "4k"})
    assert pay(proxy, body, headers).status == 200
    assert upstream.seen(1)[0].body == body
    assert proxy.record("would.deny")["fault"] == fault
    assert proxy.record("request.allowed")["rule"]["name"] == "pay"


def test_unreadable_body_does_not_silence_a_watched_gate_that_needs_none(serve):
    gate = {**PAY, "name": "pay.any", "match": {"method": "POST", "path": "/pay"}}
    proxy = serve([PAY, gate, FREE])
    assert pay(proxy, b"{").status == 200
    record = proxy.record("would.hold")
    assert (record["rule"]["name"], record["fault"]) == ("pay.any", "body-unreadable")
    assert record["would"] == ASKS
    assert proxy.records("would.deny") == []


@pytest.mark.parametrize("is_chunked", [False, True])
def test_huge_body_streams_through_a_watched_rule(serve, upstream, is_chunked):
    """Far more than may be looked into, and than is kept here."""
    proxy = serve([PAY, FREE], limits={"inspected_body_max": "64k"})
    piece, count = os.urandom(1 << 18), 64
    with proxy.connect() as caller:
        caller.method = "POST"
        caller.send(head(None if is_chunked else len(piece) * count))

        def send():
            for _ in range(count):
                caller.send(b"%x\r\n%s\r\n" % (len(piece), piece) if is_chunked else piece)
            if is_chunked:
                caller.send(b"0\r\n\r\n")

        sender = threading.Thread(target=send)
        sender.start()
        assert caller.answer(60).status == 200
        sender.join()
    assert upstream.seen(1)[0].body == piece * count
    assert upstream.requests[0].header("Transfer-Encoding") == ("chunked" if is_chunked else None)
    assert proxy.record("would.deny")["fault"] == "body-too-large"
    assert proxy.record("request.allowed")["req"]["bytes"] == len(piece) * count


def test_body_that_grows_too_large_on_the_way_streams_on(serve, upstream):
    proxy = serve([PAY, FREE], limits={"inspected_body_max": "4k"})
    parts = [bytes([65 + number]) * 700 for number in range(20)]
    with proxy.connect() as caller:
        caller.method = "POST"
        caller.send(head(None))
        for part in parts:
            caller.send(b"%x\r\n%s\r\n" % (len(part), part))
            assert caller.is_silent(0.01)
        assert caller.send(b"0\r\n\r\n").answer().status == 200
        caller.ask("POST", "/pay", {**JSON, **proxy.who("alice")}, b'{"amount": 1}')
        assert caller.answer().status == 200
    assert upstream.seen(2)[0].body == b"".join(parts)
    assert upstream.requests[1].body == b'{"amount": 1}'


def test_last_piece_may_be_the_one_that_is_too_much(serve, upstream):
    proxy = serve([PAY, FREE], limits={"inspected_body_max": "4k"})
    with proxy.connect() as caller:
        caller.method = "POST"
        caller.send(head(None) + b"fff\r\n" + b"a" * 4095 + b"\r\n")
        assert caller.is_silent(0.1)
        caller.send(b"2\r\nbc\r\n0\r\n\r\n")
        assert caller.answer().status == 200
    assert upstream.seen(1)[0].body == b"a" * 4095 + b"bc"


def test_slow_body_streams_on_when_time_is_up(serve, upstream):
    proxy = serve([PAY, FREE], limits={"body_timeout": "600ms"})
    with proxy.connect() as caller:
        caller.method = "POST"
        caller.send(head(len(LARGE)))
        for byte in LARGE:
            caller.send(bytes([byte]))
            time.sleep(0.1)
        assert caller.answer().status == 200
    assert upstream.seen(1)[0].body == LARGE
    assert proxy.record("would.deny")["fault"] == "body-timeout"


def test_share_of_memory_that_is_used_up_stops_no_watched_call(serve, upstream):
    proxy = serve([PAY, FREE, delete_rule(hold_for="20s")], limits={
        "held_bytes": "1m", "inspected_body_max": "100k", "held_body_max": "100k",
        "head_max": "8k", "target_max": "4k"})
    body = b'{"amount": 5000, "pad": "' + b"x" * 60000 + b'"}'
    with proxy.begin("DELETE", USER, body=b"y" * 90000) as held:
        ticket = proxy.admin.one()["id"]
        with proxy.connect() as caller:
            caller.method = "POST"
            caller.send(head(len(body)) + body[:50000])
            eventually(lambda: upstream.bytes_seen > 0)
            assert caller.send(body[50000:]).answer().status == 200
        proxy.admin.approve(ticket)
        assert held.answer().status == 200
    assert upstream.requests[0].body == body
    assert "fault" in proxy.record("would.deny")


def test_watched_caller_who_waits_for_100_continue_gets_it(serve, upstream):
    proxy = serve([PAY, FREE], limits={"inspected_body_max": "4k"})
    for body in (LARGE, b"x" * 5000):
        with proxy.connect() as caller:
            caller.method = "POST"
            caller.send(head(len(body), "Expect: 100-continue\r\n"))
            assert caller.answer().status == 100
            assert caller.send(body).answer().status == 200
    assert [r.body for r in upstream.requests] == [LARGE, b"x" * 5000]


def test_records_of_what_would_have_been_hold_no_bodies(serve):
    proxy = serve([PAY, FREE])
    pay(proxy, b'{"amount": 5000, "iban": "SECRETIBAN"}')
    pay(proxy, b'{"iban": "SECRETIBAN", "iban": 1}')
    proxy.record("would.deny")
    assert "SECRETIBAN" not in json.dumps(proxy.records())
