# Redis dies, the proxy dies, records are forged: nothing runs that should not, nothing is lost.
# SPDX-License-Identifier: Apache-2.0
import contextlib
import os
import random
import resource
import threading
import time

import pytest
import requests

import upstream as fake
from conftest import PUBLIC, delete_rule
from trail import get
from wire import Closed, eventually

USER = "/admin/users/7"


# --- Redis ------------------------------------------------------------------------


def test_redis_killed_and_restarted_while_a_call_is_held(proxy, redis, upstream):
    with proxy.begin("DELETE", USER) as held:
        ticket = proxy.admin.one()["id"]
        redis.kill()
        proxy.record("store.lost")
        assert held.is_silent(0.5), "who waits goes on waiting"
        assert proxy.call("GET", "/public/a", user=None).status == 200
        refused = proxy.call("DELETE", "/admin/users/8")
        assert (refused.status, refused.problem) == (503, "store-unavailable")
        assert refused.header("Retry-After") == "5"
        assert proxy.admin.decide(ticket, "approve").status_code == 503
        assert proxy.admin.ask("GET", "/api/v1/approvals").status_code == 503
        redis.start()
        proxy.record("store.back")
        assert len(upstream.requests) == 1
        eventually(lambda: proxy.admin.decide(ticket, "approve").status_code in (200, 201))
        assert held.answer().status == 200
    assert upstream.targets() == ["GET /public/a", f"DELETE {USER}"]


def test_hold_that_ends_while_redis_is_away_is_a_ticket(serve, redis, upstream):
    proxy = serve([delete_rule(hold_for="2s"), PUBLIC])
    with proxy.begin("DELETE", USER) as held:
        ticket = proxy.admin.one()["id"]
        # Opened is not yet held: the answer of the store has to reach the worker.
        eventually(lambda: "countersign_holds 1" in
                   proxy.admin.ask("GET", "/metrics", None).text)
        redis.kill()
        got = held.answer()
    assert (got.status, got.header("Countersign-Ticket")) == (428, ticket)
    redis.start()
    eventually(lambda: proxy.admin.show(ticket).status_code == 200)
    proxy.admin.approve(ticket)
    # Each thread has a link of its own: the worker's may be back a moment later.
    eventually(lambda: proxy.call("DELETE", USER).status == 200)
    assert len(upstream.requests) == 1


def test_approved_call_is_not_released_without_redis(serve, redis, upstream):
    proxy = serve([delete_rule(mode="reject")])
    ticket = proxy.call("DELETE", USER).header("Countersign-Ticket")
    proxy.admin.approve(ticket)
    redis.kill()
    got = proxy.call("DELETE", USER)
    assert (got.status, got.problem) == (503, "store-unavailable")
    assert upstream.bytes_seen == 0
    redis.start()
    eventually(lambda: proxy.call("DELETE", USER).status == 200)
    assert len(upstream.requests) == 1


def test_passing_traffic_never_notices_redis_coming_and_going(proxy, redis):
    stop = threading.Event()
    statuses = []

    def pass_by():
        while not stop.is_set():
            statuses.append(proxy.call("GET", "/public/a", user=None).status)

    thread = threading.Thread(target=pass_by)
    thread.start()
    for _ in range(2):
        redis.kill()
        eventually(lambda: len(proxy.records("store.lost")) > len(proxy.records("store.back")))
        redis.start()
        eventually(lambda: len(proxy.records("store.back")) >= len(proxy.records("store.lost")))
    stop.set()
    thread.join()
    assert set(statuses) == {200} and len(statuses) > 10


def test_starting_before_redis(folder, serve, redis):
    redis.kill()
    started = threading.Timer(1.0, redis.start)
    started.start()
    proxy = serve()
    started.join()
    # Each worker has a link of its own, so the first may be here before the others.
    eventually(lambda: proxy.call("DELETE", USER, headers={"Prefer": "wait=0"}).status == 428)


def test_redis_emptied_while_a_call_is_held(proxy, redis, upstream):
    with proxy.begin("DELETE", USER, headers={"Prefer": "wait=5"}) as held:
        first = proxy.admin.one()["id"]
        redis.ask("FLUSHALL")
        assert proxy.admin.decide(first, "approve").status_code in (404, 503)
        assert held.answer().status in (403, 428, 503)
    assert upstream.bytes_seen == 0


# --- what somebody with write access to Redis can do ---------------------------------


def snapshot(redis):
    # A key may be gone between the two questions: marks of transitions come and go.
    kept = {key: redis.ask("DUMP", key) for key in redis.keys()}
    return {key: value for key, value in kept.items() if value is not None}


def restore(redis, kept):
    for key, value in kept.items():
        redis.ask("RESTORE", key, 0, value, "REPLACE")


def fields(redis):
    """Every (key, field, value) of every hash."""
    for key in redis.keys():
        if redis.ask("TYPE", key) == "hash":
            pairs = redis.ask("HGETALL", key)
            for field, value in zip(pairs[::2], pairs[1::2]):
                yield key, field, value


def test_state_written_by_hand_approves_nothing(serve, redis, upstream):
    proxy = serve([delete_rule(mode="reject")])
    ticket = proxy.call("DELETE", USER).header("Countersign-Ticket")
    changed = 0
    for key, field, value in list(fields(redis)):
        if value == b"pending":
            redis.ask("HSET", key, field, "approved")
            changed += 1
    assert changed, "no state found to forge"
    got = proxy.call("DELETE", USER)
    assert got.status in (428, 503), got
    named = proxy.call("DELETE", USER, headers={"Countersign-Ticket": ticket})
    assert named.status in (404, 428, 503), named
    assert upstream.bytes_seen == 0


def test_edited_request_is_not_shown_and_is_recorded(serve, redis, upstream):
    proxy = serve([delete_rule(mode="reject")])
    ticket = proxy.call("DELETE", USER).header("Countersign-Ticket")
    changed = 0
    for key, field, value in list(fields(redis)):
        if b"/admin/users/7" in value:
            redis.ask("HSET", key, field, value.replace(b"/admin/users/7", b"/admin/users/1"))
            changed += 1
    assert changed, "no request found to edit"
    assert proxy.admin.show(ticket).status_code == 404
    assert proxy.admin.decide(ticket, "approve").status_code == 404
    proxy.record("store.forged")
    anew = proxy.call("DELETE", USER)
    assert anew.status in (428, 503)
    assert upstream.bytes_seen == 0


def test_decision_of_another_approval_does_not_count_here(serve, redis, upstream):
    proxy = serve([delete_rule(mode="reject")])
    wanted = proxy.call("DELETE", USER).header("Countersign-Ticket")
    kept = {key for key in redis.keys()}
    before = {(key, field): value for key, field, value in fields(redis)}
    proxy.admin.approve(proxy.call("DELETE", "/admin/users/8").header("Countersign-Ticket"))
    votes = [(key, field, value) for key, field, value in fields(redis)
             if key not in kept or before.get((key, field)) != value]
    other = {get(r, "approval.id") for r in proxy.records("decision.approved")}.pop()
    copied = 0
    for key, field, value in votes:
        if other.encode() in key:
            redis.ask("HSET", key.replace(other.encode(), wanted.encode()), field, value)
            copied += 1
    for key, field, value in list(fields(redis)):
        if wanted.encode() in key and value == b"pending":
            redis.ask("HSET", key, field, "approved")
    assert copied, "no decision found to copy"
    assert proxy.call("DELETE", USER, headers={"Countersign-Ticket": wanted}).status in (
        404, 409, 428, 503)
    assert upstream.bytes_seen == 0
    proxy.record("store.forged")


def test_spent_approval_put_back_is_not_spent_again(serve, redis, upstream):
    proxy = serve([delete_rule(mode="reject")])
    ticket = proxy.call("DELETE", USER).header("Countersign-Ticket")
    proxy.admin.approve(ticket)
    kept = snapshot(redis)
    assert proxy.call("DELETE", USER).status == 200
    restore(redis, kept)
    again = proxy.call("DELETE", USER, headers={"Countersign-Ticket": ticket})
    assert again.status in (404, 409, 428), again
    assert proxy.call("DELETE", USER).status != 200
    assert len(upstream.requests) == 1


def test_denied_approval_put_back_stays_denied(serve, redis, upstream):
    proxy = serve([delete_rule(mode="reject", **{"from": {"group": "sre", "count": 1}})])
    ticket = proxy.call("DELETE", USER).header("Countersign-Ticket")
    kept = snapshot(redis)
    proxy.admin.deny(ticket)
    assert proxy.call("DELETE", USER).problem == "denied"
    restore(redis, kept)
    again = proxy.admin.decide(ticket, "approve", "carol")
    assert proxy.call("DELETE", USER).status in (403, 428)
    assert upstream.bytes_seen == 0
    assert again.status_code in (404, 409)


def test_spent_log_outlives_the_process(serve, redis, upstream):
    proxy = serve([delete_rule(mode="reject")])
    ticket = proxy.call("DELETE", USER).header("Countersign-Ticket")
    proxy.admin.approve(ticket)
    kept = snapshot(redis)
    assert proxy.call("DELETE", USER).status == 200
    proxy.stop()
    restore(redis, kept)
    proxy.start()
    assert proxy.call("DELETE", USER).status != 200
    assert len(upstream.requests) == 1


# --- kill -9 ---------------------------------------------------------------------------


def test_killed_while_holding_the_retry_joins(serve, upstream):
    proxy = serve([delete_rule(), PUBLIC])
    held = proxy.begin("DELETE", USER)
    ticket = proxy.admin.one()["id"]
    proxy.kill()
    with pytest.raises((Closed, ConnectionError)):
        held.answer()
    proxy.start()
    assert proxy.admin.one()["id"] == ticket, "a dying proxy cancels nothing"
    with proxy.begin("DELETE", USER) as again:
        proxy.record("approval.joined")
        proxy.admin.approve(ticket)
        assert again.answer().status == 200
    assert len(upstream.requests) == 1


def test_killed_after_approval_the_retry_runs_once(serve, upstream):
    proxy = serve([delete_rule(mode="reject")])
    ticket = proxy.call("DELETE", USER).header("Countersign-Ticket")
    proxy.admin.approve(ticket)
    proxy.kill()
    proxy.start()
    assert proxy.call("DELETE", USER).header("Countersign-Ticket") == ticket
    assert proxy.call("DELETE", USER).status == 428
    assert len(upstream.requests) == 1


def test_killed_between_send_and_outcome_says_that_it_is_unknown(serve, upstream):
    gate = fake.Gate()
    upstream.answer = gate
    proxy = serve([delete_rule()])
    held = proxy.begin("DELETE", USER)
    ticket = proxy.admin.one()["id"]
    proxy.admin.approve(ticket)
    upstream.seen(1)
    proxy.kill()
    gate.open()
    with pytest.raises((Closed, ConnectionError)):
        held.answer()
    upstream.answer = lambda received, connection: fake.OK
    proxy.start()
    record = proxy.record("approval.outcome_unknown", approval__id=ticket)
    assert record["code"] == "CS4003E"
    again = proxy.call("DELETE", USER, headers={"Prefer": "wait=0"})
    assert again.status == 428 and again.header("Countersign-Ticket") != ticket
    assert len(upstream.requests) == 1


def test_killed_at_any_moment_at_most_one_forward(serve, upstream):
    """Dies somewhere between the decision and the answer, over and over."""
    proxy = serve([delete_rule(hold_for="10s")])
    dice = random.Random(11)
    for turn in range(12):
        target = f"/admin/users/{turn}"
        held = proxy.begin("DELETE", target)
        ticket = proxy.admin.one()["id"]
        deciding = threading.Thread(target=ignore_errors, args=(
            lambda: proxy.admin.decide(ticket, "approve"),))
        deciding.start()
        time.sleep(dice.uniform(0, 0.012))
        proxy.kill()
        deciding.join()
        held.close()
        proxy.start()
        settle(proxy, target)
        assert upstream.targets().count(f"DELETE {target}") <= 2
        forwards = [r.header("Countersign-Ticket") for r in upstream.requests
                    if r.target == target]
        assert len(forwards) == len(set(forwards)), "one approval ran twice"
        check_claims_are_closed(proxy)


def ignore_errors(work):
    try:
        work()
    except OSError:
        pass


def settle(proxy, target):
    """Asks again and lets it be approved, so that nothing is left for the next turn."""
    with proxy.begin("DELETE", target) as again:
        def decided():
            for one in proxy.admin.list():
                proxy.admin.decide(one["id"], "approve")
            return not again.is_silent(0.1)
        eventually(decided)
        assert again.answer().status == 200


def check_claims_are_closed(proxy):
    """
    No intent is left without an end.  Killed right after the outcome was written, a claim may
    be called unknown on top of it: then the two stand there, the cautious one last.
    """
    def open_claims():
        records = proxy.records()
        ended = {get(r, "approval.claim") for r in records
                 if r["event"] in ("approval.completed", "approval.outcome_unknown")}
        return [r for r in records if r["event"] == "approval.claimed"
                and get(r, "approval.claim") not in ended]
    eventually(lambda: not open_claims(), timeout=5, why=open_claims)


def test_no_line_of_allowed_traffic_is_lost_by_a_kill(serve, upstream):
    proxy = serve([PUBLIC])
    for turn in range(3):
        for number in range(100):
            assert proxy.call("GET", f"/public/{turn}/{number}", user=None).status == 200
        proxy.kill()
        proxy.start()
    paths = {get(r, "req.path") for r in proxy.records("request.allowed")}
    wanted = {f"/public/{turn}/{number}" for turn in range(3) for number in range(100)}
    assert wanted <= paths, sorted(wanted - paths)


def test_torn_last_line_is_cut_and_recorded(serve):
    proxy = serve([PUBLIC])
    proxy.call("GET", "/public/a")
    proxy.record("request.allowed")
    proxy.kill()
    whole = proxy.audit_file.read_bytes()
    with open(proxy.audit_file, "ab") as file:
        file.write(whole.splitlines()[-1][:40])
    proxy.start()
    eventually(lambda: len(proxy.records("audit.opened")) == 2)
    assert proxy.audit_file.read_bytes().startswith(whole)
    proxy.record("audit.gap")


def test_embedded_redis_dies_with_its_parent(serve, folder, upstream):
    import pathlib

    def children():
        return [pid.name for pid in pathlib.Path("/proc").iterdir() if pid.name.isdigit()
                and str(folder / "state").encode() in read(pid / "cmdline")]

    def read(path):
        try:
            return path.read_bytes()
        except OSError:
            return b""

    proxy = serve([delete_rule(mode="reject")], redis_url="embedded", state_dir=folder / "state")
    ticket = proxy.call("DELETE", USER).header("Countersign-Ticket")
    proxy.admin.approve(ticket)
    proxy.kill()
    eventually(lambda: not children())
    proxy.start()
    assert proxy.call("DELETE", USER).header("Countersign-Ticket") == ticket
    assert len(upstream.requests) == 1
    assert "one node" in proxy.admin.ask("GET", "/readyz").text
    proxy.stop()
    assert not children()
    proxy.start()


# --- Descriptors ------------------------------------------------------------------


def test_callers_without_end_leave_descriptors_for_the_rest(serve, upstream):
    proxy = serve([delete_rule(), PUBLIC])
    proxy.stop()
    proxy.before = ["prlimit", "--nofile=240"]  # 24 callers and their upstreams
    proxy.start()
    assert "serve.descriptors" in proxy.process.said()
    with contextlib.ExitStack() as crowd:
        known = crowd.enter_context(proxy.connect())
        assert known.ask("GET", "/public/a").answer().status == 200
        for _ in range(300):
            crowd.enter_context(proxy.connect())
        assert known.ask("GET", "/public/b").answer().status == 200
        assert proxy.admin.ask("GET", "/readyz", user=None).status_code == 200
        known.ask("DELETE", USER, proxy.who("alice"))
        proxy.admin.approve(proxy.admin.one()["id"])
        assert known.answer().status == 200
        proxy.record("approval.relayed")
        assert "listener.exhausted" not in proxy.process.said()
    eventually(lambda: comes_through(proxy))
    assert len(upstream.requests) == 4


def comes_through(proxy):
    try:
        return proxy.call("GET", "/public/c", user=None).status == 200
    except (Closed, ConnectionError):
        return False


def test_out_of_descriptors_who_is_here_is_served_and_who_comes_waits(proxy):
    pid = proxy.process.pid
    files = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    with proxy.connect() as known, requests.Session() as approver:
        assert known.ask("GET", "/public/a").answer().status == 200
        assert approver.get(f"{proxy.admin.url}/readyz").status_code == 200
        taken = {int(fd) for fd in os.listdir(f"/proc/{pid}/fd")}
        free = min(set(range(len(taken) + 1)) - taken)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (free, files[1]))
        with proxy.connect() as late:
            late.ask("GET", "/public/b")
            eventually(lambda: "listener.exhausted" in proxy.process.said())
            assert known.ask("GET", "/public/c").answer().status == 200
            assert approver.get(f"{proxy.admin.url}/readyz").status_code == 200
            proxy.record("request.allowed", count=2)
            assert late.is_silent(0.3)
            assert proxy.process.said().count("listener.exhausted") == 1, "said at each try"
            resource.prlimit(pid, resource.RLIMIT_NOFILE, files)
            assert late.answer().status == 200
