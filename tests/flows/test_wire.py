# Bytes that are not a request, however they are cut: refused, and nothing of them goes upstream.
# SPDX-License-Identifier: Apache-2.0
import random
import re
import select

import pytest

from conftest import delete_rule
from services import ROOT
from wire import Closed, Connection

TABLES = ROOT / "tests" / "tables" / "http"
FILES = ["head", "fields", "framing", "chunked", "target"]
CUTS = 6

ALLOW_ALL = {"name": "all", "match": {"path_regex": "^.*$"}, "verdict": "allow"}
GATE_ALL = {**delete_rule(mode="reject"), "title": "Anything",
            "match": {"path_regex": "^.*$"}}


def unescape(text):
    def one(match):
        escape = match.group(0)
        if escape.startswith("\\{"):
            return match.group(2) * int(match.group(3))
        return ({"r": "\r", "n": "\n", "t": "\t", "\\": "\\"}.get(escape[1])
                or chr(int(escape[2:], 16)))
    return re.sub(r"\\(x[0-9a-fA-F]{2}|\{([^*]*)\*(\d+)\}|.)", one, text).encode("latin-1")


def cases(name):
    """The cases of a table that a listener without options must treat as it says."""
    case = {}
    for line in (TABLES / f"{name}.txt").read_text(encoding="ascii").split("\n"):
        if line.startswith("#"):
            continue
        if line:
            key, _, value = line.partition(": ")
            case.setdefault(key.rstrip(":"), []).append(value)
        elif case:
            if not {"options", "limits"} & case.keys() and case.get("reads") != ["answer"]:
                case["sent"] = b"".join(unescape(value) for value in case["bytes"])
                yield case
            case = {}
    assert not case, f"{name}.txt does not end in an empty line"


def refused(name):
    return [case for case in cases(name) if "fault" in case]


def statuses():
    """The status of each fault, from the list the program is made of."""
    text = (ROOT / "lib" / "http" / "faults.def").read_text()
    return {word: int(status) for status, word in
            re.findall(r'FAULT\(\w+, (\d+), "([^"]+)"', text)}


def exchange(port, pieces):
    """Sends the pieces one after the other until an answer comes; that answer, then the end."""
    with Connection(port) as connection:
        try:
            for piece in pieces:
                if select.select([connection.socket], [], [], 0)[0]:
                    break
                connection.send(piece)
        except OSError:
            pass
        try:
            got = connection.answer(10)
            return got, connection.closes(10)
        except (Closed, OSError) as problem:
            return repr(problem), True


def complaints(port, case, pieces):
    """What is wrong with how these pieces were answered."""
    fault = case["fault"][0]
    got, closes = exchange(port, pieces)
    if isinstance(got, str):
        return [f"{case['case'][0]}: no answer: {got}"]
    said = []
    # HEAD has no body that could name the fault.
    if case["sent"].startswith(b"HEAD ") or got.problem == fault:
        if got.status != statuses()[fault]:
            said.append(f"{case['case'][0]}: status {got.status}")
    else:
        said.append(f"{case['case'][0]}: {got.status} {got.problem or got.body[:80]}, not {fault}")
    if got.status in (400, 431) and not closes:
        said.append(f"{case['case'][0]}: the connection stays open")
    return said


def every_byte(data):
    return [data[at:at + 1] for at in range(len(data))]


def cut_at(data, at):
    return [data[:at], data[at:]]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("kind", ["allowed", "gated"])
def test_refused_case_sent_whole(serve, upstream, name, kind):
    rule = ALLOW_ALL if kind == "allowed" else GATE_ALL
    proxy = serve([rule], site={"callers": "anyone"})
    wrong = []
    for case in refused(name):
        wrong += complaints(proxy.port, case, [case["sent"]])
        if upstream.bytes_seen:
            wrong.append(f"{case['case'][0]}: reached the upstream")
            upstream.bytes_seen = 0
    assert not wrong, "\n".join(wrong)
    assert proxy.admin.list() == []


@pytest.mark.parametrize("name", FILES)
def test_refused_case_cut_anywhere(serve, upstream, name):
    """Gated, so that not even the beginning of a request may have gone upstream."""
    proxy = serve([GATE_ALL], site={"callers": "anyone"})
    dice = random.Random(name)
    wrong = []
    for case in refused(name):
        data = case["sent"]
        if len(data) < 2000:
            wrong += complaints(proxy.port, case, every_byte(data))
        for at in dice.sample(range(1, len(data)), min(CUTS, len(data) - 1)):
            wrong += [f"{one} (cut at {at})" for one in
                      complaints(proxy.port, case, cut_at(data, at))]
    assert not wrong, "\n".join(wrong)
    assert upstream.bytes_seen == 0 and proxy.admin.list() == []


@pytest.mark.parametrize("name", FILES)
def test_refused_case_cut_in_passing_traffic(serve, upstream, name):
    """Allowed: of a body that turns bad later, the upstream never has a whole request."""
    proxy = serve([ALLOW_ALL], site={"callers": "anyone"})
    dice = random.Random(name)
    wrong = []
    for case in refused(name):
        data = case["sent"]
        for at in dice.sample(range(1, len(data)), min(2, len(data) - 1)):
            got, _ = exchange(proxy.port, cut_at(data, at))
            if not isinstance(got, str) and got.status < 400:
                wrong.append(f"{case['case'][0]}: {got.status} (cut at {at})")
    assert not wrong, "\n".join(wrong)
    assert upstream.requests == []


@pytest.mark.parametrize("name", FILES)
def test_accepted_case_arrives_as_it_was_judged(serve, upstream, name):
    proxy = serve([ALLOW_ALL], site={"callers": "anyone"})
    wrong = []
    for case in cases(name):
        if "fault" in case or "more" in case or case.get("left", [""])[0]:
            continue
        before = len(upstream.requests)
        got, _ = exchange_open(proxy.port, case["sent"])
        if isinstance(got, str) or got.status != 200:
            wrong.append(f"{case['case'][0]}: {got}")
            continue
        seen = upstream.requests[before]
        path, mark, query = seen.target.partition("?")
        arrived = {"path": path, "query": query if mark else None}
        for key, value in arrived.items():
            if key in case and unescape(case[key][0]).decode("latin-1") != value:
                wrong.append(f"{case['case'][0]}: {key} {value}")
        if "no_query" in case and mark:
            wrong.append(f"{case['case'][0]}: a query arrived")
        if "body" in case and seen.body != unescape(case["body"][0]):
            wrong.append(f"{case['case'][0]}: body {seen.body[:80]}")
        if "method" in case and seen.method != case["method"][0]:
            wrong.append(f"{case['case'][0]}: method {seen.method}")
    assert not wrong, "\n".join(wrong)


def exchange_open(port, data):
    """Sends all of it and reads the answer to it; interim answers are read over."""
    with Connection(port) as connection:
        connection.method = data.split(b" ", 1)[0].decode("latin-1")
        try:
            connection.send(data)
            got = connection.answer(10)
            while got.status == 100:
                got = connection.answer(10)
            return got, False
        except (Closed, OSError) as problem:
            return repr(problem), True


def test_answers_of_the_upstream_are_read_as_strictly(serve, upstream):
    proxy = serve([ALLOW_ALL], site={"callers": "anyone"})
    wrong = []
    text = (TABLES / "answers.txt").read_text(encoding="ascii")
    for block in re.split(r"\n\n+", text):
        lines = [line.partition(": ") for line in block.split("\n")
                 if line and not line.startswith("#")]
        case = {}
        for key, _, value in lines:
            case.setdefault(key.rstrip(":"), []).append(value)
        if "fault" not in case or {"options", "limits"} & case.keys():
            continue
        sent = b"".join(unescape(value) for value in case["bytes"])
        upstream.answer = lambda received, connection, sent=sent: sent
        got = proxy.call(case.get("to", ["GET"])[0], "/x", user=None)
        if got.status != 502:
            wrong.append(f"{case['case'][0]}: {got.status}")
    assert not wrong, "\n".join(wrong)
