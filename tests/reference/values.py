# Value tests: docs/rules.md, "Value tests".
# SPDX-License-Identifier: Apache-2.0
import re
from decimal import Decimal

from logic import FALSE, UNKNOWN, told, turned

MOST_DIGITS, LARGEST_EXPONENT = 64, 308
_NUMBER = re.compile(rb"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")


def number(text):
    """A number of JSON; None beyond the limits of docs/rules.md, "Body"."""
    mantissa, _, exponent = text.lower().partition("e")
    if sum(sign.isdigit() for sign in mantissa) > MOST_DIGITS:
        return None
    return None if exponent and abs(int(exponent)) > LARGEST_EXPONENT else Decimal(text)


class Mark:
    """What is looked at, where it is no value."""

    def __init__(self, word):
        self.word = word

    def __repr__(self):
        return self.word


ABSENT = Mark("absent")
# No test can be told of it, not even exists.
DOUBTFUL = Mark("doubtful")
# It is there, and nothing else can be told of it.
OPAQUE = Mark("opaque")
# It stands there twice: who is governed by it has refused the request before.
REPEATED = Mark("repeated")


def scalar(test, value):
    """One value that is asked for, against text (bytes) or a value of JSON."""
    if isinstance(test, bool):
        if isinstance(value, bytes):
            return told(value == b"true" if test else value == b"false") \
                if value in (b"true", b"false") else UNKNOWN
        return told(value is test) if isinstance(value, bool) else UNKNOWN
    if isinstance(test, Decimal):
        return compared(value, test.__eq__)
    return bytewise(value, lambda data: data == test.encode())


def bytewise(value, holds):
    if isinstance(value, str):
        value = value.encode()
    return told(holds(value)) if isinstance(value, bytes) else UNKNOWN


def compared(value, holds):
    if isinstance(value, bytes):
        value = number(value.decode()) if _NUMBER.fullmatch(value) else None
    return told(holds(value)) if isinstance(value, Decimal) else UNKNOWN


def one(operator, wanted, value):
    """One key of a map of tests."""
    if operator == "not":
        return turned(answer(wanted, value))
    if value is DOUBTFUL or value is REPEATED:
        return FALSE if operator == "in" and not wanted else UNKNOWN
    if operator == "exists":
        return told((value is not ABSENT) == wanted)
    if value is ABSENT:
        return FALSE
    if operator == "eq":
        return scalar(wanted, value)
    if operator == "in":
        return max((scalar(each, value) for each in wanted), default=FALSE)
    if operator == "prefix":
        return bytewise(value, lambda data: data.startswith(wanted.encode()))
    if operator == "regex":
        return bytewise(value, lambda data: re.fullmatch(wanted.encode(), data) is not None)
    return compared(value, {"gt": wanted.__lt__, "ge": wanted.__le__,
                            "lt": wanted.__gt__, "le": wanted.__ge__}[operator])


def answer(test, value):
    if isinstance(test, dict):
        return min(one(operator, wanted, value) for operator, wanted in test.items())
    return one("in" if isinstance(test, list) else "eq", test, value)
