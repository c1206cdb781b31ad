# What the trail tells of one approval: every line whole, by the same names, counted once.
# SPDX-License-Identifier: Apache-2.0
import pytest

from conftest import PUBLIC, delete_rule
from trail import get, select
from wire import eventually

USER = "/admin/users/7"
# Everybody who reads one line of an approval reads these.
COMMON = ("site", "rule.name", "rule.hash", "actor.id", "src.ip", "dst.name", "dst.host",
          "req.method", "req.host", "req.path", "approval.binding", "approval.code",
          "approval.uses")


def told(proxy, event, ticket, count=1):
    record = proxy.record(event, count, approval__id=ticket)
    for name in COMMON:
        assert get(record, name) is not None, (event, name, record)
    return record


def test_all_lines_of_an_approval_name_the_same_things(proxy):
    with proxy.begin("DELETE", USER) as first, proxy.begin("DELETE", USER) as second:
        ticket = proxy.admin.one()["id"]
        proxy.record("approval.joined")
        proxy.admin.approve(ticket)
        assert sorted([first.answer().status, second.answer().status]) == [200, 409]
    records = [told(proxy, event, ticket) for event in (
        "approval.opened", "approval.joined", "decision.approved", "approval.claimed",
        "approval.completed")]
    for name in ("req.host", "req.path", "dst.name", "dst.host", "rule.hash",
                 "approval.binding"):
        assert len({get(record, name) for record in records}) == 1, name
    assert get(records[0], "req.host") == "admin.test"
    shown = proxy.admin.show(ticket).json()
    assert shown["caller_host"] == "admin.test"
    assert get(records[0], "dst.name") == shown["request"]["host"]
    assert get(records[0], "rule.hash") == shown["effect"]


@pytest.mark.parametrize("approve", [False, True], ids=["undecided", "unused"])
def test_expiry_is_told_in_full(serve, approve):
    times = {"valid_for": "1s"} if approve else {"expires": "1s"}
    proxy = serve([delete_rule(mode="reject", **times), PUBLIC])
    ticket = proxy.call("DELETE", USER, headers={"Countersign-Reason": "left"}).header(
        "Countersign-Ticket")
    if approve:
        proxy.admin.approve(ticket)
    record = told(proxy, "approval.expired", ticket)
    assert get(record, "approval.state") == "expired" and record["reason"] == "left"
    assert get(record, "approval.expires") is not None


def test_hanging_up_is_told_in_full(proxy):
    with proxy.begin("DELETE", USER):
        ticket = proxy.admin.one()["id"]
    record = told(proxy, "approval.cancelled", ticket)
    assert (record["why"], get(record, "actor.id")) == ("caller-gone", "alice")


def test_decision_says_where_its_approver_was(proxy):
    proxy.call("DELETE", USER, headers={"Prefer": "respond-async"})
    ticket = proxy.admin.one()["id"]
    assert proxy.admin.decide(ticket, "approve", "alice").status_code == 403
    proxy.admin.approve(ticket)
    for event in ("decision.refused", "decision.approved"):
        record = proxy.record(event, approval__id=ticket)
        assert get(record, "approver.source") == "127.0.0.1", record


def test_who_joins_is_told_with_his_own_reason(proxy):
    with proxy.begin("DELETE", USER, headers={"Countersign-Reason": "mine"}):
        ticket = proxy.admin.one()["id"]
        with proxy.begin("DELETE", USER, headers={"Countersign-Reason": "also mine"}):
            record = told(proxy, "approval.joined", ticket)
            assert record["reason"] == "also mine"
    assert told(proxy, "approval.opened", ticket)["reason"] == "mine"


def test_late_click_is_no_alarm(proxy):
    proxy.call("DELETE", USER, headers={"Prefer": "respond-async"})
    ticket = proxy.admin.one()["id"]
    proxy.admin.decide(ticket, "approve", "alice")
    proxy.admin.deny(ticket, "bob")
    assert proxy.admin.decide(ticket, "approve", "carol").status_code == 409
    assert proxy.admin.decide(ticket, "approve", "bob").status_code == 409
    proxy.record("decision.refused", 3, approval__id=ticket)
    assert {r["why"]: r["severity"] for r in proxy.records("decision.refused")} == {
        "own-request": "high", "too-late": "low", "decided-otherwise": "medium"}


def test_transition_that_is_told_twice_has_one_id(serve, redis, folder):
    """A mark that stays in Redis makes another process tell it again."""
    left, right = [serve([delete_rule(mode="reject", expires="2s")], name=name,
                         state_dir=folder / "state") for name in ("left", "right")]
    ticket = left.call("DELETE", USER).header("Countersign-Ticket")
    marks = {"approval.opened": "opened", "approval.expired": "overdue"}

    def everywhere(event):
        return select(left.records() + right.records(), event, approval__id=ticket)

    eventually(lambda: everywhere("approval.expired"))
    for event, word in marks.items():
        before = len(everywhere(event))
        redis.ask("ZADD", "{flows}:unrecorded", "1", f"{word} {ticket} 1795334400000000")
        eventually(lambda: len(everywhere(event)) > before)
        lines = everywhere(event)
        assert len({line["id"] for line in lines}) == 1, lines
        assert len({(line["chain"], line["seq"]) for line in lines}) == len(lines)
    opened, expired = (everywhere(event)[0]["id"] for event in marks)
    assert opened != expired
