# The trail: what stands in it, what must never stand in it, and what the verifier tells.
# SPDX-License-Identifier: Apache-2.0
import hashlib
import json
import re
import resource
import signal

import pytest

from conftest import PUBLIC, delete_rule
from services import Process, PROGRAM, token
from trail import get, lines
from wire import eventually

USER = "/admin/users/7"


@pytest.fixture
def written(serve, folder):
    """A finished trail of some thirty lines, the proxy that wrote it, and a place for copies."""
    proxy = serve([delete_rule(), PUBLIC])
    for number in range(20):
        proxy.call("GET", f"/public/{number}")
    with proxy.begin("DELETE", USER) as held:
        proxy.admin.approve(proxy.admin.one()["id"])
        held.answer()
    proxy.stop()
    proxy.process = None
    return proxy, folder / "copy.jsonl"


def test_whole_trail_is_proven_to_the_end(written):
    proxy, _ = written
    done = proxy.verify()
    assert done.returncode == 0, done.stdout + done.stderr


def test_flipped_byte_is_named_by_line(written):
    proxy, copy = written
    data = bytearray(proxy.audit_file.read_bytes())
    at = data.index(b"/public/7")
    line = data[:at].count(b"\n") + 1
    data[at + 1] ^= 1
    copy.write_bytes(data)
    done = proxy.verify(copy, config=False)
    assert done.returncode == 1
    assert f"{copy}:{line}" in done.stdout + done.stderr
    assert str(json.loads(lines(proxy.audit_file)[line - 1])["seq"]) in done.stdout + done.stderr


@pytest.mark.parametrize("harm", ["dropped", "swapped", "doubled", "invented"])
def test_lines_that_were_moved_about(written, harm):
    proxy, copy = written
    kept = lines(proxy.audit_file)
    middle = len(kept) // 2
    if harm == "dropped":
        del kept[middle]
    elif harm == "swapped":
        kept[middle], kept[middle + 1] = kept[middle + 1], kept[middle]
    elif harm == "doubled":
        kept.insert(middle, kept[middle])
    else:
        invented = json.loads(kept[middle])
        kept.insert(middle, json.dumps({**invented, "msg": "never"}).encode())
    copy.write_bytes(b"\n".join(kept) + b"\n")
    done = proxy.verify(copy, config=False)
    assert done.returncode == 1, done.stdout
    assert re.search(rf"{re.escape(str(copy))}:({middle + 1}|{middle + 2})\b",
                     done.stdout + done.stderr), done.stdout + done.stderr


def test_cut_tail_is_found_with_the_heads_kept_here(written):
    proxy, copy = written
    kept = lines(proxy.audit_file)
    copy.write_bytes(b"\n".join(kept[:-4]) + b"\n")
    assert proxy.verify(copy).returncode == 1


def test_cut_tail_of_an_export_is_not_proven(written):
    proxy, copy = written
    kept = lines(proxy.audit_file)
    copy.write_bytes(b"\n".join(kept[:-4]) + b"\n")
    done = proxy.verify(copy, config=False)
    assert done.returncode == 4, done.stdout + done.stderr
    seq = json.loads(kept[-5])["seq"]
    assert f"end not proven after seq {seq}" in done.stdout


def test_head_proves_the_end(written):
    proxy, copy = written
    kept = lines(proxy.audit_file)
    copy.write_bytes(b"\n".join(kept) + b"\n")
    head = f"{json.loads(kept[-1])['seq']}:{hashlib.sha256(kept[-1]).hexdigest()}"
    verify = ["audit", "verify", "--key", str(proxy.exported_key()), "--head", head, str(copy)]
    assert proxy.run(*verify).returncode == 0
    copy.write_bytes(b"\n".join(kept[:-1]) + b"\n")
    assert proxy.run(*verify).returncode == 1


def test_resealed_lines_do_not_carry_the_signature(written):
    """The whole chain computed anew after a change: only signed checkpoints tell."""
    proxy, copy = written
    kept, previous = [], None
    for line in lines(proxy.audit_file):
        line = line.replace(b"/public/7", b"/public/0")
        record = json.loads(line)
        if previous is not None:
            line = line.replace(record["prev"].encode(), previous.encode())
        kept.append(line)
        previous = hashlib.sha256(line).hexdigest()
    copy.write_bytes(b"\n".join(kept) + b"\n")
    done = proxy.verify(copy, config=False)
    assert done.returncode == 1, done.stdout


def drop_chain(file, kept, chain):
    file.write_bytes(b"".join(line + b"\n" for line in kept if json.loads(line)["chain"] != chain))


@pytest.fixture
def thrice(serve):
    """A trail of three processes, put back as it was in the end; its lines, its chains."""
    proxy = serve([PUBLIC])
    for number in range(3):
        if number:
            proxy.start()
        proxy.call("GET", "/public/a")
        proxy.stop()
    proxy.process = None
    whole = proxy.audit_file.read_bytes()
    chains = list(dict.fromkeys(record["chain"] for record in proxy.records()))
    assert len(chains) == 3
    yield proxy, lines(proxy.audit_file), chains
    proxy.audit_file.write_bytes(whole)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_lines_of_a_whole_process_are_missed(thrice, folder, number):
    proxy, kept, chains = thrice
    copy = folder / "copy.jsonl"
    drop_chain(copy, kept, chains[number])
    done = proxy.verify(copy)
    assert done.returncode == (1 if number == 1 else 4), done.stdout
    assert chains[number] in done.stdout
    if number != 1:
        assert "give the" in done.stdout
    if number == 0:
        last = [line for line in kept if json.loads(line)["chain"] == chains[0]][-1]
        head = f"{json.loads(last)['seq']}:{hashlib.sha256(last).hexdigest()}"
        done = proxy.verify("--head", head, copy)
        assert done.returncode == 0, done.stdout
    drop_chain(proxy.audit_file, kept, chains[number])
    done = proxy.run("audit", "verify", config=True)
    assert done.returncode == 1, done.stdout
    assert "missing: " in done.stdout and chains[number] in done.stdout


def test_emptied_trail_is_missed(thrice):
    proxy, _, chains = thrice
    proxy.audit_file.write_bytes(b"")
    done = proxy.run("audit", "verify", config=True)
    assert done.returncode == 1 and chains[2] in done.stdout, done.stdout


def test_sealed_file_alone_raises_no_alarm(serve, folder):
    proxy = serve([PUBLIC])
    proxy.call("GET", "/public/before")
    proxy.record("request.allowed")
    old = folder / "old.jsonl"
    proxy.audit_file.rename(old)
    proxy.process.signal(signal.SIGUSR1)
    eventually(proxy.audit_file.exists)
    proxy.call("GET", "/public/after")
    proxy.record("request.allowed")
    proxy.stop()
    done = proxy.verify(old)
    assert done.returncode == 4 and "give the newer file too" in done.stdout, done.stdout
    kept = lines(old)
    copy = folder / "copy.jsonl"
    copy.write_bytes(b"\n".join(kept[:-1]) + b"\n")
    assert proxy.verify(copy).returncode == 1
    proxy.process = None


def test_result_as_json(written):
    proxy, copy = written
    done = proxy.run("audit", "verify", "--output", "json", config=True)
    result = json.loads(done.stdout)
    assert done.returncode == 0 and result["result"] == "proven", done.stdout
    assert result["lines"] == len(lines(proxy.audit_file))
    assert result["chains"][0]["is_proven"] and result["findings"] == []
    kept = lines(proxy.audit_file)
    del kept[3]
    copy.write_bytes(b"\n".join(kept) + b"\n")
    done = proxy.run("audit", "verify", "--output", "json", str(copy))
    found = json.loads(done.stdout)
    assert done.returncode == 1 and found["result"] == "altered"
    assert found["findings"][0]["kind"] == "missing" and found["findings"][0]["line"] == 4


def test_key_of_another_role_is_hinted_at(written):
    proxy, _ = written
    key = proxy.folder / "admin.pub"
    done = proxy.run("keys", "export", "--role", "admin", config=True)
    assert done.returncode == 0, done.stderr
    key.write_text(done.stdout)
    done = proxy.run("audit", "verify", "--key", str(key), config=True)
    assert done.returncode == 1 and "another role" in done.stdout, done.stdout


def test_resealed_trail_without_checkpoints_is_said_to_be_unsigned(written):
    proxy, copy = written
    kept, previous = [], "0" * 64
    for line in lines(proxy.audit_file):
        record = json.loads(line)
        if record["event"] == "audit.checkpoint":
            continue
        line = line.replace(record["prev"].encode(), previous.encode())
        line = line.replace(f'"seq":{record["seq"]},'.encode(), f'"seq":{len(kept) + 1},'.encode())
        kept.append(line)
        previous = hashlib.sha256(line).hexdigest()
    copy.write_bytes(b"\r\n".join(kept) + b"\r\n")
    done = proxy.verify(copy, config=False)
    assert done.returncode == 4, done.stdout
    assert "no checkpoint" in done.stdout and "no line of it is proven" in done.stdout
    assert done.stdout.count("CR LF") == 1


def test_file_that_is_no_trail(written, folder):
    proxy, copy = written
    copy.write_text("no json\n")
    assert proxy.verify(copy).returncode == 1
    assert proxy.verify(folder / "not-there").returncode == 1
    assert proxy.run("audit", "verify", "--frobnicate").returncode == 2


def test_trail_goes_on_over_restarts(serve):
    proxy = serve([PUBLIC])
    for _ in range(3):
        assert proxy.call("GET", "/public/a").status == 200
        proxy.stop()
        proxy.start()
    assert len(proxy.records("audit.opened")) == 4
    assert len(proxy.records("request.allowed")) == 3


def test_renamed_file_is_opened_anew(serve, folder):
    proxy = serve([PUBLIC])
    proxy.call("GET", "/public/before")
    proxy.record("request.allowed")
    old = folder / "old.jsonl"
    proxy.audit_file.rename(old)
    proxy.process.signal(signal.SIGUSR1)
    eventually(proxy.audit_file.exists)
    proxy.call("GET", "/public/after")
    proxy.record("request.allowed")
    assert get(proxy.records("request.allowed")[0], "req.path") == "/public/after"
    proxy.stop()
    done = proxy.verify(old, proxy.audit_file)
    assert done.returncode == 0, done.stdout + done.stderr
    proxy.audit_file.write_bytes(old.read_bytes() + proxy.audit_file.read_bytes())
    proxy.start()


def test_every_line_says_who_what_when_and_where(serve):
    proxy = serve([delete_rule(), PUBLIC])
    proxy.call("GET", "/public/a?page=2")
    with proxy.begin("DELETE", USER, headers={"Countersign-Reason": "left"}) as held:
        proxy.admin.approve(proxy.admin.one()["id"], reason="agreed")
        held.answer()
    proxy.record("approval.relayed")
    for record in proxy.records():
        assert {"id", "seq", "chain", "prev", "time", "event", "code", "severity"} <= record.keys()
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", record["time"])
        assert re.fullmatch(r"CS\d{4}[IWE]", record["code"])
    allowed = proxy.records("request.allowed")[0]
    assert get(allowed, "actor.id") == "alice" and get(allowed, "req.path") == "/public/a"
    assert get(allowed, "resp.status") == 200 and get(allowed, "src.ip") == "127.0.0.1"
    assert get(allowed, "rule.name") == "public"
    opened = proxy.records("approval.opened")[0]
    assert "left" in json.dumps(opened) and get(opened, "rule.name") == "users.delete"
    assert "agreed" in json.dumps(proxy.records("decision.approved")[0])
    claimed = proxy.records("approval.claimed")[0]
    assert get(claimed, "approval.id") == get(opened, "approval.id")
    assert get(proxy.records("approval.completed")[0], "resp.status") == 200


def test_secrets_stand_nowhere(serve, redis):
    proxy = serve([delete_rule(mode="reject"), PUBLIC])
    secrets = {"Authorization": "Basic dmVyeS1zZWNyZXQtb25l", "Cookie": "sid=very-secret-two"}
    target = "{}?token=very-secret-three".format
    got = proxy.call("DELETE", target(USER), headers=secrets)
    assert got.status == 428, got
    ticket = got.header("Countersign-Ticket")
    proxy.call("GET", target("/public/a"), headers=secrets)
    shown = proxy.admin.show(ticket).text
    stored = b"".join(redis.ask("DUMP", key) or b"" for key in redis.keys())
    proxy.record("request.allowed")
    text = proxy.audit_file.read_text() + proxy.process.said() + shown
    for secret in ("dmVyeS1zZWNyZXQtb25l", "very-secret-two", "very-secret-three", token("alice")):
        assert secret not in text
        assert secret.encode() not in stored


def test_hostile_text_stays_inside_its_line(serve):
    proxy = serve([delete_rule(mode="reject"), PUBLIC])
    proxy.call("GET", "/public/a'b", headers={"User-Agent": '"}{"event":"forged'})
    ticket = proxy.call("DELETE", USER, headers={
        "Countersign-Reason": '", "event": "forged'}).header("Countersign-Ticket")
    proxy.admin.deny(ticket, reason="line\nbreak \u202e \x1b[31m")
    proxy.record("decision.denied")
    assert "forged" not in {r["event"] for r in proxy.records()}
    raw = proxy.audit_file.read_bytes()
    assert b"\x1b" not in raw
    assert "break" in json.dumps(proxy.records("decision.denied")[0])


def test_audit_tail_shows_the_last_lines(serve):
    proxy = serve([PUBLIC])
    proxy.call("GET", "/public/tail-me")
    proxy.record("request.allowed")
    done = proxy.run("audit", "tail", config=True)
    assert done.returncode == 0, done.stderr
    assert "request.allowed" in done.stdout and "/public/tail-me" in done.stdout
    assert re.search(r" -> 200 in \d+\.\d ms", done.stdout)


def test_audit_tail_says_why(serve):
    proxy = serve([delete_rule(mode="reject"), PUBLIC])
    proxy.call("GET", "/nothing-allows-it")
    ticket = proxy.call("DELETE", USER).header("Countersign-Ticket")
    proxy.admin.decide(ticket, "approve", user="alice")
    refused = proxy.record("decision.refused")
    denied = proxy.record("request.denied")
    shown = proxy.run("audit", "tail", config=True).stdout
    assert f"decision {refused['decision']} why {refused['why']}" in shown, shown
    assert f"why {denied['why']}" in shown, shown


def survive_full_files(proxy):
    """Starts it anew so that a limit of file sizes is an error to it, and does not end it."""
    proxy.stop()
    proxy.process = Process(["sh", "-c", 'trap "" XFSZ; exec "$@"', "sh", PROGRAM, "serve",
                             "--config", proxy.file], proxy.folder / "countersign.log")
    eventually(proxy._is_ready)


def fill(proxy):
    """Leaves no room in the trail; returns the limit that gives it back."""
    limit = resource.prlimit(proxy.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(proxy.process.pid, resource.RLIMIT_FSIZE,
                     (proxy.audit_file.stat().st_size, limit[1]))
    return limit


def test_nobody_is_asked_anew_while_the_trail_cannot_be_written(serve, upstream):
    proxy = serve([delete_rule(hold_for="40s"), PUBLIC], name="full")
    survive_full_files(proxy)
    with proxy.begin("DELETE", USER) as held:
        ticket = proxy.admin.one()["id"]
        proxy.record("approval.opened")
        limit = fill(proxy)
        eventually(lambda: proxy.call("GET", "/public/x").status == 503)
        for target in ("/admin/users/8", USER):
            got = proxy.call("DELETE", target)
            assert (got.status, got.problem) == (503, "audit-unavailable"), got
            assert got.header("Retry-After")
        assert held.is_silent(0.3)
        resource.prlimit(proxy.process.pid, resource.RLIMIT_FSIZE, limit)
        eventually(lambda: proxy.call("GET", "/public/x").status == 200)
        assert [one["id"] for one in proxy.admin.list()] == [ticket]
        proxy.admin.approve(ticket)
        assert held.answer().status == 200


def test_rules_that_change_while_the_trail_is_away_ask_nobody_anew(serve, upstream):
    proxy = serve([delete_rule(hold_for="40s"), PUBLIC], name="full")
    survive_full_files(proxy)
    with proxy.begin("DELETE", USER) as held:
        ticket = proxy.admin.one()["id"]
        proxy.record("approval.opened")
        limit = fill(proxy)
        eventually(lambda: proxy.call("GET", "/public/x").status == 503)
        proxy.config["sites"][0]["rules"][0] = delete_rule(hold_for="40s", valid_for="1m")
        proxy.write()
        proxy.process.signal(signal.SIGHUP)
        eventually(lambda: "config.adopted" in proxy.process.said())
        assert held.is_silent(0.5)
        resource.prlimit(proxy.process.pid, resource.RLIMIT_FSIZE, limit)
        eventually(lambda: proxy.call("GET", "/public/x").status == 200)
        assert [one["id"] for one in proxy.admin.list()] == [ticket]
        proxy.admin.approve(ticket)
        other = eventually(lambda: [one for one in proxy.admin.list() if one["id"] != ticket])
        proxy.admin.approve(other[0]["id"])
        assert held.answer().status == 200


@pytest.mark.parametrize("on_failure", ["refuse", "pass"])
def test_trail_that_cannot_be_written(serve, upstream, on_failure):
    proxy = serve([delete_rule(mode="reject"), PUBLIC], name="full",
                  audit={"on_failure": on_failure})
    survive_full_files(proxy)
    ticket = proxy.call("DELETE", USER).header("Countersign-Ticket")
    proxy.admin.approve(ticket)
    for number in range(50):
        proxy.call("GET", f"/public/{number}")
    proxy.record("request.allowed", count=50)
    limit = fill(proxy)
    seen = len(upstream.requests)
    got = proxy.call("DELETE", USER)
    assert (got.status, got.problem) == (503, "audit-unavailable"), got
    assert len(upstream.requests) == seen

    def settled():
        return proxy.call("GET", "/public/x").status
    if on_failure == "refuse":
        eventually(lambda: settled() == 503)
    else:
        assert settled() == 200
    assert proxy.admin.ask("GET", "/readyz", user=None).status_code == 503
    resource.prlimit(proxy.process.pid, resource.RLIMIT_FSIZE, limit)
    eventually(lambda: settled() == 200)
    eventually(lambda: proxy.admin.ask("GET", "/readyz", user=None).status_code == 200)
