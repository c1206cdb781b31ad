# What is measured: rows of figures, each proxy of a row in turn, over several rounds.
# SPDX-License-Identifier: Apache-2.0
import contextlib
import json
import statistics
import time
from dataclasses import dataclass

import countersign
from countersign import Admin, Countersign
from peers import Floor, Haproxy, Nginx
from processes import BenchError, Talker, cpu_of_others

HEAD_OF_HELD_CALL = 1024
# The first run of "#" becomes the number of a rule, the second is new each time: no
# proxy can remember its answer, and no call joins another's approval.
NEW_TARGET = "/api/v1/svc#####/############/status"
HELD_TARGET = countersign.GATED_PATH + "#-############"
WARM_CONNECTIONS = 200
# Audit lines and access lines may be written up to 50 ms behind the answer; they belong
# to the requests before, so the clock of the processor is read after that.
SETTLE_SECONDS = 0.2


@dataclass
class Sample:
    requests: float
    seconds: float
    user: float
    system: float
    p50_us: float
    p99_us: float
    others: float  # cores that were busy for somebody else

    @property
    def cpu_us(self):
        return (self.user + self.system) / self.requests * 1e6


def request(method, target, headers=None, body=b"", head_len=0):
    fields = {"Host": "bench.local", "User-Agent": "bench", "Accept": "*/*",
              **(headers or {})}
    if body:
        fields |= {"Content-Type": "application/json", "Content-Length": len(body)}
    head = f"{method} {target} HTTP/1.1\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    missing = head_len - len(head) - len("X-Padding: \r\n\r\n")
    if missing > 0:
        head += f"X-Padding: {'x' * missing}\r\n"
    return head.encode() + b"\r\n" + body


def held_request():
    return request("POST", HELD_TARGET, Countersign.headers, head_len=HEAD_OF_HELD_CALL)


@contextlib.contextmanager
def running(bench, proxy):
    """Starts one proxy and stops it again: nothing but it is there meanwhile."""
    bench.requests_sent = 0
    with bench.scratch() as scratch:
        port = bench.take_port()
        with proxy.start(bench, scratch, port) as family:
            proxy.ready(bench, family, port)
            yield family, port
        bench.check_trail(proxy, scratch)


def load_command(bench, scratch, mode, port, content, connections, spread, *more):
    path = scratch / "request"
    path.write_bytes(content)
    return [bench.tool("load"), mode, port, path, connections, spread, *more]


def busy(bench, family, port, content, connections, spread=1):
    """Keeps the proxy busy for the time of a round: a Sample."""
    run_ms = int(bench.seconds * 1000)
    cores = (bench.proxy_core, bench.load_core)
    with bench.scratch() as scratch:
        command = load_command(bench, scratch, "run", port, content, connections,
                               spread, bench.warm_up_ms, run_ms)
        with Talker("load", command, bench.load_core, scratch / "load.log") as load:
            load.line(bench.warm_up_ms / 1000 + 30)
            time.sleep(SETTLE_SECONDS)
            start, others, before = time.monotonic(), cpu_of_others(cores), family.cpu()
            load.go()
            result = load.figures(bench.seconds + 30)
            time.sleep(SETTLE_SECONDS)
            after = family.cpu()
            others = max(0, cpu_of_others(cores) - others) / (time.monotonic() - start)
    bench.requests_sent += result["requests"]
    user, system = after[0] - before[0], after[1] - before[1]
    return Sample(result["requests"], result["seconds"], user, system, result["p50_us"],
                  result["p99_us"], others)


@contextlib.contextmanager
def opened(bench, port, content, connections, until):
    """Many connections with one request on each, kept until the block ends."""
    with bench.scratch() as scratch:
        command = load_command(bench, scratch, "open", port, content, connections, 1,
                               until)
        with Talker("load", command, bench.load_core, scratch / "load.log") as load:
            load.line(120)
            yield load


class CpuRow:
    """CPU per request of several proxies under the same load."""

    unit = "CPU µs per request"

    def __init__(self, name, title, proxies, content, connections=64, spread=None):
        self.name, self.title, self.proxies = name, title, proxies
        self.content, self.connections = content, connections
        self.spread = spread or (lambda proxy: 1)

    def measure(self, bench, proxy):
        with running(bench, proxy) as (family, port):
            return busy(bench, family, port, self.content(proxy), self.connections,
                        self.spread(proxy))

    def run(self, bench):
        proxies = [p for p in self.proxies if bench.has(p)]
        samples = {proxy.name: [] for proxy in proxies}
        for turn in range(bench.rounds):
            # Every other round backwards: nobody always runs behind the same neighbour.
            for proxy in proxies if turn % 2 == 0 else reversed(proxies):
                samples[proxy.name].append(self.measure(bench, proxy))
                bench.tick()
        return samples, {name: [s.cpu_us for s in of] for name, of in samples.items()}


class MemoryRow:
    """Bytes of memory for each of many connections, on top of some that are warm."""

    unit = "bytes per connection"

    def __init__(self, name, title, connections, is_held):
        self.name, self.title = name, title
        self.connections, self.is_held = connections, is_held

    def content(self, bench, proxy):
        if not self.is_held:
            return request("GET", bench.rule_path(0), proxy.headers)
        if isinstance(proxy, Countersign):
            return held_request()
        return request("POST", "/stall/" + "#" * 12, head_len=HEAD_OF_HELD_CALL)

    def wait_until_held(self, bench, proxy, new, total):
        if isinstance(proxy, Countersign):
            wait_until_pending(Admin(proxy.admin_port), total)
        else:
            bench.arrivals(new)

    def growth(self, bench, proxy, count):
        until = "sent" if self.is_held else "answered"
        with running(bench, proxy) as (family, port), contextlib.ExitStack() as stack:
            pss, total = [], 0
            # What is there once and then reused (rings, pools) is touched before counting.
            busy(bench, family, port, request("GET", bench.rule_path(0), proxy.headers), 64)
            for part in (WARM_CONNECTIONS, count):
                content = self.content(bench, proxy)
                stack.enter_context(opened(bench, port, content, part, until))
                total += part
                if self.is_held:
                    self.wait_until_held(bench, proxy, part, total)
                time.sleep(SETTLE_SECONDS)
                pss.append(family.pss())
        return (pss[1] - pss[0]) / count

    def run(self, bench):
        # Both sides of a stalled call are descriptors of the proxy.
        count = min(self.connections, (bench.files - 1000) // 2)
        values = {}
        for proxy in (Nginx("nginx"), Haproxy("haproxy"), Countersign("countersign")):
            if bench.has(proxy):
                values[proxy.name] = [self.growth(bench, proxy, count)]
                bench.tick()
        return None, values


def wait_until_pending(admin, count):
    """Until the store has them all: target -> id."""
    deadline = time.monotonic() + 30 + count / 100
    while True:
        pending = admin.pending()
        if len(pending) >= count:
            return pending
        if time.monotonic() > deadline:
            raise BenchError(f"only {len(pending)} of {count} calls are held")
        time.sleep(0.1)


class DecisionRow:
    """From the moment an approver sends a decision to the upstream's first byte."""

    unit = "ms"

    def __init__(self, name, title, is_synced):
        self.name, self.title, self.is_synced = name, title, is_synced

    def latencies(self, bench, admin, pending, count):
        for target, approval in sorted(pending.items())[:count]:
            sent = time.monotonic_ns()
            admin.approve(approval)
            arrived, seen = bench.arrivals(1)[0]
            if seen != target:
                raise BenchError(f"{target} was approved, {seen} came")
            yield (arrived - sent) / 1e6

    def run(self, bench):
        proxy = Countersign("countersign")
        if not bench.has(proxy):
            return None, {}
        content = held_request()
        with bench.on_device(self.is_synced), bench.redis_with(self.is_synced):
            with running(bench, proxy) as (_, port), \
                    opened(bench, port, content, bench.held, "sent"):
                admin = Admin(proxy.admin_port)
                pending = wait_until_pending(admin, bench.held)
                waited = sorted(self.latencies(bench, admin, pending,
                                               min(bench.held // 2, 1000)))
        bench.tick()
        return None, {"p50": [statistics.median(waited)],
                      "p99": [waited[int(len(waited) * 0.99)]], "max": [waited[-1]]}


class PassingRow:
    """The p99 of calls that pass, while nobody waits and while many wait."""

    unit = "p99 in µs"

    def __init__(self, name, title):
        self.name, self.title = name, title

    def run(self, bench):
        proxy = Countersign("countersign")
        if not bench.has(proxy):
            return None, {}
        values = {"none-held": [], "held": []}
        passing = request("GET", bench.rule_path(500), proxy.headers)
        for _ in range(bench.rounds):
            with running(bench, proxy) as (family, port):
                free = busy(bench, family, port, passing, 64)
                with opened(bench, port, held_request(), bench.held, "sent"):
                    wait_until_pending(Admin(proxy.admin_port), bench.held)
                    crowded = busy(bench, family, port, passing, 64)
            values["none-held"].append(free.p99_us)
            values["held"].append(crowded.p99_us)
            bench.tick()
        return None, values


def post_body():
    body = json.dumps({"from": "4711", "to": "4712", "amount": 250, "note": ""})
    return (body[:-2] + "n" * (1024 - len(body)) + body[-2:]).encode()


def all_rows(bench):
    small = [Floor("floor"), Nginx("nginx"), Nginx("nginx-line", line="written"),
             Nginx("nginx-line-buffered", line="buffered"), Haproxy("haproxy"),
             Haproxy("haproxy-line", line=True), Countersign("countersign")]
    plain = [Floor("floor"), Nginx("nginx"), Haproxy("haproxy"),
             Countersign("countersign")]
    ruled = [Nginx("nginx-1000-regex", regex_rules=1000),
             Haproxy("haproxy-1000-map", map_rules=1000),
             Countersign("countersign-10", 10), Countersign("countersign-1000", 1000),
             Countersign("countersign-10000", 10000)]
    rule_count = {"countersign-10": 10, "countersign-10000": 10000}
    held = f"{bench.held:,} held"
    return [
        CpuRow("small", "Small GET, 64 kept connections; Countersign with 1,000 rules, "
               "token and audit", small,
               lambda p: request("GET", bench.rule_path(500), p.headers)),
        CpuRow("rules", "Small GET, a new path each time, 64 kept connections", ruled,
               lambda p: request("GET", NEW_TARGET, p.headers),
               spread=lambda p: rule_count.get(p.name, 1000)),
        CpuRow("post", "POST of 1 KiB JSON, 64 kept connections", plain,
               lambda p: request("POST", "/post/4711", p.headers, post_body())),
        CpuRow("large", "Answer of 1 MiB, 16 kept connections", plain,
               lambda p: request("GET", "/large", p.headers), connections=16),
        MemoryRow("idle-memory", "Memory of an idle kept connection", 8000, False),
        MemoryRow("held-memory", "Memory of a held call with 1 KiB of head (peers: one "
                  "that waits for its upstream)", 4000, True),
        DecisionRow("decision", f"Decision to first upstream byte, {held}, without "
                    "device sync", False),
        DecisionRow("decision-synced", f"Decision to first upstream byte, {held}, "
                    "synced to the device", True),
        PassingRow("passing", f"Passing calls, 64 kept connections, {held}"),
    ]


