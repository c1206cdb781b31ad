# What Redis has lost while it answers on, starts in a hurry, and crowds at the approvers' door.
# SPDX-License-Identifier: Apache-2.0
import concurrent.futures
import contextlib
import os
import signal
import socket

import pytest

from conftest import PUBLIC, delete_rule
from services import PROGRAM, Process
from wire import DEADLINE, eventually

USER = "/admin/users/7"


def exists(redis, ticket):
    return redis.ask("EXISTS", f"{{flows}}:a:{ticket}") == 1


@pytest.mark.parametrize("words", [("FLUSHALL",), ("DEL", "{flows}:epoch")], ids=lambda w: w[0])
def test_held_calls_move_to_a_successor_without_a_word_from_outside(proxy, redis, upstream, words):
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(proxy.begin("DELETE", USER)) for _ in range(2)]
        lost = proxy.admin.one()["id"]
        proxy.record("approval.joined", **{"approval.id": lost})
        redis.ask(*words)

        def successor():
            found = proxy.admin.list()
            return found[0] if len(found) == 1 and found[0]["id"] != lost else None
        one = eventually(successor)
        assert one["follows"] == lost
        # The other thread may look a second later: who comes after the use asks anew.
        proxy.record("approval.joined", **{"approval.id": one["id"]})
        proxy.admin.approve(one["id"])
        first = [connection.answer() for connection in held]
    assert sorted((got.status, got.header("Countersign-Ticket")) for got in first) == [
        (200, one["id"]), (409, one["id"])]
    assert len(upstream.requests) == 1


def test_ticket_at_the_end_of_a_hold_is_for_something_that_is_there(serve, redis):
    proxy = serve([delete_rule(hold_for="700ms")])
    with proxy.begin("DELETE", USER) as held:
        lost = proxy.admin.one()["id"]
        redis.ask("DEL", f"{{flows}}:a:{lost}")
        got = held.answer()
    assert (got.status, got.problem) == (428, "approval-pending")
    ticket = got.header("Countersign-Ticket")
    assert ticket != lost and exists(redis, ticket)
    assert proxy.status(ticket).json()["state"] == "pending"


def test_ticket_of_a_process_that_ends_is_for_something_that_is_there(serve, redis):
    proxy = serve([delete_rule()])
    with proxy.begin("DELETE", USER) as held:
        lost = proxy.admin.one()["id"]
        redis.ask("FLUSHALL")
        proxy.process.signal(signal.SIGTERM)
        got = held.answer()
    assert (got.status, got.problem) == (428, "approval-pending")
    assert got.header("Countersign-Ticket") != lost
    assert exists(redis, got.header("Countersign-Ticket"))
    proxy.stop()
    proxy.start()


def test_of_a_yes_sent_ten_times_at_once_one_counts(serve):
    proxy = serve([delete_rule(**{"from": {"group": "sre", "count": 2}})])
    with proxy.begin("DELETE", USER) as held:
        ticket = proxy.admin.one()["id"]
        with concurrent.futures.ThreadPoolExecutor(10) as crowd:
            told = list(crowd.map(lambda _: proxy.admin.decide(ticket, "approve").status_code,
                                  range(10)))
        assert sorted(told) == [200] * 9 + [201]
        assert proxy.admin.show(ticket).json()["have"] == 1
        assert len(proxy.records("decision.approved")) == 1
        proxy.admin.approve(ticket, "carol")
        assert held.answer().status == 200


def test_start_right_after_a_kill_waits_for_the_redis_of_before(serve):
    proxy = serve([delete_rule(mode="reject")], redis_url="embedded")
    ticket = proxy.call("DELETE", USER).header("Countersign-Ticket")
    for _ in range(3):
        proxy.kill()
        proxy.start()
    assert proxy.call("DELETE", USER).header("Countersign-Ticket") == ticket


def start_another(proxy):
    """Of the same configuration; what it said when it had ended."""
    other = Process([PROGRAM, "serve", "--config", proxy.file], proxy.folder / "other.log")
    assert other.child.wait(DEADLINE) == 1
    return other.said()


def test_second_process_on_an_embedded_redis_is_told_why(serve):
    proxy = serve([delete_rule()], redis_url="embedded")
    said = start_another(proxy)
    assert "store.embedded_waits" in said and "another process uses it" in said


def test_state_dir_that_others_may_write_to_is_refused(serve):
    proxy = serve([delete_rule()])
    proxy.stop()
    os.chmod(proxy.state_dir, 0o777)
    said = start_another(proxy)
    assert "may be written to by others, its mode is 0777 (chmod go-w it)" in said
    checked = proxy.run("check", config=True)
    assert checked.returncode == 0 and "(chmod go-w it)" in checked.stderr
    os.chmod(proxy.state_dir, 0o700)
    proxy.start()


def is_closed(connection):
    """Closed by the other side"""
    connection.setblocking(False)
    try:
        return connection.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def test_crowd_at_the_admin_endpoint_takes_nothing_from_callers(serve, upstream):
    proxy = serve([delete_rule(), PUBLIC], limits={"idle_timeout": "3s", "head_timeout": "3s"})
    proxy.stop()
    proxy.before = ["prlimit", "--nofile=240"]
    proxy.start()
    with contextlib.ExitStack() as stack:
        crowd = [stack.enter_context(socket.create_connection(("127.0.0.1", proxy.admin_port)))
                 for _ in range(100)]
        for connection in crowd[:10]:
            connection.send(b"GET /healthz HTTP/1.1\r\nHost: lo")
        eventually(lambda: sum(map(is_closed, crowd[-40:])) >= 30)
        assert not is_closed(crowd[20])
        assert proxy.call("GET", "/public/a").status == 200
        got = proxy.call("DELETE", USER, headers={"Prefer": "wait=0"})
        assert (got.status, got.problem) == (428, "approval-pending")
        # Nobody had to say who he is for this: their time is up.
        eventually(lambda: all(map(is_closed, crowd[10:60])), timeout=20)
    assert proxy.admin.one()["id"] == got.header("Countersign-Ticket")


def test_few_descriptors_are_told_once(serve):
    proxy = serve([delete_rule(), PUBLIC])
    proxy.stop()
    proxy.before = ["prlimit", "--nofile=240"]
    proxy.start()
    for count in (3, 4):  # each start and each reload is one
        proxy.process.signal(signal.SIGHUP)
        proxy.record("config.loaded", count=count)
    assert proxy.process.said().count("at most 240 open files") == 1
