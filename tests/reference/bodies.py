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
_JSON_TYPE = re.compile(r"application/json|[!#$%&'*+.^_`|~0-9a-z-]+/[!#$%&'*+.^_`|~0-9a-z-]+\+json")
BODILESS = ("GET", "HEAD", "OPTIONS")
METHOD_FIELDS = ("_method",)


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
        names = {piece[2] for piece in self.parameters.pieces}
        if any(name.encode() in names for name in METHOD_FIELDS):
            raise Refused(400, "method-override")

    def stands_twice(self, kind, name):
        return kind == "form" and self.parameters.find(name) is REPEATED

    def answer(self, kind, name, test):
        return self.parameters.answer(name, test) if kind == "form" else answer(test, DOUBTFUL)


class Document:
    def __init__(self, data):
        self.doubled = False
        try:
            self.root = json.loads(
                data.decode("utf-8", "strict"), parse_int=self._number, parse_float=self._number,
                parse_constant=self._constant, object_pairs_hook=self._object)
            self.values = 0
            self._walk(self.root, 0)
        except (ValueError, RecursionError):
            raise Refused(*UNREADABLE) from None
        if self.doubled:
            raise Refused(*AMBIGUOUS)

    def _number(self, text):
        value = number(text)
        if value is None:
            raise ValueError(text)
        return value

    def _constant(self, text):
        raise ValueError(text)

    def _object(self, pairs):
        found = dict(pairs)
        self.doubled |= len(found) < len(pairs)
        # Both of two equal names are looked into for what cannot be read.
        return found if len(found) == len(pairs) else {**found, "\0": [each[1] for each in pairs]}

    def _walk(self, value, depth):
        self.values += 1
        depth += isinstance(value, (dict, list))
        if depth > DEEPEST or self.values > MOST_VALUES:
            raise ValueError("large")
        if isinstance(value, str):
            self._text(value)
        elif isinstance(value, list):
            for each in value:
                self._walk(each, depth)
        elif isinstance(value, dict):
            for name, each in value.items():
                if name == "\0" and self.doubled:
                    for hidden in each:
                        self._walk(hidden, depth)
                else:
                    self._text(name)
                    self._walk(each, depth)

    def _text(self, text):
        if "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
            raise ValueError("text")

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
