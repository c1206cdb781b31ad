# Templates and expressions, held against a canonical path and its variants: docs/rules.md, "Paths".
# SPDX-License-Identifier: Apache-2.0
import functools
import re

from logic import FALSE, TRUE, UNKNOWN

EITHER_WAY = "!$&'()*+,;=:@"
UNRESERVED = "-._~"
LONG_SEGMENT = 512
_ESCAPE = re.compile("%([0-9A-Fa-f]{2})")


def canonical(path):
    """What is forwarded, as far as docs/rules.md says it; None for what never gets this far."""
    def spell(found):
        sign = chr(int(found[1], 16))
        plain = sign.isascii() and sign.isalnum() or sign in UNRESERVED
        return sign if plain else found[0].upper()

    done = _ESCAPE.sub(spell, path)
    segments = done.split("/")
    odd = "//" in done or "." in segments or ".." in segments
    return None if odd else done


def undone(text):
    """With the escapes undone that servers take either way."""
    def spell(found):
        sign = chr(int(found[1], 16))
        return sign if sign in EITHER_WAY else found[0]

    return _ESCAPE.sub(spell, text)


def loose(text):
    return undone(text).lower()


def toggled(path):
    """With a slash at its end, or without it; the root has no such variant."""
    if path == "/":
        return path
    return path[:-1] if path.endswith("/") else path + "/"


def pieces(template):
    """The segments of a template; a slash between braces separates nothing."""
    found, depth, start = [], 0, 1
    for at, sign in enumerate(template):
        if at == 0 or template[at - 1] == "\\":
            continue
        depth += (sign == "{") - (sign == "}")
        if sign == "/" and depth == 0:
            found.append(template[start:at])
            start = at + 1
    return [*found, template[start:]]


class Literal:
    def __init__(self, text):
        self.text, self.loose = text, loose(text)

    def exactly(self, segment):
        return segment == self.text

    def loosely(self, segment):
        return TRUE if loose(segment) == self.loose else FALSE


class Variable:
    def __init__(self, name, expression):
        self.name = name
        self.exact = expression and re.compile(expression)
        self.caseless = expression and re.compile(expression, re.I)

    def exactly(self, segment):
        return segment != "" and (not self.exact or bool(self.exact.fullmatch(segment)))

    def loosely(self, segment):
        if segment == "" or not self.caseless:
            return TRUE if segment else FALSE
        if len(segment) > LONG_SEGMENT and "%" in segment:
            return UNKNOWN
        found = any(self.caseless.fullmatch(text) for text in (segment, undone(segment)))
        return TRUE if found else FALSE


def segment_of(text):
    if text == "*":
        return Variable(None, None)
    if text.startswith("{"):
        name, _, expression = text[1:-1].partition(":")
        return Variable(name, expression)
    return Literal(text)


class Template:
    def __init__(self, text):
        parts = pieces(text)
        self.open = parts[-1] == "**"
        self.parts = [segment_of(part) for part in (parts[:-1] if self.open else parts)]

    def fits(self, segments):
        count = len(self.parts)
        return len(segments) > count if self.open else len(segments) == count

    def exactly(self, path):
        segments = path.split("/")[1:]
        return path.startswith("/") and self.fits(segments) and all(
            part.exactly(segment) for part, segment in zip(self.parts, segments))

    def loosely(self, path):
        segments = path.split("/")[1:]
        if not path.startswith("/") or not self.fits(segments):
            return FALSE
        return min((part.loosely(segment) for part, segment in zip(self.parts, segments)),
                   default=TRUE)

    @functools.lru_cache(1024)
    def answer(self, path):
        if self.exactly(path):
            return TRUE
        return min(UNKNOWN, max(self.loosely(path), self.loosely(toggled(path))))

    def variables(self, path):
        """What the path has at each variable; variants keep the segments of a path in place."""
        segments = path.split("/")[1:]
        return {part.name: segment for part, segment in zip(self.parts, segments)
                if isinstance(part, Variable) and part.name}


class Expression:
    def __init__(self, text):
        text = re.sub(r"\(\?<(?=[A-Za-z])", "(?P<", text)
        self.exact, self.caseless = re.compile(text), re.compile(text, re.I)

    @functools.lru_cache(1024)
    def answer(self, path):
        if self.exact.fullmatch(path):
            return TRUE
        texts = (path, undone(path))
        texts += tuple(toggled(text) for text in texts)
        return UNKNOWN if any(self.caseless.fullmatch(text) for text in texts) else FALSE

    def variables(self, path):
        found = self.exact.fullmatch(path) or self.caseless.fullmatch(path)
        return found.groupdict() if found else None


def answer(patterns, path):
    """The greatest answer of a list."""
    return max((pattern.answer(path) for pattern in patterns), default=FALSE)
