# Sends streams to Countersign and holds what the origins received against what the second
# reader says and what the trail says.
# SPDX-License-Identifier: Apache-2.0
import base64
import collections
import json
import socket
import urllib.parse

import reader
import streams
import trail
from wire import Connection, Closed

DEADLINE = 10.0
WIDE = {"encoded_slash": "keep", "matrix": "keep", "percent25": "keep", "header_utf8": True,
        "bodies_on": ["GET"]}
RULES = [
    {"name": "denied", "match": {"path": "/denied/**"}, "verdict": "deny"},
    {"name": "x-force", "match": {"headers": {"X-Force": "true"}}, "verdict": "deny"},
    {"name": "risk", "verdict": "deny",
     "match": {"method": "POST", "path": "/json/**", "body": {"/risk": {"gt": 1000}}}},
]
# On the strict sites alone: a ';' in a query can be read in two ways, and would be stopped.
FORCE = {"name": "force", "match": {"query": {"force": "true"}}, "verdict": "deny"}
OUR_OWN = ("x-forwarded-for", "x-forwarded-host", "x-forwarded-proto")
# Of one connection or of framing: each program writes its own.
HOPS = {"content-length", "transfer-encoding", "connection"}
# These tell fields in the order in which they came, each line for itself.
KEEP_ORDER = {"nginx", "node", "aiohttp"}


def sites_of(origins):
    """The sites of a configuration: two for each origin, a strict one and a wide one."""
    return [{"name": f"{kind}.{origin.name}", "hosts": [f"{kind}.{origin.name}.test"],
             "upstream": origin.url, "callers": "anyone", "identify": ["token"],
             "otherwise": "allow", **({"rules": RULES, **WIDE} if kind == "wide" else
                                      {"rules": [*RULES, FORCE]})}
            for origin in origins for kind in ("plain", "wide")]


def readings_of(names):
    """The same for the second reader."""
    wide = reader.Site(True, True, True, True, frozenset({"GET"}))
    return {f"{kind}.{name}.test": (f"{kind}.{name}", wide if kind == "wide" else reader.Site())
            for name in names for kind in ("plain", "wide")}


def address_of(index):
    """Each stream of a batch comes from an address of its own."""
    return f"127.{1 + (index >> 16)}.{index >> 8 & 255}.{index & 255}"


class Played:
    """One stream that was sent, and how it was answered."""

    def __init__(self, number, address, requests, end):
        self.number = number
        self.address = address
        self.requests = requests
        self.end = end
        self.answers = []  # (status, came from the origin's app)
        self.closed = False
        self.trouble = None


def play(port, number, address, pieces, requests, end):
    played = Played(number, address, requests, end)
    try:
        with Connection(port, source=address, timeout=DEADLINE) as connection:
            for piece in pieces:
                # What we send behind a refused request may find nobody.
                try:
                    connection.send(piece)
                except ConnectionError:
                    break
            take_answers(connection, played)
    except (OSError, Closed, AssertionError, ValueError) as error:
        played.trouble = f"{type(error).__name__}: {error}"
    return played


def take_answers(connection, played):
    for request in played.requests:
        take_answer(connection, played, request.method)
        if played.closed:
            return
    if isinstance(played.end, reader.Refused):
        # Its method may have been HEAD, so that there is no body to wait for.
        take_answer(connection, played, "HEAD")
        assert played.closed, "the connection stays open behind a refusal"
    elif isinstance(played.end, reader.Unfinished):
        connection.socket.shutdown(socket.SHUT_WR)
        try:
            take_answer(connection, played, "HEAD")
        except (Closed, ConnectionError):
            pass


def take_answer(connection, played, method):
    connection.method = method
    answer = connection.answer(DEADLINE)
    while answer.status < 200:
        answer = connection.answer(DEADLINE)
    played.closed = (answer.header("Connection") or "").lower() == "close"
    played.answers.append((answer.status, answer.header("X-Origin") == "app"))


def play_some(port, seed, names, numbers, first):
    """The streams `numbers`; each process that sends has some of them."""
    sites = readings_of(names)
    done = []
    for number in numbers:
        data, pieces = streams.stream(seed, number, list(sites))
        requests, end = reader.read(data, sites)
        done.append(play(port, number, address_of(number - first), pieces, requests, end))
    return done


def may_be_stopped(request):
    """A rule may have something against it."""
    path = urllib.parse.unquote(request.path).lower()
    query = urllib.parse.unquote(urllib.parse.unquote(request.query or "")).lower()
    return (path.startswith("/denied") or "x-force" in request.names
            or (request.site.startswith("plain") and ("force" in query or ";" in query))
            or "countersign-token" in request.names
            or (request.method == "POST" and path.startswith("/json")))


def told_fields(arrival, name):
    """(name in lower case, value) of what an origin says that it got; bytes as Latin-1."""
    fields = [(field.lower(), value) for field, value in arrival["headers"]
              if field.lower() not in HOPS]
    if name == "go":
        fields = [(field, value.encode().decode("latin-1")) for field, value in fields]
    return fields


def joined(fields):
    found = collections.defaultdict(list)
    for field, value in fields:
        found[field].append(value)
    return {field: ", ".join(values) for field, values in found.items()}


class Comparison:
    """What a batch left behind: the trail, and what the origins wrote."""

    def __init__(self, origins, audit_file):
        self.origins = {origin.name: origin for origin in origins}
        self.findings = []
        self.counts = collections.Counter()
        self.records = collections.defaultdict(list)
        for record in trail.read(audit_file):
            if record["event"].startswith("request.") and record["event"] != "request.started":
                self.records[record["src"]["ip"]].append(record)
        self.arrivals = collections.defaultdict(list)
        for origin in origins:
            for line in origin.arrivals.read_bytes().splitlines():
                self._arrived(origin, json.loads(line))

    def _arrived(self, origin, arrival):
        if arrival["complete"]:
            source = dict(told_fields(arrival, origin.name)).get("x-forwarded-for")
            self.arrivals[source, origin.name].append(arrival)
        else:
            self.counts["cut short"] += 1

    def check(self, played):
        """One stream; what disagrees becomes a finding."""
        records = self.records.pop(played.address, [])
        self.counts["streams"] += 1
        try:
            assert not played.trouble, played.trouble
            for request, answer in zip(played.requests, played.answers):
                assert records, "an answer without a record"
                self._check_one(request, answer, records.pop(0), played)
            self._check_end(played, records)
            for name in self.origins:
                left = self.arrivals.pop((played.address, name), [])
                assert not left, f"{name} received what was not forwarded: {left}"
        except AssertionError as error:
            self.findings.append(f"stream {played.number}: {error}")

    def check_rest(self):
        """Nothing arrived that no stream sent."""
        for (source, name), left in filter(lambda item: item[1], self.arrivals.items()):
            self.findings.append(f"{name} received from {source}: {left}")

    def _check_end(self, played, records):
        if isinstance(played.end, reader.Refused) and len(played.answers) > len(played.requests):
            status = played.answers[-1][0]
            self.counts["refused"] += 1
            assert 400 <= status < 500, f"answered {status} to what may not pass: {played.end}"
            assert records and records[0]["resp"]["status"] == status, records
        for record in records:
            # A server may say no of its own before a message is whole.
            is_own_no = played.answers and not played.answers[-1][1]
            assert record["event"] != "request.allowed" or (
                is_own_no and record["resp"]["status"] == played.answers[-1][0] >= 400), record

    def _check_one(self, request, answer, record, played):
        status, is_from_app = answer
        assert record["resp"]["status"] == status, (record, status)
        if record["event"] != "request.allowed":
            self.counts["stopped"] += 1
            assert record["event"] in ("request.denied", "request.refused"), record
            assert may_be_stopped(request), f"stopped for nothing: {record} {request}"
            return
        self._check_record(request, record, is_from_app)
        name = request.site.split(".")[1]
        if not is_from_app:
            # The server said no of its own, perhaps before the body was there; its app saw nothing.
            self.counts[f"{name} answered {status} itself to {request.method} "
                        f"{'*' if request.path == '*' else '/'}"] += 1
            return
        self.counts[f"forwarded to {name}"] += 1
        arrivals = self.arrivals[played.address, name]
        assert arrivals, f"{name} answered and received nothing"
        self._check_arrival(name, arrivals.pop(0), request, played.address)

    def _check_record(self, request, record, is_whole):
        told = record["req"]
        for key, wanted in (("method", request.method), ("host", request.host),
                            ("path", request.path), ("query", request.query or None)):
            if f"req.{key}" in record.get("truncated", []):
                assert wanted.startswith(told[key].rstrip("…")), (key, told, wanted)
            else:
                assert told.get(key) == wanted, f"the trail has {told.get(key)!r}, not {wanted!r}"
        assert record["site"] == request.site, record
        assert (told["bytes"] == len(request.body) if is_whole
                else told["bytes"] <= len(request.body)), (told["bytes"], len(request.body))

    def _check_arrival(self, name, arrival, request, address):
        origin = self.origins[name]
        for key, wanted in (("method", request.method), ("target", request.target),
                            ("body", base64.b64encode(request.body).decode())):
            assert (arrival[key] or "") == wanted, (
                f"{name} got {key} {arrival[key]!r}, not {wanted!r}")
        fields = told_fields(arrival, name)
        wanted = [("host", f"127.0.0.1:{origin.port}"), *request.fields,
                  *zip(OUR_OWN, (address, request.authority, "http"))]
        if name in KEEP_ORDER:
            fields.sort(key=lambda field: field[0] != "host")
            assert fields == wanted, f"{name} got {fields}, not {wanted}"
        else:
            assert joined(fields) == joined(wanted), f"{name} got {fields}, not {wanted}"
        self._check_promises(name, arrival, dict(fields), request.site.startswith("plain"))

    def _check_promises(self, name, arrival, fields, is_plain):
        """No origin reads a request as one that a rule stops."""
        path = (arrival["path"] or "").lower()
        assert path != "/denied" and not path.startswith("/denied/"), arrival
        assert not is_plain or "true" not in (arrival["forces"] or []), arrival
        assert fields.get("x-force") != "true", arrival
        if path.startswith("/json/") and arrival["method"] == "POST" and arrival["risk"]:
            self.counts[f"risks read by {name}"] += 1
            assert float(arrival["risk"]) <= 1000, arrival
