# Attacks on the wire, class by class: tests/tables/wire, whole and cut at every byte.
# SPDX-License-Identifier: Apache-2.0
import os
import pathlib
import random
import shutil
import tempfile

import pytest

import cases
import crowd
from case_bench import Bench
from case_checks import resolved, wrong_answers, wrong_arrival, wrong_display

SCALE = float(os.environ.get("COUNTERSIGN_SCALE", "1"))
SEED = int(os.environ.get("COUNTERSIGN_SEED", "1"))
STOPS_EARLY = "COUNTERSIGN_STOPS_EARLY" in os.environ
# Requests up to here are cut at every byte, longer ones at their edges and at so many places.
SHORT, EDGE, PLACES = 512, 96, 24
# An upstream's answer that a gated call waits for costs an approval for each cut.
GATED_ANSWER_CUTS = 3

FILES = cases.files()
CASES = {file: cases.Reader(file).read() for file in FILES}


@pytest.fixture(scope="module")
def bench():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="cs-"))
    built = Bench(folder, [case for some in CASES.values() for case in some])
    try:
        built.start(folder)
        yield built
    finally:
        built.stop()
    done = built.proxy.verify()
    shutil.rmtree(folder, ignore_errors=True)
    assert done.returncode == 0, done.stdout + done.stderr


# --- running ------------------------------------------------------------------


def heads_of(data):
    """For each request that is pipelined, whether it is HEAD: its answer has no body."""
    return [part.startswith(b"HEAD ") for part in data.split(b"\r\n\r\n")]


def places(data, dice):
    """Where a request is cut in two."""
    size = len(data)
    if size <= SHORT:
        return range(1, size)
    inner = range(EDGE, size - EDGE)
    some = dice.sample(inner, min(len(inner), int(PLACES * max(SCALE, 1))))
    return [*range(1, EDGE), *sorted(some), *range(size - EDGE, size)]


def cuts(data, dice):
    """All ways in which a request is cut, the whole one first."""
    yield [data]
    for at in places(data, dice):
        yield [data[:at], data[at:]]
    for _ in range(int(2 * SCALE)):
        at = sorted(dice.sample(range(1, len(data)), min(len(data) - 1, dice.randint(2, 6))))
        yield [data[a:b] for a, b in zip([0, *at], [*at, len(data)])]


class Trial:
    """A case on a route: what is expected there, and what was found wrong."""

    def __init__(self, bench, case, route):
        self.bench = bench
        self.case = case
        self.route = route
        self.outcomes = case.outcomes[route]
        self.kinds = [resolved(outcome, bench, route) for outcome in self.outcomes]
        self.holds = "waits" in self.kinds
        self.said = []

    def can_trickle(self):
        return (self.case.answer is None and not self.said
                and len(self.bench.sent(self.case, self.site())) <= SHORT)

    def site(self):
        """Where calls that wait get a ticket at once."""
        return self.bench.site(self.route, self.case, self.holds)

    def arriving(self):
        return [outcome for kind, outcome in zip(self.kinds, self.outcomes)
                if kind == "arrives"]

    def complain(self, what, where=""):
        if what and len(self.said) < 5:
            self.said.append(f"{self.case} on {self.route}{where}: {what}")

    def caller(self, pieces, count):
        ending = [None] if "hang_up" in self.case.flags else []
        data = b"".join(pieces)
        heads = heads_of(data)
        return crowd.Caller(self.bench.loop, self.bench.address(self.case),
                            [*pieces, *ending], count, heads=heads)

    def count(self):
        return len([kind for kind in self.kinds if kind != "gone"])

    # --- cut in every way -------------------------------------------------------

    def run_cuts(self, dice):
        """The same outcome however it is cut, and the same bytes at the upstream."""
        site = self.site()
        data = self.bench.sent(self.case, site)
        ways = list(cuts(data, dice))
        self.run_ways(site, ways[:1], " whole")
        if not self.said:
            self.run_ways(site, ways[1:], " cut")

    def run_ways(self, site, ways, where):
        upstream = self.bench.upstream
        upstream.forget()
        callers = [self.caller(pieces, self.count()) for pieces in ways]
        self.bench.run(callers)
        for caller, pieces in zip(callers, ways):
            at = f"{where} at {len(pieces[0])}" if len(pieces) > 1 else where
            self.complain(wrong_answers(self.outcomes, self.kinds, caller), at)
        self.check_arrivals(ways, where)
        self.check_tickets(callers, site, where)
        if self.bench.passes_others(self.route):
            for wrong in self.bench.ask_plainly(site.host, upstream):
                self.complain(wrong, f"{where}, and then")

    def check_arrivals(self, ways, where):
        """All that arrived, once for each way; nothing else, whole or broken."""
        upstream = self.bench.upstream
        wanted = self.arriving()
        for problem in upstream.complaints:
            self.complain(problem, where)
        if not wanted:
            is_clean = not upstream.messages and (
                upstream.bytes_seen == 0 or self.may_begin(where))
            self.complain(None if is_clean else f"{upstream.bytes_seen} bytes reached the "
                          f"upstream: {upstream.messages[:1]}", where)
            return
        if len(upstream.messages) != len(wanted) * len(ways):
            self.complain(f"{len(upstream.messages)} requests arrived of {len(ways)} times "
                          f"{len(wanted)}", where)
            return
        expected = sorted(wanted * len(ways), key=lambda outcome: outcome.value)
        arrived = sorted(upstream.messages, key=lambda message: message.first_line)
        for outcome, message in zip(expected, arrived):
            self.complain(wrong_arrival(outcome, message, False), where)

    def may_begin(self, where):
        """Of a body that turns bad or ends later, the beginning may have gone upstream."""
        is_whole = where == " whole" and "gone" not in self.kinds
        return self.route == "allowed" and not is_whole

    def check_tickets(self, callers, site, where):
        """Every way of cutting is the same action: one approval, which is taken back."""
        for turn, kind in enumerate(self.kinds):
            if kind != "waits" or self.said:
                continue
            tickets = {caller.answers[turn].value("countersign-ticket") for caller in callers}
            if len(tickets) != 1:
                self.complain(f"{len(tickets)} approvals for one action", where)
            for ticket in tickets:
                self.check_ticket(ticket, site, self.outcomes[turn], where)

    def check_ticket(self, ticket, site, outcome, where):
        found = self.bench.proxy.admin.show(ticket)
        if found.status_code != 200:
            self.complain(f"the approval cannot be read: {found.status_code}", where)
            return
        self.complain(wrong_display(outcome, found.json()["request"]), where)
        if not self.bench.takes_back(ticket, site.host):
            self.complain("the approval cannot be taken back", where)

    # --- held -------------------------------------------------------------------

    def run_held(self):
        """Waits, is shown, and what was shown is what arrives once it is approved."""
        site = self.bench.site(self.route, self.case, False)
        upstream = self.bench.upstream
        upstream.forget()
        data = self.bench.sent(self.case, site)
        caller = self.caller([data], 99)
        first = self.kinds.index("waits")
        caller.open().send_next()
        caller.send_next()
        found = self.bench.wait_for_pending(site)
        self.bench.settle()
        if len(found) != 1 or len(caller.answers) != first or caller.has_ended:
            self.complain(f"{len(found)} approvals wait, answers {caller.answers}", " held")
        elif len(upstream.messages) != self.kinds[:first].count("arrives"):
            self.complain(f"arrived while it waits: {upstream.messages}", " held")
        else:
            self.complain(wrong_display(self.outcomes[first], found[0]["request"]), " held")
            self.run_approved(found[0]["id"], caller, first)
        caller.close()
        for one in self.bench.pending(site):
            self.bench.proxy.admin.decide(one["id"], "deny")

    def run_approved(self, ticket, caller, first):
        upstream = self.bench.upstream
        before = len(upstream.messages)
        self.bench.proxy.admin.approve(ticket)
        behind = self.kinds[first + 1:]
        answers = first + 1 + (behind + ["waits"]).index("waits")
        if not self.bench.loop.until(
                lambda: len(caller.answers) >= answers or caller.has_ended):
            self.complain("no answer", " approved")
            return
        if not caller.answers[first:] or caller.answers[first].status != 200:
            self.complain(f"answered {caller.answers[first:]}", " approved")
            return
        message = upstream.messages[before]
        self.complain(wrong_arrival(self.outcomes[first], message, True), " approved")
        if message.value("countersign-ticket") != ticket:
            self.complain(f"brings the ticket of another: {message}", " approved")

    # --- answers of the upstream --------------------------------------------------

    def run_answers(self, dice):
        """The same outcome however the upstream's answer is cut."""
        data = self.case.answered()
        ways = list(cuts(data, dice))
        if "answer_ends" in self.case.flags:
            ways = [[*pieces, None] for pieces in ways]
        if self.bench.gates(self.route):
            for pieces in [ways[0], *dice.sample(ways[1:], GATED_ANSWER_CUTS)]:
                self.run_held_answer(pieces)
            return
        site = self.bench.site(self.route, self.case, False)
        request = self.bench.sent(self.case, site)
        self.prepare_answers(ways)
        callers = [self.caller([request], self.count()) for _ in ways]
        self.bench.run(callers, lambda: self.release_answers(len(ways)))
        self.check_answers(callers, site)

    def prepare_answers(self, ways):
        upstream = self.bench.upstream
        upstream.forget()
        upstream.script = lambda number: ways[number]
        upstream.is_early = "early" in self.case.flags

    def release_answers(self, count):
        upstream = self.bench.upstream
        self.bench.loop.until(lambda: len(upstream.answered) == count)
        self.bench.settle()
        upstream.release()

    def check_answers(self, callers, site):
        upstream = self.bench.upstream
        answered = list(upstream.answered)
        for caller in callers:
            self.complain(self.wrong_relay(caller))
        if "closes_upstream" in self.case.flags and not self.bench.loop.until(
                lambda: not any(peer.is_open for peer in answered), 5):
            self.complain("the connection to the upstream is kept")
        upstream.script = None
        upstream.is_early = False
        if not self.bench.gates(self.route):
            for wrong in self.bench.ask_plainly(site.host, upstream):
                self.complain(wrong, ", and then")

    def wrong_relay(self, caller):
        if self.kinds == ["breaks"] and caller.has_ended and not caller.answers:
            return None if caller.have else "no answer at all"
        return wrong_answers(self.outcomes, self.kinds, caller)

    def run_held_answer(self, pieces):
        site = self.bench.site(self.route, self.case, False)
        self.prepare_answers([pieces])
        caller = self.caller([self.bench.sent(self.case, site)], self.count()).open()
        caller.send_next()
        found = self.bench.wait_for_pending(site)
        if len(found) != 1:
            self.complain(f"{len(found)} approvals wait")
        else:
            self.bench.proxy.admin.approve(found[0]["id"])
            self.release_answers(1)
            self.bench.loop.until(caller.is_done)
        caller.close()
        self.check_answers([caller], site)


def run_trial(trial, dice):
    if trial.case.answer is not None:
        trial.run_answers(dice)
        return
    trial.run_cuts(dice)
    if trial.holds:
        trial.run_held()


def run_byte_by_byte(bench, trials):
    """All at once, a byte of each in turn."""
    upstream = bench.upstream
    upstream.forget()
    where = " byte by byte"
    callers = []
    for trial in trials:
        data = bench.sent(trial.case, trial.site())
        callers.append(trial.caller([data[at:at + 1] for at in range(len(data))],
                                    trial.count()))
    bench.run(callers)
    for trial, caller in zip(trials, callers):
        trial.complain(wrong_answers(trial.outcomes, trial.kinds, caller), where)
        trial.check_tickets([caller], trial.site(), where)
    said = [f"{problem}{where}" for problem in upstream.complaints]
    wanted = [outcome for trial in trials for outcome in trial.arriving()]
    for message in upstream.messages:
        fitting = [outcome for outcome in wanted if not wrong_arrival(outcome, message, False)]
        if fitting:
            wanted.remove(fitting[0])
        else:
            said.append(f"arrives{where}, though nobody sent it so: {message}")
    return said + [f"does not arrive{where}: {outcome}" for outcome in wanted]


@pytest.mark.scaled
@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_class_of_attacks(bench, file):
    trials = [Trial(bench, case, route) for case in CASES[file] for route in case.outcomes]
    for trial in trials:
        run_trial(trial, random.Random(f"{SEED} {trial.case}"))
        if trial.said and STOPS_EARLY:
            break
    wrong = [one for trial in trials for one in trial.said]
    if not wrong:
        wrong = run_byte_by_byte(bench, [trial for trial in trials if trial.can_trickle()])
        wrong += [one for trial in trials for one in trial.said]
    waiting = bench.proxy.admin.list()
    assert not wrong, f"seed {SEED}\n" + "\n".join(wrong)
    assert not waiting, f"{len(waiting)} approvals were opened on the way"


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_class_has_three_cases(file):
    assert len({(case.text, case.answer, str(case.options)) for case in CASES[file]}) >= 3
