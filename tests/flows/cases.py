# Reads tests/tables/wire: what is sent, and what must become of it on each route.
# SPDX-License-Identifier: Apache-2.0
import json
import re

from services import ROOT

FOLDER = ROOT / "tests" / "tables" / "wire"
TOKEN = "w1re"
WHO = f"Countersign-Token: {TOKEN}\\r\\n"
USUAL_ROUTES = ("allowed", "gated")
OUTCOMES = {"refused", "passes", "arrives", "waits", "relayed", "breaks", "continue", "gone"}
# What a request is made of, in the order of its lines.
PARTS = {
    "head": lambda text: text + "\\r\\nHost: <host>\\r\\n<who>",
    "line": lambda text: text + "\\r\\n",
    "send": lambda text: text,
}
FLAGS = {"hang_up", "stall", "early", "closes_upstream", "answer_ends"}


class Wrong(Exception):
    """A file of cases that cannot be read."""


class Outcome:
    """One thing that must happen, and what is known of the request that arrives."""

    def __init__(self, kind, value):
        self.kind = kind
        self.value = value
        self.fields = []
        self.body = b""

    @property
    def status(self):
        return int(self.value.split(" ")[0])

    @property
    def word(self):
        return self.value.split(" ")[1]

    def __repr__(self):
        return f"{self.kind}: {self.value}"


class Case:
    def __init__(self, name, file):
        self.name = name
        self.file = file
        self.options = {}
        self.over = "tcp"
        self.text = ""
        self.answer = None
        self.flags = set()
        self.outcomes = {}

    def answered(self):
        return None if self.answer is None else unescape(self.answer)

    def __repr__(self):
        return f"{self.file.stem}: {self.name}"


def unescape(text):
    def one(match):
        escape = match.group(0)
        if escape.startswith("\\{"):
            return match.group(2) * int(match.group(3))
        return ({"r": "\r", "n": "\n", "t": "\t", "\\": "\\"}.get(escape[1])
                or chr(int(escape[2:], 16)))
    return re.sub(r"\\(x[0-9a-fA-F]{2}|\{([^*]*)\*(\d+)\}|.)", one, text).encode("latin-1")


def files():
    return sorted(FOLDER.glob("*.case"))


def routes():
    """What rules.json says of each route: the rules of a site, and its options."""
    return json.loads((FOLDER / "routes.json").read_text())


class Reader:
    """Goes through the lines of one file."""

    def __init__(self, file):
        self.file = file
        self.cases = []
        self.usual = USUAL_ROUTES
        self.case = None
        self.on = ()
        self.last = []

    def read(self):
        text = self.file.read_text(encoding="ascii")
        for number, line in enumerate(text.split("\n"), 1):
            if not line or line.startswith("#"):
                continue
            key, colon, value = line.partition(":")
            if not colon or (value and not value.startswith(" ")):
                raise Wrong(f"{self.file.name}:{number}: no \"key: value\"")
            try:
                self.take(key, value[1:])
            except (Wrong, ValueError, KeyError) as problem:
                raise Wrong(f"{self.file.name}:{number}: {key}: {problem}") from None
        for case in self.cases:
            if not case.outcomes or not case.text:
                raise Wrong(f"{self.file.name}: {case.name}: nothing is sent or expected")
        return self.cases

    def take(self, key, value):
        if key == "case":
            self.begin(value)
        elif key == "on":
            self.on = tuple(value.split(" "))
            if self.case is None:
                self.usual = self.on
        elif self.case is None:
            raise Wrong("stands before the first case")
        elif key in PARTS:
            self.case.text += PARTS[key](value)
        elif key == "answer":
            self.case.answer = (self.case.answer or "") + value
        elif key == "options":
            self.case.options = dict(read_option(word) for word in value.split(" "))
        elif key == "over":
            self.case.over = value
        elif key in FLAGS:
            self.case.flags.add(key)
        else:
            self.expect(key, value)

    def begin(self, name):
        if not re.fullmatch(r"[a-z0-9_]+", name):
            raise Wrong("a name is made of small letters, digits and _")
        if any(case.name == name for case in self.cases):
            raise Wrong(f"{name} stands twice")
        self.case = Case(name, self.file)
        self.cases.append(self.case)
        self.on = self.usual
        self.last = []

    def expect(self, key, value):
        if key in OUTCOMES:
            self.last = []
            for route in self.on:
                outcome = Outcome(key, unescape(value).decode("latin-1"))
                self.case.outcomes.setdefault(route, []).append(outcome)
                self.last.append(outcome)
        elif key == "field" and self.last:
            for outcome in self.last:
                outcome.fields.append(unescape(value).decode("latin-1"))
        elif key == "body" and self.last:
            for outcome in self.last:
                outcome.body += unescape(value)
        else:
            raise Wrong("unknown key, or nothing that it could belong to")


def read_option(word):
    """"limits.body_timeout=300ms" as a path of keys and a value."""
    path, _, value = word.partition("=")
    try:
        return path, json.loads(value)
    except ValueError:
        return path, value
