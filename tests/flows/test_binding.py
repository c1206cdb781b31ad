# What people sign: lists and exceptions, over the wire, with what the approver is shown.
# SPDX-License-Identifier: Apache-2.0
import json

import pytest
import requests

from services import token

PAY = "/admin/pay"
JSON = {"Content-Type": "application/json"}


def rule(bind, name="pay"):
    return {"name": name, "match": {"method": "POST", "path": "/admin/pay"},
            "verdict": "approval",
            "approval": {"from": {"group": "sre"}, "mode": "reject", "bind": bind}}


@pytest.fixture
def paying(serve):
    """paying(bind) serves one rule; ask(...) on it gives the ticket a call is told to wait for."""
    def start(bind, **changes):
        proxy = serve([rule(bind)], **changes)

        def ask(body=None, target=PAY, headers=JSON):
            got = proxy.call("POST", target, headers=headers, body=dump(body))
            assert (got.status, got.problem) == (428, "approval-pending"), got
            return got.header("Countersign-Ticket")

        proxy.ask_to_pay = ask
        return proxy

    return start


def dump(body):
    return body if body is None or isinstance(body, bytes) else json.dumps(body).encode()


def rpc(number, amount=100):
    return {"jsonrpc": "2.0", "id": number, "method": "pay", "params": {"amount": amount}}


def page_of(proxy, ticket):
    with requests.Session() as session:
        session.post(f"{proxy.admin.url}/login", data={"token": token("bob")}, timeout=20)
        return session.get(f"{proxy.admin.url}/approvals/{ticket}", timeout=20).text


def test_retry_with_another_id_joins_and_runs(paying, upstream):
    proxy = paying({"exact_except": ["body:/id"]})
    ticket = proxy.ask_to_pay(rpc(1))
    assert proxy.ask_to_pay(rpc(2)) == ticket
    assert proxy.ask_to_pay(rpc("a-string")) == ticket
    proxy.admin.approve(ticket)
    assert proxy.call("POST", PAY, headers=JSON, body=dump(rpc(77))).status == 200
    assert json.loads(upstream.requests[0].body)["id"] == 77
    proxy.record("approval.opened", count=1)


def test_another_amount_needs_another_approval(paying, upstream):
    proxy = paying({"exact_except": ["body:/id"]})
    ticket = proxy.ask_to_pay(rpc(1, amount=100))
    proxy.admin.approve(ticket)
    assert proxy.ask_to_pay(rpc(1, amount=101)) != ticket
    assert proxy.ask_to_pay([rpc(1, amount=100)]) != ticket
    assert upstream.bytes_seen == 0


def test_exception_is_shown_where_it_was_cut(paying):
    proxy = paying({"exact_except": ["body:/id", "header:mcp-session-id"]})
    ticket = proxy.ask_to_pay(rpc("secret-id"), headers={**JSON, "Mcp-Session-Id": "s-1"})
    one = proxy.admin.show(ticket).json()
    shown = one["request"]
    assert one["bind"] == {"exact_except": ["header:mcp-session-id", "body:/id"]}
    assert shown["body_cut"] == [{"pointer": "/id", "at": shown["body"].index("<not signed>")}]
    assert '"amount": 100' in shown["body"] and "secret-id" not in json.dumps(one)
    assert list(shown["headers"]) == ["content-type"]
    assert "body_sha256" not in shown and "body_bytes" not in shown
    page = page_of(proxy, ticket)
    assert "Signed: <strong>everything else</strong>" in page
    assert "header mcp-session-id, body /id" in page and "not signed: " in page
    assert "secret-id" not in page and "s-1<" not in page


def test_left_out_header_and_parameter_may_change(paying):
    proxy = paying({"exact_except": ["header:mcp-session-id", "query:nonce"]})
    ticket = proxy.ask_to_pay(rpc(1), PAY + "?a=1&nonce=1", {**JSON, "Mcp-Session-Id": "1"})
    assert proxy.ask_to_pay(rpc(1), PAY + "?nonce=2&a=1", {**JSON, "MCP-Session-ID": "2"}) == ticket
    assert proxy.ask_to_pay(rpc(1), PAY + "?a=1") == ticket
    assert proxy.ask_to_pay(rpc(1), PAY + "?a=2&nonce=1") != ticket
    assert proxy.ask_to_pay(rpc(1), PAY + "?a=1", {**JSON, "X-Other": "1"}) != ticket
    assert proxy.ask_to_pay(rpc(1), PAY + "?a=1&Nonce=1") != ticket


def test_list_lets_everything_else_vary(paying, upstream):
    proxy = paying(["query:force", "header:x-scope", "body:/amount"])
    first = {**JSON, "X-Scope": "all", "X-Try": "1"}
    ticket = proxy.ask_to_pay({"amount": 5, "note": "a"}, PAY + "?force=1&x=1", first)
    other = {"Content-Type": "application/vnd.x+json", "X-Scope": "all"}
    assert proxy.ask_to_pay(b' {"note": ["b"],"amount":5}', PAY + "?y=2&force=1", other) == ticket
    proxy.admin.approve(ticket)
    for body, target, headers in (({"amount": 6}, "?force=1", first), ({}, "?force=1", first),
                                  ({"amount": "5"}, "?force=1", first),
                                  ({"amount": 5}, "?force=2", first), ({"amount": 5}, "", first),
                                  ({"amount": 5}, "?force=1", JSON)):
        assert proxy.ask_to_pay(body, PAY + target, headers) != ticket, (body, target)
    assert upstream.bytes_seen == 0
    assert proxy.call("POST", PAY + "?force=1", headers=first,
                      body=b'{"amount":5}').status == 200


def test_list_is_what_the_approver_sees(paying):
    proxy = paying(["query:force", "header:x-scope", "body:/amount", "body:/to"])
    ticket = proxy.ask_to_pay({"amount": 5.50, "note": "hidden-note"}, PAY + "?force=1&x=hidden-x",
                              {**JSON, "X-Scope": "all", "X-Try": "hidden-try"})
    one = proxy.admin.show(ticket).json()
    assert one["request"] == {
        "method": "POST", "host": one["request"]["host"], "path": PAY, "query": "force=1",
        "headers": {"x-scope": "all"},
        "body_values": [{"pointer": "/amount", "json": "5.5"}, {"pointer": "/to", "json": None}]}
    assert one["bind"] == ["query:force", "header:x-scope", "body:/amount", "body:/to"]
    page = page_of(proxy, ticket)
    words = "method, host, path, query force, header x-scope, body /amount, body /to"
    assert f"Signed: <strong>{words}</strong>" in page
    assert "<strong>everything else</strong>" in page
    said = proxy.run("approvals", "show", ticket, user="bob")
    assert f"signed: {words}\n" in said.stdout and "not signed: everything else\n" in said.stdout
    done = proxy.run("approvals", "approve", ticket, user="bob")
    assert f"signed:  {words}; not signed: everything else\n" in done.stdout
    for place in (page, said.stdout, done.stdout, json.dumps(one)):
        assert "hidden-" not in place


def test_exact_is_said_to_be_all(paying):
    proxy = paying("exact")
    ticket = proxy.ask_to_pay(rpc(1))
    assert proxy.ask_to_pay(rpc(2)) != ticket
    one = proxy.admin.show(ticket).json()
    assert one["bind"] == "exact" and one["request"]["body_bytes"] == len(dump(rpc(1)))
    assert "Not signed" not in page_of(proxy, ticket)


@pytest.mark.parametrize("bind", [["body:/amount"], {"exact_except": ["body:/amount"]}])
@pytest.mark.parametrize("body, headers, status, problem", [
    (b'{"amount":1,"amount":2}', JSON, 422, "body-ambiguous"),
    (b'{"amount":1,"Amount":2}', JSON, 422, "body-ambiguous"),
    (b'{"amount":1', JSON, 422, "body-unreadable"),
    (b'amount=1', {"Content-Type": "application/x-www-form-urlencoded"}, 415,
     "content-type-unsupported"),
    (b'{"amount":1}', {**JSON, "Content-Encoding": "gzip"}, 415, "content-coding-unsupported"),
    (b'{"amount":"' + b"1" * 2000 + b'"}', JSON, 413, "body-too-large"),
])
def test_body_that_cannot_be_read_for_its_bind(paying, upstream, bind, body, headers, status,
                                               problem):
    proxy = paying(bind, limits={"inspected_body_max": "1k"})
    got = proxy.call("POST", PAY, headers=headers, body=body)
    assert (got.status, got.problem) == (status, problem)
    assert not proxy.admin.list() and upstream.bytes_seen == 0


@pytest.mark.parametrize("bind", [["query:force"], {"exact_except": ["query:force"]}])
def test_named_parameter_that_stands_twice(paying, upstream, bind):
    proxy = paying(bind)
    for query in ("force=1&force=2", "force=1&%66orce=1", "force=1&Force=1", "force[]=1&force[]=2"):
        got = proxy.call("POST", f"{PAY}?{query}")
        assert (got.status, got.problem) == (400, "query-repeated"), query
    assert not proxy.admin.list() and upstream.bytes_seen == 0


@pytest.mark.parametrize("bind", [["header:x-scope"], {"exact_except": ["header:x-scope"]}])
def test_named_header_that_stands_twice(paying, upstream, bind):
    proxy = paying(bind)
    got = proxy.call("POST", PAY, headers={"X-Scope": "1", "x-scope": "1"})
    assert (got.status, got.problem) == (400, "header-repeated")
    assert not proxy.admin.list() and upstream.bytes_seen == 0


def test_doubtful_parameter_binds_the_whole_query(paying):
    proxy = paying(["query:force"])
    ticket = proxy.ask_to_pay(target=PAY + "?Force=1&x=1", headers={})
    assert proxy.ask_to_pay(target=PAY + "?Force=1&x=2", headers={}) != ticket
    assert proxy.admin.show(ticket).json()["request"]["query"] == "Force=1&x=1"


def test_two_rules_that_apply_bind_together(serve):
    proxy = serve([rule(["body:/amount"], "pay"), rule(["body:/to"], "pay.to")])

    def ask(body):
        return proxy.call("POST", PAY, headers=JSON, body=dump(body)).header("Countersign-Ticket")

    ticket = ask({"amount": 1, "to": "a", "note": 1})
    assert ask({"amount": 1, "to": "a", "note": 2}) == ticket
    assert len({ticket, ask({"amount": 2, "to": "a"}), ask({"amount": 1, "to": "b"})}) == 3
    assert proxy.admin.show(ticket).json()["bind"] == ["body:/amount", "body:/to"]


def test_hold_is_released_for_what_was_signed(serve, upstream):
    changed = rule({"exact_except": ["body:/id"]})
    changed["approval"] |= {"mode": "hold", "hold_for": "15s"}
    proxy = serve([changed])
    with proxy.begin("POST", PAY, headers=JSON, body=dump(rpc(1))) as first:
        ticket = proxy.admin.one()["id"]
        with proxy.begin("POST", PAY, headers=JSON, body=dump(rpc(2))) as second:
            proxy.record("approval.joined")
            proxy.admin.approve(ticket)
            statuses = sorted(held.answer().status for held in (first, second))
    assert statuses == [200, 409], "one use, two who waited for it"
    assert len(upstream.requests) == 1
