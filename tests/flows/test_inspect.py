# Rules that look into bodies: what is read, what is refused, and that the upstream gets the
# very bytes that were judged, or none.
# SPDX-License-Identifier: Apache-2.0
import itertools
import json
import re
import socket
import time

import pytest

import upstream as fake
from conftest import DELETE, PUBLIC
from services import token
from wire import eventually, request_bytes

PAY = {"name": "pay.large", "match": {"method": "POST", "path": "/pay",
                                      "body": {"/amount": {"gt": 1000}}},
       "verdict": "approval", "approval": {"from": {"group": "sre", "count": 1}}}
FREE = {"name": "pay", "match": {"method": "POST", "path": "/pay"}, "verdict": "allow"}
NEVER = {"name": "pay.never", "match": {"method": "POST", "path": "/pay",
                                        "body": {"/to": "moon"}}, "verdict": "deny"}
RULES = [PAY, FREE, NEVER, PUBLIC]
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

SMALL = b'{"amount": 12.50, "to": "bob"}'
LARGE = b'{"amount": 1000.01, "to": "bob"}'
MOON = b'{"amount": 1, "to": "moon"}'


def pay(proxy, body, headers=None, **more):
    return proxy.call("POST", "/pay", headers={**JSON, **(headers or {})}, body=body, **more)


def head(headers=(), user="alice", line="POST /pay HTTP/1.1"):
    fields = {"Host": "admin.test", "Content-Type": "application/json",
              "Countersign-Token": token(user), **dict(headers)}
    return "\r\n".join([line, *(f"{k}: {v}" for k, v in fields.items())]).encode() + b"\r\n\r\n"


def chunked(*parts, ends=True):
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) \
        + (b"0\r\n\r\n" if ends else b"")


def sized(body, headers=()):
    return head({"Content-Length": len(body), **dict(headers)}) + body


def in_chunks(*parts, headers=()):
    return head({"Transfer-Encoding": "chunked", **dict(headers)}) + chunked(*parts)


def ask(proxy, data):
    with proxy.connect() as caller:
        caller.method = "POST"
        return caller.send(data).answer()


# --- verdicts ---------------------------------------------------------------------------------


@pytest.fixture
def pays(serve):
    return serve(RULES)


def test_amount_decides_who_is_asked(pays, upstream):
    assert pay(pays, SMALL).status == 200
    with pays.begin("POST", "/pay", headers=JSON, body=LARGE) as held:
        one = pays.admin.one()
        assert one["rule"] == "pay.large"
        assert len(upstream.requests) == 1
        pays.admin.approve(one["id"])
        assert held.answer().status == 200
    assert [r.body for r in upstream.seen(2)] == [SMALL, LARGE]
    assert pays.record("approval.completed")["rule"]["name"] == "pay.large"


def test_denied_body_never_reaches_the_upstream(pays, upstream):
    got = pay(pays, MOON)
    assert (got.status, got.problem, got.json()["rule"]) == (403, "denied-by-rule", "pay.never")
    assert upstream.bytes_seen == 0
    record = pays.record("request.denied")
    assert (record["rule"]["name"], record["verdict"]) == ("pay.never", "deny")
    assert "moon" not in json.dumps(pays.records())


def test_unnamed_caller_of_a_gated_body_is_asked_for_a_name(pays, upstream):
    assert pay(pays, SMALL, user=None).status == 200
    assert pay(pays, LARGE, user=None).problem == "identity-required"
    assert len(upstream.requests) == 1


def test_held_body_is_denied_by_a_person(pays, upstream):
    with pays.begin("POST", "/pay", headers=JSON, body=LARGE) as held:
        pays.admin.deny(pays.admin.one()["id"])
        assert held.answer().problem == "denied"
    assert upstream.bytes_seen == 0
    assert pays.record("request.refused", why="denied")["rule"]["name"] == "pay.large"


def test_body_goes_on_byte_for_byte_and_sized(pays, upstream):
    body = b' \r\n{"to":"b\\u006fb" , "amount" : 1e2 ,"x":[ ]}\n\t'
    assert ask(pays, sized(body)).status == 200
    assert ask(pays, in_chunks(body[:7], body[7:8], body[8:])).status == 200
    for received in upstream.seen(2):
        assert received.body == body
        assert received.header("Content-Length") == str(len(body))
        assert received.header("Transfer-Encoding") is None


def test_rules_without_a_body_predicate_leave_bodies_alone(pays, upstream):
    body = b"\xff not json"
    assert pays.call("POST", "/public/x", body=body).status == 200
    assert ask(pays, head({"Transfer-Encoding": "chunked"}, line="POST /public/x HTTP/1.1")
               + chunked(body)).status == 200
    assert upstream.seen(2)[1].header("Transfer-Encoding") == "chunked"


# --- refusals -----------------------------------------------------------------------------------

UNREADABLE = [
    (b"", "body-unreadable"), (b"{", "body-unreadable"), (b"[1", "body-unreadable"),
    (b'{"amount": 01}', "body-unreadable"), (b'{"amount": NaN}', "body-unreadable"),
    (b'{"amount": 1} {}', "body-unreadable"), (b'\xef\xbb\xbf{"amount": 1}', "body-unreadable"),
    (b'{"amount": "\xff"}', "body-unreadable"), (b'{"amount": 1,}', "body-unreadable"),
    (b'{"a": "\\ud800"}', "body-unreadable"), (b'{"a": "\\u0000"}', "body-unreadable"),
    (b'{"amount": 1, "amount": 5000}', "body-ambiguous"),
    (b'{"amount": 1, "am\\u006funt": 5000}', "body-ambiguous"),
    (b'{"amount": 1, "Amount": 5000}', "body-ambiguous"),
    (b'{"x": {"y": 1, "y": 2}}', "body-ambiguous"),
    (b"[" * 33 + b"]" * 33, "body-unreadable"),
]


@pytest.mark.parametrize("framing", [sized, in_chunks])
@pytest.mark.parametrize("body,word", UNREADABLE, ids=range(len(UNREADABLE)))
def test_body_with_no_or_two_readings_is_refused(pays, upstream, body, word, framing):
    data = framing(body) if body or framing is sized else in_chunks()
    got = ask(pays, data)
    assert (got.status, got.problem) == (422, word)
    assert got.header("Connection") == "close"
    assert got.json()["rule"] == "pay.large"
    assert upstream.bytes_seen == 0
    record = pays.record("request.refused", why=word)
    assert record["rule"]["name"] == "pay.large"
    assert "verdict" not in record


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data; boundary=x",
                                  "application/json; charset=utf-16", "", None])
def test_type_that_is_not_read_is_refused(pays, upstream, kind):
    data = sized(SMALL, {"Content-Type": kind} if kind is not None else {})
    if kind is None:
        data = data.replace(b"Content-Type: application/json\r\n", b"")
    got = ask(pays, data)
    assert (got.status, got.problem) == (415, "content-type-unsupported")
    assert upstream.bytes_seen == 0


@pytest.mark.parametrize("kind", ["application/json; charset=UTF-8", "application/vnd.x+json",
                                  'Application/JSON;charset="utf-8"'])
def test_type_that_is_json_is_read(pays, kind):
    assert ask(pays, sized(MOON, {"Content-Type": kind})).problem == "denied-by-rule"


def test_coding_is_refused(pays, upstream):
    got = ask(pays, sized(SMALL, {"Content-Encoding": "gzip"}))
    assert (got.status, got.problem) == (415, "content-coding-unsupported")
    assert upstream.bytes_seen == 0


LIMITS = {"inspected_body_max": "4k"}


def padded(size):
    start = b'{"amount": 1, "pad": "'
    return start + b"x" * (size - len(start) - 2) + b'"}'


def test_announced_body_that_is_too_large_is_refused_unread(serve, upstream):
    proxy = serve(RULES, limits=LIMITS)
    with proxy.connect() as caller:
        caller.send(head({"Content-Length": 4097, "Expect": "100-continue"}))
        got = caller.answer()
    assert (got.status, got.problem, got.json()["rule"]) == (413, "body-too-large", "pay.large")
    assert upstream.bytes_seen == 0
    assert proxy.record("request.refused", why="body-too-large")["rule"]["name"] == "pay.large"


@pytest.mark.parametrize("framing", [sized, in_chunks])
def test_body_of_the_largest_size_is_read_and_one_more_byte_is_not(serve, upstream, framing):
    proxy = serve(RULES, limits=LIMITS)
    assert ask(proxy, framing(padded(4096))).status == 200
    assert ask(proxy, framing(padded(4097))).problem == "body-too-large"
    assert [len(r.body) for r in upstream.requests] == [4096]


def test_chunks_are_counted_as_they_come(serve, upstream):
    proxy = serve(RULES, limits=LIMITS)
    with proxy.connect() as caller:
        caller.send(head({"Transfer-Encoding": "chunked"}))
        for _ in range(4):
            caller.send(chunked(b" " * 1000, ends=False))
            assert caller.is_silent(0.05)
        caller.send(chunked(b" " * 97, ends=False))
        assert caller.answer().problem == "body-too-large"
    assert upstream.bytes_seen == 0


def test_gated_body_keeps_to_the_limit_of_held_ones_too(serve, upstream):
    proxy = serve([{**PAY, "match": {**PAY["match"], "body": {"/amount": {"ge": 1}}}}, FREE],
                  limits={"inspected_body_max": "8k", "held_body_max": "4k"})
    assert pay(proxy, padded(4097)).problem == "body-too-large"
    with proxy.begin("POST", "/pay", headers=JSON, body=padded(4096)):
        proxy.admin.one()
    assert upstream.bytes_seen == 0


def test_chunk_fault_while_collecting_is_refused(pays, upstream):
    with pays.connect() as caller:
        caller.send(head({"Transfer-Encoding": "chunked"}) + b"2\r\n{}\r\n")
        assert caller.is_silent(0.05)
        caller.send(b"zz\r\n")
        assert caller.answer().problem == "chunk-size-malformed"
    assert upstream.bytes_seen == 0


# --- forms --------------------------------------------------------------------------------------

FORMS = [{"name": "form.root", "match": {"method": "POST", "path": "/form",
                                         "form": {"role": "root"}}, "verdict": "deny"},
         {"name": "form", "match": {"method": "POST", "path": "/form"}, "verdict": "allow"}]


@pytest.mark.parametrize("body,status,word", [
    (b"role=user&x=1", 200, None), (b"role=root", 403, "denied-by-rule"),
    (b"r%6fle=ro%6ft", 403, "denied-by-rule"), (b"role=user&role=root", 422, "body-ambiguous"),
    (b"role=%zz", 422, "body-unreadable"), (b"_method=DELETE&role=user", 400, "method-override"),
    (b"role=user&_METHOD=put", 400, "method-override"), (b"", 422, "body-unreadable"),
])
def test_form_is_read_in_one_way_or_refused(serve, upstream, body, status, word):
    proxy = serve(FORMS)
    got = proxy.call("POST", "/form", headers=FORM, body=body)
    assert (got.status, got.problem) == (status, word)
    assert [r.body for r in upstream.requests] == ([body] if status == 200 else [])


# --- how the body comes ---------------------------------------------------------------------------


def test_every_cut_gives_the_same_answer(pays, upstream):
    for framing, body in itertools.product((sized, in_chunks), (SMALL, MOON)):
        data = framing(body)
        for cut in range(1, len(data)):
            with pays.connect() as caller:
                caller.method = "POST"
                caller.send(data[:cut])
                time.sleep(0.001)
                got = caller.send(data[cut:]).answer()
                assert got.status == (200 if body is SMALL else 403), (cut, got)
    assert {r.body for r in upstream.requests} == {SMALL}
    assert {r.header("Content-Length") for r in upstream.requests} == {str(len(SMALL))}


@pytest.mark.parametrize("framing", [sized, in_chunks])
def test_body_in_pieces_is_held_and_runs_once(pays, upstream, framing):
    data = framing(LARGE)
    with pays.connect() as caller:
        caller.method = "POST"
        for start in range(0, len(data), 40):
            caller.send(data[start:start + 40])
            assert caller.is_silent(0.01)
        pays.admin.approve(pays.admin.one()["id"])
        assert caller.answer().status == 200
    assert [r.body for r in upstream.seen(1)] == [LARGE]


def test_nothing_is_sent_before_the_body_is_whole(pays, upstream):
    # Warmed up, so that there is an idle connection that could be used.
    assert pay(pays, SMALL).status == 200
    seen = upstream.bytes_seen
    with pays.connect() as caller:
        caller.method = "POST"
        caller.send(sized(SMALL)[:-1])
        assert caller.is_silent(0.2)
        assert upstream.bytes_seen == seen
        assert caller.send(SMALL[-1:]).answer().status == 200


@pytest.mark.parametrize("body,status", [(SMALL, 200), (MOON, 403)])
def test_caller_who_waits_for_100_continue_gets_it(pays, body, status):
    with pays.connect() as caller:
        caller.method = "POST"
        caller.send(head({"Content-Length": len(body), "Expect": "100-continue"}))
        assert caller.answer().status == 100
        assert caller.send(body).answer().status == status


def test_connection_is_used_on_and_pipelined_calls_wait_their_turn(pays, upstream):
    with pays.connect() as caller:
        caller.method = "POST"
        data = sized(SMALL) + in_chunks(MOON) + in_chunks(SMALL) + sized(SMALL)
        for start in range(0, len(data), 100):
            caller.send(data[start:start + 100])
        assert [caller.answer().status for _ in range(4)] == [200, 403, 200, 200]
        caller.ask("GET", "/public/a")
        assert caller.answer().status == 200
    assert len(upstream.seen(4)) == 4


def test_old_caller_is_served_and_closed_on(pays, upstream):
    with pays.connect() as caller:
        caller.method = "POST"
        caller.send(sized(SMALL).replace(b"HTTP/1.1", b"HTTP/1.0"))
        assert caller.answer().status == 200
        assert caller.closes()
    with pays.connect() as caller:
        caller.send(sized(MOON).replace(b"HTTP/1.1", b"HTTP/1.0"))
        assert caller.answer().problem == "denied-by-rule"
    assert upstream.seen(1)[0].body == SMALL


def test_caller_who_hangs_up_meanwhile_is_forgotten(pays, upstream):
    for _ in range(3):
        with pays.connect() as caller:
            caller.send(sized(SMALL)[:-3])
            assert caller.is_silent(0.05)
    record = pays.record("request.refused", count=3, ending="caller-gone")
    assert "verdict" not in record
    assert upstream.bytes_seen == 0
    assert pay(pays, SMALL).status == 200


def test_body_that_trickles_is_refused(serve, upstream):
    proxy = serve(RULES, limits={"body_timeout": "500ms"})
    with proxy.connect() as caller:
        caller.send(head({"Content-Length": 1000}))
        end = time.monotonic() + 10
        while time.monotonic() < end and caller.is_silent(0.1):
            caller.send(b" ")
        assert time.monotonic() < end
        assert caller.answer().problem == "body-timeout"
    assert upstream.bytes_seen == 0
    assert proxy.record("request.refused", why="body-timeout")["rule"]["name"] == "pay.large"


def held_bytes(proxy):
    return int(re.search(r"^countersign_held_bytes (\d+)$",
                         proxy.admin.ask("GET", "/metrics", None).text, re.M)[1])


def test_bodies_that_are_collected_have_a_budget(serve, upstream):
    proxy = serve(RULES, limits={"held_bytes": "1m", "inspected_body_max": "100k",
                                 "held_body_max": "100k", "head_max": "8k", "target_max": "4k"})
    whole = sized(padded(100_000))
    with proxy.connect() as first, proxy.connect() as second:
        first.method = second.method = "POST"
        first.send(whole[:-5])
        eventually(lambda: held_bytes(proxy) >= 99_995)
        second.send(whole[:-5])
        assert second.answer().problem == "too-much-held"
        # The refusal is sent before what it held is given back.
        eventually(lambda: held_bytes(proxy) < 110_000)
        assert first.send(whole[-5:]).answer().status == 200
    # What went on is counted no more, even while its answer is awaited.
    gate = upstream.answer = fake.Gate()
    before = len(upstream.requests)
    waiting = []
    for number in range(4):
        waiting.append(proxy.connect())
        waiting[-1].send(whole[:-5])
        assert waiting[-1].is_silent(0.1)
        waiting[-1].send(whole[-5:])
        upstream.seen(before + number + 1)
    gate.open()
    assert [caller.answer().status for caller in waiting] == [200] * 4


def test_held_call_is_judged_with_its_body_again(pays, upstream):
    """The claim reads head and body anew: what runs is what was judged."""
    with pays.begin("POST", "/pay", headers=JSON, body=LARGE) as first:
        ticket = pays.admin.one()["id"]
        with pays.begin("POST", "/pay", headers=JSON, body=LARGE) as second:
            pays.record("approval.joined")
            pays.admin.approve(ticket)
            ends = sorted(caller.answer().status for caller in (first, second))
    assert ends == [200, 409]
    assert [r.body for r in upstream.requests] == [LARGE]


def test_upstream_that_breaks_off_is_told(pays, upstream):
    upstream.answer = fake.reset
    assert pay(pays, SMALL).problem == "upstream-broken"
    assert pays.record("request.failed")["rule"]["name"] == "pay"


def test_idle_connections_carry_bodies_one_after_the_other(pays, upstream):
    with pays.connect() as caller:
        caller.method = "POST"
        for number in range(100):
            body = b'{"amount": %d, "pad": "%s"}' % (number, b"x" * 1000)
            assert caller.send(sized(body)).answer().status == 200
    assert [json.loads(r.body)["amount"] for r in upstream.requests] == list(range(100))
    assert upstream.connections <= 2


# --- query and headers ------------------------------------------------------------------------------


def test_query_and_headers_that_can_be_read_in_two_ways_are_refused_first(serve, upstream):
    proxy = serve([{"name": "force", "match": {"path": "/q", "query": {"force": True},
                                               "headers": {"X-Mode": "hard"}},
                    "verdict": "deny"},
                   {"name": "rest", "match": {"path": "/q"}, "verdict": "allow"}])
    for query in ("?force=true&force=false", "?force=false&FORCE=true", "?force=x&force[]=y"):
        got = proxy.call("GET", "/q" + query)
        assert (got.status, got.problem) == (400, "query-repeated"), query
        assert got.json()["rule"] == "force"
    with proxy.connect() as caller:
        caller.send(request_bytes("GET", "/q?force=true", {"X-Mode": "a"}).replace(
            b"X-Mode: a\r\n", b"X-Mode: soft\r\nX-Mode: hard\r\n"))
        got = caller.answer()
    assert (got.status, got.problem) == (400, "header-repeated")
    assert upstream.bytes_seen == 0
    record = proxy.record("request.refused", why="query-repeated")
    assert record["rule"]["name"] == "force"
    assert proxy.call("GET", "/q?force=true", headers={"X-Mode": "hard"}).status == 403
    assert proxy.call("GET", "/q?force=false", headers={"X-Mode": "hard"}).status == 200


def test_deny_that_is_sure_without_the_body_reads_none(serve, upstream):
    proxy = serve([PAY, FREE, {"name": "closed", "match": {"path": "/pay", "method": "POST"},
                               "verdict": "deny"}])
    with proxy.connect() as caller:
        caller.method = "POST"
        caller.send(head({"Content-Length": 1000, "Expect": "100-continue"}))
        got = caller.answer()
    assert (got.status, got.json()["rule"]) == (403, "closed")
    assert upstream.bytes_seen == 0


def test_required_reason_is_asked_for_once_the_body_says_so(serve, upstream):
    rule = {**PAY, "approval": {**PAY["approval"], "reason": "required"}}
    proxy = serve([rule, FREE])
    assert pay(proxy, SMALL).status == 200
    assert pay(proxy, LARGE).problem == "reason-required"
    with proxy.begin("POST", "/pay", headers={**JSON, "Countersign-Reason": "rent"}, body=LARGE):
        assert proxy.admin.one()["reason"] == "rent"
    assert len(upstream.requests) == 1


def accepts(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
        return True
    except ConnectionRefusedError:
        return False


def test_drain_lets_a_body_come_to_its_end(serve, upstream):
    proxy = serve([*RULES, DELETE])
    with proxy.connect() as caller:
        caller.method = "POST"
        caller.send(sized(SMALL)[:-4])
        assert caller.is_silent(0.1)
        proxy.process.child.terminate()
        eventually(lambda: not accepts(proxy.port))
        assert caller.send(SMALL[-4:]).answer().status == 200
    assert upstream.seen(1)[0].body == SMALL
    proxy.process.child.wait(20)
    proxy.start()
