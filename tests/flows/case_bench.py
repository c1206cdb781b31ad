# One Countersign with a site for every route and option that some case asks for.
# SPDX-License-Identifier: Apache-2.0
import copy
import hashlib
import json
import time

import cases
import crowd
import services

HOLD = {"from": {"group": "sre", "count": 1}, "hold_for": "50s"}
LIMITS = {"pending_per_requester": 5000, "connections_per_address": 20000,
          "upstream_connections": 5000}


class Site:
    """A route with the options of some case; `rejects`: calls get a ticket instead of a hold."""

    def __init__(self, number, route, config, options, rejects):
        self.name = f"{'now-' if rejects else ''}{route}-{number}"
        self.host = self.name + ".test"
        self.config = {"callers": "anyone", **copy.deepcopy(config),
                       "name": self.name, "hosts": [self.host]}
        for path, value in options.items():
            lay(self.config, path, value)
        for rule in self.config["rules"]:
            if rule["verdict"] == "approval":
                rule["approval"] = {**HOLD, **rule.get("approval", {})}
                if rejects:
                    rule["approval"]["mode"] = "reject"


def lay(config, path, value):
    """`value` at "limits.body_timeout" of a map of maps."""
    for key in path.split(".")[:-1]:
        config = config.setdefault(key, {})
    config[path.split(".")[-1]] = value


def is_usual(answers):
    return [(answer.status, answer.body) for answer in answers] == [(200, b"yes")]


class Bench:
    """start() begins what is outside of this process, stop() ends it."""

    def __init__(self, folder, all_cases):
        self.loop = crowd.Loop()
        self.upstream = crowd.Upstream(self.loop)
        self.plain = crowd.Upstream(self.loop)
        self.redis = self.proxy = None
        self.socket = str(folder / "callers.sock")
        self.routes = cases.routes()
        self.sites = {}
        self.taken_back = set()
        for case in all_cases:
            for route in case.outcomes:
                self._add_site(route, case.options)

    def start(self, folder):
        self.redis = services.Redis(folder / "redis")
        # Each cut of a gated case is a write; none has to outlive this run.
        self.redis.ask("CONFIG", "SET", "appendfsync", "no")
        self.proxy = self._configure(folder)
        self.proxy.start()

    def _add_site(self, route, options):
        for rejects in (False, True):
            key = (route, json.dumps(options), rejects)
            if key not in self.sites:
                self.sites[key] = Site(len(self.sites), route, self.routes[route], options,
                                       rejects)

    def _configure(self, folder):
        sites = [{**site.config, "upstream": self.upstream.url}
                 for site in self.sites.values()]
        sites.append({"name": "plain", "hosts": ["plain.test"], "upstream": self.plain.url,
                      "otherwise": "allow", "rules": []})
        wendy = {"user": "wendy", "groups": ["support"],
                 "sha256": hashlib.sha256(cases.TOKEN.encode()).hexdigest()}
        proxy = services.Countersign(
            folder / "node", self.upstream.url, self.redis.url, [], workers=1, sites=sites,
            identity={"tokens": services.identity_tokens() + [wendy]}, limits=LIMITS)
        proxy.config["listen"].append({"address": f"unix:{self.socket}"})
        proxy.write()
        return proxy

    def stop(self):
        try:
            if self.proxy:
                self.proxy.stop()
        finally:
            if self.proxy and self.proxy.process:
                self.proxy.process.sweep()
            self.upstream.close()
            self.plain.close()
            if self.redis:
                self.redis.stop()

    # --- what cases need --------------------------------------------------------

    def site(self, route, case, rejects):
        return self.sites[route, json.dumps(case.options), rejects]

    def gates(self, route):
        """Whether some rule of the route asks people."""
        return any(rule["verdict"] == "approval" for rule in self.routes[route]["rules"])

    def passes_others(self, route):
        """Whether an ordinary request passes there."""
        return route == "allowed" or self.routes[route].get("otherwise") == "allow"

    def sent(self, case, site):
        """The bytes of a case for a site."""
        text = case.text
        for route in cases.USUAL_ROUTES:
            other = self.sites.get((route, json.dumps(case.options),
                                    site.name.startswith("now-")))
            text = text.replace(f"<{route}>", other.host if other else "none.test")
        return cases.unescape(
            text.replace("<host>", site.host).replace("<HOST>", site.host.upper())
            .replace("<who>", cases.WHO))

    def address(self, case):
        return self.socket if case.over == "unix" else ("127.0.0.1", self.proxy.port)

    # --- callers ------------------------------------------------------------------

    def ask_plainly(self, host, upstream):
        """An ordinary request on a new connection; what is wrong with how it passed."""
        request = f"GET /ordinary HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
        caller = crowd.Caller(self.loop, ("127.0.0.1", self.proxy.port), [request])
        before = len(upstream.messages)
        bytes_before = upstream.bytes_seen
        caller.open().send_next()
        is_done = self.loop.until(caller.is_done)
        caller.close()
        seen = upstream.messages[before:]
        del upstream.messages[before:]
        if not is_done or not is_usual(caller.answers):
            return [f"an ordinary request gets {caller.answers}"]
        upstream.bytes_seen = bytes_before
        if [message.first_line for message in seen] != ["GET /ordinary HTTP/1.1"]:
            return [f"an ordinary request arrives as {seen}"]
        return []

    def settle(self):
        """The one worker has read all that was sent: it takes what comes in its order."""
        wrong = self.ask_plainly("plain.test", self.plain)
        assert not wrong, wrong

    def run(self, callers, between=None):
        """Opens them all and sends a piece of each in turn, until all are done."""
        for caller in callers:
            caller.open()
        going = callers
        while going:
            going = [caller for caller in going if caller.send_next()]
            if going:
                self.settle()
        if between:
            between()
        self.loop.until(lambda: all(caller.is_done() for caller in callers))
        for caller in callers:
            caller.was_done = caller.is_done()
            caller.close()

    def pending(self, site):
        return [one for one in self.proxy.admin.list() if one["site"] == site.name]

    def wait_for_pending(self, site):
        """The approvals that wait on a site, as soon as there are some."""
        end = time.monotonic() + crowd.PATIENCE
        while time.monotonic() < end:
            found = self.pending(site)
            if found:
                return found
            self.loop.turn(0.01)
        return []

    def takes_back(self, ticket, host):
        """Whether the caller may; two cases that are one action share an approval."""
        if ticket in self.taken_back:
            return True
        self.taken_back.add(ticket)
        request = (f"DELETE /.well-known/countersign/approvals/{ticket} HTTP/1.1\r\n"
                   f"Host: {host}\r\nCountersign-Token: {cases.TOKEN}\r\n\r\n").encode()
        caller = crowd.Caller(self.loop, ("127.0.0.1", self.proxy.port), [request]).open()
        caller.send_next()
        self.loop.until(caller.is_done)
        caller.close()
        return bool(caller.answers) and caller.answers[0].status == 200
