# The other way to wait: tickets, the status resource, preferences, windows of time.
# SPDX-License-Identifier: Apache-2.0
import re
import threading

import pytest

from conftest import PUBLIC, delete_rule
from wire import eventually

USER = "/admin/users/7"


@pytest.fixture
def rejecting(serve):
    """A proxy whose deletions never wait."""
    return serve([delete_rule(mode="reject"), PUBLIC])


def test_mode_reject_answers_at_once(rejecting, upstream):
    got = rejecting.call("DELETE", USER)
    assert (got.status, got.problem) == (428, "approval-pending")
    assert got.header("Retry-After") is not None
    rejecting.admin.approve(got.header("Countersign-Ticket"))
    assert rejecting.call("DELETE", USER).status == 200
    assert len(upstream.requests) == 1


@pytest.mark.parametrize("status", [403, 429, 503])
def test_pending_status_of_the_rule(serve, status):
    proxy = serve([delete_rule(mode="reject", pending_status=status)])
    got = proxy.call("DELETE", USER)
    assert (got.status, got.problem) == (status, "approval-pending")
    assert got.header("Retry-After") is not None


def test_prefer_wait_shortens_the_hold(proxy):
    got = proxy.call("DELETE", USER, headers={"Prefer": "wait=1"}, timeout=8)
    assert (got.status, got.problem) == (428, "approval-pending")
    assert got.header("Preference-Applied").split("=")[0] == "wait"


def test_prefer_wait_never_lengthens_it(serve):
    proxy = serve([delete_rule(hold_for="300ms")])
    assert proxy.call("DELETE", USER, headers={"Prefer": "wait=60"}, timeout=8).status == 428


def test_prefer_respond_async(proxy, upstream):
    got = proxy.call("DELETE", USER, headers={"Prefer": "respond-async"})
    ticket = got.header("Countersign-Ticket")
    assert got.status == 202
    assert got.header("Location").endswith(f"/.well-known/countersign/approvals/{ticket}")
    assert got.header("Preference-Applied") == "respond-async"
    assert got.json()["next"] == "repeat-after-approval"
    proxy.admin.approve(ticket)
    assert upstream.bytes_seen == 0
    assert proxy.call("DELETE", USER, headers={"Prefer": "respond-async"}).status == 200
    assert len(upstream.requests) == 1


def test_preference_of_an_allowed_call_changes_nothing(proxy):
    got = proxy.call("GET", "/public/a", headers={"Prefer": "respond-async"})
    assert got.status == 200 and got.header("Preference-Applied") is None


def test_status_resource_tells_its_requester_and_nobody_else(rejecting):
    ticket = rejecting.call("DELETE", USER).header("Countersign-Ticket")
    got = rejecting.status(ticket)
    assert got.status == 200
    said = got.json()
    assert (said["ticket"], said["state"], said["have"], said["need"]) == (ticket, "pending", 0, 1)
    assert {"code", "expires_at", "next"} <= said.keys()
    for user in ("erin", "bob"):
        assert rejecting.status(ticket, user).status == 404
    assert rejecting.status(ticket, user=None).status in (401, 404)
    assert rejecting.status("0" * 26).status == 404
    assert rejecting.status("nonsense").status == 404
    rejecting.admin.approve(ticket)
    assert rejecting.status(ticket).json()["state"] == "approved"


def test_status_resource_waits_for_a_decision(rejecting):
    ticket = rejecting.call("DELETE", USER).header("Countersign-Ticket")
    target = f"/.well-known/countersign/approvals/{ticket}?wait=10"
    with rejecting.begin("GET", target) as asking:
        assert asking.is_silent(0.3)
        rejecting.admin.approve(ticket)
        assert asking.answer(5).json()["state"] == "approved"
    assert rejecting.status(ticket, wait=10).json()["state"] == "approved", "nothing to wait for"


def test_status_resource_waits_no_longer_than_asked(rejecting):
    ticket = rejecting.call("DELETE", USER).header("Countersign-Ticket")
    assert rejecting.status(ticket, wait=1).json()["state"] == "pending"


def test_withdrawing(proxy, upstream):
    with proxy.begin("DELETE", USER) as held:
        ticket = proxy.admin.one()["id"]
        assert proxy.status(ticket, "erin", method="DELETE").status == 404
        got = proxy.status(ticket, method="DELETE")
        assert got.status == 200 and got.json()["state"] == "cancelled"
        assert held.answer().status >= 400
    assert proxy.record("approval.cancelled")["approval"]["id"] == ticket
    assert proxy.admin.decide(ticket, "approve").status_code == 409
    assert upstream.bytes_seen == 0


def test_withdrawing_what_was_approved(rejecting, upstream):
    ticket = rejecting.call("DELETE", USER).header("Countersign-Ticket")
    rejecting.admin.approve(ticket)
    assert rejecting.status(ticket, method="DELETE").json()["state"] == "cancelled"
    again = rejecting.call("DELETE", USER)
    assert again.status == 428 and again.header("Countersign-Ticket") != ticket
    assert upstream.bytes_seen == 0


def test_expiry_while_nobody_decides(serve, upstream):
    proxy = serve([delete_rule(mode="reject", expires="1s")])
    ticket = proxy.call("DELETE", USER).header("Countersign-Ticket")
    eventually(lambda: proxy.status(ticket).json()["state"] == "expired")
    proxy.record("approval.expired", approval__id=ticket)
    late = proxy.admin.decide(ticket, "approve")
    assert late.status_code == 409 and late.json()["state"] == "expired"
    anew = proxy.call("DELETE", USER)
    assert anew.status == 428 and anew.header("Countersign-Ticket") != ticket
    named = proxy.call("DELETE", USER, headers={"Countersign-Ticket": ticket})
    assert (named.status, named.problem) == (403, "expired")


def test_expiry_while_held(serve, upstream):
    proxy = serve([delete_rule(expires="1s", hold_for="15s")])
    got = proxy.call("DELETE", USER, timeout=10)
    assert (got.status, got.problem) == (403, "expired")
    assert upstream.bytes_seen == 0


def test_yes_that_is_not_used_in_time(serve, upstream):
    proxy = serve([delete_rule(mode="reject", valid_for="1s")])
    ticket = proxy.call("DELETE", USER).header("Countersign-Ticket")
    proxy.admin.approve(ticket)
    eventually(lambda: proxy.status(ticket).json()["state"] == "expired")
    again = proxy.call("DELETE", USER)
    assert again.status == 428 and again.header("Countersign-Ticket") != ticket
    assert upstream.bytes_seen == 0


def test_late_decision_meets_the_new_state(rejecting):
    ticket = rejecting.call("DELETE", USER).header("Countersign-Ticket")
    rejecting.admin.deny(ticket, "bob")
    late = rejecting.admin.decide(ticket, "approve", "carol")
    assert late.status_code == 409 and late.json()["state"] == "denied"
    rejecting.record("decision.refused")


def test_ticket_selects_its_own_action_only(rejecting, upstream):
    ticket = rejecting.call("DELETE", USER).header("Countersign-Ticket")
    rejecting.admin.approve(ticket)
    named = {"Countersign-Ticket": ticket}
    other = rejecting.call("DELETE", "/admin/users/8", headers=named)
    assert (other.status, other.problem) == (409, "binding-mismatch")
    stranger = rejecting.call("DELETE", USER, user="erin", headers=named)
    assert stranger.status == 404
    for unknown in ("01ARZ3NDEKTSV4RRFFQ69G5FAV", "nonsense"):
        assert rejecting.call("DELETE", USER, headers={
            "Countersign-Ticket": unknown}).status == 404
    assert upstream.bytes_seen == 0
    assert rejecting.call("DELETE", USER, headers=named).status == 200
    spent = rejecting.call("DELETE", USER, headers=named)
    assert (spent.status, spent.problem) == (409, "already-used")
    assert len(upstream.requests) == 1


def test_ticket_of_a_denied_action(rejecting):
    ticket = rejecting.call("DELETE", USER).header("Countersign-Ticket")
    rejecting.admin.deny(ticket, reason="no")
    got = rejecting.call("DELETE", USER, headers={"Countersign-Ticket": ticket})
    assert (got.status, got.problem) == (403, "denied")


def test_denial_counts_until_it_expires(serve, upstream):
    proxy = serve([delete_rule(mode="reject", expires="2s")])
    ticket = proxy.call("DELETE", USER).header("Countersign-Ticket")
    proxy.admin.deny(ticket)
    assert proxy.call("DELETE", USER).problem == "denied"

    def anew():
        got = proxy.call("DELETE", USER)
        return got if got.status == 428 else None
    assert eventually(anew).header("Countersign-Ticket") != ticket


def test_unnamed_callers_have_secrets_and_never_join(serve, upstream):
    proxy = serve([delete_rule(mode="reject")], site={"callers": "anyone"})
    first = proxy.call("DELETE", USER, user=None)
    second = proxy.call("DELETE", USER, user=None)
    tickets = [got.header("Countersign-Ticket") for got in (first, second)]
    assert [got.status for got in (first, second)] == [428, 428]
    assert len({ticket.split(".")[0] for ticket in tickets}) == 2
    number, secret = tickets[0].split(".")
    assert len(secret) >= 20
    assert secret not in proxy.audit_file.read_text()
    one = proxy.admin.show(number).json()
    assert one["requester"]["user"] is None and one["requester"]["unnamed"] is True
    opened = proxy.record("approval.opened")
    assert opened["actor"] == {"id": "anonymous", "auth": "none", "unnamed": True}
    assert proxy.record("approval.ticketed")["actor"]["unnamed"] is True
    said = proxy.run("approvals", "show", number, user="bob").stdout
    assert "cannot be told whether you" in said, said
    assert secret not in str(one)
    proxy.admin.approve(number)
    for wrong in (number, f"{number}.{secret[:-1]}", f"{number}.{'0' * len(secret)}"):
        assert proxy.call("DELETE", USER, user=None,
                          headers={"Countersign-Ticket": wrong}).status == 404
        assert proxy.status(wrong, user=None).status == 404
    assert upstream.bytes_seen == 0
    assert proxy.status(tickets[0], user=None).json()["state"] == "approved"
    assert proxy.call("DELETE", USER, user=None,
                      headers={"Countersign-Ticket": tickets[0]}).status == 200
    assert len(upstream.requests) == 1


def test_racing_retries_of_one_approval_run_it_once(rejecting, upstream):
    ticket = rejecting.call("DELETE", USER).header("Countersign-Ticket")
    rejecting.admin.approve(ticket)
    named = {"Countersign-Ticket": ticket}
    held = [rejecting.connect() for _ in range(30)]
    ready = threading.Barrier(3)

    def race(part):
        ready.wait()
        for connection in part:
            connection.ask("DELETE", USER, {**rejecting.who("alice"), **named})

    threads = [threading.Thread(target=race, args=(held[n::3],)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(c.answer().status for c in held) == [200] + [409] * 29
    assert len(upstream.requests) == 1


def test_times_are_written_as_rfc_3339_in_utc(rejecting):
    said = rejecting.call("DELETE", USER).json()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", said["expires_at"])
