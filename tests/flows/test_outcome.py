# A gated call goes upstream: whole, alone, recorded first, and its outcome is never guessed.
# SPDX-License-Identifier: Apache-2.0
import pytest

import upstream as fake
from conftest import delete_rule
from services import free_port, token
from trail import events_of

USER = "/admin/users/7"


def test_gated_call_has_an_upstream_connection_of_its_own(proxy, upstream):
    proxy.call("GET", "/public/before")
    with proxy.begin("DELETE", USER) as held:
        proxy.admin.approve(proxy.admin.one()["id"])
        held.answer()
    proxy.call("GET", "/public/after")
    gated = upstream.requests[1]
    assert gated.method == "DELETE"
    assert gated.connection not in {upstream.requests[0].connection,
                                    upstream.requests[2].connection}


def test_body_of_a_gated_call_arrives_whole(proxy, upstream):
    body = bytes(range(256)) * 400
    with proxy.connect() as held:
        held.send(b"DELETE /admin/users/7 HTTP/1.1\r\nHost: admin.test\r\n"
                  b"Countersign-Token: " + token("alice").encode() +
                  b"\r\nTransfer-Encoding: chunked\r\n\r\n")
        for at in range(0, len(body), 10000):
            part = body[at:at + 10000]
            held.send(b"%x\r\n%s\r\n" % (len(part), part))
        held.send(b"0\r\n\r\n")
        proxy.admin.approve(proxy.admin.one()["id"])
        assert held.answer().status == 200
    seen = upstream.seen(1)[0]
    assert seen.body == body
    assert seen.header("Content-Length") == str(len(body))


def test_gated_body_over_the_limit_is_refused_before_anybody_is_asked(serve, upstream):
    proxy = serve(limits={"held_body_max": "1k"})
    got = proxy.call("DELETE", USER, body=b"x" * 1025)
    assert got.status == 413
    assert proxy.admin.list() == [] and upstream.bytes_seen == 0


def test_unreachable_upstream_spends_nothing(serve, upstream):
    proxy = serve(sites=[{"name": "gone", "upstream": f"http://127.0.0.1:{free_port()}",
                          "rules": [delete_rule(hold_for="300ms")]}])
    pending = proxy.call("DELETE", USER)
    assert pending.status == 428, pending
    ticket = pending.header("Countersign-Ticket")
    proxy.admin.approve(ticket)
    for _ in range(2):
        got = proxy.call("DELETE", USER)
        assert (got.status, got.problem) == (502, "upstream-unreachable")
    assert proxy.admin.show(ticket).json()["uses_left"] == 1


@pytest.mark.parametrize("answer", [fake.reset, fake.partial], ids=["reset", "partial"])
def test_outcome_unknown_is_said_and_never_retried(serve, upstream, answer):
    upstream.answer = answer
    proxy = serve([delete_rule(uses=2, hold_for="300ms")])
    ticket = proxy.call("DELETE", USER).header("Countersign-Ticket")
    proxy.admin.approve(ticket)
    if answer is fake.reset:
        got = proxy.call("DELETE", USER)
        assert (got.status, got.problem) == (502, "outcome-unknown")
        assert got.header("Retry-After") is None
        proxy.record("approval.outcome_unknown", approval__id=ticket)
    else:
        with proxy.begin("DELETE", USER) as held, pytest.raises(Exception):
            held.answer()
        proxy.record("approval.relayed", approval__id=ticket)
    assert len(upstream.requests) == 1


def test_unknown_outcome_shows_wherever_the_approval_does(serve, upstream):
    upstream.answer = fake.reset
    proxy = serve([delete_rule(uses=2, mode="reject")])
    ticket = proxy.call("DELETE", USER).header("Countersign-Ticket")
    proxy.admin.approve(ticket)
    before = proxy.status(ticket).json()
    assert (before["review"], before["next"]) == (False, "repeat-now")
    assert proxy.admin.show(ticket).json()["review"] is False
    assert proxy.call("DELETE", USER).problem == "outcome-unknown"
    # The approval has a use left, and nobody is told that it may be had.
    said = proxy.status(ticket).json()
    assert (said["state"], said["uses_left"]) == ("approved", 1)
    assert (said["review"], said["next"]) == (True, "find-out-before-repeating")
    again = proxy.call("DELETE", USER, headers={"Countersign-Ticket": ticket})
    assert (again.status, again.problem) == (409, "already-used")
    assert again.json()["next"] == "find-out-before-repeating"
    assert proxy.admin.show(ticket).json()["review"] is True
    assert [one["review"] for one in proxy.admin.list(state="approved")] == [True]
    listed = proxy.run("approvals", "ls", "--state", "approved", user="bob")
    assert "approved?" in listed.stdout, listed
    assert "review: true" in proxy.run("approvals", "show", ticket, user="bob").stdout
    for path in (f"/approvals/{ticket}", "/?state=all"):
        assert "outcome unknown" in proxy.admin.ask("GET", path).text
    assert len(upstream.requests) == 1


def test_slow_upstream_of_a_gated_call_is_outcome_unknown(serve, upstream):
    gate = fake.Gate()
    upstream.answer = gate
    proxy = serve([delete_rule()], limits={"answer_timeout": "500ms"})
    with proxy.begin("DELETE", USER) as held:
        proxy.admin.approve(proxy.admin.one()["id"])
        got = held.answer()
    gate.open()
    assert (got.status, got.problem) == (504, "outcome-unknown")


def test_completed_is_durable_before_the_caller_sees_a_byte(proxy, upstream):
    with proxy.begin("DELETE", USER) as held:
        ticket = proxy.admin.one()["id"]
        proxy.admin.approve(ticket)
        held.answer()
        assert "approval.completed" in events_of(proxy.records(), ticket)


def test_claim_is_durable_before_the_upstream_sees_a_byte(proxy, upstream):
    written = []

    def look(received, connection):
        ticket = received.header("Countersign-Ticket")
        written.extend(events_of(proxy.records(), ticket))
        return fake.OK

    upstream.answer = look
    with proxy.begin("DELETE", USER) as held:
        proxy.admin.approve(proxy.admin.one()["id"])
        held.answer()
    assert "approval.claimed" in written
