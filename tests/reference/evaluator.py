# What docs/rules.md says of a request under a policy, written from that text alone.
# SPDX-License-Identifier: Apache-2.0
import re

import asking
import bodies
from logic import FALSE, TRUE
from matching import Match, Request, host_answer, repeated

INSPECTED_BODY_MAX = 1 << 20
NO_NAME = (401, "identity-required")


class Rule:
    def __init__(self, rule, defaults):
        self.name, self.verdict = rule["name"], rule["verdict"]
        self.title = rule.get("title", self.name)
        self.observed = rule.get("observe", False)
        self.match = Match(rule["match"], exact_paths=self.verdict == "allow")
        self.exception = Match(rule["except"], exact_paths=False) if "except" in rule else None
        self.asks = {**asking.DEFAULTS, **defaults, **rule.get("approval", {})}
        is_gate = self.verdict == "approval"
        self.bound = asking.bound_names(self.asks["bind"]) if is_gate else []

    def titled(self, request):
        names = self.match.title_variables(request)
        if names is None:
            return self.name
        return re.sub(r"\{([^}]*)\}", lambda found: names.get(found[1], found[0]), self.title)


class Site:
    def __init__(self, site):
        self.name, self.hosts = site["name"], site.get("hosts")
        self.otherwise = site.get("otherwise", "deny")
        self.callers = site.get("callers", "identified")
        self.body_max = site.get("limits", {}).get("inspected_body_max", INSPECTED_BODY_MAX)
        defaults = site.get("defaults", {}).get("approval", {})
        self.rules = [Rule(rule, defaults) for rule in site["rules"]]
        # Opt-ins of docs/config.md.
        self.refused_escapes = [escape for key, escape in (
            ("encoded_slash", "%2F"), ("percent25", "%25"), ("matrix", "%3B"), ("matrix", ";"))
            if site.get(key) != "keep"]
        self.bodies_on = site.get("bodies_on", [])

    def refuses(self, path):
        return any(escape in path for escape in self.refused_escapes)


class Sites:
    """A policy."""

    def __init__(self, config):
        self.sites = [Site(site) for site in config["sites"]]

    def of_host(self, host):
        def rank(site):
            return max((len(each) + 1000 * (each == host) for each in site.hosts or []
                        if host_answer([each], host)), default=0 if site.hosts is None else -1)

        best = max(self.sites, key=rank)
        return best if rank(best) >= 0 else None

    def outcome(self, line):
        request = Request(line)
        site = self.of_host(request.host)
        if site is None:
            return {"outcome": "refuse", "status": 421}
        if request.path is None or site.refuses(request.path) or request.query.change_method:
            return {"outcome": "refuse", "status": 400}
        if request.method in bodies.BODILESS and request.body \
                and request.method not in site.bodies_on:
            return {"outcome": "refuse", "status": 400}
        if request.user is None and site.callers == "required":
            return refusal(site, *NO_NAME)
        return Judgement(site, request).outcome()


def refusal(site, status, problem, rule=None):
    found = {"outcome": "refuse", "site": site.name, "status": status, "problem": problem}
    return {**found, "rule": rule.name} if rule else found


class Head:
    """What the head of a request says of one rule."""

    def __init__(self, rule, request):
        self.rule, self.request = rule, request
        self.match = self.exception = FALSE
        self.needs = []
        self.bound = []
        self.problem = None
        self.concerns = self.look()

    def look(self):
        """Fills in the rest; False when the match is false whatever the body has."""
        rule, request = self.rule, self.request
        outer = rule.match.outer_answer(request)
        if outer == FALSE:
            return False
        self.problem = rule.match.stands_twice(request)
        self.match = min(outer, rule.match.head_answer(request))
        if self.match == FALSE:
            return False
        if rule.match.body:
            self.needs.append(rule.match)
        surely_excepted = self.look_at_exception()
        if not surely_excepted and not self.problem:
            self.problem = next(filter(None, (
                repeated(request, kind, name) for kind, name in rule.bound
                if kind != "body")), None)
        self.bound = [] if surely_excepted else [name for kind, name in rule.bound if kind == "body"
                                                 and name]
        return True

    def look_at_exception(self):
        """Whether it surely holds without a body."""
        exception = self.rule.exception
        if exception is None:
            return False
        outer = exception.outer_answer(self.request)
        if outer == FALSE:
            return False
        self.problem = self.problem or exception.stands_twice(self.request)
        self.exception = min(outer, exception.head_answer(self.request))
        if self.exception == FALSE:
            return False
        if exception.body:
            self.needs.append(exception)
            return False
        return self.exception == TRUE

    @property
    def needs_body(self):
        return bool(self.needs)

    def answers(self, body):
        """Of the match and the exception; body is None where none was read, and none is needed."""
        match, exception = self.match, self.exception
        if self.rule.match in self.needs:
            match = min(match, self.rule.match.body_answer(body))
        if self.rule.exception in self.needs:
            exception = min(exception, self.rule.exception.body_answer(body))
        return match, exception

    def hinges_on_name(self, body):
        """Whether it cannot tell a requester where it matters."""
        match, exception = self.answers(body)
        return match != FALSE and (self.rule.match.asks_name(self.request) or (
            exception != FALSE and self.rule.exception.asks_name(self.request)))

    def applies(self, body):
        match, exception = self.answers(body)
        if self.rule.verdict == "allow":
            return match == TRUE and exception == FALSE
        return match != FALSE and exception != TRUE


def asks_form(heads):
    return any(kind == "form" for head in heads for match in head.needs
               for kind, _, _ in match.body)


class Judgement:
    """One request before the rules of its site."""

    def __init__(self, site, request):
        self.site, self.request = site, request
        self.heads = [Head(rule, request) for rule in site.rules]
        self.heads = [head for head in self.heads if head.concerns or head.problem]
        self.enforced = [head for head in self.heads if not head.rule.observed]
        self.observed = [head for head in self.heads if head.rule.observed]
        # A GET without a body needs none: everything in it is absent.
        self.has_none = not request.body and request.method in bodies.BODILESS
        self.body = bodies.Nothing() if self.has_none else None
        self.name_might_help = False

    def surely_denying(self, heads):
        """The deny rules that apply before a body is read."""
        return [head for head in heads if head.rule.verdict == "deny"
                and (self.has_none or not head.needs_body) and head.applies(self.body)]

    def outcome(self):
        found = self.verdict()
        if found["outcome"] == "approval":
            problem = self.unasked(found["approval"])
        else:
            problem = NO_NAME if found["outcome"] == "deny" and self.name_might_help else None
        if problem is None or problem is NO_NAME and self.request.user is not None:
            return found
        return {**refusal(self.site, *problem),
                **{key: found[key] for key in ("rule",) if key in found}}

    def unasked(self, approval):
        """Why nobody is asked although an approval is needed, or None."""
        if self.request.user is None and self.site.callers != "anyone":
            return NO_NAME
        reason, said = approval["reason"], self.request.reason
        if reason != "optional" and not (said and (reason == "required" or all(
                re.fullmatch(each, said) for each in reason["patterns"]))):
            return (400, "reason-required")
        # docs/binding.md: a list refuses what cannot be told.
        names = asking.bound_names(approval["bind"]) if isinstance(approval["bind"], list) else []
        if any(kind == "body" and self.body.is_doubtful(name) for kind, name in names):
            return bodies.AMBIGUOUS
        return None

    def verdict(self):
        """By the four steps of "Questions that are refused"."""
        for head in self.enforced:
            if head.problem:
                return refusal(self.site, 400, head.problem, head.rule)
        sure = self.surely_denying(self.enforced)
        if sure:
            return self.denied_by(sure)
        refused = self.read_body()
        if refused:
            return refused
        found = self.judged()
        return {**found, **self.would(found["outcome"])}

    def read_body(self):
        self.needers = [head for head in self.enforced if head.needs_body or head.bound]
        if not self.needers:
            return None
        binds = any(head.bound for head in self.needers)
        try:
            self.body = bodies.read(
                self.request, self.site.body_max, asks_form(self.needers), binds)
        except bodies.Refused as why:
            return refusal(self.site, why.status, why.problem, self.needers[0].rule)
        for head in self.needers:
            governed = [(kind, name) for match in head.needs for kind, name, _ in match.body]
            governed += [("body", name) for name in head.bound]
            if any(self.body.stands_twice(kind, name) for kind, name in governed):
                return refusal(self.site, 422, "body-ambiguous", head.rule)
        return None

    def denial(self, rule):
        found = {"outcome": "deny", "site": self.site.name, "status": 403}
        return {**found, "rule": rule.name} if rule else found

    def denied_by(self, heads):
        self.name_might_help = all(head.hinges_on_name(self.body) for head in heads)
        return self.denial(heads[0].rule)

    def judged(self):
        by_verdict = {"deny": [], "approval": [], "allow": []}
        for head in self.enforced:
            if head.applies(self.body):
                by_verdict[head.rule.verdict].append(head)
        if by_verdict["deny"]:
            return self.denied_by(by_verdict["deny"])
        if by_verdict["approval"]:
            return self.gated([head.rule for head in by_verdict["approval"]])
        if by_verdict["allow"]:
            return {"outcome": "allow", "site": self.site.name,
                    "rule": by_verdict["allow"][0].rule.name}
        if self.site.otherwise == "deny":
            self.name_might_help = any(head.hinges_on_name(self.body) for head in self.enforced
                                       if head.rule.verdict == "allow")
            return self.denial(None)
        return {"outcome": "allow", "site": self.site.name}

    def gated(self, rules):
        try:
            asked = asking.all_at_once([rule.asks for rule in rules])
        except asking.TooMuch:
            return self.denial(rules[0])
        return {"outcome": "approval", "site": self.site.name, "rule": rules[0].name,
                "title": rules[0].titled(self.request), "approval": asked}

    def would(self, verdict):
        """What the observed rules say, where it is stricter than the verdict."""
        if verdict == "deny":
            return {}
        sure = self.surely_denying(self.observed)
        if sure:
            return {"would": {"verdict": "deny", "rule": sure[0].rule.name}}
        stricter = ("deny", "approval") if verdict == "allow" else ("deny",)
        asked = [head for head in self.observed if head.rule.verdict in stricter]
        body, silent, unread = self.body, [], {}
        readers = [head for head in asked if head.needs_body]
        if body is None and readers:
            try:
                body = bodies.read(self.request, self.site.body_max, asks_form(readers), False)
            except bodies.Refused as why:
                silent, unread = readers, {"problem": why.problem}
        for wanted in stricter:
            for head in asked:
                if head.rule.verdict == wanted and head not in silent and head.applies(body):
                    return {"would": {"verdict": wanted, "rule": head.rule.name, **unread}}
        return {"would": unread} if unread else {}
