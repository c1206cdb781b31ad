# Parameters of queries and forms, and the variants of their names: docs/rules.md, "Query and form".
# SPDX-License-Identifier: Apache-2.0
import functools
import re

from logic import UNKNOWN
from values import ABSENT, DOUBTFUL, OPAQUE, REPEATED
from values import answer as answer_of

_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
# Blanks and brackets at the end, as often as they come.
_BRACKETS = re.compile(rb"(\[[^][]*\]|[ +])+\Z")
_EMPTY_BRACKETS = re.compile(rb"(\[\]|[ +])+\Z")
_AS_UNDERSCORE = bytes.maketrans(b". +", b"___")


def decoded(data):
    return _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), data)


def folded(name):
    return name.lower().translate(_AS_UNDERSCORE)


@functools.lru_cache(4096)
def variant(name):
    """A name of a request, as the laxest server reads it."""
    name = decoded(name).split(b"\0")[0]
    return folded(_BRACKETS.sub(b"", name.lstrip(b" +")))


@functools.lru_cache(4096)
def asked(name):
    """A name of a rule, to be compared with that."""
    return folded(_EMPTY_BRACKETS.sub(b"", name.encode().lstrip(b" +")))


class Parameters:
    def __init__(self, data, is_form):
        self.is_form = is_form
        self.has_semicolon = b";" in data
        self.pieces = []
        for piece in filter(None, data.split(b"&")):
            name, _, value = piece.partition(b"=")
            plain = decoded(name.replace(b"+", b" ") if is_form else name)
            # With a plus in a query it may be two names, and is none for sure.
            certain = is_form or b"+" not in name
            self.pieces.append((plain, certain, variant(plain), value))

    def find(self, name):
        """The raw value of a name, or the mark of what it is."""
        wanted, alike = name.encode(), asked(name)
        found = [piece for piece in self.pieces
                 if piece[2] == alike or piece[1] and piece[0] == wanted]
        if len(found) > 1:
            return REPEATED
        if self.has_semicolon:
            return DOUBTFUL
        if not found:
            return ABSENT
        plain, certain, _, value = found[0]
        return value if certain and plain == wanted else DOUBTFUL

    def answer(self, name, test):
        raw = self.find(name)
        if not isinstance(raw, bytes):
            return answer_of(test, raw)
        as_blank = answer_of(test, readable(raw.replace(b"+", b" ")))
        if self.is_form or b"+" not in raw:
            return as_blank
        return as_blank if answer_of(test, readable(raw)) == as_blank else UNKNOWN


def readable(raw):
    value = decoded(raw)
    return OPAQUE if b"\0" in value or _ESCAPE.search(value) else value
