# Parameters of queries and forms, and the variants of their names: docs/rules.md, "Query and form".
# SPDX-License-Identifier: Apache-2.0
import functools
import re

from logic import UNKNOWN
from values import ABSENT, DOUBTFUL, OPAQUE, REPEATED
from values import answer as answer_of

_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
METHOD_NAMES = frozenset((
    b"_method", b"_http_method", b"_httpmethod", b"$httpmethod", b"http_method_override",
    b"x_http_method", b"x_http_method_override", b"x_method_override"))
_BLANKS = b" +"
_AS_UNDERSCORE = bytes.maketrans(b". +", b"___")


def decoded(data):
    return _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), data)


def folded(name):
    return name.lower().translate(_AS_UNDERSCORE)


@functools.lru_cache(4096)
def readings(name):
    """What a name of a request may be taken for by some server."""
    name = decoded(name).split(b"\0")[0].strip(_BLANKS)
    found = {name}
    if name.endswith(b"]"):
        found |= {name[:at].strip(_BLANKS) for at, sign in enumerate(name) if sign == ord("[")}
    return frozenset(map(folded, found))


@functools.lru_cache(4096)
def asked(name):
    """A name of a rule, to be compared with these."""
    name = name.encode().strip(_BLANKS)
    while name.endswith(b"[]") and name != b"[]":
        name = name[:-2].strip(_BLANKS)
    return folded(name)


@functools.lru_cache(4096)
def changes_method(name):
    """Whether some framework takes the method of a request from a parameter of this name."""
    names = {each.replace(b"-", b"_") for each in readings(name)}
    cut = decoded(name).split(b"\0")[0].partition(b"[")[0].strip(_BLANKS)
    return not METHOD_NAMES.isdisjoint({*names, folded(cut).replace(b"-", b"_")})


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
            self.pieces.append((plain, certain, readings(plain), value))

        self.change_method = any(
            changes_method(decoded(piece.partition(b"=")[0].replace(b"+", b" ")))
            for piece in re.split(b"[&;]", data))

    def find(self, name):
        """The raw value of a name, or the mark of what it is."""
        wanted, alike = name.encode(), asked(name)
        found = [piece for piece in self.pieces
                 if alike in piece[2] or piece[1] and piece[0] == wanted]
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
