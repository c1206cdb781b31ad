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
CREDENTIALS = (b"\r\nauthorization:", b"\r\ncountersign-token:")

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


# The status of each fault, from the list that the program is made of.
STATUSES = {word: int(status) for status, word in re.findall(
    r'FAULT\(\w+, (\d+), "([^"]+)"', (ROOT / "lib" / "http" / "faults.def").read_text())}


class Feed:
    """One connection that gets a request piece by piece, until an answer comes."""

    def __init__(self, port, case, pieces):
        self.case = case
        self.pieces = list(pieces)
        self.connection = Connection(port)
        # An answer to HEAD has no body, whatever it says of its length.
        self.connection.method = b"".join(self.pieces).split(b" ", 1)[0].decode("latin-1")

    def send_next(self):
        """Sends one more piece; False when there is nothing more to send."""
        if not self.pieces or select.select([self.connection.socket], [], [], 0)[0]:
            return False
        try:
            self.connection.send(self.pieces.pop(0))
        except OSError:
            self.pieces.clear()
        return bool(self.pieces)

    def result(self):
        """The answer, or why there is none; and whether the connection ended after it."""
        try:
            return self.connection.answer(10), self.connection.closes(10)
        except (Closed, OSError) as problem:
            return repr(problem), True
        finally:
            self.connection.close()


def feed_all(port, jobs):
    """
    Jobs of (case, pieces), all at once and a piece of each in turn: between two pieces of one
    request the proxy has the others to read, so that it meets the pieces one by one.
    """
    feeds = [Feed(port, case, pieces) for case, pieces in jobs]
    going = feeds
    while going:
        going = [feed for feed in going if feed.send_next()]
    return [(feed.case, *feed.result()) for feed in feeds]


def complaints(case, got, closes):
    """What is wrong with how a refused case was answered."""
    name, fault = case["case"][0], case["fault"][0]
    if isinstance(got, str):
        return [f"{name}: no answer: {got}"]
    said = []
    # HEAD has no body that could name the fault.
    if not case["sent"].startswith(b"HEAD ") and got.problem != fault:
        said.append(f"{name}: {got.status} {got.problem or got.body[:80]}, not {fault}")
    elif got.status != STATUSES[fault]:
        said.append(f"{name}: status {got.status}")
    if got.status in (400, 431) and not closes:
        said.append(f"{name}: the connection stays open")
    return said


def all_complaints(results):
    return [one for result in results for one in complaints(*result)]


def every_byte(data):
    return [data[at:at + 1] for at in range(len(data))]


def cuts(case, dice, most):
    """Jobs that cut a case in two: at every byte when it is short, else at so many."""
    data = case["sent"]
    places = range(1, len(data))
    if len(data) > most:
        places = dice.sample(places, most)
    return [(case, [data[:at], data[at:]]) for at in places]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("kind", ["allowed", "gated"])
def test_refused_case_sent_whole(serve, upstream, name, kind):
    rule = ALLOW_ALL if kind == "allowed" else GATE_ALL
    proxy = serve([rule], site={"callers": "anyone"})
    wrong = []
    for case in refused(name):
        wrong += all_complaints(feed_all(proxy.port, [(case, [case["sent"]])]))
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
    short = [case for case in refused(name) if len(case["sent"]) < 2000]
    wrong = all_complaints(feed_all(
        proxy.port, [(case, every_byte(case["sent"])) for case in short]))
    for case in refused(name):
        wrong += all_complaints(feed_all(proxy.port, cuts(case, dice, 250)))
    assert not wrong, "\n".join(wrong)
    assert upstream.bytes_seen == 0 and proxy.admin.list() == []


@pytest.mark.parametrize("name", FILES)
def test_refused_case_cut_in_passing_traffic(serve, upstream, name):
    """Allowed: of a body that turns bad later, the upstream never has a whole request."""
    proxy = serve([ALLOW_ALL], site={"callers": "anyone"})
    dice = random.Random(name)
    jobs = [job for case in refused(name) for job in cuts(case, dice, 3)]
    wrong = [f"{case['case'][0]}: {got.status}"
             for case, got, _ in feed_all(proxy.port, jobs)
             if not isinstance(got, str) and got.status < 400]
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
        got = last_answer(proxy.port, case["sent"])
        if any(name in case["sent"].lower() for name in CREDENTIALS) and got.status == 401:
            continue
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


def last_answer(port, data):
    """Sends all of it and reads the answer to it; interim answers are read over."""
    with Connection(port) as connection:
        connection.method = data.split(b" ", 1)[0].decode("latin-1")
        try:
            connection.send(data)
            got = connection.answer(10)
            while got.status == 100:
                got = connection.answer(10)
            return got
        except (Closed, OSError) as problem:
            return repr(problem)


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
