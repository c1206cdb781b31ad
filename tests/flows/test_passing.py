# Calls that need nobody's yes: what reaches the upstream, what comes back, what is refused.
# SPDX-License-Identifier: Apache-2.0
import pytest

import upstream as fake
from conftest import DELETE, PUBLIC
from services import token


def test_allowed_call_passes_and_makes_one_line(proxy, upstream):
    got = proxy.call("GET", "/public/a?b=c&d", user=None, headers={"X-Mine": "1"})
    assert (got.status, got.body, got.header("X-From")) == (200, b"yes", "upstream")
    assert got.header("Countersign-Ticket") is None
    seen = upstream.seen(1)[0]
    assert (seen.method, seen.target, seen.version) == ("GET", "/public/a?b=c&d", "HTTP/1.1")
    assert seen.header("X-Mine") == "1"
    record = proxy.record("request.allowed")
    assert record["code"] == "CS1000I"
    assert len(proxy.records("request.allowed")) == 1
    assert proxy.records("request.started") == []


def test_upstream_learns_who_asks_and_never_the_token(proxy, upstream):
    got = proxy.call("GET", "/public/a", user="alice", headers={
        "Countersign-User": "root", "Countersign-Ticket": "forged", "Countersign-Else": "x"})
    assert got.status == 200
    seen = upstream.seen(1)[0]
    assert seen.header("Countersign-User") == "alice"
    assert {n for n in seen.names() if n.startswith("countersign-")} == {"countersign-user"}
    assert token("alice").encode() not in seen.raw


def test_unnamed_caller_passes_without_a_user(proxy, upstream):
    assert proxy.call("GET", "/public/a", user=None,
                      headers={"Countersign-User": "root"}).status == 200
    assert not {n for n in upstream.seen(1)[0].names() if n.startswith("countersign-")}


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_every_method_arrives_as_itself(proxy, upstream, method):
    body = b"some bytes" if method in ("POST", "PUT", "PATCH", "DELETE") else None
    got = proxy.call(method, "/public/x", body=body)
    assert got.status == 200
    assert got.body == (b"" if method == "HEAD" else b"yes")
    seen = upstream.seen(1)[0]
    assert (seen.method, seen.body) == (method, body or b"")


def test_one_connection_serves_one_call_after_the_other(proxy, upstream):
    with proxy.connect() as connection:
        for number in range(20):
            connection.ask("GET", f"/public/{number}")
            assert connection.answer().status == 200
    assert upstream.targets() == [f"GET /public/{number}" for number in range(20)]


def test_pipelined_calls_are_answered_in_order(proxy, upstream):
    upstream.answer = lambda received, connection: (
        b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s"
        % (len(received.target), received.target.encode()))
    with proxy.connect() as connection:
        for number in range(5):
            connection.ask("GET", f"/public/{number}")
        assert [connection.answer().body for _ in range(5)] == [
            b"/public/%d" % number for number in range(5)]


def test_chunked_call_and_chunked_answer(proxy, upstream):
    upstream.answer = fake.chunked(b"one", b"two" * 1000)
    with proxy.connect() as connection:
        connection.send(b"POST /public/up HTTP/1.1\r\nHost: admin.test\r\n"
                        b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")
        got = connection.answer()
    assert (got.status, got.body) == (200, b"one" + b"two" * 1000)
    assert upstream.seen(1)[0].body == b"hello world"


def test_expect_continue_is_answered_here_and_not_forwarded(proxy, upstream):
    with proxy.connect() as connection:
        connection.send(b"POST /public/up HTTP/1.1\r\nHost: admin.test\r\nContent-Length: 5\r\n"
                        b"Expect: 100-continue\r\n\r\n")
        assert connection.answer().status == 100
        connection.send(b"hello")
        assert connection.answer().status == 200
    assert "expect" not in upstream.seen(1)[0].names()


def test_hop_by_hop_fields_stay_behind(proxy, upstream):
    upstream.answer = lambda received, connection: (
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nKeep-Alive: timeout=1\r\n"
        b"Countersign-Ticket: forged\r\nX-Mine: 1\r\n\r\n")
    got = proxy.call("GET", "/public/a", headers={
        "Connection": "keep-alive", "Keep-Alive": "timeout=9", "Upgrade": "h2c",
        "Proxy-Authorization": "Basic eHg=", "TE": "trailers", "X-Forwarded-For": "1.2.3.4"})
    assert got.status == 200 and got.header("X-Mine") == "1"
    assert got.header("Keep-Alive") is None and got.header("Countersign-Ticket") is None
    assert not upstream.seen(1)[0].names() & {
        "keep-alive", "upgrade", "proxy-authorization", "te", "http2-settings"}
    assert upstream.seen(1)[0].header("X-Forwarded-For") != "1.2.3.4"


def test_nothing_allows(proxy, upstream):
    got = proxy.call("GET", "/elsewhere")
    assert (got.status, got.problem) == (403, "denied-by-rule")
    assert got.header("Cache-Control") == "no-store"
    assert proxy.record("request.denied")["code"] == "CS1001W"
    assert upstream.bytes_seen == 0


def test_deny_wins_whatever_the_order(serve, upstream):
    proxy = serve([PUBLIC, DELETE,
                   {"name": "never", "match": {"path": "/public/secret"}, "verdict": "deny"}])
    assert proxy.call("GET", "/public/secret").problem == "denied-by-rule"
    assert proxy.call("GET", "/public/open").status == 200
    assert upstream.targets() == ["GET /public/open"]


def test_otherwise_allow_lets_the_rest_through(serve):
    proxy = serve([DELETE], site={"otherwise": "allow"})
    assert proxy.call("GET", "/anything", user=None).status == 200
    assert proxy.call("DELETE", "/admin/users/7", user=None).status == 401


def test_except_sends_a_group_to_another_rule(serve, upstream):
    janitors = {"requester": {"groups": ["audit"]}}
    rule = {**DELETE, "except": janitors}
    proxy = serve([rule, {"name": "janitors", "verdict": "allow",
                          "match": {**DELETE["match"], **janitors}}])
    assert proxy.call("DELETE", "/admin/users/7", user="zoe").status == 200
    with proxy.begin("DELETE", "/admin/users/7", user="alice") as waiting:
        proxy.admin.deny(proxy.admin.one()["id"])
        assert waiting.answer().problem == "denied"
    assert len(upstream.requests) == 1


@pytest.mark.parametrize("target", ["/Admin/Users/7", "/admin/users/7/", "/ADMIN/users/7"])
def test_case_and_slash_variants_do_not_slip_past_a_gate(serve, upstream, target):
    proxy = serve([DELETE], site={"otherwise": "allow"})
    with proxy.begin("DELETE", target) as waiting:
        proxy.admin.deny(proxy.admin.one()["id"])
        assert waiting.answer().problem == "denied"
    assert upstream.bytes_seen == 0


def test_unknown_host_is_misdirected(serve, upstream):
    proxy = serve([PUBLIC], site={"hosts": ["admin.test", "*.wild.test"]})
    for host, status in (("admin.test", 200), ("a.wild.test", 200), ("ADMIN.test", 200),
                         ("wild.test", 421), ("other.test", 421)):
        with proxy.connect() as connection:
            connection.ask("GET", "/public/a", host=host)
            assert connection.answer().status == status, host
    assert len(upstream.requests) == 3


def test_rules_of_the_site_that_is_named(serve, upstream):
    proxy = serve(sites=[
        {"name": "one", "hosts": ["one.test"], "upstream": upstream.url, "otherwise": "allow",
         "rules": []},
        {"name": "two", "hosts": ["two.test"], "upstream": upstream.url, "rules": []}])
    for host, status in (("one.test", 200), ("two.test", 403)):
        with proxy.connect() as connection:
            connection.ask("GET", "/x", host=host)
            assert connection.answer().status == status, host


def test_path_regex_and_host_conditions(serve):
    proxy = serve([
        {"name": "numbers", "match": {"path_regex": "^/n/[0-9]+$", "method": ["GET", "HEAD"]},
         "verdict": "allow"},
        {"name": "host", "match": {"host": "special.test", "path": "/h/**"}, "verdict": "allow"}])
    assert proxy.call("GET", "/n/12").status == 200
    assert proxy.call("GET", "/n/12a").status == 403
    assert proxy.call("POST", "/n/12").status == 403
    assert proxy.call("GET", "/h/a").status == 403
    with proxy.connect() as connection:
        assert connection.ask("GET", "/h/a", host="special.test").answer().status == 200


def test_upstream_that_is_not_there(serve, upstream):
    from services import free_port
    proxy = serve(sites=[{"name": "gone", "upstream": f"http://127.0.0.1:{free_port()}",
                          "rules": [PUBLIC]}])
    got = proxy.call("GET", "/public/a")
    assert (got.status, got.problem) == (502, "upstream-unreachable")
    proxy.record("request.failed")


@pytest.mark.parametrize("answer", [
    b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nyes!",
    b"HTTP/1.1 200 OK\r\nX: a\r\n folded\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 200 OK\nContent-Length: 0\n\n",
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    b"nonsense\r\n\r\n",
])
def test_upstream_answer_that_two_could_read_in_two_ways(proxy, upstream, answer):
    upstream.answer = lambda received, connection: answer
    assert proxy.call("GET", "/public/a").status == 502


def test_upstream_that_resets_is_not_asked_twice_for_a_post(proxy, upstream):
    upstream.answer = fake.reset
    got = proxy.call("POST", "/public/a", body=b"x")
    assert got.status == 502
    assert len(upstream.requests) == 1


def test_answer_cut_short_cuts_the_caller_off(proxy, upstream):
    upstream.answer = fake.partial
    with proxy.connect() as connection:
        connection.ask("GET", "/public/a")
        with pytest.raises(Exception) as caught:
            connection.answer()
    assert caught.type.__name__ in ("Closed", "ConnectionResetError")


def test_slow_upstream_runs_into_answer_timeout(serve, upstream):
    gate = fake.Gate()
    upstream.answer = gate
    proxy = serve(limits={"answer_timeout": "300ms"})
    assert proxy.call("GET", "/public/a").status == 504
    gate.open()


def test_listener_on_a_unix_socket(serve, folder):
    path = folder / "listen.sock"
    proxy = serve(listen=[{"address": f"unix:{path}"}])
    proxy.port = path
    assert proxy.call("GET", "/public/a").status == 200


def test_caller_limits_are_named(serve, upstream):
    proxy = serve(limits={"head_max": "1k", "headers_max": 10, "target_max": "200",
                          "head_timeout": "300ms"})
    cases = [
        (proxy.call("GET", "/public/" + "a" * 300), 414),
        (proxy.call("GET", "/public/a", headers={f"X-{n}": "1" for n in range(12)}), 431),
        (proxy.call("GET", "/public/a", headers={"X-Long": "a" * 2000}), 431),
    ]
    for got, status in cases:
        assert got.status == status, got
        assert got.header("Connection") == "close"
    with proxy.connect() as connection:
        connection.send(b"GET /public/a HTT")
        assert connection.answer().status == 408
    assert upstream.bytes_seen == 0
