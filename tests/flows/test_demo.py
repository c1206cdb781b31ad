# The demo plays itself when nobody watches, and leaves nothing behind.
# SPDX-License-Identifier: Apache-2.0
import os
import pathlib
import pty
import re
import signal
import subprocess
import sys

from services import PROGRAM, ROOT
from wire import eventually

DEMO = ROOT / "tools" / "demo" / "demo"


def play(folder, **more):
    env = {**os.environ, "TMPDIR": str(folder), "PYTHONDONTWRITEBYTECODE": "1", **more}
    return subprocess.Popen([sys.executable, DEMO, PROGRAM], env=env, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                            start_new_session=True)


def left_behind(folder):
    """Processes whose command line names the folder."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                words = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if str(folder).encode() in words:
                found.append((entry.name, words))
    return found


def test_demo_plays_itself_without_a_terminal(folder):
    demo = play(folder)
    out, _ = demo.communicate(timeout=90)
    assert demo.returncode == 0, out
    for word in ("curl", "200", "403", "approval.claimed", "approval.completed",
                 "decision.denied"):
        assert word in out, (word, out)
    assert re.search(r"\.jsonl:\d+", out), "the verifier names the line"
    assert "\x1b" not in out, "colours without a terminal"
    assert max(len(line) for line in out.splitlines()) <= 80, [
        line for line in out.splitlines() if len(line) > 80]
    assert list(folder.iterdir()) == [], "files are left behind"
    assert left_behind(folder) == []


def on_a_terminal(folder):
    ours, theirs = pty.openpty()
    demo = subprocess.Popen([sys.executable, DEMO, PROGRAM], stdin=theirs, stdout=theirs,
                            stderr=theirs, start_new_session=True,
                            env={**os.environ, "TMPDIR": str(folder), "TERM": "xterm",
                                 "PYTHONDONTWRITEBYTECODE": "1"})
    os.close(theirs)
    return demo, ours


class Screen:
    """What a terminal has shown so far."""

    def __init__(self, terminal):
        self.terminal = terminal
        self.text = ""

    def until(self, pattern):
        def shown():
            try:
                self.text += os.read(self.terminal, 65536).decode(errors="replace")
            except OSError:
                assert re.search(pattern, self.text), f"ended without {pattern}: {self.text}"
            return re.search(pattern, self.text)
        found = eventually(shown, timeout=60, pause=0)
        self.text = self.text[found.end():]


def test_viewer_decides_with_one_key(folder):
    demo, terminal = on_a_terminal(folder)
    screen = Screen(terminal)
    screen.until(r"deny")
    os.write(terminal, b"a")
    screen.until(r"200")
    screen.until(r"deny")
    os.write(terminal, b"d")
    screen.until(r"403")
    screen.until(r"\.jsonl:\d+")
    try:
        while os.read(terminal, 65536):
            pass
    except OSError:
        pass
    assert demo.wait(30) == 0
    assert list(folder.iterdir()) == [] and left_behind(folder) == []


def test_ctrl_c_ends_all_of_it(folder):
    demo, terminal = on_a_terminal(folder)
    screen = Screen(terminal)
    screen.until(r"deny")
    assert left_behind(folder), "nothing ran"
    os.killpg(demo.pid, signal.SIGINT)
    try:
        while os.read(terminal, 65536):
            pass
    except OSError:
        pass
    assert demo.wait(30) == 130
    assert list(folder.iterdir()) == [] and left_behind(folder) == []
