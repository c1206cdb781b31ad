# Processes under measurement: started on one core, weighed as a family, ended by pid.
# SPDX-License-Identifier: Apache-2.0
import ctypes
import os
import select
import signal
import socket
import subprocess
import time
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
PR_SET_PDEATHSIG = 1
START_DEADLINE = 30.0
END_DEADLINE = 10.0


class BenchError(Exception):
    """What a person has to know; the run ends with it."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(what, deadline_seconds, is_true):
    """Polls a state that has no event to wait for."""
    deadline = time.monotonic() + deadline_seconds
    while not is_true():
        if time.monotonic() > deadline:
            raise BenchError(f"{what}: not within {deadline_seconds:g} s")
        time.sleep(0.02)


def stat_fields(pid):
    """The fields of /proc/PID/stat from the state on, or None when it is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    return text[text.rindex(")") + 2:].split()


def members(root):
    """The process and everything that descends from it."""
    children = {}
    for entry in os.listdir("/proc"):
        fields = stat_fields(entry) if entry.isdigit() else None
        if fields:
            children.setdefault(int(fields[1]), []).append(int(entry))
    family, unseen = [], [root]
    while unseen:
        pid = unseen.pop()
        family.append(pid)
        unseen += children.get(pid, [])
    return family


def cpu_of(root):
    """Seconds of (user, system) time of a family so far: all threads, living children,
    and the children that were waited for."""
    user = system = 0
    for pid in members(root):
        fields = stat_fields(pid)
        if fields:
            user += int(fields[11]) + int(fields[13])
            system += int(fields[12]) + int(fields[14])
    return user / TICKS_PER_SECOND, system / TICKS_PER_SECOND


def cpu_of_others(cores):
    """Seconds that these cores were busy so far for anybody but this run."""
    total = 0
    for line in Path("/proc/stat").read_text().splitlines():
        name, *ticks = line.split()
        if name in [f"cpu{core}" for core in cores]:
            user, nice, system, _, _, irq, softirq, steal = map(int, ticks[:8])
            total += user + nice + system + irq + softirq + steal
    return total / TICKS_PER_SECOND - sum(cpu_of(os.getpid()))


class Family:
    """A program and its children, pinned to one core; ends with the `with` block."""

    def __init__(self, name, command, core, log, **options):
        self.name, self.log = name, Path(log)
        libc = ctypes.CDLL(None)

        def in_child():
            os.sched_setaffinity(0, {core})
            # A killed runner leaves nothing behind.
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

        options.setdefault("stdout", subprocess.DEVNULL)
        options.setdefault("stdin", subprocess.DEVNULL)
        with open(self.log, "ab") as stderr:
            self.process = subprocess.Popen(
                [str(part) for part in command], stderr=stderr, start_new_session=True,
                preexec_fn=in_child, **options)
        self.pid = self.process.pid

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.end()

    def complaint(self, text):
        tail = self.log.read_text(errors="replace")[-2000:].strip()
        said = f"; it says:\n{tail}" if tail else ""
        return BenchError(f"{self.name}: {text}{said}")

    def is_running(self):
        return self.process.poll() is None

    def wait_until(self, is_true, deadline=START_DEADLINE):
        def settled():
            if not self.is_running():
                raise self.complaint(f"ended with status {self.process.returncode}")
            return is_true()
        try:
            wait_for(self.name, deadline, settled)
        except BenchError as error:
            raise self.complaint(str(error)) if self.is_running() else error

    def cpu(self):
        return cpu_of(self.pid)

    def pss(self):
        """Bytes of memory, shared pages divided among those who share them."""
        total = 0
        for pid in members(self.pid):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
        return total

    def end(self):
        pids = members(self.pid)
        if self.is_running():
            self.process.terminate()
        try:
            self.process.wait(END_DEADLINE)
        except subprocess.TimeoutExpired:
            for pid in pids:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            self.process.wait(END_DEADLINE)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                pipe.close()


class Talker(Family):
    """A tool that is spoken to in lines."""

    def __init__(self, name, command, core, log):
        super().__init__(name, command, core, log, stdin=subprocess.PIPE,
                         stdout=subprocess.PIPE)
        os.set_blocking(self.process.stdout.fileno(), False)
        self.unread = b""

    def line(self, deadline):
        """The next line; an end or silence is an error."""
        until = time.monotonic() + deadline
        while b"\n" not in self.unread:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                raise self.complaint(f"silent for {deadline:g} s")
            more = self.process.stdout.read()
            if not more:
                self.process.wait(END_DEADLINE)
                raise self.complaint(f"ended with status {self.process.returncode}")
            self.unread += more
        line, self.unread = self.unread.split(b"\n", 1)
        return line.decode(errors="replace")

    def figures(self, deadline):
        """A line of `name number` pairs."""
        words = self.line(deadline).split()
        return {name: float(value) for name, value in zip(words[::2], words[1::2])}

    def go(self):
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()
