# Policies of few names, paths and values, so that rules meet.
# SPDX-License-Identifier: Apache-2.0
from decimal import Decimal

from matching import listed
from request_bodies import FORM_FIELDS, POINTERS

PARAMETERS = FORM_FIELDS
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
# A path with `;`, or an escape of one, needs a site that keeps them.
SEGMENTS = ["users", "admin", "items", "7", "42", "a%20b", "x:y", "x%3Ay", "u@h", "ab~c", "A", "a",
            "purge!", "%C3%A9", "stop", "x%40y", "%5Bx%5D", "a'b"]
MATRIX_SEGMENTS = [*SEGMENTS, "a;v=1", "a%3Bv=1"]
SLASH_SEGMENTS = ["a%2Fb", "x%2F%3A", "100%25", "%2541"]
VERDICTS = ["allow", "allow", "deny", "approval", "approval"]
GATES = ["approval"] * 8 + ["deny", "allow"]
VARIABLES = ["*", "{id}", "{id}", "{id:[0-9]+}", "{id:[a-z]+}", "{id:x[:]y}", "{n:(users|admin)}",
             "{id:[0-9a-f]{2}}"]
EXPRESSIONS = ["/users/(?<id>[^/]+)/stop", "/(?<id>[a-z]+)/7", "/items/x%3Ay", "/a%2Fb/?.*",
               "/admin", "/(users|items)/[0-9]+", "/users/(?:[^/]+)/stop", "/.*stop", "/a.*",
               "^/admin/x:y$", "/admin/.*/", "/[a-z]+/?", "/(items|users)/x:y", "/users/(7|42)/?"]
HOSTS = ["a.example", "b.example", "c.b.example", "*.example", "*.b.example", "other.test"]
USERS = ["ann", "bob", "Ann"]
GROUPS = ["ops", "dev", "janitors"]
NETWORKS = ["10.0.0.0/8", "10.1.0.0/16", "::1/128", "192.0.2.7", "unix", "0.0.0.0/0", "::/0",
            "2001:db8::/32", "::ffff:10.0.0.0/104", "192.0.2.0/31"]
SOURCES = ["10.0.0.1", "10.1.2.3", "::1", "192.0.2.7", "192.0.2.1", "unix", "2001:db8::5",
           "::ffff:10.1.0.9", "::ffff:192.0.2.7", "172.16.0.1"]
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe",
         "Pacific/Apia", "America/St_Johns"]
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
HOURS = ["09:00-17:00", "22:00-06:00", "00:00-24:00", "23:59-00:00", "02:00-03:00", "12:00-12:01",
         "17:00-24:00", "01:30-02:30", "06:00-05:59"]
HEADERS = ["X-Dry-Run", "X-Mode", "Content-Type", "Accept", "X-Count"]
WORDS = ["delete", "purge", "", "5", "true", "/etc/x", "a b", "a+b", "1e1", "v12", "ü", "%41"]
NUMBERS = [Decimal(text) for text in (
    "5", "10", "0.1", "-1", "1000", "1000.0", "0.10000000000000001", "0", "9007199254740993")]
PATTERNS = ["v[0-9]+", "[a-z]*", "(delete|purge)", "a.b", ".+", "[0-9]+", "true|false", "[^a]*"]
REASONS = ["optional", "required", {"pattern": "[A-Z]+-[0-9]+"}, {"pattern": "[A-Z].*"}]
PARTS = ["query:action", "query:id", "header:X-Mode", "header:x-dry-run", "body:/amount",
         "body:/items", "body:/items/0", "body:/items/0/id",
         "body:/to", "query:ids[]"]


def some(dice, choices, most=3, empty=0.02):
    """A value, or a list of some."""
    if dice.random() < empty:
        return []
    if dice.random() < 0.5:
        return dice.choice(choices)
    return dice.sample(choices, dice.randint(1, min(most, len(choices))))


class PolicyMaker:
    def __init__(self, dice):
        self.dice = dice
        self.segments = SEGMENTS
        self.verdicts = VERDICTS
        # Few templates, so that rules meet.
        self.templates = []

    def template(self):
        dice = self.dice
        parts = [dice.choice(self.segments) if dice.random() < 0.7 else dice.choice(VARIABLES)
                 for _ in range(dice.choice((0, 1, 1, 2, 2, 2, 3)))]
        names = set()
        for at, part in enumerate(parts):
            name = part.strip("{}").partition(":")[0] if part.startswith("{") else None
            if name in names:
                parts[at] = "*"
            names.add(name)
        end = dice.choice(("", "", "", "/", "/**", "/**")) if parts else dice.choice(("/", "/**"))
        return "/" + "/".join(parts) + end if parts else end

    def scalar(self):
        dice = self.dice
        return dice.choice((dice.choice(WORDS), dice.choice(WORDS), dice.choice(NUMBERS),
                            dice.random() < 0.5))

    def value_test(self, depth=0):
        dice = self.dice
        kind = dice.random()
        if kind < 0.3:
            return self.scalar()
        if kind < 0.45:
            return [self.scalar() for _ in range(dice.randint(0 if dice.random() < 0.1 else 1, 3))]
        found = {}
        for _ in range(dice.choice((1, 1, 1, 2, 3))):
            operator = dice.choice(("eq", "in", "prefix", "regex", "gt", "ge", "lt", "le", "exists",
                                    "not"))
            if operator == "not" and depth > 1:
                continue
            found[operator] = self.operand(operator, depth)
        return found or {"exists": True}

    def operand(self, operator, depth):
        dice = self.dice
        if operator == "eq":
            return self.scalar()
        if operator == "in":
            return [self.scalar() for _ in range(dice.randint(0 if dice.random() < 0.1 else 1, 3))]
        if operator == "prefix":
            return dice.choice(("d", "/etc/", "5", "a ", "true"))
        if operator == "regex":
            return dice.choice(PATTERNS)
        if operator == "exists":
            return dice.random() < 0.6
        if operator == "not":
            return self.value_test(depth + 1)
        return dice.choice(NUMBERS)

    def tests(self, names, most=2):
        return {name: self.value_test() for name in
                self.dice.sample(names, self.dice.choice((1, 1, most)))}

    def time(self):
        dice, found = self.dice, {}
        if dice.random() < 0.6:
            found["days"] = some(dice, DAYS, 5)
        if dice.random() < 0.7 or not found:
            found["hours"] = some(dice, HOURS)
        if dice.random() < 0.7:
            found["zone"] = dice.choice(ZONES)
        return found

    def requester(self):
        dice, found = self.dice, {}
        if dice.random() < 0.5:
            found["user"] = some(dice, USERS)
        if dice.random() < 0.7 or not found:
            found["groups"] = some(dice, GROUPS)
        return found

    def match(self):
        """The keys of a match or an exception, in any order."""
        dice = self.dice
        makers = [
            ("method", 0.35, lambda: some(dice, METHODS, 4)),
            ("path", 0.5, lambda: some(dice, self.templates)),
            ("path_regex", 0.1, lambda: some(dice, EXPRESSIONS)),
            ("host", 0.1, lambda: some(dice, HOSTS)),
            ("requester", 0.15, self.requester),
            ("source", 0.1, lambda: some(dice, NETWORKS)),
            ("time", 0.1, self.time),
            ("query", 0.3, lambda: self.tests(PARAMETERS)),
            ("headers", 0.2, lambda: self.tests(HEADERS)),
            ("body", 0.25, lambda: self.tests(POINTERS)),
            ("form", 0.12, lambda: self.tests(FORM_FIELDS)),
        ]
        dice.shuffle(makers)
        found = {}
        for key, chance, make in makers:
            if dice.random() < chance and not (
                    key.startswith("path") and {"path", "path_regex"} & found.keys()):
                found[key] = make()
        return found

    def restrictive(self, make, least):
        """Keys that leave something over, as a rule."""
        found = make()
        while not found or len(found) < least and self.dice.random() < 0.9:
            found = make()
        return found

    def approval(self):
        dice, found = self.dice, {}
        makers = [
            ("from", 0.6, lambda: {"group": dice.choice(GROUPS), "count": dice.randint(1, 3)}),
            ("mode", 0.3, lambda: dice.choice(("hold", "reject"))),
            ("hold_for", 0.3, lambda: dice.choice(("20s", "50s", "2m"))),
            ("expires", 0.3, lambda: dice.choice(("15m", "1h", "2d"))),
            ("valid_for", 0.3, lambda: dice.choice(("5m", "10m", "1h"))),
            ("uses", 0.3, lambda: dice.choice((1, 2, 5))),
            ("bind", 0.5, self.bind),
            ("reason", 0.4, lambda: dice.choice(REASONS)),
            ("on_disconnect", 0.3, lambda: dice.choice(("cancel", "keep"))),
            ("pending_status", 0.3, lambda: dice.choice((428, 403, 429, 503))),
        ]
        for key, chance, make in makers:
            if dice.random() < chance:
                found[key] = make()
        return found

    def bind(self):
        dice = self.dice
        kind = dice.random()
        parts = dice.sample(PARTS, dice.randint(1, 3))
        if kind < 0.2:
            return "exact"
        if kind < 0.6:
            return {"exact_except": disjoint(parts)}
        return disjoint(parts + dice.sample(["path", "query", "body"], dice.randint(0, 2)))

    def inexact(self):
        found = self.bind()
        while found == "exact":
            found = self.bind()
        return found

    def rule(self, number):
        dice = self.dice
        verdict = dice.choice(self.verdicts)
        # Where most rules are gates they are wide, and many of them apply at once.
        least = 1 if verdict == "allow" or len(self.verdicts) > 6 else 2
        found = {"name": f"r{number}", "match": self.restrictive(self.match, least),
                 "verdict": verdict}
        if dice.random() < 0.35:
            found["except"] = self.restrictive(self.match, 1)
        if verdict == "approval":
            found["approval"] = self.approval()
        if dice.random() < 0.15:
            found["observe"] = True
        templates = listed(found["match"].get("path", []))
        if templates and all("{id" in each for each in templates):
            found["title"] = "Do {id} now"
        expressions = listed(found["match"].get("path_regex", []))
        if expressions and all("<id>" in each for each in expressions):
            found["title"] = "Do {id} now"
        return found

    def site(self, number, hosts):
        dice = self.dice
        found = {"name": f"site{number}", "upstream": "http://127.0.0.1:9",
                 "otherwise": dice.choice(("deny", "allow")),
                 "callers": dice.choice(("identified", "identified", "anyone", "required")),
                 "bodies_on": ["GET", "HEAD", "OPTIONS"],
                 "defaults": {"approval": {**self.approval(), "from": {"group": "ops"}}}}
        if hosts:
            found["hosts"] = hosts
        if dice.random() < 0.3:
            found["limits"] = {"inspected_body_max": 200}
        if dice.random() < 0.3:
            found["matrix"] = "keep"
        self.segments = MATRIX_SEGMENTS if "matrix" in found else SEGMENTS
        if dice.random() < 0.2:
            found["encoded_slash"] = found["percent25"] = "keep"
            self.segments = [*self.segments, *SLASH_SEGMENTS]
        self.templates = [self.template() for _ in range(4)]
        self.verdicts = VERDICTS
        if dice.random() < 0.25:
            self.verdicts = GATES
            self.templates[:2] = ["/**", "/**"]
        found["rules"] = [self.rule(at) for at in range(dice.choice((1, 2, 3, 4, 5, 6, 8)))]
        return found

    def crowd(self):
        """Approval rules around what one approval can say, or that bind parts of parts."""
        dice = self.dice
        makers = {
            "groups": ((15, 16, 17), lambda at: {"from": {"group": f"g{at}"}}),
            "patterns": ((7, 8, 9), lambda at: {"reason": {"pattern": f"O.*|{'x' * at}y"}}),
            "parts": ((31, 32, 33), lambda at: {"bind": [f"query:q{at}"]}),
            "binds": ((2, 3, 3), lambda at: {"bind": self.inexact()}),
        }
        counts, make = makers[dice.choice(sorted(makers))]
        rules = [{"name": f"c{at}", "match": {"path": "/**"}, "verdict": "approval",
                  "approval": {"bind": "exact", "from": {"group": "ops"}, **make(at)}}
                 for at in range(dice.choice(counts))]
        return rules

    def policy(self):
        sites = [self.site(0, None)]
        if self.dice.random() < 0.3:
            sites.append(self.site(1, self.dice.choice((["b.example"], ["*.example"]))))
            if self.dice.random() < 0.5:
                sites.append(self.site(2, ["a.example", "*.b.example"]))
            if self.dice.random() < 0.3:
                sites[0]["hosts"] = ["other.test"]
        if self.dice.random() < 0.08:
            sites[0]["rules"] = self.crowd()
        return {"listen": [{"address": "127.0.0.1:0"}],
                "store": {"redis": "embedded"},
                "identity": {"tokens": [{"user": user, "groups": GROUPS, "sha256": sign * 64}
                                        for user, sign in zip(USERS, "abc")]},
                "sites": sites}


def disjoint(parts):
    """Parts none of which is a part of another: those a bind takes."""
    found = []
    for part in parts:
        if not any(part == other or part.startswith((other + "/", other + ":"))
                   or other.startswith((part + "/", part + ":")) for other in found):
            found.append(part)
    return found
