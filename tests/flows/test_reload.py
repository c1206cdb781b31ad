# Another configuration while it runs: whole or not at all, and no request is the worse for it.
# SPDX-License-Identifier: Apache-2.0
import signal
import threading

import pytest

from conftest import DELETE, PUBLIC, delete_rule
from wire import eventually

USER = "/admin/users/7"


def said(proxy, event, count=1):
    eventually(lambda: proxy.process.said().count(event) >= count, why=proxy.process.said)


def reload(proxy, rules=None, event="config.adopted", **changes):
    """Writes the file anew, asks for it, and waits for what the log says of it."""
    if rules is not None:
        proxy.config["sites"][0]["rules"] = rules
    proxy.config.update(changes)
    proxy.write()
    before = proxy.process.said().count(event)
    proxy.process.signal(signal.SIGHUP)
    said(proxy, event, before + 1)


def verdict_becomes(proxy, status, method="GET", target="/public/x"):
    eventually(lambda: proxy.call(method, target).status == status)


def test_new_rules_hold_from_now_on(proxy):
    assert proxy.call("GET", "/other").status == 403
    reload(proxy, [DELETE, PUBLIC, {"name": "other", "match": {"path": "/other"},
                                    "verdict": "allow"}])
    verdict_becomes(proxy, 200, target="/other")
    proxy.record("config.loaded", 2)
    first, second = proxy.records("config.loaded")
    assert first["config"]["hash"] != second["config"]["hash"]
    assert (first["config"]["rules"], second["config"]["rules"]) == (2, 3)


@pytest.mark.parametrize("break_it, says", [
    (lambda c: c["sites"][0]["rules"].append({"name": "x", "match": {}, "verdict": "alow"}),
     'did you mean "allow"?'),
    (lambda c: c.update(nonsense=1), "unknown key"),
    (lambda c: c.update(workers=3), "workers has changed: that takes a restart"),
    (lambda c: c["store"].update(namespace="another"), "store has changed"),
    (lambda c: c["audit"].update(file="/tmp/elsewhere.jsonl"), "audit.file has changed"),
], ids=["wrong-rule", "unknown-key", "workers", "store", "audit"])
def test_bad_configuration_keeps_the_old_one_and_says_so(proxy, break_it, says):
    good = proxy.file.read_text()
    break_it(proxy.config)
    reload(proxy, event="config.kept")
    assert says in proxy.process.said()
    assert says in proxy.record("config.refused")["msg"]
    assert len(proxy.records("config.loaded")) == 1
    assert proxy.call("GET", "/public/x").status == 200
    assert proxy.call("GET", "/other").status == 403
    proxy.file.write_text(good)


def test_file_that_is_gone_keeps_the_old_one(proxy):
    proxy.file.unlink()
    proxy.process.signal(signal.SIGHUP)
    said(proxy, "config.kept")
    assert proxy.call("GET", "/public/x").status == 200
    proxy.write()


def test_held_call_waits_on_when_its_rule_stays(proxy, upstream):
    with proxy.begin("DELETE", USER) as held:
        ticket = proxy.admin.one()["id"]
        reload(proxy, [DELETE, PUBLIC, {"name": "n", "match": {"path": "/n"}, "verdict": "allow"}])
        verdict_becomes(proxy, 200, target="/n")
        assert proxy.admin.one()["id"] == ticket
        proxy.admin.approve(ticket)
        assert held.answer().status == 200
    assert len(proxy.records("approval.opened")) == 1


def test_new_deny_refuses_who_is_held(proxy):
    with proxy.begin("DELETE", USER) as held:
        proxy.admin.one()
        reload(proxy, [{"name": "never", "match": {"path": "/admin/**"}, "verdict": "deny"},
                       DELETE, PUBLIC])
        got = held.answer()
    assert (got.status, got.problem) == (403, "denied-by-rule")


def test_new_allow_still_needs_the_open_approval(proxy, upstream):
    with proxy.begin("DELETE", USER) as held:
        ticket = proxy.admin.one()["id"]
        reload(proxy, [{"name": "all", "match": {}, "verdict": "allow"}])
        verdict_becomes(proxy, 200, target="/other")
        assert held.is_silent(0.3)
        assert not [r for r in upstream.requests if r.method == "DELETE"]
        proxy.admin.approve(ticket)
        assert held.answer().status == 200
    assert proxy.call("DELETE", USER).status == 200, "the next one needs nobody"


def test_other_demands_ask_anew_and_supersede(proxy):
    with proxy.begin("DELETE", USER) as held:
        before = proxy.admin.one()["id"]
        reload(proxy, [delete_rule(**{"from": {"group": "sre", "count": 2}}), PUBLIC])
        after = eventually(lambda: next((a["id"] for a in proxy.admin.list()
                                         if a["id"] != before), None))
        proxy.record("approval.superseded")
        assert proxy.admin.decide(before, "approve").status_code == 409
        proxy.admin.approve(after, "bob")
        assert held.is_silent(0.3)
        proxy.admin.approve(after, "carol")
        assert held.answer().status == 200
    assert proxy.admin.show(before).json()["state"] == "superseded"


def test_no_request_fails_while_it_is_reloaded(proxy):
    failed, stop = [], threading.Event()

    def ask():
        while not stop.is_set():
            got = proxy.call("GET", "/public/x")
            if got.status != 200:
                failed.append(got)

    callers = [threading.Thread(target=ask) for _ in range(4)]
    for caller in callers:
        caller.start()
    for turn in range(20):
        reload(proxy, [DELETE, PUBLIC, {"name": f"n{turn}", "match": {"path": "/n"},
                                        "verdict": "allow"}])
    stop.set()
    for caller in callers:
        caller.join()
    assert not failed


def test_operators_reload_at_the_admin_endpoint(serve):
    proxy = serve(admin={"operators": ["sre"]})
    assert proxy.admin.ask("POST", "/api/v1/reload", None).status_code == 401
    assert proxy.admin.ask("POST", "/api/v1/reload", "alice").status_code == 403
    got = proxy.admin.ask("POST", "/api/v1/reload", "bob")
    assert (got.status_code, got.json()["status"]) == (200, "adopted")
    good = proxy.file.read_text()
    proxy.config["sites"][0]["rules"].append({"name": "x"})
    proxy.write()
    got = proxy.admin.ask("POST", "/api/v1/reload", "bob")
    assert got.status_code == 422
    assert "match" in got.json()["detail"] and proxy.file.name in got.json()["detail"]
    proxy.file.write_text(good)
    assert proxy.call("GET", "/public/x").status == 200


def test_token_taken_away_is_wrong_at_once(proxy):
    tokens = proxy.config["identity"]["tokens"]
    proxy.config["identity"]["tokens"] = [t for t in tokens if t["user"] != "alice"]
    with proxy.connect() as kept:
        kept.ask("GET", "/public/x", proxy.who("alice"))
        assert kept.answer().status == 200
        reload(proxy)
        verdict_becomes(proxy, 401)
        kept.ask("GET", "/public/x", proxy.who("alice"))
        assert kept.answer().status == 401
