# Words lost between the proxy and Redis, at the moments that count: never twice, never assumed.
# SPDX-License-Identifier: Apache-2.0
import pytest
import requests

from conftest import delete_rule
from relay import Relay, end, is_claim, is_opening
from trail import get
from wire import DEADLINE, Closed, eventually

USER = "/admin/users/7"


@pytest.fixture
def relay(redis):
    between = Relay(redis.path)
    yield between
    between.close()


@pytest.fixture
def proxy(serve, relay):
    return serve([delete_rule(hold_for="10s")], redis_url=relay.url)


def approved(proxy):
    """The ticket of an approval that waits to be used."""
    got = proxy.call("DELETE", USER, headers={"Prefer": "wait=0"})
    assert got.status == 428, got
    proxy.admin.approve(got.header("Countersign-Ticket"))
    return got.header("Countersign-Ticket")


@pytest.mark.parametrize("what", ["command", "reply"])
def test_lost_claim_is_asked_again_and_runs_once(proxy, relay, redis, upstream, what):
    ticket = approved(proxy)
    relay.lose(what, is_claim)
    with proxy.begin("DELETE", USER) as calling:
        assert relay.lost.wait(DEADLINE)
        assert upstream.bytes_seen == 0, "sent without a claim"
        relay.cut()
        got = calling.answer()
    if got.status == 503:
        # Not known to be taken: then it is burnt, never used.
        assert upstream.bytes_seen == 0
    else:
        assert (got.status, got.header("Countersign-Ticket")) == (200, ticket)
        assert len(upstream.requests) == 1
    assert proxy.call("DELETE", USER, headers={"Prefer": "wait=0"}).header(
        "Countersign-Ticket") != (ticket if got.status == 200 else None)
    assert len(upstream.requests) <= 1


@pytest.mark.parametrize("what", ["command", "reply"])
def test_killed_while_a_claim_is_on_its_way(proxy, relay, upstream, what):
    """Between claim and intent: nothing ran, and the trail says so."""
    ticket = approved(proxy)
    relay.lose(what, is_claim)
    with proxy.begin("DELETE", USER) as calling:
        assert relay.lost.wait(DEADLINE)
        proxy.kill()
        with pytest.raises((Closed, ConnectionError)):
            calling.answer()
    relay.cut()
    proxy.start()
    assert upstream.bytes_seen == 0
    assert proxy.records("approval.claimed") == []
    if what == "reply":
        proxy.record("approval.burnt", approval__id=ticket)
        again = proxy.call("DELETE", USER, headers={"Prefer": "wait=0"})
        assert again.status == 428 and again.header("Countersign-Ticket") != ticket
        assert upstream.bytes_seen == 0
    assert proxy.records("approval.outcome_unknown") == []


@pytest.mark.parametrize("what", ["command", "reply"])
def test_lost_opening_makes_one_approval(proxy, relay, upstream, what):
    relay.lose(what, is_opening)
    calling = proxy.begin("DELETE", USER)
    assert relay.lost.wait(DEADLINE)
    relay.cut()

    def ticket():
        got = proxy.call("DELETE", USER, headers={"Prefer": "wait=0"})
        return got.header("Countersign-Ticket") if got.status == 428 else None
    again = eventually(ticket)
    assert [one["id"] for one in proxy.admin.list()] == [again], "two prompts for one action"
    proxy.admin.approve(again)
    if calling.answer().status == 503:
        # Each worker has a link of its own, and this one may still be on its way back.
        eventually(lambda: proxy.call("DELETE", USER).status == 200)
    assert len(upstream.requests) == 1


def test_caller_who_leaves_during_a_claim_does_not_run(proxy, relay, upstream):
    ticket = approved(proxy)
    relay.lose("reply", is_claim)
    calling = proxy.begin("DELETE", USER)
    assert relay.lost.wait(DEADLINE)
    calling.close()
    relay.cut()
    proxy.record("approval.burnt", approval__id=ticket)
    assert upstream.bytes_seen == 0
    assert get(proxy.admin.show(ticket).json(), "uses_left") == 0


def test_ready_only_when_every_thread_reaches_the_store(proxy, relay):
    proxy.stop()
    known = proxy.process.said().count("store.ready")
    was_ready = proxy._is_ready
    relay.mute = {len(relay.pairs)}  # the first that connects is a worker

    def is_almost_ready():
        try:
            said = proxy.admin.ask("GET", "/readyz", user=None)
        except requests.ConnectionError:
            return False
        assert said.status_code == 503, "ready too early"
        return said.json()["store"] == "not reached by every thread"
    proxy._is_ready = is_almost_ready
    proxy.start()
    assert proxy.process.said().count("store.ready") == known
    end(relay.pairs[min(relay.mute)])
    eventually(was_ready)
    assert proxy.process.said().count("store.ready") == known + 1
    for _ in range(10):  # connections go to either worker
        assert proxy.call("DELETE", USER, headers={"Prefer": "wait=0"}).status == 428
