# Who asks: tokens, bearer tokens, trusted headers, and what happens without a name.
# SPDX-License-Identifier: Apache-2.0
from conftest import DELETE, PUBLIC, delete_rule
from services import token

USER = "/admin/users/7"
HEADER = {"header": {"user": "X-Forwarded-User", "groups": "X-Forwarded-Groups",
                     "trust": ["127.0.0.1/32"]}}


def test_gate_needs_a_name(proxy, upstream):
    got = proxy.call("DELETE", USER, user=None)
    assert (got.status, got.problem) == (401, "identity-required")
    assert got.header("WWW-Authenticate") is not None
    assert proxy.admin.list() == [] and upstream.bytes_seen == 0
    proxy.record("request.refused")


def test_wrong_token_is_never_anonymous(proxy, upstream):
    for target in ("/public/a", USER):
        got = proxy.call("GET", target, user=None, headers={"Countersign-Token": "wrong"})
        assert (got.status, got.problem) == (401, "identity-required"), target
    assert upstream.bytes_seen == 0


def test_bearer_token_names_the_caller(proxy, upstream):
    with proxy.begin("DELETE", USER, user=None,
                     headers={"Authorization": f"Bearer {token('alice')}"}) as held:
        one = proxy.admin.one()
        assert one["requester"]["user"] == "alice"
        proxy.admin.approve(one["id"])
        assert held.answer().status == 200
    assert upstream.seen(1)[0].header("Countersign-User") == "alice"


def test_foreign_authorization_passes_untouched(proxy, upstream):
    assert proxy.call("GET", "/public/a", user=None,
                      headers={"Authorization": "Basic dTpw"}).status == 200
    assert upstream.seen(1)[0].header("Authorization") == "Basic dTpw"


def test_two_sources_that_disagree(proxy, upstream):
    got = proxy.call("GET", "/public/a", user="alice",
                     headers={"Authorization": f"Bearer {token('erin')}"})
    assert (got.status, got.problem) == (400, "identity-conflict")
    assert upstream.bytes_seen == 0


def test_two_sources_that_agree(proxy):
    assert proxy.call("GET", "/public/a", user="alice",
                      headers={"Authorization": f"Bearer {token('alice')}"}).status == 200


def test_trusted_header_names_the_caller(serve, upstream):
    proxy = serve(identity=HEADER)
    with proxy.begin("DELETE", USER, user=None,
                     headers={"X-Forwarded-User": "gina", "X-Forwarded-Groups": "ops"}) as held:
        one = proxy.admin.one()
        assert one["requester"]["user"] == "gina"
        assert one["requester"]["groups"] == ["ops"]
        proxy.admin.approve(one["id"])
        assert held.answer().status == 200


def test_header_from_elsewhere_is_not_believed(serve, upstream):
    proxy = serve(identity={"header": {**HEADER["header"], "trust": ["192.0.2.0/24"]}})
    got = proxy.call("DELETE", USER, user=None, headers={"X-Forwarded-User": "bob"})
    assert got.status == 401
    assert proxy.call("GET", "/public/a", user=None,
                      headers={"X-Forwarded-User": "bob"}).status in (200, 401)
    for seen in upstream.requests:
        assert seen.header("X-Forwarded-User") is None
        assert seen.header("Countersign-User") is None


def test_header_given_twice_is_refused(serve, upstream):
    proxy = serve(identity=HEADER)
    with proxy.connect() as connection:
        connection.send(b"GET /public/a HTTP/1.1\r\nHost: admin.test\r\n"
                        b"X-Forwarded-User: gina\r\nX-Forwarded-User: bob\r\n\r\n")
        assert connection.answer().status == 400
    assert upstream.bytes_seen == 0


def test_callers_required_asks_for_a_name_everywhere(serve):
    proxy = serve(site={"callers": "required"})
    assert proxy.call("GET", "/public/a", user=None).status == 401
    assert proxy.call("GET", "/public/a", user="dave").status == 200


def test_required_reason(serve, upstream):
    proxy = serve([delete_rule(reason="required", mode="reject")])
    got = proxy.call("DELETE", USER)
    assert (got.status, got.problem) == (400, "reason-required")
    assert proxy.admin.list() == []
    assert proxy.call("DELETE", USER, headers={"Countersign-Reason": "left"}).status == 428


def test_reason_with_a_pattern(serve, upstream):
    proxy = serve([delete_rule(reason={"pattern": "[A-Z]+-[0-9]+"}, mode="reject")])
    for reason in ("", "because", "x OPS-12", "OPS-12 x"):
        got = proxy.call("DELETE", USER, headers={"Countersign-Reason": reason})
        assert (got.status, got.problem) == (400, "reason-required"), reason
    assert proxy.call("DELETE", USER, headers={"Countersign-Reason": "OPS-12"}).status == 428


def test_reason_is_not_part_of_the_action(serve):
    proxy = serve([delete_rule(mode="reject")])
    tickets = {proxy.call("DELETE", USER, headers={"Countersign-Reason": reason})
               .header("Countersign-Ticket") for reason in ("one", "two")}
    assert len(tickets) == 1


def test_groups_of_the_requester_in_a_rule(serve):
    proxy = serve([PUBLIC, {"name": "sre.only", "match": {
        "path": "/ops", "requester": {"groups": ["sre"]}}, "verdict": "allow"}])
    assert proxy.call("GET", "/ops", user="bob").status == 200
    assert proxy.call("GET", "/ops", user="alice").status == 403
    assert proxy.call("GET", "/ops", user=None).status in (401, 403)


def test_identify_limits_the_sources(serve):
    proxy = serve([DELETE, PUBLIC], site={"identify": ["bearer"]})
    got = proxy.call("DELETE", USER, user=None, headers={"Countersign-Token": token("alice")})
    assert got.status == 401


def test_authorization_strip_takes_our_token_away(serve, upstream):
    proxy = serve(site={"authorization": "strip"})
    assert proxy.call("GET", "/public/a", user=None, headers={
        "Authorization": f"Bearer {token('alice')}"}).status == 200
    assert upstream.seen(1)[0].header("Authorization") is None
