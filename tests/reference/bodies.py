# Bodies: what can be read in one way only, and what a pointer finds: docs/rules.md, "Body".
# SPDX-License-Identifier: Apache-2.0
import json
import re

from parameters import Parameters
from values import ABSENT, DOUBTFUL, OPAQUE, REPEATED, answer, number

DEEPEST, MOST_VALUES = 32, 10000
_CASE = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ\u017f\u212a", "abcdefghijklmnopqrstuvwxyzsk")
_ESCAPES = re.compile(rb"[^%]*(?:%[0-9A-Fa-f]{2}[^%]*)*")
# What a query may have as it is: printable ASCII but these.
_QUERY_BYTES = re.compile(rb'[^\x00-\x20\x7f-\xff"#<>\\]*')
_SPACE = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*"')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WORD = re.compile("true|false|null")
_WORDS = {"true": True, "false": False, "null": None}
_JSON_TYPE = re.compile(r"application/json|[!#$%&'*+.^_`|~0-9a-z-]+/[!#$%&'*+.^_`|~0-9a-z-]+\+json")
BODILESS = ("GET", "HEAD", "OPTIONS")


class Refused(Exception):
    def __init__(self, status, problem):
        super().__init__(problem)
        self.status, self.problem = status, problem


UNREADABLE = (422, "body-unreadable")
AMBIGUOUS = (422, "body-ambiguous")


class Nothing:
    """The body of a GET that has none: all of it is absent."""

    def stands_twice(self, kind, name):
        return False

    def is_doubtful(self, pointer):
        return False

    def answer(self, kind, name, test):
        return answer(test, ABSENT)


class Form:
    def __init__(self, data):
        if not _ESCAPES.fullmatch(data) or not _QUERY_BYTES.fullmatch(data):
            raise Refused(*UNREADABLE)
        self.parameters = Parameters(data, is_form=True)
        if self.parameters.change_method:
            raise Refused(400, "method-override")

    def stands_twice(self, kind, name):
        return kind == "form" and self.parameters.find(name) is REPEATED

    def answer(self, kind, name, test):
        return self.parameters.answer(name, test) if kind == "form" else answer(test, DOUBTFUL)


class Document:
    """JSON, read from its first byte on: the first flaw is the answer."""

    def __init__(self, data):
        try:
            self.text, self.place, self.values = data.decode("utf-8"), 0, 0
            self.root = self._value(0)
            self._skip()
            if self.place < len(self.text):
                raise ValueError("more")
        except (ValueError, IndexError):
            raise Refused(*UNREADABLE) from None

    def _skip(self):
        self.place = _SPACE.match(self.text, self.place).end()
        return self.text[self.place:self.place + 1]

    def _take(self, pattern):
        found = pattern.match(self.text, self.place)
        if not found:
            raise ValueError(self.place)
        self.place = found.end()
        return found[0]

    def _value(self, depth):
        self.values += 1
        if self.values > MOST_VALUES:
            raise ValueError("values")
        sign = self._skip()
        if sign in ("{", "["):
            if depth == DEEPEST:
                raise ValueError("depth")
            self.place += 1
            return self._object(depth + 1) if sign == "{" else self._array(depth + 1)
        if sign == '"':
            return self._string()
        if sign in ("t", "f", "n"):
            return _WORDS[self._take(_WORD)]
        value = number(self._take(_NUMBER))
        if value is None:
            raise ValueError("number")
        return value

    def _string(self):
        text = json.loads(self._take(_STRING))
        if "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
            raise ValueError("text")
        return text

    def _array(self, depth):
        found = []
        if self._skip() == "]":
            self.place += 1
            return found
        while True:
            found.append(self._value(depth))
            if self._next("]"):
                return found

    def _object(self, depth):
        found = {}
        if self._skip() == "}":
            self.place += 1
            return found
        while True:
            self._skip()
            name = self._string()
            if name in found:
                raise Refused(*AMBIGUOUS)
            if self._skip() != ":":
                raise ValueError("colon")
            self.place += 1
            found[name] = self._value(depth)
            if self._next("}"):
                return found

    def _next(self, end):
        """Whether this was the last of an array or object; past the comma or the end."""
        sign = self._skip()
        if sign not in (",", end):
            raise ValueError("comma")
        self.place += 1
        return sign == end

    def stands_twice(self, kind, name):
        return kind == "body" and self.at(name) is REPEATED

    def answer(self, kind, name, test):
        return answer(test, self.at(name) if kind == "body" else DOUBTFUL)

    def is_doubtful(self, pointer):
        return self.at(pointer) is DOUBTFUL

    def at(self, pointer):
        place = self.root
        for part in pointer.split("/")[1:]:
            part = part.replace("~1", "/").replace("~0", "~")
            if isinstance(place, dict):
                alike = part.translate(_CASE)
                names = [name for name in place if name.translate(_CASE) == alike]
                if len(names) > 1:
                    return REPEATED
                if not names:
                    return ABSENT
                if names[0] != part:
                    return DOUBTFUL
                place = place[part]
            elif isinstance(place, list) and re.fullmatch("0|[1-9][0-9]*", part):
                if int(part) >= len(place):
                    return ABSENT
                place = place[int(part)]
            else:
                return DOUBTFUL
        return OPAQUE if place is None or isinstance(place, (dict, list)) else place


def kind_of(headers):
    """"json", "form", or why a body of this type is not read."""
    lines = [value for name, value in headers if name.lower() == "content-type"]
    if len(lines) != 1:
        return None
    kind, *more = [part.strip(" \t") for part in lines[0].lower().split(";")]
    if more and more not in (["charset=utf-8"], ['charset="utf-8"']):
        return None
    if _JSON_TYPE.fullmatch(kind):
        return "json"
    return "form" if kind == "application/x-www-form-urlencoded" else None


def read(request, limit, form_asked, json_asked):
    """The body as rules see it; raises Refused with the first reason of the table."""
    data = request.body
    if not data and request.method in BODILESS:
        return Nothing()
    if data and len(data) > limit:
        raise Refused(413, "body-too-large")
    for name, value in request.headers:
        if name.lower() == "content-encoding" and value.strip(" \t").lower() != "identity":
            raise Refused(415, "content-coding-unsupported")
    if not data:
        raise Refused(*UNREADABLE)
    kind = kind_of(request.headers)
    if kind is None:
        raise Refused(415, "content-type-unsupported")
    body = Document(data) if kind == "json" else Form(data)
    if kind == "form" and (not form_asked or json_asked):
        raise Refused(415, "content-type-unsupported")
    return body
