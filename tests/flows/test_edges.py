# Odd moments: upstreams that break off early, callers that dawdle, stores that stay away.
# SPDX-License-Identifier: Apache-2.0
import contextlib
import socket
import struct
import threading
import time

import pytest

from conftest import DELETE, PUBLIC, delete_rule
from services import token
from wire import Closed, eventually, request_bytes

USER = "/admin/users/7"


def cpu_of(pid):
    """Seconds of processor time a process has used."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


class HastyUpstream:
    """On a Unix socket: answers half of something before it has read the request, and closes."""

    def __init__(self, folder):
        self.path = folder / "hasty.sock"
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.path))
        self.listener.listen(16)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(1000)
                connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 100\r\n\r\nhalf")


def test_upstream_that_breaks_off_early_is_survived_and_recorded(serve, folder):
    hasty = HastyUpstream(folder)
    proxy = serve(sites=[{"name": "hasty", "upstream": f"http://unix:{hasty.path}",
                          "rules": [DELETE]}])
    for turn in range(6):
        with proxy.begin("DELETE", f"/admin/users/{turn}", body=b"x" * 1_000_000) as held:
            proxy.admin.approve(proxy.admin.one()["id"])
            try:
                assert held.answer().problem == "outcome-unknown"
            except (Closed, ConnectionError):
                pass
        assert proxy.process.is_alive()
    hasty.listener.close()
    ends = ("approval.completed", "approval.outcome_unknown")
    eventually(lambda: sum(len(proxy.records(end)) for end in ends) == 6)


def test_answers_of_our_own_to_head_have_no_body(proxy):
    with proxy.connect() as caller:
        caller.send(b"HEAD /nowhere HTTP/1.1\r\nHost: admin.test\r\n\r\n"
                    b"GET /public/a HTTP/1.1\r\nHost: admin.test\r\n\r\n")
        caller.method = "HEAD"
        assert caller.answer().status == 403
        caller.method = "GET"
        assert caller.answer().status == 200


def test_approval_that_expires_while_redis_is_away_ends_the_hold_quietly(serve, redis):
    proxy = serve([delete_rule(hold_for="40s", expires="1s")])
    held = [proxy.begin("DELETE", f"/admin/users/{number}") for number in range(10)]
    proxy.admin.pending(10)
    before = cpu_of(proxy.process.pid)
    redis.kill()
    for caller in held:
        assert caller.answer().problem == "expired"
        caller.close()
    assert cpu_of(proxy.process.pid) - before < 0.5, "it asks over and over"
    redis.start()


def test_secret_of_an_unnamed_callers_ticket_is_told_again(serve, upstream):
    proxy = serve(sites=[{"name": "open", "callers": "anyone", "upstream": upstream.url,
                          "rules": [delete_rule(mode="reject")]}])
    first = proxy.call("DELETE", USER, user=None).header("Countersign-Ticket")
    again = proxy.call("DELETE", USER, user=None, headers={"Countersign-Ticket": first})
    assert "." in first
    assert again.header("Countersign-Ticket") == first
    assert proxy.status(first, user=None).status == 200


def test_body_that_trickles_is_ended(serve):
    proxy = serve([DELETE], limits={"body_timeout": "500ms"})
    with proxy.connect() as caller:
        caller.send(b"DELETE /admin/users/7 HTTP/1.1\r\nHost: admin.test\r\nCountersign-Token: " +
                    token("alice").encode() + b"\r\nContent-Length: 1000\r\n\r\n")
        started = time.monotonic()
        while time.monotonic() - started < 10:
            try:
                caller.send(b"x")
            except OSError:
                break
            if not caller.is_silent(0.1):
                break
        assert caller.answer().problem == "body-timeout"


def test_upload_may_last_longer_than_an_answer(serve, upstream):
    proxy = serve([{"name": "up", "match": {"method": "POST", "path": "/up"},
                    "verdict": "allow"}], limits={"answer_timeout": "500ms"})
    with proxy.connect() as caller:
        caller.send(b"POST /up HTTP/1.1\r\nHost: admin.test\r\nContent-Length: 15\r\n\r\n")
        for _ in range(15):
            assert caller.is_silent(0.1)
            caller.send(b"x")
        assert caller.answer().status == 200
    assert upstream.seen(1)[0].body == b"x" * 15


def test_outcome_unknown_names_its_approval(proxy, upstream):
    upstream.answer = lambda received, connection: connection.close()
    with proxy.begin("DELETE", USER) as held:
        ticket = proxy.admin.one()["id"]
        proxy.admin.approve(ticket)
        got = held.answer()
    assert got.problem == "outcome-unknown"
    assert got.header("Countersign-Ticket") == ticket
    assert got.json()["ticket"] == ticket


def test_hang_up_behind_pipelined_bytes_is_seen_before_the_claim(proxy, upstream):
    held = proxy.begin("DELETE", USER)
    ticket = proxy.admin.one()["id"]
    held.socket.settimeout(5)
    try:
        held.send(b"GET /public/x HTTP/1.1\r\nHost: admin.test\r\n\r\n" * 1700)
    except OSError:
        pass
    held.close()
    proxy.admin.decide(ticket, "approve")
    eventually(lambda: proxy.records("request.refused"))
    assert upstream.bytes_seen == 0


# More than is kept of what comes behind a request, so that reading stops.
BEHIND = b"GET /public/x HTTP/1.1\r\nHost: admin.test\r\n\r\n" * 2000


@pytest.mark.parametrize("how", ["close", "half-close", "reset"])
def test_who_goes_behind_bytes_that_are_not_read_leaves_at_once(proxy, upstream, how):
    held = proxy.begin("DELETE", USER)
    ticket = proxy.admin.one()["id"]
    held.send(BEHIND)
    before = cpu_of(proxy.process.pid)
    assert held.is_silent(1)
    assert cpu_of(proxy.process.pid) - before < 0.3, "bytes that wait keep it busy"
    if how == "half-close":
        held.socket.shutdown(socket.SHUT_WR)
    elif how == "reset":
        held.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if how != "half-close":
        held.close()
    eventually(lambda: proxy.admin.show(ticket).json()["state"] == "cancelled", timeout=5)
    assert proxy.admin.decide(ticket, "approve").status_code == 409
    assert upstream.bytes_seen == 0


def test_requests_behind_a_held_one_are_answered_in_order(proxy, upstream):
    with proxy.begin("DELETE", USER) as held:
        ticket = proxy.admin.one()["id"]
        held.send(BEHIND)
        assert held.is_silent(0.3)
        assert upstream.bytes_seen == 0
        proxy.admin.approve(ticket)
        assert held.answer().header("Countersign-Ticket") == ticket
        held.method = "GET"
        for _ in range(2000):
            assert held.answer().status == 200


def refused_upload(proxy, length):
    """A caller that has asked for more than is held; the answer is on its way."""
    caller = proxy.connect()
    caller.send(b"DELETE /admin/users/7 HTTP/1.1\r\nHost: admin.test\r\nCountersign-Token: " +
                token("alice").encode() + b"\r\nContent-Length: %d\r\n\r\n" % length)
    return caller


def test_who_writes_all_before_reading_sees_why_not(proxy):
    body = b"x" * (12 << 20)
    for _ in range(20):
        with refused_upload(proxy, len(body)) as caller:
            caller.send(body)
            got = caller.answer()
            assert (got.status, got.problem) == (413, "body-too-large")


def test_closing_connection_takes_bytes_only_up_to_a_bound(proxy):
    piece, sent = b"x" * (1 << 20), 0
    with refused_upload(proxy, 512 << 20) as caller:
        with pytest.raises(OSError):
            for _ in range(512):
                caller.send(piece)
                sent += len(piece)
    assert 16 << 20 <= sent + len(piece) < 40 << 20


@pytest.mark.parametrize("pause, most", [(0.2, 5), (None, 1)], ids=["slow", "silent"])
def test_closing_connection_is_not_kept_by_a_slow_peer(proxy, pause, most):
    def has_descriptor():
        """A socket that the other side has closed stays in the table, without an inode."""
        ends = [f"{port:04X}" for port in (proxy.port, caller.socket.getsockname()[1])]
        with open("/proc/net/tcp", encoding="ascii") as table:
            rows = [line.split() for line in table][1:]
        return any([row[1][-4:], row[2][-4:]] == ends and row[9] != "0" for row in rows)

    def is_cut():
        if pause:
            with contextlib.suppress(OSError):
                caller.send(b"x")
        return not has_descriptor()
    with refused_upload(proxy, 1 << 30) as caller:
        started = time.monotonic()
        assert caller.answer().status == 413
        assert has_descriptor()
        eventually(is_cut, pause=pause or 0.05)
        assert most - 0.7 <= time.monotonic() - started < most + 2


def test_port_that_the_caller_named_goes_on(serve, upstream):
    proxy = serve([delete_rule(mode="reject"), PUBLIC])
    for host in ("admin.test:8443", "[::1]:65535", "127.0.0.1:81"):
        with proxy.connect() as caller:
            caller.ask("GET", "/public/a", host=host)
            assert caller.answer().status == 200
        assert upstream.requests[-1].header("X-Forwarded-Host") == host
    with proxy.connect() as caller:
        caller.ask("GET", "/public/a", host="admin.test:80")
        assert caller.answer().status == 200
    assert upstream.requests[-1].header("X-Forwarded-Host") == "admin.test"
    with proxy.connect() as caller:
        caller.ask("DELETE", USER, proxy.who("alice"), host="[::1]:8443")
        assert caller.answer().status == 428
    assert proxy.admin.one()["caller_host"] == "[::1]:8443"
    assert proxy.record("approval.opened")["req"]["host"] == "[::1]"
    proxy.record("request.allowed", count=4)
    assert {one["req"]["host"] for one in proxy.records("request.allowed")} == {
        "admin.test", "[::1]", "127.0.0.1"}


def test_ticket_field_without_a_ticket_is_refused(serve, upstream):
    proxy = serve([delete_rule(mode="reject")])
    head = request_bytes("DELETE", USER, proxy.who("alice"))[:-2]
    for line in (b"Countersign-Ticket:", b"countersign-ticket: \t "):
        with proxy.connect() as caller:
            got = caller.send(head + line + b"\r\n\r\n").answer()
            assert (got.status, got.problem) == (400, "header-empty")
    assert proxy.admin.list() == []
    upstream.answer = lambda received, connection: (
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nCountersign-Ticket:\r\n\r\n")
    other = serve([PUBLIC], name="other")
    assert other.call("GET", "/public/a").status == 200


@pytest.mark.parametrize("query", ["?wait=x", "?wait=1&wait=2", "?other=1"])
def test_status_resource_refuses_what_it_does_not_know(serve, query):
    proxy = serve([delete_rule(mode="reject")])
    ticket = proxy.call("DELETE", USER).header("Countersign-Ticket")
    got = proxy.call("GET", f"/.well-known/countersign/approvals/{ticket}{query}")
    assert (got.status, got.problem) == (400, "query-malformed")


def test_verdict_stands_in_the_record_only_where_there_was_one(proxy):
    assert proxy.call("DELETE", USER, user=None).status == 401
    record = proxy.record("request.refused")
    assert record["verdict"] == "approval"


SMALL = {"held_bytes": "1m", "held_body_max": "100k", "inspected_body_max": "100k",
         "head_max": "8k", "target_max": "4k"}


def test_one_requester_holds_no_more_than_a_share(serve):
    """An eighth of held_bytes, 128 KiB here, by person: two bodies of 80000 are too many."""
    proxy = serve([DELETE], limits=SMALL)
    body = b"x" * 80000
    with proxy.begin("DELETE", "/admin/users/1", body=body) as held:
        ticket = proxy.admin.one()["id"]
        got = proxy.call("DELETE", "/admin/users/2", body=body)
        assert (got.status, got.problem) == (429, "too-much-held")
        assert got.header("Retry-After")
        with proxy.begin("DELETE", "/admin/users/3", "erin", body=body):
            proxy.admin.approve(proxy.admin.pending(2)[0]["id"])
            proxy.admin.decide(ticket, "approve")
            assert held.answer().status == 200
            with proxy.begin("DELETE", "/admin/users/2", body=body) as again:
                eventually(lambda: ticket not in [one["id"] for one in proxy.admin.list()]
                           and proxy.admin.list())
                assert again.is_silent(0.05)
    assert proxy.record("request.refused", why="too-much-held")["actor"]["id"] == "alice"


def test_bodies_that_are_coming_in_count_in_the_share(serve):
    proxy = serve([DELETE], limits=SMALL)
    head = (b"DELETE /admin/users/%d HTTP/1.1\r\nHost: admin.test\r\nCountersign-Token: " +
            token("alice").encode() + b"\r\nContent-Length: 100000\r\n\r\n")
    with proxy.connect() as first, proxy.connect() as second:
        first.send(head % 1 + b"x" * 99000)
        assert first.is_silent(0.2)
        second.send(head % 2 + b"x" * 99000)
        assert second.answer().problem == "too-much-held"
        assert first.is_silent(0.05)


def test_all_of_the_memory_for_waiting_calls_is_a_limit_too(serve, upstream):
    proxy = serve(sites=[{"name": "open", "callers": "anyone", "upstream": upstream.url,
                          "rules": [DELETE]}], limits=SMALL)
    held, refused = [], []
    for number in range(20):
        caller = proxy.connect(source=f"127.0.0.{number + 10}")
        caller.ask("DELETE", f"/admin/users/{number}", body=b"x" * 100000)
        (held if caller.is_silent(0.05) else refused).append(caller)
    assert len(held) == 10, len(held)
    for caller in refused:
        got = caller.answer()
        assert (got.status, got.problem) == (503, "too-much-held")
    for caller in held + refused:
        caller.close()
