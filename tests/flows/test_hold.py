# A sensitive call waits for a person: approved, denied, given up, run out, repeated.
# SPDX-License-Identifier: Apache-2.0
import re
import signal
import threading
import time

import pytest

from conftest import delete_rule
from services import token
from trail import events_of, get
from wire import eventually

USER = "/admin/users/7"


def test_held_call_runs_once_when_approved(proxy, upstream):
    with proxy.begin("DELETE", USER, headers={"Countersign-Reason": "left the company"}) as held:
        approval = proxy.admin.one()
        assert upstream.bytes_seen == 0, "a byte went upstream before anybody agreed"
        proxy.admin.approve(approval["id"])
        got = held.answer()
    assert (got.status, got.body) == (200, b"yes")
    assert got.header("Countersign-Ticket") == approval["id"]
    assert re.fullmatch(r"[0-9]+(\.[0-9]+)?", got.header("Countersign-Waited"))
    seen = upstream.seen(1)[0]
    assert (seen.method, seen.target) == ("DELETE", USER)
    assert seen.header("Countersign-Ticket") == approval["id"]
    assert seen.header("Countersign-User") == "alice"
    assert proxy.admin.show(approval["id"]).json()["state"] == "spent"
    proxy.record("approval.relayed")
    assert events_of(proxy.records(), approval["id"]) == [
        "approval.opened", "decision.approved", "approval.claimed", "approval.completed",
        "approval.relayed"]


def test_nothing_is_said_while_waiting(proxy):
    with proxy.begin("DELETE", USER) as held:
        ticket = proxy.admin.one()["id"]
        assert held.is_silent(1.0), "an interim answer while holding"
        proxy.admin.approve(ticket)
        assert held.answer().status == 200


def test_approver_sees_what_is_signed(proxy):
    body = b'{"why": "gone"}'
    with proxy.begin("DELETE", USER + "?force=1", body=body,
                     headers={"Countersign-Reason": "left", "Content-Type": "application/json",
                              "X-Scope": "all"}) as held:
        one = proxy.admin.one()
        assert (one["state"], one["kind"], one["site"], one["rule"]) == (
            "pending", "call", "admin", "users.delete")
        assert one["title"] == "Delete user 7"
        assert one["requester"]["user"] == "alice"
        assert one["requester"]["groups"] == ["support"]
        assert one["requester"]["source"].startswith("127.0.0.1")
        assert one["reason"] == "left"
        assert (one["have"], one["need"], one["uses_left"]) == (0, 1, 1)
        shown = proxy.admin.show(one["id"]).json()["request"]
        assert (shown["method"], shown["path"], shown["query"]) == ("DELETE", USER, "force=1")
        assert shown["body_bytes"] == len(body)
        assert "x-scope" in str(shown["headers"]).lower()
        assert token("alice") not in proxy.admin.show(one["id"]).text
        assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}", one["code"])
        proxy.admin.deny(one["id"])
        held.answer()


def test_denied_call_gets_the_reason_and_so_do_its_retries(proxy, upstream):
    with proxy.begin("DELETE", USER) as held:
        ticket = proxy.admin.one()["id"]
        proxy.admin.deny(ticket, reason="not on a <Friday>")
        got = held.answer()
    again = proxy.call("DELETE", USER)
    for answer in (got, again):
        assert (answer.status, answer.problem) == (403, "denied")
        assert "not on a <Friday>" in answer.body.decode()
        assert answer.json()["state"] == "denied" and answer.json()["ticket"] == ticket
        assert answer.header("Countersign-Ticket") == ticket
    assert upstream.bytes_seen == 0
    assert proxy.record("decision.denied")["code"] == "CS3001I"


def test_hold_that_runs_out_becomes_a_ticket_and_the_retry_joins(serve, upstream):
    proxy = serve([delete_rule(hold_for="300ms")])
    first = proxy.call("DELETE", USER)
    assert (first.status, first.problem) == (428, "approval-pending")
    ticket = first.header("Countersign-Ticket")
    said = first.json()
    assert (said["ticket"], said["state"], said["have"], said["need"]) == (ticket, "pending", 0, 1)
    assert {"code", "expires_at", "next"} <= said.keys()
    assert int(first.header("Retry-After")) >= 0
    assert first.header("Link") == (
        f'</.well-known/countersign/approvals/{ticket}>; rel="status"')
    second = proxy.call("DELETE", USER)
    assert (second.status, second.header("Countersign-Ticket")) == (428, ticket)
    assert proxy.admin.one()["id"] == ticket, "a second prompt for one action"
    assert upstream.bytes_seen == 0
    proxy.record("approval.ticketed")
    proxy.record("approval.joined")


def test_approved_meanwhile_the_retry_runs_once_and_then_asks_anew(serve, upstream):
    proxy = serve([delete_rule(hold_for="300ms")])
    ticket = proxy.call("DELETE", USER).header("Countersign-Ticket")
    proxy.admin.approve(ticket)
    assert upstream.bytes_seen == 0, "an approval runs nothing by itself"
    got = proxy.call("DELETE", USER)
    assert (got.status, got.header("Countersign-Ticket")) == (200, ticket)
    anew = proxy.call("DELETE", USER)
    assert anew.status == 428 and anew.header("Countersign-Ticket") != ticket
    assert len(upstream.requests) == 1


def test_retry_after_a_ticket_is_held_and_released(serve, upstream):
    proxy = serve([delete_rule(hold_for="2s")])
    first = proxy.call("DELETE", USER, headers={"Prefer": "wait=0"})
    assert first.status == 428
    with proxy.begin("DELETE", USER) as held:
        eventually(lambda: proxy.records("approval.joined"))
        proxy.admin.approve(first.header("Countersign-Ticket"))
        assert held.answer().status == 200
    assert len(upstream.requests) == 1


@pytest.mark.parametrize("change", [
    {"target": "/admin/users/8"}, {"target": USER + "?force=1"}, {"user": "erin"},
    {"body": b"x"}, {"headers": {"X-Scope": "all"}},
])
def test_another_action_is_another_approval(serve, upstream, change):
    proxy = serve([delete_rule(hold_for="300ms")])
    ticket = proxy.call("DELETE", USER).header("Countersign-Ticket")
    proxy.admin.approve(ticket)
    got = proxy.call("DELETE", **{"target": USER, **change})
    assert got.status == 428 and got.header("Countersign-Ticket") != ticket
    assert upstream.bytes_seen == 0


@pytest.mark.parametrize("name", [
    "Accept", "User-Agent", "Date", "Referer", "Origin", "Sec-Fetch-Mode", "Traceparent",
    "X-Request-Id", "X-Correlation-Id", "Idempotency-Key", "Cache-Control", "X-Forwarded-For"])
def test_fields_of_the_client_program_are_not_bound(serve, name):
    proxy = serve([delete_rule(hold_for="100ms")])
    first = proxy.call("DELETE", USER, headers={name: "1"})
    second = proxy.call("DELETE", USER, headers={name: "2"})
    assert first.header("Countersign-Ticket") == second.header("Countersign-Ticket")


def test_more_waiters_than_uses(proxy, upstream):
    waiting = [proxy.begin("DELETE", USER) for _ in range(3)]
    proxy.record("approval.joined", count=2)
    ticket = proxy.admin.one()["id"]
    proxy.admin.approve(ticket)
    answers = sorted((held.answer() for held in waiting), key=lambda a: a.status)
    assert [a.status for a in answers] == [200, 409, 409]
    assert {a.problem for a in answers[1:]} == {"already-used"}
    assert proxy.admin.list() == [], "those who lost the race opened something"
    assert len(upstream.requests) == 1
    assert proxy.call("DELETE", USER, headers={"Prefer": "wait=0"}).status == 428


def test_uses_are_counted(serve, upstream):
    proxy = serve([delete_rule(hold_for="300ms", uses=3)])
    ticket = proxy.call("DELETE", USER).header("Countersign-Ticket")
    proxy.admin.approve(ticket)
    for left in (2, 1, 0):
        assert proxy.call("DELETE", USER).header("Countersign-Ticket") == ticket
        assert proxy.admin.show(ticket).json()["uses_left"] == left
    assert proxy.call("DELETE", USER).status == 428
    assert len(upstream.requests) == 3


@pytest.mark.parametrize("how", ["close", "half-close", "reset"])
def test_caller_who_hangs_up_cancels(proxy, upstream, how):
    held = proxy.begin("DELETE", USER)
    ticket = proxy.admin.one()["id"]
    hang_up(held, how)
    proxy.record("approval.cancelled", approval__id=ticket)
    assert proxy.admin.list() == []
    assert proxy.admin.show(ticket).json()["state"] == "cancelled"
    late = proxy.admin.decide(ticket, "approve")
    assert late.status_code == 409
    assert upstream.bytes_seen == 0


def hang_up(held, how):
    import socket
    import struct
    if how == "half-close":
        held.socket.shutdown(socket.SHUT_WR)
        return
    if how == "reset":
        held.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    held.close()


def test_only_the_last_who_waits_cancels(proxy, upstream):
    first = proxy.begin("DELETE", USER)
    proxy.admin.one()
    second = proxy.begin("DELETE", USER)
    proxy.record("approval.joined")
    first.close()
    ticket = proxy.admin.one()["id"]
    proxy.admin.approve(ticket)
    assert second.answer().status == 200
    assert proxy.records("approval.cancelled") == []


def test_on_disconnect_keep_leaves_the_approval_open(serve, upstream):
    proxy = serve([delete_rule(on_disconnect="keep")])
    held = proxy.begin("DELETE", USER)
    ticket = proxy.admin.one()["id"]
    held.close()
    with proxy.begin("DELETE", USER) as again:
        proxy.record("approval.joined")
        proxy.admin.approve(ticket)
        assert again.answer().status == 200
    assert len(upstream.requests) == 1
    assert proxy.records("approval.cancelled") == []


def test_quorum_of_two_people(serve, upstream):
    proxy = serve([delete_rule(**{"from": {"group": "sre", "count": 2}})])
    with proxy.begin("DELETE", USER) as held:
        ticket = proxy.admin.one()["id"]
        assert proxy.admin.decide(ticket, "approve", "bob").status_code == 201
        assert proxy.admin.decide(ticket, "approve", "bob").status_code == 200, "the same again"
        one = proxy.admin.show(ticket).json()
        assert (one["have"], one["need"], one["state"]) == (1, 2, "pending")
        assert held.is_silent(0.3) and upstream.bytes_seen == 0
        proxy.admin.approve(ticket, "carol")
        assert held.answer().status == 200
    assert [get(r, "approver.id") for r in proxy.records("decision.approved")] == ["bob", "carol"]


def test_one_no_ends_a_quorum(serve, upstream):
    proxy = serve([delete_rule(**{"from": {"group": "sre", "count": 2}})])
    with proxy.begin("DELETE", USER) as held:
        ticket = proxy.admin.one()["id"]
        proxy.admin.approve(ticket, "bob")
        proxy.admin.deny(ticket, "carol")
        assert held.answer().problem == "denied"
    assert upstream.bytes_seen == 0


def test_all_rules_that_match_apply_together(serve, upstream):
    second = {"name": "all.deletions", "match": {"method": "DELETE"}, "verdict": "approval",
              "approval": {"from": {"group": "audit", "count": 1}, "mode": "reject"}}
    proxy = serve([delete_rule(), second])
    got = proxy.call("DELETE", USER)
    assert got.status == 428, "reject beats hold"
    ticket = got.header("Countersign-Ticket")
    proxy.admin.approve(ticket, "bob")
    assert proxy.call("DELETE", USER).status == 428, "the second group has not agreed"
    proxy.admin.approve(ticket, "zoe")
    assert proxy.call("DELETE", USER).status == 200


def test_calls_behind_a_held_one_wait_their_turn(proxy, upstream):
    with proxy.begin("DELETE", USER) as held:
        ticket = proxy.admin.one()["id"]
        held.ask("GET", "/public/after")
        assert held.is_silent(0.3) and upstream.bytes_seen == 0
        proxy.admin.approve(ticket)
        held.method = "GET"
        assert held.answer().status == 200
        assert held.answer().status == 200
    assert upstream.targets() == [f"DELETE {USER}", "GET /public/after"]


def test_drain_turns_holds_into_tickets_and_cancels_nothing(serve, upstream):
    proxy = serve(limits={"drain_timeout": "2s"})
    held = proxy.begin("DELETE", USER)
    ticket = proxy.admin.one()["id"]
    proxy.process.signal(signal.SIGTERM)
    got = held.answer()
    assert (got.status, got.header("Countersign-Ticket")) == (428, ticket)
    assert proxy.process.child.wait(10) == 0
    proxy.start()
    assert proxy.admin.one()["id"] == ticket
    with proxy.begin("DELETE", USER) as again:
        proxy.record("approval.joined")
        proxy.admin.approve(ticket)
        assert again.answer().status == 200


def test_limit_of_open_approvals_per_requester(serve, upstream):
    proxy = serve([delete_rule(mode="reject")], limits={"pending_per_requester": 3})
    statuses = [proxy.call("DELETE", f"/admin/users/{n}").status for n in range(4)]
    assert statuses == [428, 428, 428, 429]
    refused = proxy.call("DELETE", "/admin/users/9")
    assert refused.problem == "too-many-pending"
    assert proxy.call("DELETE", "/admin/users/1").status == 428, "joining is not opening"
    assert proxy.call("DELETE", "/admin/users/9", user="erin").status == 428


def test_limit_of_open_approvals_in_total(serve):
    proxy = serve([delete_rule(mode="reject")], limits={"pending": 2})
    assert proxy.call("DELETE", "/admin/users/1").status == 428
    assert proxy.call("DELETE", "/admin/users/2", user="erin").status == 428
    got = proxy.call("DELETE", "/admin/users/3", user="dave")
    assert (got.status, got.problem) == (503, "too-many-pending")


def test_passing_traffic_goes_on_while_calls_are_held(proxy, upstream):
    held = [proxy.begin("DELETE", f"/admin/users/{n}") for n in range(15)]
    proxy.admin.pending(15)
    begun = time.monotonic()
    for number in range(200):
        assert proxy.call("GET", f"/public/{number}", user=None).status == 200
    assert time.monotonic() - begun < 10
    for one in held:
        one.close()
    proxy.record("approval.cancelled", count=15)


def test_identical_calls_at_the_same_moment_make_one_approval(proxy, upstream):
    ready = threading.Barrier(8)
    held = []

    def ask():
        ready.wait()
        held.append(proxy.begin("DELETE", USER))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    proxy.record("approval.joined", count=7)
    assert len(proxy.records("approval.opened")) == 1
    proxy.admin.approve(proxy.admin.one()["id"])
    assert sorted(h.answer().status for h in held) == [200] + [409] * 7
    assert len(upstream.requests) == 1
