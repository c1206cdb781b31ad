# Parameters, forms and JSON documents, sound ones and broken in each way that docs/rules.md names.
# SPDX-License-Identifier: Apache-2.0
import json
import urllib.parse
from decimal import Decimal

JSON_VALUES = ['"delete"', '"purge"', "5", "5.0", "1e1", "1000", "1000.5", "0.1",
               "0.10000000000000001", "true", "false", "null", '""', '"5"', '"true"', "{}", "[]",
               '"v12"', '"\\u0061 b"', '"/etc/x"', '"\u00fc"', '"\\u00fc"', "-1", "-0", "1E+3",
               "9007199254740993", "9007199254740992", '{"name":"delete"}', "[7]", '"a+b"', '"%41"',
               '"\\ud83d\\ude00"', "0", "0e5", "-0.0", "10e-1", "0.5E1", "1" + "0" * 63, '{"ID":5}',
               '{"id":5,"iD":6}', '[{"id":5}]', '"5 "', '{"":5}']
TEXT_VALUES = ["delete", "purge", "5", "5.0", "1e1", "1000", "", "true", "false", "a+b", "a%20b",
               "a%2Bb", "%64elete", "%2541", "%00", "de%00", "v12", "/etc/x", "%2Fetc%2Fx", "05",
               "+5", "5+", "%C3%BC", "1e400", "x=y", "-1", "9007199254740993", "0.1", "%25",
               "%2541+",
               "1" * 65, "1" + "0" * 63, "-0", "1E+1", "1.", "0x5", "10e-1", "TRUE",
               "%2B5", "+", "%00%41",
               "5%0A", "%0A", "delete%20", "1e308", "1e309"]
BROKEN = ['{"x":{"a":1,"a":2},"y":1e999}', '{"y":1e999,"x":{"a":1,"a":2}}',
          '{"a":1,"a"', '{"a":1,"a":}',
          "{", "", " ", "{} {}", "nul", "{'a':1}", '{"a":01}', '{"a":+1}', '{"a":1.}', '{"a":.5}',
          '{"amount":5,}', "[1,]", '{"a":"\t"}', '{"a":"\\x"}', "\ufeff{}", '{"a":"\\ud800"}',
          '{"a":"\\udc00\\ud800"}', '{"a":"\\udfff"}', '{"to":"\\u0000"}', '{"a\\u0000":1}',
          '{"a":1e309}',
          '{"a":1e-309}', '{"a":NaN}', "Infinity", '{"a":1}x', "true false", '{"a" 1}', "[1 2]",
          '{"a":' + "1" * 65 + "}", '{"a":0.' + "1" * 64 + "}", "[" * 33 + "]" * 33,
          '{"amount":1,"amount":2}', '{"x":{"a":1,"\\u0061":2}}', '{"to":{"q":[{"a":1,"a":1}]}}',
          "//", '{"a":/**/1}',
          "\f{}", '{"a":1}\n\v']
EDGES = [" {} ", "\r\n\t{}\n", "[" * 32 + "]" * 32, '{"a":' + "1" * 64 + "}", '{"a":1e308}',
         '{"a":1e-308}', '{"amount":0.' + "1" * 63 + "}", "5", '"x"', "null", "[]", "{}", "[0,1,2]",
         '{"":1}', '[{"amount":5}]', '{"items":{"0":{"id":5}}}', '{"0":5}', "[5]", '{"items":"x"}',
         '{"items":[{"id":5,"ID":6}]}', '{"a":1e+0308}']
TYPES = ["application/json", "application/json", "application/json", "application/json",
         "application/json; charset=utf-8", "application/JSON;charset=UTF-8",
         "application/merge-patch+json", "application/x-www-form-urlencoded"]
OTHER_TYPES = ["text/plain", "application/json; charset=latin1", "application/json; v=1",
               "application/json; charset=utf-8; charset=utf-8", "text/json", "application/jsonx",
               "application/x-www-form-urlencoded; charset=utf-8", "+json", "multipart/form-data",
               "application/x-www-form-urlencoded; x=y", "image/svg+json", None, None,
               "application/json;", 'application/json; charset="utf-8"',
               "application/json ; charset=utf-8",
               "application/json; charset=utf8", "application/json; charset=", "application/json;;",
               "application/vnd.a+b+json", "application/json, text/plain", "a/b/c+json", ""]
FORM_TYPE = "application/x-www-form-urlencoded"
POINTERS = ["/", "/items/01", "/items/99999999999999999999", "/\u017f", "/\u212a", "/Amount",
            "/items/0/", "/a/b", "/amount", "/to", "/items/0/id", "/items/1", "/a~1b", "/a~0b",
            "/s", "/k", "/items",
            "/to/name", "/items/0/ID", "/0"]
FORM_FIELDS = ["action", "force", "id", "ids[]", "a.b", "a b", "a+b", "n"]
METHOD_NAMES = ["_method", "_METHOD", "_method%5B%5D", "+_method", "%255fmethod",
                "_method%00x", "_method%5Bx", "X-HTTP-Method-Override",
                "x.http.method.override", "_http-method", "$httpmethod",
                "x;_method", "method", "_methods", "http_method", "%24httpMethod"]


def text_of(value):
    """A scalar of a policy as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(value, "f") if isinstance(value, Decimal) else value


class BodyMaker:
    def __init__(self, dice):
        self.dice = dice

    def parameter(self, name, wanted, is_form):
        """name=value, the name in one of the spellings that count as it, or nearly."""
        dice = self.dice
        text = name.replace(" ", dice.choice(("%20", "%20", "+"))) if dice.random() < 0.9 \
            else name.replace(" ", ".")
        text = text.replace("[", "%5B").replace("]", "%5D")
        if "+" in name and dice.random() < 0.6:
            text = name.replace("+", "%2B")
        if dice.random() < 0.15:
            text = self.doubtful(text)
        value = dice.choice(TEXT_VALUES) if wanted is None else urllib.parse.quote(
            text_of(wanted), safe=dice.choice(("/", "/+")))
        if dice.random() < 0.2:
            value = value.replace("%20", "+").replace("%2B", "+")
        if is_form and dice.random() < 0.02:
            value = dice.choice(("%", "%zz", "\"", "a b", "\u00fc", "x\r\ny", "<", "[", "\\", "|",
                                 "#", "%4", "`"))
        if dice.random() < 0.02:
            value += ";x"
        if dice.random() < 0.05:
            return text
        return dice.choice(("", "", "", "", "&")) + text + "=" + value

    def doubtful(self, name):
        dice = self.dice
        return dice.choice((
            name.upper(), name.capitalize(), name + "%5B%5D", name + "%5B0%5D", name + "+",
            "+" + name, "%20" + name, name + "%00x", name + "%5Bx%5D%5B%5D", name.replace(".", "_"),
            name.replace("a", "%61", 1), name.replace("a", "%2561", 1), name + "%2500", name + "x",
            name + "%5B", "x" + name, name.replace("%20", "_"), name.replace("%5B%5D", ""),
            name + "%255B%255D", name + "%5Ba%5Bb%5D%5D", name + "%5Ba%5D%5D",
            name + "%5B%5Ba%5D", name + "%5B%5D+%5Bx%5D", "%5B" + name + "%5D",
            name + "%20%5B%5D", name.replace("+", ".")))

    def body(self, method, maker):
        """A type, or None, and a body, or None."""
        dice = self.dice
        chance = 0.15 if method in ("GET", "HEAD", "OPTIONS") else 0.9
        if dice.random() > chance:
            return (dice.choice(TYPES) if dice.random() < 0.1 else None), None
        kind = dice.choice(TYPES) if dice.random() < 0.93 else dice.choice(OTHER_TYPES)
        is_form = kind is not None and "form-urlencoded" in kind
        if dice.random() < 0.02:
            is_form = not is_form
        if dice.random() < 0.01:
            # Around a small inspected_body_max.
            size = dice.choice((199, 200, 201))
            return kind, "a=" + "x" * (size - 2) if is_form else '"' + "x" * (size - 2) + '"'
        wants_one = ("form" in maker.aim) != ("body" in maker.aim)
        if dice.random() < 0.9 and kind is not None and wants_one:
            is_form = "form" in maker.aim
            kind = FORM_TYPE if is_form else "application/json"
        if is_form:
            return kind, self.form(maker)
        which = dice.random()
        if which < 0.07:
            return kind, dice.choice(BROKEN)
        if which < 0.15:
            return kind, dice.choice(EDGES)
        if which < 0.16:
            return kind, self.large()
        return kind, self.document(maker)

    def form(self, maker):
        dice = self.dice
        pieces = [self.parameter(name, value, is_form=True)
                  for name, value in maker.wanted("form", FORM_FIELDS)]
        if dice.random() < 0.02:
            pieces.append(dice.choice(METHOD_NAMES) + "=DELETE")
        return "&".join(pieces)

    def large(self):
        dice = self.dice
        count = dice.choice((9998, 9999, 10000)) if dice.random() < 0.2 else 90
        return "[" + ",".join(["1"] * count) + "]"

    def document(self, maker):
        """An object with what pointers ask for, member by member."""
        members = [self.member(*each) for each in maker.wanted("body", POINTERS)]
        if members and self.dice.random() < 0.05:
            # The same place again, under a name that differs in case.
            pointer = self.dice.choice(list(maker.aim.get("body", POINTERS)))
            members += [self.member(each, None) for each in (pointer.upper(), pointer.title())]
        return "{" + ",".join(members) + "}"

    def member(self, pointer, wanted):
        dice = self.dice
        parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
        text = dice.choice(JSON_VALUES)
        if wanted is not None:
            text = json.dumps(wanted) if isinstance(wanted, (bool, str)) else format(wanted, "f")
        for part in reversed(parts[1:]):
            if part.isdigit() and dice.random() < 0.9:
                text = "[" + "0," * int(part[-1]) + text + "]"
            else:
                text = "{" + self.name(part) + ":" + text + "}"
        return self.name(parts[0]) + ":" + text

    def name(self, part):
        dice = self.dice
        if dice.random() < 0.12:
            part = dice.choice((part.upper(), part.capitalize(), part.replace("s", "\u017f"),
                                part.replace("k", "\u212a"), part + "x",
                                part.replace("i", "\u0131"), part.replace("\u017f", "S"),
                                part.replace("\u212a", "k")))
        if dice.random() < 0.05 and part:
            return '"\\u%04x%s"' % (ord(part[0]), part[1:])
        return json.dumps(part, ensure_ascii=dice.random() < 0.5)
