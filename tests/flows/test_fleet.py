# Several processes on one Redis, many callers at once: who is released, and how often.
# SPDX-License-Identifier: Apache-2.0
import collections
import random
import threading
import time

import pytest

from conftest import PUBLIC, delete_rule
from wire import eventually

USER = "/admin/users/7"
RULES = [delete_rule(hold_for="60s"), PUBLIC]


@pytest.fixture
def pair(serve, folder):
    """Two processes on one machine: one Redis, one state_dir, a trail each."""
    def start(rules=None, **changes):
        return [serve(rules or RULES, name=name, state_dir=folder / "state", **changes)
                for name in ("left", "right")]
    return start


def test_decision_on_one_frees_a_call_held_on_the_other(pair, upstream, record_property):
    left, right = pair()
    with left.begin("DELETE", USER) as held:
        ticket = right.admin.one()["id"]
        begun = time.monotonic()
        right.admin.approve(ticket)
        assert held.answer().status == 200
        took = upstream.seen(1)[0].at - begun
    record_property("decision to first upstream byte, s", round(took, 4))
    print(f"decision on one process to the upstream's first byte from the other: {took:.4f} s")
    assert took < 2


def test_keys_of_another_machine_must_be_trusted(serve, folder, upstream):
    """Two state directories: a decision counts where the key that signed it is trusted."""
    secret = folder / "binding.key"
    secret.write_bytes(random.randbytes(32))
    left = serve(RULES, name="left", approvals={"binding_secret": str(secret)})
    right = serve(RULES, name="right", approvals={"binding_secret": str(secret)})
    with left.begin("DELETE", USER, headers={"Prefer": "wait=3"}) as held:
        left.admin.one()
        assert right.admin.list() == [], "a request of an unknown proxy is shown"
        ticket = left.admin.one()["id"]
        assert right.admin.decide(ticket, "approve").status_code == 404
        assert held.answer().status == 428
    assert upstream.bytes_seen == 0
    left.stop()
    right.stop()
    for proxy, other in ((left, right), (right, left)):
        proxy.config["approvals"]["trusted_keys"] = [
            {"key": str(export(other, role)), "role": role} for role in ("proxy", "admin")]
        proxy.write()
        proxy.start()
    with left.begin("DELETE", "/admin/users/8") as held:
        ticket = eventually(lambda: [one["id"] for one in right.admin.list()
                                     if one["title"].endswith(" 8")])[0]
        right.admin.approve(ticket)
        assert held.answer().status == 200


def export(proxy, role):
    """The file with the public key of that role."""
    done = proxy.run("keys", "export", "--role", role, config=True)
    assert done.returncode == 0, done.stderr
    file = proxy.folder / f"{role}.pub"
    file.write_text(done.stdout)
    return file


def test_retry_on_the_other_process_joins(pair, upstream):
    left, right = pair([delete_rule(hold_for="300ms")])
    ticket = left.call("DELETE", USER).header("Countersign-Ticket")
    assert right.call("DELETE", USER).header("Countersign-Ticket") == ticket
    left.admin.approve(ticket)
    assert right.call("DELETE", USER).header("Countersign-Ticket") == ticket
    assert len(upstream.requests) == 1
    assert left.status(ticket).json()["state"] == "spent"


def test_waiters_on_both_processes_share_the_uses(pair, upstream):
    left, right = pair()
    held = [proxy.begin("DELETE", USER) for proxy in (left, right) for _ in range(5)]
    eventually(lambda: len(left.records("approval.joined") +
                           right.records("approval.joined")) == 9)
    left.admin.approve(left.admin.one()["id"])
    assert sorted(h.answer().status for h in held) == [200] + [409] * 9
    assert len(upstream.requests) == 1
    assert left.admin.list() == []


def test_hanging_up_here_leaves_the_waiter_there(pair):
    left, right = pair()
    here = left.begin("DELETE", USER)
    left.admin.one()
    there = right.begin("DELETE", USER)
    eventually(lambda: right.records("approval.joined"))
    here.close()
    ticket = right.admin.one()["id"]
    right.admin.approve(ticket)
    assert there.answer().status == 200


def test_a_hundred_racing_retries_run_once_ten_times_over(pair, upstream):
    left, right = pair([delete_rule(hold_for="5s")])
    for turn in range(10):
        target = f"/admin/users/{turn}"
        ticket = left.call("DELETE", target, headers={"Prefer": "wait=0"}).header(
            "Countersign-Ticket")
        left.admin.approve(ticket)
        statuses = race(left, right, target, {"Countersign-Ticket": ticket})
        assert statuses == {200: 1, 409: 99}, (turn, statuses)
    assert len(upstream.requests) == 10
    assert len(set(upstream.targets())) == 10


def race(left, right, target, headers):
    """A hundred connections, fifty to each; all requests leave at the same moment."""
    waiting = [proxy.connect() for _ in range(50) for proxy in (left, right)]
    ready = threading.Barrier(4)

    def ask(part):
        ready.wait()
        for connection in part:
            connection.ask("DELETE", target, {**left.who("alice"), **headers})

    threads = [threading.Thread(target=ask, args=(waiting[n::4],)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    statuses = collections.Counter(connection.answer().status for connection in waiting)
    for connection in waiting:
        connection.close()
    return dict(statuses)


@pytest.mark.scaled
def test_a_thousand_held_and_decided_in_mixed_order(pair, upstream):
    count = 1000
    left, right = pair([delete_rule(hold_for="120s")],
                       limits={"pending_per_requester": 2 * count})
    held = {}
    for number in range(count):
        proxy = (left, right)[number % 2]
        held[number] = proxy.begin("DELETE", f"/admin/users/{number}")
    waiting = {int(one["title"].split()[-1]): one["id"] for one in
               eventually(lambda: (lambda found: found if len(found) == count else None)(
                   left.admin.list()), timeout=60, pause=0.5)}
    assert upstream.bytes_seen == 0
    order = list(range(count))
    random.Random(7).shuffle(order)
    approved, denied, dropped = order[:500], order[500:800], order[800:]
    fates = [(n, "approve") for n in approved] + [(n, "deny") for n in denied] + [
        (n, "drop") for n in dropped]
    random.Random(8).shuffle(fates)
    for number, fate in fates:
        if fate == "drop":
            held[number].close()
            continue
        admin = (right, left)[number % 2].admin
        assert admin.decide(waiting[number], fate).status_code == 201
    for number in approved:
        got = held[number].answer()
        assert (got.status, got.header("Countersign-Ticket")) == (200, waiting[number])
    for number in denied:
        assert held[number].answer().problem == "denied"
    eventually(lambda: left.admin.list() == [])
    assert sorted(upstream.targets()) == sorted(f"DELETE /admin/users/{n}" for n in approved)
    cancelled = left.records("approval.cancelled") + right.records("approval.cancelled")
    assert {r["approval"]["id"] for r in cancelled} == {waiting[n] for n in dropped}
