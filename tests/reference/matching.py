# A request, and the keys of a match: docs/rules.md, "What a rule has".
# SPDX-License-Identifier: Apache-2.0
import datetime
import functools
import ipaddress
import zoneinfo

import paths
import values
from logic import FALSE, TRUE, UNKNOWN, told
from parameters import Parameters

DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def listed(value):
    return value if isinstance(value, list) else [value]


class Request:
    """A line of a batch, read: member names are those of `countersign explain --batch`."""

    def __init__(self, line):
        self.method = line["method"]
        target, mark, query = line["url"].partition("?")
        self.path = paths.canonical(target)
        self.query = Parameters(query.encode(), is_form=False)
        self.host = line["host"].lower().partition(":")[0]
        self.headers = line.get("headers", [])
        self.fields = {}
        for name, value in self.headers:
            self.fields.setdefault(name.lower(), []).append(value.strip(" \t").encode())
        self.reason = self.fields.get("countersign-reason", [b""])[0].decode()
        body = line.get("body")
        self.body = None if body is None else body.encode()
        self.user, self.groups = line.get("user"), frozenset(line.get("groups", ()))
        self.source, self.time = line["source"], line["time"]

    def header(self, name):
        lines = self.fields.get(name.lower())
        if not lines:
            return values.ABSENT
        return lines[0] if len(lines) == 1 else values.REPEATED


# --- host, requester, source ----------------------------------------------------------------------


def host_answer(wanted, host):
    return told(any(host == each or each.startswith("*.") and host.endswith(each[1:])
                    and len(host) >= len(each) for each in wanted))


def requester_answer(wanted, request):
    answers = []
    for names, mine in ((wanted.get("user"), {request.user}),
                        (wanted.get("groups"), request.groups)):
        if names is None:
            continue
        names = listed(names)
        if request.user is None:
            answers.append(UNKNOWN if names else FALSE)
        else:
            answers.append(told(not mine.isdisjoint(names)))
    return min(answers, default=TRUE)


def plain(address):
    return getattr(address, "ipv4_mapped", None) or address


def network(text):
    found = ipaddress.ip_network(text)
    mapped = plain(found.network_address)
    if mapped is not found.network_address and found.prefixlen >= 96:
        return ipaddress.ip_network((mapped, found.prefixlen - 96))
    return found


@functools.lru_cache(4096)
def source_one(wanted, source):
    if wanted == "unix":
        return told(source == "unix")
    if source == "unix":
        return UNKNOWN
    return told(plain(ipaddress.ip_address(source)) in network(wanted))


# --- time -----------------------------------------------------------------------------------------


@functools.lru_cache(4096)
def local(zone, moment):
    """The weekday, the day before, and the minute of the day."""
    there = datetime.datetime.fromisoformat(moment).astimezone(zoneinfo.ZoneInfo(zone))
    day = there.weekday()
    return DAYS[day], DAYS[day - 1], there.hour * 60 + there.minute


def minute(text):
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)


def time_answer(wanted, request):
    day, before, now = local(wanted.get("zone", "UTC"), request.time)
    days = listed(wanted.get("days", DAYS))
    if "hours" not in wanted:
        return told(day in days)
    return told(any(within(each, day in days, before in days, now)
                    for each in listed(wanted["hours"])))


def within(hours, is_day, was_day, now):
    begin, end = map(minute, hours.split("-"))
    if begin < end:
        return is_day and begin <= now < end
    return is_day and now >= begin or was_day and now < end


# --- a match --------------------------------------------------------------------------------------


class Match:
    """A `match` or an `except`."""

    def __init__(self, keys, exact_paths):
        self.keys, self.exact_paths = keys, exact_paths
        self.patterns = [paths.Template(each) for each in listed(keys.get("path", []))]
        self.patterns += [paths.Expression(each) for each in listed(keys.get("path_regex", []))]
        self.outer = [(getattr(self, key), key) for key in (
            "method", "host", "path", "path_regex", "requester", "source", "time") if key in keys]
        # A query is asked before headers, and names in the order in which they are written.
        self.head = [(kind, name, test) for kind in ("query", "headers")
                     for name, test in keys.get(kind, {}).items()]
        self.body = [(kind, name, test) for kind in ("body", "form")
                     for name, test in keys.get(kind, {}).items()]
        self.lists = {key: listed(keys[key]) for key in ("method", "host", "source") if key in keys}

    def method(self, request):
        return told(request.method in self.lists["method"])

    def host(self, request):
        return host_answer(self.lists["host"], request.host)

    def path(self, request):
        found = paths.answer(self.patterns, request.path)
        return FALSE if self.exact_paths and found != TRUE else found

    path_regex = path

    def requester(self, request):
        return requester_answer(self.keys["requester"], request)

    def source(self, request):
        return max((source_one(each, request.source) for each in self.lists["source"]),
                   default=FALSE)

    def time(self, request):
        return time_answer(self.keys["time"], request)

    def outer_answer(self, request):
        lowest = TRUE
        for ask, _ in self.outer:
            lowest = min(lowest, ask(request))
            if lowest == FALSE:
                return FALSE
        return lowest

    def head_answer(self, request):
        """Of `query` and `headers`."""
        return min((parameter_answer(request, *each) for each in self.head), default=TRUE)

    def body_answer(self, body):
        return min((body.answer(*each) for each in self.body), default=TRUE)

    def asks_name(self, request):
        """Whether it has a requester that cannot be told."""
        return "requester" in self.keys and self.requester(request) == UNKNOWN

    def stands_twice(self, request):
        """The problem of the first parameter or header that stands twice, or None."""
        for kind, name, _ in self.head:
            problem = repeated(request, kind, name)
            if problem:
                return problem
        return None

    def title_variables(self, request):
        for wanted in (TRUE, UNKNOWN):
            for pattern in self.patterns:
                if pattern.answer(request.path) == wanted:
                    return pattern.variables(request.path)
        return {}


def parameter_answer(request, kind, name, test):
    if kind == "query":
        return request.query.answer(name, test)
    return values.answer(test, request.header(name))


def repeated(request, kind, name):
    if kind == "query":
        return "query-repeated" if request.query.find(name) is values.REPEATED else None
    return "header-repeated" if request.header(name) is values.REPEATED else None
