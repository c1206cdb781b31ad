# Requests that nearly match the rules of a policy, in every doubtful way to write them.
# SPDX-License-Identifier: Apache-2.0
import datetime
import zoneinfo

import paths
import request_bodies
from matching import listed
from policies import GROUPS, HEADERS, METHODS, PARAMETERS, SEGMENTS, SOURCES, USERS


class RequestMaker:
    """Requests: each is made for one rule of a policy, or nearly."""

    def __init__(self, dice, policy):
        self.dice = dice
        self.sites = policy["sites"]
        self.rules = [rule for site in self.sites for rule in site["rules"]]
        self.has_matrix = all("matrix" in site for site in self.sites)
        self.bodies = request_bodies.BodyMaker(dice)
        self.aim = {}

    def take_aim(self):
        """What this request is to meet: a match, or a match with its exception."""
        rule = self.dice.choice(self.rules)
        self.aim = rule["match"]
        if "except" in rule and self.dice.random() < 0.4:
            self.aim = {**rule["match"], **rule["except"]}

    def near(self, key, default, of=None):
        """One of what the aim has under a key, or the default."""
        found = listed((self.aim if of is None else of).get(key, []))
        if found and self.dice.random() < 0.88:
            return self.dice.choice(found)
        return default()

    def path(self):
        dice = self.dice
        template = self.near("path", lambda: None)
        if template is None:
            if dice.random() < 0.3:
                return dice.choice(("/", "/admin", "/ADMIN/x:y", "/users/7/stop", "/users/42",
                                    "/items/x%3Ay", "/a", "/admin/7/"))
            parts = dice.sample(SEGMENTS, dice.randint(0, 3))
        else:
            parts = paths.pieces(template)
        parts = [self.segment(part) for part in parts]
        path = "/" + "/".join(parts)
        if path != "/" and dice.random() < 0.15:
            path = paths.toggled(path)
        if not self.has_matrix and dice.random() < 0.98:
            path = path.replace("%3B", "").replace("%3b", "").replace(";", "")
        return path.replace("//", "/")

    def segment(self, part):
        dice = self.dice
        if part == "**":
            return dice.choice(("", "7", "stop", "7/x:y", "a/"))
        if part.startswith(("{", "*")):
            part = dice.choice(("7", "42", "0a", "users", "x:y", "x%3Ay", "abc", "X%3ay", "aB",
                                dice.choice(SEGMENTS)))
            if dice.random() < 0.005:
                part = "1" * 600 + dice.choice(("", "%3A", "%20a"))
        kind = dice.random()
        if kind < 0.08:
            return "".join(sign.upper() if dice.random() < 0.5 else sign for sign in part.lower()) \
                if "%" not in part else part
        if kind < 0.14:
            return "".join(f"%{ord(sign):02X}" if sign in paths.EITHER_WAY else sign
                           for sign in part)
        if kind < 0.2:
            return paths.undone(part)
        if kind < 0.25 and part and part[0].isalnum():
            return f"%{ord(part[0]):02x}" + part[1:]
        if kind < 0.27:
            return part.replace("%3A", "%3a").replace("%C3%A9", "%c3%a9").replace("~", "%7e")
        return part

    def wanted(self, key, names):
        """Names with a value that is asked for, or None."""
        dice = self.dice
        asked = [each for each in self.aim.get(key, {}).items() if dice.random() < 0.85]
        found = [(name, self.value_of(test)) for name, test in asked]
        if dice.random() < 0.35:
            found.append((dice.choice(names), None))
        if found and dice.random() < 0.05:
            found.append((dice.choice(found)[0], None))
        dice.shuffle(found)
        return found

    def value_of(self, test):
        """Some scalar of a value test."""
        if self.dice.random() < 0.4:
            return None
        while isinstance(test, (dict, list)):
            choices = list(test.values()) if isinstance(test, dict) else test
            if not choices:
                return None
            test = self.dice.choice(choices)
        return test

    def query(self):
        pieces = [self.bodies.parameter(name, value, is_form=False)
                  for name, value in self.wanted("query", PARAMETERS)]
        if self.dice.random() < 0.003:
            pieces.append(self.dice.choice(request_bodies.METHOD_NAMES) + "=DELETE")
        return "&".join(pieces)

    def headers(self):
        dice = self.dice
        found = []
        for name, value in self.wanted("headers", HEADERS):
            if name == "Content-Type":
                continue
            name = dice.choice((name, name, name.lower(), name.upper()))
            found.append([name, request_bodies.text_of(value) if value is not None and not (
                isinstance(value, str) and not value.isascii()) else dice.choice((
                    "delete", "purge", "5", "10.0", "true", "false", " delete", "x", "",
                    "delete \t", "1e309", "1e1", "v7",
                    "/etc/passwd", "%41", "DELETE"))])
        return found

    def source(self):
        networks = {"10.0.0.0/8": "10.2.0.1", "10.1.0.0/16": "10.1.255.255", "::1/128": "::1",
                    "192.0.2.7": "192.0.2.7", "unix": "unix", "2001:db8::/32": "2001:db8:ffff::",
                    "::ffff:10.0.0.0/104": "10.255.255.255", "192.0.2.0/31": "192.0.2.1"}
        asked = self.near("source", lambda: None)
        return networks.get(asked) or self.dice.choice(SOURCES)

    def host(self):
        asked = self.near("host", lambda: None)
        if asked and not asked.startswith("*"):
            return asked
        return self.dice.choice(("a.example", "a.example", "b.example", "c.b.example", "other.test",
                                 "B.Example:8080", "example", "x.other.test"))

    def caller(self):
        dice, asked = self.dice, self.aim.get("requester", {})
        if dice.random() < 0.25:
            return {}
        groups = set(dice.sample(GROUPS, dice.randint(0, 2)))
        groups.add(self.near("groups", lambda: "dev", asked))
        return {"user": self.near("user", lambda: dice.choice(USERS), asked),
                "groups": sorted(groups)[:dice.choice((0, 3, 3, 3))]}

    def moment(self):
        dice = self.dice
        time = self.aim.get("time", {})
        if "hours" in time and listed(time["hours"]) and dice.random() < 0.6:
            return self.edge(dice.choice(listed(time["hours"])), time.get("zone", "UTC"))
        day = dice.choice(("2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23", "2026-03-29",
                           "2026-10-25", "2026-03-08", "2026-11-01", "2026-04-04", "2026-04-05",
                           "2026-10-03", "2026-12-31", "2024-02-29", "2051-07-01", "1999-06-13",
                           "1970-01-01", "2399-12-31"))
        hour = dice.choice((0, 1, 2, 5, 6, 7, 8, 9, 11, 12, 15, 16, 17, 21, 22, 23))
        minute = dice.choice((0, 0, 1, 29, 30, 59))
        return f"{day}T{hour:02}:{minute:02}:{dice.choice((0, 59)):02}Z"

    def edge(self, hours, zone):
        """A moment at an edge of some hours, in local time; also where clocks change."""
        dice = self.dice
        clock = dice.choice(hours.split("-")).split(":")
        day = datetime.datetime(*dice.choice(((2026, 3, 29), (2026, 10, 25), (2026, 3, 8),
                                              (2026, 11, 1), (2026, 4, 5), (2026, 10, 4),
                                              (2026, 11, 22), (2040, 2, 29), (2011, 12, 30))))
        there = day + datetime.timedelta(
            days=dice.choice((-1, 0, 0, 1)), hours=int(clock[0]), minutes=int(clock[1]),
            seconds=dice.choice((-60, -1, 0, 0, 1, 59, 60, 3600)))
        there = there.replace(tzinfo=zoneinfo.ZoneInfo(zone), fold=dice.randint(0, 1))
        return there.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")

    def request(self):
        dice = self.dice
        self.take_aim()
        query = self.query()
        target = self.path() + ("?" + query if query or dice.random() < 0.05 else "")
        found = {"method": self.near("method", lambda: dice.choice(METHODS)), "url": target,
                 "host": self.host(), "headers": self.headers(), "source": self.source(),
                 "time": self.moment(), **self.caller()}
        if target == "/" and dice.random() < 0.3 and found["method"] == "OPTIONS":
            found["url"] = "*"
        kind, body = self.bodies.body(found["method"], self)
        if kind is not None:
            found["headers"].append(["Content-Type", kind])
        if body is not None:
            found["body"] = body
        if dice.random() < 0.7:
            found["headers"].append(["Countersign-Reason", dice.choice(
                ("OPS-1", "OPS-1", "x", "xy-7", "because", "OPS-1x", "X-1"))])
        if dice.random() < 0.01:
            found["headers"].append([
                "Content-Encoding", dice.choice(("gzip", "identity", "Identity"))])
        return found
